"""Indented labels of rows."""

import pytest
from table_pages import figures_to_chars, page
from typeset import text_to_chars

from pipeline.extraction import Cell, content_to_extraction

WORDS = ["All ages", "With a disability", "Severe", "Men", "With a disability"]


def _labels(starts: list[float], words: list[str]) -> list[Cell]:
    """The labels of a table without rules, in which they begin at these places."""
    chars = [
        char
        for index, (start, word) in enumerate(zip(starts, words, strict=True))
        for char in text_to_chars(word, start, 130 + 15 * index)
    ]
    figures = [["2008", "2009"], *([str(100 + index), "2,310"] for index in range(len(words)))]
    [table] = content_to_extraction(page([*chars, *figures_to_chars(figures, [300, 360], 115)])).tables
    return [cell for cell in table.cells if cell.column == 0 and cell.lines]


def test_the_depth_of_indented_labels_is_noted() -> None:
    assert [cell.indent for cell in _labels([60, 70, 80, 60, 70], WORDS)] == [0, 1, 2, 0, 1]


def test_the_depth_is_noted_where_leaders_make_all_labels_end_at_one_place() -> None:
    starts = [60.0, 70.0, 80.0, 60.0, 70.0]
    led = [word + "." * (38 - len(word) - int(start - 60) // 5) for start, word in zip(starts, WORDS, strict=True)]

    assert [cell.indent for cell in _labels(starts, led)] == [0, 1, 2, 0, 1]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0], ids=["flush left", "centred", "flush right"])
def test_labels_that_are_not_indented_have_no_depth(share: float) -> None:
    starts = [60 + share * (100 - 5 * len(word)) for word in WORDS]

    assert {cell.indent for cell in _labels(starts, WORDS)} == {0}


def test_labels_set_at_will_have_no_depth() -> None:
    words = ["Wheat", "Barley and", "Oats of the", "Rye", "Maize", "Hops and malt"]

    assert {cell.indent for cell in _labels([60, 66, 72, 78, 84, 90], words)} == {0}


def test_the_depth_is_a_class_of_the_label() -> None:
    chars = (
        text_to_chars("All ages", 60, 130)
        + text_to_chars("Men", 70, 145)
        + text_to_chars("Women in all of the country", 70, 160)
    )
    figures = [["2008", "2009"], ["1,204", "1,310"], ["310", "295"], ["87", "92"]]

    html = content_to_extraction(page([*chars, *figures_to_chars(figures, [300, 360], 115)])).html

    assert '<th scope="row">All ages</th>' in html
    assert '<th scope="row" class="indent-1">Men</th>' in html
