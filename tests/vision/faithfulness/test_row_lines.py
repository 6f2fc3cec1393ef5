"""Figures and labels that stand in another row than on the page are doubted, though each of them is on the page."""

from collections.abc import Sequence

import pytest
from page_texts import html_to_blocks

from pipeline.vision.faithfulness.comparison import Faith, compare
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text

Rows = list[list[str]]

HEAD = ["Mill", "Wheat", "Rye"]
ROWS = [
    ["Upper mill", "412.5", "87.3"],
    ["Bridge mill", "1,286.0", "140.9"],
    ["Steam mill", "2,051.4", "518.6"],
    ["Tide mill", "77.1", "12.8"],
]


def _with(column: int, *texts: str) -> Rows:
    return [[*row[:column], text, *row[column + 1 :]] for row, text in zip(ROWS, texts, strict=True)]


MOVED = {
    "two figures exchanged": (_with(1, "1,286.0", "412.5", "2,051.4", "77.1"), 2),
    "a column moved up": (_with(2, "140.9", "518.6", "12.8", "87.3"), 4),
    "labels moved down": (_with(0, "Tide mill", "Upper mill", "Bridge mill", "Steam mill"), 4),
    "labels of two rows exchanged": (_with(0, "Bridge mill", "Upper mill", "Steam mill", "Tide mill"), 2),
}


@pytest.mark.parametrize("kind", MOVED)
def test_cells_of_another_row_are_doubted(kind: str) -> None:
    rows, count = MOVED[kind]

    found = compare(html_to_blocks(_table(rows)), _page([HEAD, *ROWS]))

    assert (found.faith, found.checks.numbers_unseen) == (Faith.DOUBTFUL, ())
    assert f"belong to another row of the page: {count} rows" in found.detail
    assert len(found.rows) == count


def test_whole_rows_in_another_order_are_not_doubted() -> None:
    assert compare(html_to_blocks(_table(ROWS[::-1])), _page([HEAD, *ROWS])).faith is Faith.FAITHFUL


def test_a_label_beside_several_rows_is_not_doubted() -> None:
    lines = [
        ["", "Upper", "412.5"],
        ["North", "Bridge", "1,286.0"],
        ["", "Steam", "2,051.4"],
        ["South", "Tide", "77.1"],
    ]
    first = [["North", *lines[0][1:]], ["", *lines[1][1:]], *lines[2:]]
    spanning = _table(lines[:1]).replace("<td></td>", '<td rowspan="3">North</td>')

    for answer in (_table(first), spanning):
        assert not compare(html_to_blocks(answer), _page([HEAD, *lines])).rows


def test_figures_that_the_page_has_twice_tell_no_line() -> None:
    rows = [["Upper mill", "5", "7"], ["Bridge mill", "7", "5"]]

    assert not compare(html_to_blocks(_table(rows)), _page([HEAD, *rows])).rows


def _table(rows: Sequence[Sequence[str]]) -> str:
    return f"<table>{''.join(f'<tr>{_cells(row)}</tr>' for row in [HEAD, *rows])}</table>"


def _cells(row: Sequence[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in row)


def _page(rows: Sequence[Sequence[str]]) -> PageText:
    words: list[PlacedWord] = []
    for line, row in enumerate(rows):
        for text, left in zip(row, (50.0, 200.0, 350.0), strict=True):
            x = left
            for word in text.split():
                words.append(PlacedWord(word, x, 20.0 * line, x + 5 * len(word), 20.0 * line + 10))
                x += 5 * len(word) + 4
    return words_to_page_text(words)
