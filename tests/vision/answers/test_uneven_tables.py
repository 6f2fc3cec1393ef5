"""A row that lacks a cell, in any dialect: the page's words or the engine's table tell which one, or it is said."""

import json
from collections.abc import Callable, Sequence

import pytest
from answer_grids import table_to_grid
from page_texts import html_to_blocks

from pipeline.choices import FaithfulAction
from pipeline.markup.repairs import SENTENCES, Repair
from pipeline.page_result import Content, Method, TableReason
from pipeline.vision.alignment.settling import EnginePage
from pipeline.vision.answers.judge import Judge, judge
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.client.response_body import Usage
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text
from pipeline.vision.profiles.profiles import profile_for

Rows = Sequence[Sequence[str]]

TITLE = "Grain milled in the valley during the season"
HEAD = ("Mill", "Wheat (t)", "Rye (t)", "Flour (t)")
ROWS = (
    ("Upper mill", "412.5", "87.3", "391.8"),
    ("Bridge mill", "1,286.0", "140.9", "1,102.4"),
    ("Windmill", "", "33.2", "104.6"),
    ("Steam mill", "2,051.4", "518.6", "2,204.1"),
)
WHOLE = ";".join("|".join(row) for row in (HEAD, *ROWS))
# The windmill's empty cell is missing, so that its figures stand under other heads.
SHORT: Rows = (HEAD, *ROWS[:2], ("Windmill", "33.2", "104.6"), *ROWS[3:])
UNEVEN = SENTENCES[Repair.UNEVEN]


def _html(rows: Rows) -> str:
    return "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows) + "</table>"


def _pipes(rows: Rows) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * 4, *rows[1:]))


def _otsl(rows: Rows) -> str:
    return "".join("".join(f"<fcel>{cell}" for cell in row) + "<nl>" for row in rows)


def _latex(rows: Rows) -> str:
    return "\\begin{tabular}{lrrr}\n" + " \\\\\n".join(" & ".join(row) for row in rows) + "\n\\end{tabular}"


def _drawn(rows: Rows) -> str:
    rule = "+---+---+---+---+"
    return "\n".join([rule, *(f"| {' | '.join(row)} |\n{rule}" for row in rows)])


def _divs(rows: Rows) -> str:
    lines = ("".join(f'<div class="cell">{cell}</div>' for cell in row) for row in rows)
    return '<div class="table">' + "".join(f'<div class="row">{line}</div>' for line in lines) + "</div>"


def _layout(rows: Rows) -> str:
    return json.dumps([
        {"bbox": [1, 2, 3, 4], "category": "Text", "text": TITLE},
        {"bbox": [1, 5, 3, 9], "category": "Table", "text": _html(rows)},
    ])  # fmt: skip


WRITERS: dict[str, Callable[[Rows], str]] = {
    "html": lambda rows: f"<p>{TITLE}</p>{_html(rows)}",
    "markdown": lambda rows: f"{TITLE}\n\n{_pipes(rows)}",
    "otsl": lambda rows: f"{TITLE}\n{_otsl(rows)}",
    "doctags": lambda rows: f"<doctag><text><loc_1><loc_2>{TITLE}</text><otsl>{_otsl(rows)}</otsl></doctag>",
    "latex": lambda rows: f"{TITLE}\n\n{_latex(rows)}",
    "drawn_tables": lambda rows: f"{TITLE}\n\n{_drawn(rows)}",
    "csv_tables": lambda rows: f"{TITLE}\n\n```csv\n" + "\n".join(";".join(row) for row in rows) + "\n```",
    "json_tables": lambda rows: json.dumps({"text": TITLE, "table": {"headers": rows[0], "rows": rows[1:]}}),
    "layout_json": _layout,
    "div_tables": lambda rows: f"<p>{TITLE}</p>{_divs(rows)}",
    "grounded": lambda rows: f"text[[1, 2, 3, 4]]\n{TITLE}\n\ntable[[1, 2, 3, 4]]\n{_html(rows)}",
}


def _page(rows: Rows = (HEAD, *ROWS)) -> PageText:
    words: list[PlacedWord] = []
    for line, row in enumerate(((TITLE,), *rows)):
        for text, left in zip(row, (50.0, 170.0, 290.0, 410.0), strict=False):
            x = left
            for word in text.split():
                words.append(PlacedWord(word, x, 20.0 * line, x + 5 * len(word), 20.0 * line + 10))
                x += 5 * len(word) + 4
    return words_to_page_text(words)


def _content(answer: str, faithful: FaithfulAction, page: PageText, engine: str | None = None) -> Content:
    def read() -> EnginePage | None:
        return EnginePage(blocks=html_to_blocks(engine), method=Method.TEXT_LAYER) if engine else None

    given = RawAnswer(
        text=answer, finish_reason="stop", model="m", usage=Usage(), first_token_s=0.1, request_s=1.0, whole=True
    )
    return Judge(profile=profile_for("m"), page_text=page, faithful=faithful, read_page=read)(given).content


@pytest.mark.parametrize("dialect", WRITERS)
def test_the_pages_words_tell_which_cell_a_row_lacks(dialect: str) -> None:
    answer = WRITERS[dialect](SHORT)

    content = _content(answer, FaithfulAction.CORRECT, _page())

    assert dialect in judge(answer, page_text=_page()).dialects
    assert [table_to_grid(table) for table in content.tables] == [WHOLE]
    assert UNEVEN not in content.warnings


@pytest.mark.parametrize("dialect", WRITERS)
def test_where_nothing_is_corrected_the_page_says_that_a_row_lacks_cells(dialect: str) -> None:
    assert UNEVEN in _content(WRITERS[dialect](SHORT), FaithfulAction.FLAG, _page()).warnings
    assert UNEVEN in judge(WRITERS[dialect](SHORT)).accepted().warnings


@pytest.mark.parametrize("dialect", WRITERS)
def test_a_table_with_all_its_cells_is_not_doubted(dialect: str) -> None:
    page = judge(WRITERS[dialect]((HEAD, *ROWS)), page_text=_page()).accepted()

    assert [table_to_grid(table) for table in page.tables] == [WHOLE]
    assert page.warnings == ()


def test_the_built_in_engines_table_confirms_an_uneven_one_that_the_page_does_not_contradict() -> None:
    # The last cell of the last row is empty on the page, too, so that the other ones stand where they should.
    rows = (HEAD, *ROWS[:2], ("Total", "1,698.5", "228.2"))
    moved = (HEAD, *ROWS[:2], ("Total", "", "1,698.5", "228.2"))

    same, other, none = (
        _content(WRITERS["html"](rows), FaithfulAction.CORRECT, _page(rows), engine)
        for engine in (_html(rows), _html(moved), None)
    )

    assert [origin.reason for origin in (*same.origins, *other.origins)] == [TableReason.AGREES] * 2
    assert (UNEVEN in same.warnings, UNEVEN in other.warnings, UNEVEN in none.warnings) == (False, True, True)
