"""An answer settled with its page: rows mended, the better table taken, what was left out put back."""

from collections.abc import Sequence

import pytest
from page_texts import html_to_blocks

from pipeline.markup.sanitise import blocks_to_html, html_to_text
from pipeline.page_result import Method, TableReason
from pipeline.vision.alignment.settling import EnginePage, Settled, settle
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text

HEAD = ["Harbour", "2019", "2020", "Change"]
ROWS = [
    ["Aalborg", "1,204", "1,377", "14.4%"],
    ["Esbjerg", "982", "1,361", "38.6%"],
    ["Skagen", "5,311", "4,870", "-8.3%"],
    ["Thyborøn", "2,116", "2,090", "-1.2%"],
    ["Hirtshals", "733", "801", "9.3%"],
]
NOTE = "Landings of the fleet in tonnes as the harbours have told them to the ministry in the spring of that year."
_COLUMNS = (50.0, 200.0, 300.0, 400.0)


def page(rows: Sequence[Sequence[str]] = (HEAD, *ROWS), *, gap_after: int | None = None, note: str = NOTE) -> PageText:
    """A page with a line of text and a table of four columns below it, perhaps with room for a row after one."""
    words: list[PlacedWord] = []
    _add(words, note, 50.0, 20.0)
    top = 60.0
    for number, row in enumerate(rows):
        for text, x in zip(row, _COLUMNS, strict=False):
            _add(words, text, x, top)
        top += 44.0 if number == gap_after else 14.0
    return words_to_page_text(words)


def _add(words: list[PlacedWord], text: str, x: float, top: float) -> None:
    for word in text.split():
        words.append(PlacedWord(word, x, top, x + 5.0 * len(word), top + 10.0))
        x += 5.0 * len(word) + 3.0


def table(rows: Sequence[Sequence[str]]) -> str:
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tbody>{lines}</tbody></table>"


def settled(answer: str, own: PageText, engine: str | None = None, *, doubtful: bool = True) -> Settled:
    def read() -> EnginePage | None:
        return EnginePage(blocks=html_to_blocks(engine), method=Method.TEXT_LAYER) if engine is not None else None

    return settle(html_to_blocks(answer), own, read, doubtful=doubtful)


def cells(result: Settled) -> list[list[str]]:
    html = blocks_to_html(result.blocks)
    rows = html.partition("<table>")[2].partition("</table>")[0].split("<tr>")[1:]
    return [
        [html_to_text(cell) for cell in row.split("<td>")[1:]] for row in ("".join(row.split("\n")) for row in rows)
    ]


def reasons(result: Settled) -> list[TableReason]:
    return [origin.reason for origin in result.origins]


def test_a_table_that_agrees_with_its_page_is_left_alone_and_no_engine_is_asked() -> None:
    answer = f"<p>{NOTE}</p>{table([HEAD, *ROWS])}"
    before = blocks_to_html(html_to_blocks(answer))

    def read() -> EnginePage | None:
        raise AssertionError

    result = settle(html_to_blocks(answer), page(), read, doubtful=False)

    assert blocks_to_html(result.blocks) == before
    assert not result.changed
    assert reasons(result) == [TableReason.AGREES]


@pytest.mark.parametrize(
    "rows",
    [
        [HEAD, *ROWS[:2], ROWS[1], *ROWS[2:]],
        [HEAD, *ROWS[:2], ["Regional total", "7,411", "8,912", "20.3%"], *ROWS[2:]],
        [HEAD, *ROWS[:2], ["Skagen", "5,311", "", ""], ["", "", "4,870", "-8.3%"], *ROWS[3:]],
        [HEAD, *ROWS[:2], ["Skagen", "5,311", "", "4,870"], *ROWS[3:]],
        [HEAD, *ROWS[:2], *ROWS[3:]],
        [HEAD, *ROWS[:4]],
        [HEAD, *ROWS[:2], ["Skagen", "5,311", "", "-8.3%"], *ROWS[3:]],
    ],
    ids=["doubled", "invented", "torn", "shifted", "lost", "lost at the end", "a cell lost"],
)
def test_rows_are_mended_from_the_page(rows: list[list[str]]) -> None:
    result = settled(f"<p>{NOTE}</p>{table(rows)}", page())

    assert cells(result) == [HEAD, *ROWS]
    assert reasons(result) == [TableReason.MENDED]


def test_what_was_put_back_says_that_the_answer_did_not_have_it() -> None:
    html = blocks_to_html(settled(f"<p>{NOTE}</p>{table([HEAD, *ROWS[:2], *ROWS[3:]])}", page()).blocks)

    assert '<td><span data-was="">Skagen</span></td><td><span data-was="">5,311</span></td>' in html


def test_a_row_that_the_pages_text_does_not_have_stays_where_there_is_room_for_handwriting() -> None:
    written = ["Frederikshavn", "4,021", "4,117", "2.4%"]

    result = settled(f"<p>{NOTE}</p>{table([HEAD, *ROWS[:3], written, *ROWS[3:]])}", page(gap_after=3))

    assert cells(result) == [HEAD, *ROWS[:3], written, *ROWS[3:]]


def test_the_engines_table_is_taken_where_the_page_contradicts_the_models() -> None:
    one = [" ".join(column) for column in zip(*ROWS, strict=True)]

    result = settled(f"<p>{NOTE}</p>{table([HEAD, one])}", page(), f"<p>{NOTE}</p>{table([HEAD, *ROWS])}")

    assert cells(result) == [HEAD, *ROWS]
    assert reasons(result) == [TableReason.CONTRADICTED]
    assert [origin.method for origin in result.origins] == [Method.TEXT_LAYER]


def test_the_models_table_stays_where_the_engines_is_contradicted_more() -> None:
    shifted = [HEAD, *ROWS[:2], ["Skagen", "4,870", "5,311", "-8.3%"], *ROWS[3:]]
    merged = [[row[0], " ".join(row[1:])] for row in (HEAD, *ROWS)]

    result = settled(f"<p>{NOTE}</p>{table(shifted)}", page(), f"<p>{NOTE}</p>{table(merged)}")

    assert cells(result) == shifted
    assert reasons(result) == [TableReason.LESS_CONTRADICTED]


def test_the_engines_table_is_not_taken_where_nobody_can_read_it() -> None:
    one = [" ".join(column) for column in zip(*ROWS, strict=True)]
    unread = [HEAD, ["\N{REPLACEMENT CHARACTER}alborg", *ROWS[0][1:]], *ROWS[1:]]

    result = settled(f"<p>{NOTE}</p>{table([HEAD, one])}", page(), f"<p>{NOTE}</p>{table(unread)}")

    assert cells(result) == [HEAD, one]
    assert reasons(result) == [TableReason.NO_OTHER]


def test_a_title_that_the_model_made_a_row_stays_as_a_paragraph_above_the_engines_table() -> None:
    title = "Table 3. Landings by harbour in both of the years"
    own = page([[title], HEAD, *ROWS])
    one = [" ".join(column) for column in zip(*ROWS, strict=True)]

    captioned = table([HEAD, *ROWS]).replace("<table>", f"<table><caption>{title}</caption>")
    result = settled(f"<p>{NOTE}</p>{table([[title, '', '', ''], HEAD, one])}", own, captioned)

    html = blocks_to_html(result.blocks)
    assert f"<p>{title}</p>" in html
    assert html.count(title) == 1
    assert html.index(title) < html.index("<table>")
    assert cells(result) == [HEAD, *ROWS]


def test_a_paragraph_that_the_answer_left_out_is_put_back_in_its_place() -> None:
    last = "The ministry will publish the figures of the coming year in the autumn."
    own = page([HEAD, *ROWS], note=NOTE)

    result = settled(table([HEAD, *ROWS]), own, f"<p>{NOTE}</p>{table([HEAD, *ROWS])}<p>{last}</p>")

    html = blocks_to_html(result.blocks)
    assert f'<p><span data-was="">{NOTE}</span></p>' in html
    assert html.index(NOTE) < html.index("<table>") < html.index(last)


def test_a_table_that_the_answer_left_out_is_put_back() -> None:
    result = settled(f"<p>{NOTE}</p>", page(), f"<p>{NOTE}</p>{table([HEAD, *ROWS])}")

    assert cells(result) == [HEAD, *ROWS]
    assert reasons(result) == [TableReason.LEFT_OUT]


def test_a_table_that_is_running_text_in_the_answer_becomes_a_table() -> None:
    lines = "".join(f"<p>{' '.join(row)}</p>" for row in (HEAD, *ROWS))

    result = settled(f"<p>{NOTE}</p>{lines}", page(), f"<p>{NOTE}</p>{table([HEAD, *ROWS])}")

    assert cells(result) == [HEAD, *ROWS]
    assert blocks_to_html(result.blocks).count("Aalborg") == 1


def test_nothing_is_touched_where_the_page_has_no_usable_text() -> None:
    rows = [HEAD, *ROWS[:2], ROWS[1]]

    result = settled(table(rows), PageText(), table([HEAD, *ROWS]))

    assert cells(result) == rows
    assert not result.changed
    assert reasons(result) == [TableReason.UNCHECKED]
