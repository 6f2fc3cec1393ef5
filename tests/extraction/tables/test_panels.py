"""Boxes and lists beside each other, as web pages and drawings have them, are no tables."""

from table_pages import across, find, grid, rows_to_chars
from typeset import lines_to_chars, text_to_chars

from pipeline.extraction import Char, Ruling

_LISTS = (
    ["File and mime types", "The preservation", "Thanks to all who came", "This is excellent", "Replies to all of it"],
    [
        "Have some with turkey",
        "Levels of preserving",
        "Release candidate one",
        "Hackathon in spring",
        "A short list of it",
    ],
    ["Comparing two pages", "Pagelyzer", "Installing it", "A manual for all", "A web page in two"],
)


def _lists(tops: tuple[float, ...], steps: tuple[float, ...]) -> tuple[list[Char], list[Ruling]]:
    """Three lists beside each other, with a rule below each entry."""
    chars: list[Char] = []
    rulings: list[Ruling] = []
    for x, top, step, entries in zip((50, 190, 330), tops, steps, _LISTS, strict=True):
        chars += lines_to_chars(entries, x, top, leading=step)
        rulings += [across(top + 5 + step * index, x, x + 125) for index in range(-1, len(entries))]
    return chars, rulings


def test_lists_whose_rules_are_not_level_are_no_table() -> None:
    assert find(*_lists((100, 100, 100), (15, 20, 30))) == ()


def test_the_same_words_between_rules_that_are_level_are_a_table() -> None:
    [table] = find(*_lists((100, 100, 100), (18, 18, 18)))

    assert (table.rows, table.columns) == (5, 3)


def test_boxes_apart_from_each_other_inside_a_frame_are_no_table() -> None:
    rows = [["Join the army", "Members"], ["Get involved", "A library"], ["and do it now", "A charter"]]
    more = [["Several of us", "Upcoming"], ["took part in it", "Events"], ["on Friday", "December"]]
    chars = [*rows_to_chars(rows, (60, 300), 112), *rows_to_chars(more, (60, 300), 172)]
    frame = [across(y, 50, 420) for y in (95, 155, 220)]
    boxes = [ruling for x in (55, 295) for top in (100, 160) for ruling in grid((x, x + 110), (top, top + 50))]

    assert find(chars, [*frame, *boxes]) == ()
    assert len(find(chars, frame)) == 1


def test_a_grid_whose_text_runs_over_its_rules_is_a_drawing() -> None:
    words = ["CCCNL", "CCLNL", "CCCNL", "CLLNL"]
    chars = [char for index, word in enumerate(words) for char in text_to_chars(word, 102, 112 + 15 * index)]
    chars += [char for index in range(4) for x in (130, 140) for char in text_to_chars("x", x + 2, 112 + 15 * index)]

    drawn = find(chars, grid((100, 110, 120, 130, 140, 150), (100, 115, 130, 145, 160)))

    assert drawn == ()
    assert len(find(chars, grid((100, 129, 139, 149), (100, 115, 130, 145, 160)))) == 1
