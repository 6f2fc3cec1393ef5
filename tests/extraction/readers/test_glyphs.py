"""What glyphs say: hyphens, presentation forms, and texts that authors give in their place."""

import pytest
from typeset import text_to_chars

from pipeline.extraction.readers.glyphs import UNMAPPED, chars_with_text, code_point_to_text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0x2010, "-"),
        (0x2011, "-"),
        (0x00AD, "-"),
        (0x2212, "\u2212"),
        (0xFEB3, "\u0633"),  # seen, initial form
        (0xFEFB, "\u0644\u0627"),  # lam and alef
        (0xFE70, "\u064b"),  # tanwin, isolated form
        (0xFB2A, "\u05e9\u05c1"),  # shin with its dot
        (0xFB50, "\u0671"),
        (0x1D707, "\u03bc"),  # mu of a formula
        (0x1D443, "P"),
    ],
)
def test_shapes_become_what_is_read_and_looked_for(code: int, text: str) -> None:
    assert code_point_to_text(code) == text


def _drawn(text: str) -> str:
    return "".join(char.text for char in chars_with_text(text_to_chars("....", 10, 20), text))


def test_an_authors_text_takes_the_place_of_glyphs() -> None:
    assert _drawn("dots") == "dots"


@pytest.mark.parametrize("text", ["", "\b\ufffd\ufffd", "\x00", "a\ufffd", " "])
def test_an_authors_text_that_says_nothing_leaves_the_glyphs(text: str) -> None:
    assert _drawn(text) == "...."


def test_glyphs_that_nobody_can_read_take_any_text() -> None:
    drawn = [char._replace(mapped=False, text="\x01") for char in text_to_chars("..", 10, 20)]

    assert [char.text for char in chars_with_text(drawn, "a\ufffd")] == ["a", UNMAPPED]
