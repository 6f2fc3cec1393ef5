"""Answers that are cut, or whose tokens were stripped, doubled or moved: no figure of a table is lost without a word.

:mod:`fuzzing` says how often.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator

from fuzzing import counted, share
from hypothesis import given
from hypothesis import strategies as st

from pipeline.table import Table
from pipeline.vision.answers.judge import PageHtml, judge
from pipeline.vision.faithfulness.comparison import Faith, compare
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text

HEAD = ("Mill", "Wheat (t)", "Rye (t)", "Flour (t)")
ROWS = (
    ("Upper mill", "412.5", "87.3", "391.8"),
    ("Bridge mill", "1,286.0", "140.9", "1,102.4"),
    ("Windmill", "96.7", "33.2", "104.6"),
    ("Steam mill", "2,051.4", "518.6", "2,204.1"),
    ("Old tannery", "73.8", "19.5", "81.7"),
)
TITLE = "Grain milled in the valley during the season"
LABELS = tuple(row[0] for row in ROWS)
# What is not a figure: signs that a broken mark leaves behind.
_FIGURE = re.compile(r"[^0-9.,]")
NOTE = "All weights in tonnes of cleaned grain; the steam mill stood still for repairs in the month of November."


def _placed(texts: tuple[str, ...], line: int) -> Iterator[PlacedWord]:
    """The words of a line, each text in a column of its own."""
    for column, text in enumerate(texts):
        left = 50.0 + 120 * column
        for word in text.split():
            yield PlacedWord(word, left, 20.0 * line, left + 5 * len(word), 20.0 * line + 10)
            left += 5 * len(word) + 4


PAGE = words_to_page_text(
    word for line, texts in enumerate([(TITLE,), HEAD, *ROWS, (NOTE,)]) for word in _placed(texts, line)
)


def _html(cell: str, opening: str = "<tr>", closing: str = "</tr>") -> str:
    rows = (f"{opening}{''.join(cell.format(text) for text in row)}{closing}" for row in (HEAD, *ROWS))
    return "\n".join(rows)


_PIPES = "\n".join("| " + " | ".join(row) + " |" for row in (HEAD, ("---",) * 4, *ROWS))
_OTSL = "".join("".join(f"<fcel>{text}" for text in row) + "<nl>" for row in (HEAD, *ROWS))
_LATEX = " \\\\\n".join(" & ".join(row) for row in (HEAD, *ROWS))
_TABULAR = f"\\begin{{tabular}}{{|l|r|r|r|}}\n\\hline\n{_LATEX} \\\\ \\hline\n\\end{{tabular}}"
_GRID = "\n".join(f"+{'-' * 60}+\n|" + "|".join(f" {text} " for text in row) + "|" for row in (HEAD, *ROWS))
_PLACE = "<|ref|>{}<|/ref|><|det|>[[100, 200, 300, 400]]<|/det|>\n"
_TABLE = f"<table>{_html('<td>{}</td>')}</table>"
_LOCATED = "<loc_1><loc_2><loc_3><loc_4>"


def _layout() -> str:
    blocks = (("Title", f"# {TITLE}"), ("Table", _TABLE.replace("\n", "")), ("Text", NOTE))
    return json.dumps([{"bbox": [1, 2, 3, 4], "category": category, "text": text} for category, text in blocks])


ANSWERS = (
    f"<h1>{TITLE}</h1>\n{_TABLE}\n<p>{NOTE}</p>",
    f"# {TITLE}\n\n<table>{_html('<td>{}')}</table>\n\n{NOTE}",
    f"# {TITLE}\n\n{_PIPES}\n\n{NOTE}",
    f"{TITLE}\n{_OTSL}\n\n{NOTE}",
    f"<doctag><title>{_LOCATED}{TITLE}</title><otsl>{_LOCATED}{_OTSL}</otsl><text>{_LOCATED}{NOTE}</text></doctag>",
    f"\\section{{{TITLE}}}\n\n{_TABULAR}\n\n{NOTE}",
    f"# {TITLE}\n\n{_GRID}\n+{'-' * 60}+\n\n{NOTE}",
    "\n\n".join([_PLACE.format("title") + f"# {TITLE}", _PLACE.format("table") + _TABLE, _PLACE.format("text") + NOTE]),
    _layout(),
)
# What a tokenizer has as one token: tags, marks, rules, bars.
_TOKENS = re.compile(r"</?[A-Za-z|][^<>\n]{0,40}>|\\\\|\\[A-Za-z]+|&|\||\+-+\+?|\n|[\[{\]}]|\",? ?\"?")


def _figures(tables: tuple[Table, ...]) -> Counter[tuple[str, int, str]]:
    """The figures of a page's tables, each with the row that it stands in and its place among the row's figures."""
    found: Counter[tuple[str, int, str]] = Counter()
    for table in tables:
        filled = [cell for cell in table.cells if cell.text]
        labels = {cell.row: cell for cell in reversed(filled) if cell.row}
        places = Counter[int]()
        for cell in filled:
            if cell.row and cell is not labels[cell.row] and labels[cell.row].text != HEAD[0]:
                places[cell.row] += 1
                found[_known(labels[cell.row].text), places[cell.row], _FIGURE.sub("", cell.text)] += 1
    return found


def _known(text: str) -> str:
    """The label that stands in a text, beside a mark that was left there."""
    return next((label for label in LABELS if label in text), text)


_WHOLE = Counter({(row[0], place, text): 1 for row in ROWS for place, text in enumerate(row[1:], 1)})


def _check(answer: str, page: PageText) -> None:
    """An answer whose table differs from the whole one's is refused, or the page says that it is to be doubted."""
    verdict = judge(answer, page_text=page)
    if verdict.reason is not None:
        return
    assert verdict.page is not None
    if _figures(verdict.page.tables) != _WHOLE:
        assert _is_marked(verdict.page, page), answer


def _is_marked(page: PageHtml, text: PageText) -> bool:
    return bool(page.warnings) or compare(page.blocks, text).faith is not Faith.FAITHFUL


def test_every_answer_is_read_as_the_table_that_it_is() -> None:
    for answer in ANSWERS:
        verdict = judge(answer, page_text=PAGE)

        assert verdict.reason is None
        assert verdict.page is not None
        assert _figures(verdict.page.tables) == _WHOLE
        assert not _is_marked(verdict.page, PAGE)


def test_two_figures_that_share_a_cell_beside_an_empty_one_are_doubted() -> None:
    answer = ANSWERS[5].replace("Steam mill & 2,051.4 & 518.6 & 2,204.1", "& Steam mill & 2,051.4 & 518.6\n 2,204.1")

    _check(answer, PAGE)


def test_a_row_whose_end_and_mark_changed_places_is_doubted() -> None:
    _check(ANSWERS[5].replace("Old tannery & 73.8 & 19.5 & 81.7 \\\\", "Old tannery \\\\ 73.8 & 19.5 & 81.7 &"), PAGE)
    _check(
        ANSWERS[3].replace(
            "Old tannery<fcel>73.8<fcel>19.5<fcel>81.7<nl>", "Old tannery<nl><fcel>73.8<fcel>19.5<fcel>81.7<fcel>"
        ),
        PAGE,
    )


@share(0.13)
@given(st.sampled_from(ANSWERS), st.floats(0, 1))
@counted
def test_fuzz_an_answer_that_is_cut_anywhere_loses_no_figure_without_a_word(answer: str, part: float) -> None:
    raw = answer.encode()
    _check(raw[: int(len(raw) * part)].decode(errors="ignore"), PAGE)


@share(0.15)
@given(st.sampled_from(ANSWERS), st.integers(0, 2**32))
@counted
def test_fuzz_an_answer_whose_tokens_are_stripped_doubled_or_moved_loses_no_figure_without_a_word(
    answer: str, seed: int
) -> None:
    _check("".join(_mutated(answer, random.Random(seed))), PAGE)


@share(0.15)
@given(st.sampled_from(ANSWERS), st.integers(0, 2**32), st.booleans())
@counted
def test_fuzz_a_broken_answer_for_a_page_without_words_gets_a_verdict(answer: str, seed: int, cut: bool) -> None:  # noqa: FBT001
    chance = random.Random(seed)
    broken = "".join(_mutated(answer, chance))

    judge(broken[: chance.randrange(len(broken) + 1)] if cut else broken)


def _mutated(answer: str, chance: random.Random) -> Iterator[str]:
    """The answer with one token or all of its kind stripped or doubled, or with two in each other's places."""
    tokens = list(_TOKENS.finditer(answer))
    one = chance.randrange(len(tokens))
    every = [index for index, token in enumerate(tokens) if token[0] == tokens[one][0]]
    change = chance.choice(["strip", "double", "move"])
    pair = [one, chance.randrange(len(tokens))]
    chosen = set(pair if change == "move" else chance.choice([every, [one]]))
    moved = dict(zip(sorted(chosen), chance.sample(sorted(chosen), len(chosen)), strict=True))
    position = 0
    for index, token in enumerate(tokens):
        yield answer[position : token.start()]
        if index not in chosen:
            yield token[0]
        elif change == "double":
            yield token[0] * 2
        elif change == "move":
            yield tokens[moved[index]][0]
        position = token.end()
    yield answer[position:]
