"""Removes leaders, the rows of dots that lead the eye from a name to its number: engines read letters in them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.picture import INK, Picture

#: The widest dot, and the narrowest and widest gap between two of them (points).
_DOT, _LEAST_GAP, _MOST_GAP = 2.2, 0.7, 8.0
#: Leaders have at least so many dots; an ellipsis has three.
_LEAST_DOTS = 4
_DOTS = re.compile(rb"%b+" % INK)
_WHITE = b"\xff"


def without_leaders(picture: Picture) -> Picture:
    """The picture with white paper instead of leaders.

    Args:
        picture: Of an upright, level page.
    """
    dots = [dot for row in _picture_to_rows_of_dots(picture) for dot in row]
    if not dots:
        return picture
    pixels, width = bytearray(picture.pixels), picture.width
    for dot in dots:
        # With the grey edges.
        left, right = max(0, round(dot.x0) - 1), min(width, round(dot.x1) + 1)
        for row in range(round(dot.top), round(dot.bottom)):
            pixels[row * width + left : row * width + right] = _WHITE * (right - left)
    return replace(picture, pixels=bytes(pixels))


def _picture_to_rows_of_dots(picture: Picture) -> Iterator[list[BBox]]:
    """Dots that follow each other, in pixels, each with a row of paper above and below; some come more than once."""
    size, least, most = (max(1, round(length / picture.points)) for length in (_DOT, _LEAST_GAP, _MOST_GAP))
    dots = re.compile(rb"%b{1,%d}(?:\0{%d,%d}%b{1,%d}){%d,}" % (INK, size, least, most, INK, size, _LEAST_DOTS - 1))
    small, width = _small_ink(picture, size), picture.width
    for row in range(picture.height):
        for found in dots.finditer(small, row * width, (row + 1) * width):
            spans = (dot.span() for dot in _DOTS.finditer(found[0]))
            left = found.start() - row * width
            boxes = (_dot_to_box(picture, row, left + start, left + end, size) for start, end in spans)
            # The feet of letters beside a leader look like dots in this row.
            for is_dot, group in groupby(boxes, key=lambda box: box is not None):
                if is_dot and len(row_of_dots := [box for box in group if box is not None]) >= _LEAST_DOTS:
                    yield row_of_dots


def _small_ink(picture: Picture, size: int) -> bytes:
    """The ink that goes on for at most so many pixels, across and down."""
    whole = int.from_bytes(picture.ink, "big")
    large = 0
    for step in (8, 8 * picture.width):
        inner = whole
        for _ in range(size):
            inner &= inner << step
        # Each run that is left is as much too short as it was shortened.
        for _ in range(size):
            inner |= inner >> step
        large |= inner
    return (whole & ~large).to_bytes(len(picture.ink), "big")


def _dot_to_box(picture: Picture, row: int, left: int, right: int, size: int) -> BBox | None:
    """The rows of a dot, with one of paper at either end; None where the ink goes on in any direction."""
    ends = [
        next((line for line in lines if not _has_ink(picture, line, left - 1, right + 1)), None)
        for lines in (range(row - 1, row - size - 1, -1), range(row + 1, row + size + 1))
    ]
    above, below = ends
    if above is None or below is None or below - above > size + 1:
        return None
    beside = ((left - 2, left), (right, right + 2))
    if any(_has_ink(picture, line, *side) for line in range(above, below + 1) for side in beside):
        return None
    return BBox(left, max(0, above), right, min(picture.height, below + 1))


def _has_ink(picture: Picture, row: int, left: int, right: int) -> bool:
    if not 0 <= row < picture.height:
        return False
    return INK in picture.ink[row * picture.width + max(0, left) : row * picture.width + min(picture.width, right)]
