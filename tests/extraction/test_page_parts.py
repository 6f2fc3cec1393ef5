"""Columns, paragraphs, headings, lists, headers and footers: what reads as what."""

import re

import pytest
from typeset import chars_to_content, lines_to_chars, text_to_chars

from pipeline.extraction import BBox, Char, PageContent, content_to_extraction

_WORDS = "the quick brown fox jumps over a lazy dog while seven other animals look on and wonder what it may be about "


def _prose(letters: int, lines: int, mark: str) -> list[str]:
    """Lines of prose, all but full; the first begins with the mark, and the last ends a sentence."""
    text = f"{mark} " + _WORDS * 40
    made: list[str] = []
    while len(made) < lines:
        cut = text.rfind(" ", 0, letters + 1)
        made.append(text[:cut])
        text = text[cut + 1 :]
    made[-1] += "."
    return made


def _html(chars: list[Char]) -> str:
    return content_to_extraction(chars_to_content(chars)).html


def _order(html: str, *marks: str) -> list[str]:
    return sorted(marks, key=html.index)


def test_columns_are_read_one_after_the_other() -> None:
    left = lines_to_chars(_prose(48, 20, "LEFT"), 50, 200)
    right = lines_to_chars(_prose(48, 20, "RIGHT"), 320, 200)

    html = _html([*right, *left])

    assert re.fullmatch(r"<p>LEFT [a-z ]+\.</p>\n<p>RIGHT [a-z ]+\.</p>", html)


def test_columns_whose_lines_are_not_level_are_read_one_after_the_other() -> None:
    left = lines_to_chars(_prose(48, 20, "LEFT"), 50, 200)
    right = lines_to_chars(_prose(48, 20, "RIGHT"), 320, 205)

    html = _html([*left, *right])

    assert re.fullmatch(r"<p>LEFT [a-z ]+\.</p>\n<p>RIGHT [a-z ]+\.</p>", html)


def test_a_heading_across_the_columns_comes_before_both_and_a_line_below_after_both() -> None:
    above = text_to_chars("A title that spans both of the columns of this page", 50, 150, size=18)
    left = lines_to_chars(_prose(48, 12, "LEFT"), 50, 200)
    right = lines_to_chars(_prose(48, 12, "RIGHT"), 320, 200)
    below = lines_to_chars(_prose(100, 4, "BELOW"), 50, 400)

    html = _html([*left, *right, *above, *below])

    assert _order(html, "A title", "LEFT", "RIGHT", "BELOW") == ["A title", "LEFT", "RIGHT", "BELOW"]
    assert html.startswith("<h1>A title")


def test_a_short_line_close_above_a_title_below_columns_is_no_end_of_the_first_column() -> None:
    left = lines_to_chars(_prose(48, 12, "LEFT"), 50, 200)
    right = lines_to_chars(_prose(48, 12, "RIGHT"), 320, 200)
    number = text_to_chars("NUMBER 1", 50, 372)
    title = text_to_chars("A TITLE that goes over the gutter between the two columns above it", 50, 388, size=14)

    html = _html([*left, *right, *number, *title])

    assert _order(html, "LEFT", "RIGHT", "NUMBER", "A TITLE") == ["LEFT", "RIGHT", "NUMBER", "A TITLE"]


def test_a_short_last_line_of_the_first_column_stays_there() -> None:
    left = lines_to_chars([*_prose(48, 12, "LEFT"), "LAST of the left."], 50, 200)
    right = lines_to_chars(_prose(48, 12, "RIGHT"), 320, 200)
    title = text_to_chars("A TITLE that goes over the gutter between the two columns above it", 50, 380, size=14)

    html = _html([*left, *right, *title])

    assert _order(html, "LEFT", "LAST", "RIGHT", "A TITLE") == ["LEFT", "LAST", "RIGHT", "A TITLE"]


def test_three_columns_are_read_from_the_left() -> None:
    columns = [lines_to_chars(_prose(30, 15, mark), 40 + 180 * index, 200) for index, mark in enumerate("XYZ")]

    html = _html([char for column in columns for char in column])

    assert _order(html, "<p>X", "<p>Y", "<p>Z") == ["<p>X", "<p>Y", "<p>Z"]


def test_bullets_are_no_column() -> None:
    chars = [
        char
        for index in range(4)
        for char in (
            *text_to_chars("\u2022", 50, 200 + 30 * index),
            *lines_to_chars([f"Item {index} is a sentence of some length", "and goes on here"], 80, 200 + 30 * index),
        )
    ]

    html = _html(chars)

    assert html.startswith('<ul class="marked">\n<li>\u2022 Item 0 is a sentence of some length and goes on here</li>')
    assert html.count("<li>") == 4


def test_numbered_items_are_an_ordered_list_that_keeps_its_numbers() -> None:
    html = _html(lines_to_chars(["7. Seventh item of the list", "8. Eighth item of the list"], 50, 200))

    assert html == (
        '<ol class="marked">\n<li>7. Seventh item of the list</li>\n<li>8. Eighth item of the list</li>\n</ol>'
    )


def test_an_indent_begins_a_paragraph() -> None:
    lines = _prose(90, 4, "ONE")
    chars = [*lines_to_chars(lines, 50, 200), *text_to_chars("TWO " + lines[1][:80], 65, 248)]
    chars += lines_to_chars(lines[2:], 50, 260)

    html = _html(chars)

    assert html.count("<p>") == 2
    assert "<p>TWO" in html


def test_space_between_lines_begins_a_paragraph() -> None:
    chars = [*lines_to_chars(_prose(90, 4, "ONE"), 50, 200), *lines_to_chars(_prose(90, 4, "TWO"), 50, 260)]

    assert _html(chars).count("<p>") == 2


def test_a_word_cut_by_the_lines_end_is_put_together() -> None:
    lines = ["this line is long enough to be full, and it ends in hyph-", "enation that goes on here with other words"]

    assert "ends in hyphenation that" in _html(lines_to_chars(lines, 50, 200))


@pytest.mark.parametrize(("upper", "lower"), [("the Anglo-", "Saxon world"), ("pages 10-", "20 of it")])
def test_a_hyphen_before_a_capital_or_a_digit_stays(upper: str, lower: str) -> None:
    text = _html(
        lines_to_chars([f"a line that is full up to its very end because of {upper}", lower + " and so on"], 50, 200)
    )

    assert upper + lower in text


def test_a_hyphen_that_the_page_has_elsewhere_stays() -> None:
    lines = [
        "one long-term plan, and another one that is quite as long-",
        "term as the first one was, or even longer yet",
    ]

    assert "quite as long-term as" in _html(lines_to_chars(lines, 50, 200))


def test_size_and_weight_make_headings() -> None:
    chars = [
        *text_to_chars("The title", 50, 100, size=20),
        *text_to_chars("A chapter", 50, 140, size=14),
        *lines_to_chars(_prose(90, 5, "TEXT"), 50, 170),
        *text_to_chars("A section in bold", 50, 260, bold=True),
        *lines_to_chars(_prose(90, 5, "MORE"), 50, 280),
    ]

    html = _html(chars)

    assert re.findall(r"<(h\d)>([^<]+)", html) == [
        ("h1", "The title"), ("h2", "A chapter"), ("h4", "A section in bold"),
    ]  # fmt: skip


def test_the_text_of_a_page_full_of_notes_is_no_heading() -> None:
    text = lines_to_chars(_prose(80, 6, "TEXT"), 50, 100, size=12, leading=15)
    short = lines_to_chars(["A short paragraph of the text, which is larger than the notes."], 50, 220, size=12)
    notes = lines_to_chars(_prose(110, 40, "NOTES"), 50, 260, size=9, leading=11)

    html = _html([*text, *short, *notes])

    assert "<p>A short paragraph" in html
    assert "<h" not in html


def test_what_stands_alone_at_the_edges_is_header_and_footer() -> None:
    chars = [
        *text_to_chars("Annual report", 50, 40),
        *lines_to_chars(_prose(90, 30, "TEXT"), 50, 120),
        *text_to_chars("17", 300, 770),
    ]

    html = _html(chars)

    assert html.startswith('<p class="page-header">Annual report</p>\n<p>TEXT')
    assert html.endswith('</p>\n<p class="page-footer">17</p>')


def test_raised_and_lowered_figures_stay_in_their_line() -> None:
    chars = [
        *text_to_chars("E = mc", 50, 200),
        *text_to_chars("2", 80.5, 196, size=6),
        *text_to_chars("and H", 90, 200),
        *text_to_chars("2", 115.5, 202, size=6),
        *text_to_chars("O", 119, 200),
    ]

    assert _html(chars) == "<p>E = mc<sup>2</sup> and H<sub>2</sub>O</p>"


def test_a_page_on_its_side_is_read_as_an_upright_one() -> None:
    upright = lines_to_chars(_prose(60, 10, "ONE"), 50, 100)
    content = chars_to_content(upright, width=800, height=600)
    turned = content_to_extraction(_turned(chars_to_content(upright, width=800, height=600).chars))

    assert turned.html == content_to_extraction(content).html
    assert turned.turned == 90


def _turned(chars: tuple[Char, ...]) -> PageContent:
    """The page turned counter-clockwise by 90 degrees: an upright sheet with its text on its side."""
    return chars_to_content(
        [
            char._replace(
                box=BBox(char.box.top, 800 - char.box.x1, char.box.bottom, 800 - char.box.x0),
                upright=False,
                angle=90,
            )
            for char in chars
        ]
    )


def test_type_too_small_to_read_is_text_all_the_same() -> None:
    html = _html(lines_to_chars(["tiny words"], 50, 200, size=0.1))

    assert "tiny" in html


def test_a_line_from_right_to_left_is_read_from_the_right() -> None:
    drawn = "\u05d3\u05d2 1234 \u05d1\u05d0"  # leftmost first

    assert _html(text_to_chars(drawn, 50, 200)) == '<p dir="rtl">\u05d0\u05d1 1234 \u05d2\u05d3</p>'


@pytest.mark.parametrize(("left", "x"), [("Abstract", 250.0), ("Minutes", 440.0)])
def test_a_heading_of_one_word_left_of_all_that_is_above_it_costs_nothing(left: str, x: float) -> None:
    title = text_to_chars("A Title", x, 80, size=18)
    heading = text_to_chars(left, 72, 120, size=12, bold=True)

    html = _html([*title, *heading, *lines_to_chars(_prose(90, 4, "BELOW"), 72, 136)])

    assert re.fullmatch(rf"<h1>A Title</h1>\n<h3>{left}</h3>\n<p>BELOW [a-z ]+\.</p>", html)
