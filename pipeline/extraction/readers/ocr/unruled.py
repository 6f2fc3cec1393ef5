"""Removes upright lines from a picture before it is read: engines take a line beside a number for a bar or a letter.

Level lines stay, since they help engines to find the rows.
"""

from collections.abc import Iterable
from dataclasses import replace

from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.rulings import DrawnLine

#: Shorter lines may be strokes of letters (points).
_LEAST = 28.0
#: Grey edges of a line, on either side (pixels).
_EDGE = 1.0
_WHITE = 0xFF


def without_upright_lines(picture: Picture, lines: Iterable[DrawnLine]) -> Picture:
    """The picture with white paper where its long upright lines are; what touches or crosses them stays.

    Args:
        picture: Of a page.
        lines: The lines in it.
    """
    upright = [line for line in lines if (line.box.bottom - line.box.top) * picture.points >= _LEAST]
    if not upright:
        return picture
    pixels, ink, width = bytearray(picture.pixels), picture.ink, picture.width
    for line in upright:
        reach = line.thickness / 2 + _EDGE
        left, right = max(1, round(line.box.x0 - reach)), min(width - 1, round(line.box.x0 + reach))
        first, last = max(0, int(line.box.top)) * width, min(picture.height, round(line.box.bottom) + 1) * width
        # Ink beside the line is of letters that touch it, or of level lines.
        beside = [int.from_bytes(ink[first + column : last : width], "big") for column in (left - 1, right)]
        length = len(range(first, last, width))
        white = (int.from_bytes(b"\1" * length, "big") ^ (beside[0] | beside[1])) * _WHITE
        for column in range(left, right):
            lane = slice(first + column, last, width)
            pixels[lane] = (int.from_bytes(pixels[lane], "big") | white).to_bytes(length, "big")
    return replace(picture, pixels=bytes(pixels))
