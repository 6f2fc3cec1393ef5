"""Tick boxes that are drawn: told from cells of a grid, legends of charts and boxes around text."""

from pathlib import Path

import pytest
from typeset import show, write_page

from pipeline.extraction import ReaderKind, extract_page, open_reader

KINDS: tuple[ReaderKind, ...] = ("pdfium", "pdfminer")
_SQUARE = b"0.6 w 60 700 9 9 re S "
_LABEL = show(74, 701, "agreed")


def _text(path: Path, operators: bytes, kind: ReaderKind) -> str:
    with open_reader(write_page(path / "a.pdf", operators), kind) as reader:
        return extract_page(reader, 1).text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("mark", "sign"),
    [
        (b"", "\u2610"),
        (b"61 701 m 68 708 l S 61 708 m 68 701 l S ", "\u2612"),
        (b"61 704 m 63 701 l 68 708 l S ", "\u2612"),
        (b"61 704 m 62 700 64 703 68 708 c S ", "\u2612"),
        (b"0 g 62 702 5 5 re f ", "\u2612"),
        (b"0.9 g 62 702 5 5 re f 0 g ", "\u2610"),
        (show(61.5, 701, "X", size=9), "\u2612"),
    ],
)
def test_what_is_drawn_in_a_box_ticks_it(tmp_path: Path, kind: ReaderKind, mark: bytes, sign: str) -> None:
    assert _text(tmp_path, _SQUARE + mark + _LABEL, kind) == f"{sign} agreed"


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_may_stand_behind_its_label(tmp_path: Path, kind: ReaderKind) -> None:
    assert _text(tmp_path, b"0.6 w 100 700 9 9 re S " + show(60, 701, "agreed"), kind) == "agreed \u2610"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "operators",
    [
        b"60 700 9 9 re S 69 700 9 9 re S 78 700 9 9 re S " + show(90, 701, "agreed"),  # cells for single letters
        b"0.2 0.4 0.8 rg 60 700 9 9 re B 0 g " + _LABEL,  # the legend of a chart
        _SQUARE + show(62, 701, "7", size=8) + _LABEL,  # a number in a box
        b"60 700 9 9 re S " + show(200, 701, "agreed"),  # far from any label
        b"60 700 40 40 re S " + show(110, 715, "agreed"),  # a frame
    ],
)
def test_other_squares_are_no_boxes(tmp_path: Path, kind: ReaderKind, operators: bytes) -> None:
    text = _text(tmp_path, operators, kind)

    assert "agreed" in text
    assert "\u2610" not in text
    assert "\u2612" not in text
