"""Notes at the foot of columns, and sentences that a column's end cuts."""

import re

import pytest
from table_pages import PROSE, across, figures_to_chars, rows_to_chars
from typeset import chars_to_content, lines_to_chars, text_to_chars

from pipeline.extraction import Char, Ruling, content_to_extraction

_LEFT, _RIGHT = 20, 315
_OPEN = PROSE[:-1]
_REST = ["certain of them any longer, least of all their authors.", *PROSE]


def _html(*parts: list[Char], rulings: tuple[Ruling, ...] = ()) -> str:
    return content_to_extraction(
        chars_to_content([char for part in parts for char in part], width=620, rulings=rulings)
    ).html


def _columns(left: list[str], right: list[str]) -> list[Char]:
    return lines_to_chars(left, _LEFT, 100) + lines_to_chars(right, _RIGHT, 100)


def _note(mark: str, x: float, baseline: float) -> list[Char]:
    """A note of two lines, with a raised mark."""
    lines = [f"Note {mark} says where all of this can be read, and who", "has written it, and when."]
    return text_to_chars(mark, x, baseline - 3, size=5) + lines_to_chars(lines, x + 5, baseline, size=8, leading=10)


def _texts(html: str) -> list[str]:
    """The elements, each with its first word."""
    return re.findall(r'<(?:p|li|h\d)(?: class="[a-z-]+")?>(?:<sup>.</sup> ?)?\S+', html)


def test_notes_are_read_after_the_text_of_all_columns() -> None:
    html = _html(_columns(_OPEN, _REST), _note("1", _LEFT, 180), _note("2", _RIGHT, 190))

    assert _texts(html) == ["<p>The", '<p class="footnote"><sup>1</sup> Note', '<p class="footnote"><sup>2</sup> Note']
    assert "nobody could be certain of them" in html


def test_notes_stay_above_what_stands_below_the_columns() -> None:
    below = lines_to_chars(
        ["BELOW both of the columns there is a line that goes over the gutter, all the way."], _LEFT, 260
    )

    html = _html(_columns([*PROSE, *PROSE], [*PROSE, *PROSE]), _note("1", _LEFT, 226), below)

    assert html.index("Note 1") < html.index("BELOW")
    assert html.rindex("The committee") < html.index("Note 1")


@pytest.mark.parametrize(("rules", "notes"), [((across(168, _LEFT, _LEFT + 80),), 1), ((), 0)])
def test_small_type_below_a_short_rule_is_a_note(rules: tuple[Ruling, ...], notes: int) -> None:
    small = lines_to_chars(["See the other report, which", "says much the same."], _LEFT, 182, size=8, leading=10)

    assert _html(_columns(PROSE, PROSE), small, rulings=rules).count("footnote") == notes


def test_notes_below_a_table_stay_with_it() -> None:
    rows = [["Wheat and rye", "1,204"], ["Barley", "310"], ["Oats", "87"], ["Maize", "2,110"]]
    labels = rows_to_chars([row[:1] for row in rows], [_LEFT], 190)
    table = labels + figures_to_chars([[*row[1:], "12", "7"] for row in rows], [170, 230, 290], 190)

    html = _html(_columns(PROSE, [*PROSE] * 3), table, _note("1", _LEFT, 255))

    assert "footnote" not in html
    assert html.index("</table>") < html.index("Note 1") < html.rindex("The committee")


def test_an_item_goes_on_in_the_next_column() -> None:
    html = _html(_columns([*PROSE, "\u2022 An item of a list that goes on, and on for quite long"], _REST))

    assert "<li>\u2022 An item of a list that goes on, and on for quite long certain of them" in html


def test_a_word_that_the_columns_end_cuts_is_put_together() -> None:
    left = [*_OPEN[:-1], "again before anything was printed of them, since no-"]

    assert "since nobody could see" in _html(_columns(left, ["body could see it", *PROSE]))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (PROSE, _REST),
        ([*_OPEN, "certain of it."], _REST),
        ([*_OPEN, "certain"], _REST),
        (_OPEN, ["\u2022 certain of them any longer, least of all", *PROSE]),
        (_OPEN, ["Table 1 is certain of it", *PROSE]),
        (
            ["", "A name that stands alone in its column with a capital"],
            ["Another name that stands alone in its own", *PROSE],
        ),
    ],
    ids=["ended", "ended early", "short", "item", "caption", "capital"],
)
def test_what_is_no_cut_sentence_is_not_joined(left: list[str], right: list[str]) -> None:
    html = _html(_columns([*PROSE, *left], right))

    assert re.search(rf"<(?:p|li)>{re.escape(right[0].split()[0])}", html) is not None


def test_type_of_another_size_is_not_joined() -> None:
    left, right = lines_to_chars(_OPEN, _LEFT, 100), lines_to_chars(_REST, _RIGHT, 100, size=8.5)

    assert "<p>certain of them" in _html(left, right)
