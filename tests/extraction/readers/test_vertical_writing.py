"""Vertical writing: columns from right to left, each from top to bottom, with either reader."""

from pathlib import Path

import pytest
from typeset import show, write_page
from vertical_pages import write_vertical

from pipeline.extraction import ReaderKind, extract_page, open_reader

KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")
# Each has a sign that the fonts of any machine have: pdfium leaves out texts of which it can draw nothing.
COLUMNS = [
    "\u4e00\u4e03\u4e09\u4e01\u4e0a\u4e0b\u3002",
    "\u3042\u3044\u3046\u3048\u304a\u3002",
    "\u30ab\u30ad\u30af\u30b1\u30b3\u3001\u30b5\u30b7",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pitch", [20.0, 40.0])
def test_columns_are_read_from_the_right_each_from_the_top(tmp_path: Path, kind: ReaderKind, pitch: float) -> None:
    path = write_vertical(tmp_path / "a.pdf", COLUMNS * 3, pitch=pitch)

    with open_reader(path, kind) as reader:
        page = extract_page(reader, 1)

    assert page.text.splitlines() == COLUMNS * 3
    assert page.tables == ()
    assert page.turned == 270


def test_both_readers_place_the_glyphs_alike(tmp_path: Path) -> None:
    path = write_vertical(tmp_path / "a.pdf", COLUMNS)
    places = []
    for kind in KINDS:
        with open_reader(path, kind) as reader:
            chars = sorted(reader.read(1).chars, key=lambda char: (-char.box.x0, char.box.top))
            places.append([(char.text, char.angle, [round(side) for side in char.box]) for char in chars])

    assert places[0] == places[1]


@pytest.mark.parametrize("kind", KINDS)
def test_letters_that_are_placed_below_each_other_one_by_one_are_no_vertical_writing(
    tmp_path: Path, kind: ReaderKind
) -> None:
    stacked = b"".join(show(50, 700 - 12 * index, letter) for index, letter in enumerate("abc"))

    with open_reader(write_page(tmp_path / "a.pdf", stacked), kind) as reader:
        assert [char.angle for char in reader.read(1).chars] == [0, 0, 0]
