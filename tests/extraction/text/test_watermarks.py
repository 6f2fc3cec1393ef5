"""Watermarks: told from slanted headings and large titles by lying over the text."""

import math

import pytest
from typeset import chars_to_content, lines_to_chars, text_to_chars

from pipeline.extraction import BBox, Char, content_to_extraction

PROSE = [f"line {index} of a text that goes on for some time and says little" for index in range(20)]


def _slanted(text: str, x: float, y: float, *, size: float, angle: int) -> list[Char]:
    chars = []
    turn = math.radians(angle)
    for letter in text:
        half = size * 0.6
        box = BBox(x - half, y - half, x + half, y + half)
        chars.append(Char(text=letter, box=box, font="Mark", size=size, upright=False, angle=angle))
        x, y = x + size * 0.6 * math.cos(turn), y - size * 0.6 * math.sin(turn)
    return chars


@pytest.mark.parametrize("angle", [30, 45, 60, 330])
def test_slanted_text_over_lines_stands_apart_behind_them(angle: int) -> None:
    mark = _slanted("DRAFT", 120, 260, size=40, angle=angle)

    found = content_to_extraction(chars_to_content([*lines_to_chars(PROSE, 50, 100), *mark]))

    assert found.text.splitlines() == [*PROSE, "DRAFT"]


def test_a_mark_that_is_drawn_all_over_the_page_comes_once() -> None:
    marks = [char for x in (80, 300) for y in (130, 230, 330) for char in _slanted("copy", x, y, size=14, angle=30)]

    found = content_to_extraction(chars_to_content([*lines_to_chars(PROSE, 50, 100), *marks]))

    assert found.text.splitlines() == [*PROSE, "copy"]


def test_a_level_mark_over_lines_takes_none_of_them_in() -> None:
    mark = text_to_chars("DRAFT", 60, 230, size=80)

    found = content_to_extraction(chars_to_content([*mark, *lines_to_chars(PROSE, 50, 100)]))

    assert found.text.splitlines() == [*PROSE, "DRAFT"]


def test_a_large_title_above_lines_and_a_slanted_heading_beside_them_are_no_marks() -> None:
    title = text_to_chars("A large title", 50, 80, size=30)
    heading = _slanted("Heading", 450, 150, size=10, angle=45)

    found = content_to_extraction(chars_to_content([*title, *lines_to_chars(PROSE, 50, 100), *heading]))

    assert found.text.splitlines() == ["A large title", *PROSE, "Heading"]
