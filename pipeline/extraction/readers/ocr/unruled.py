"""Removes lines from a picture: engines take an upright one beside a number for a bar or a letter.

Level ones are removed only for measuring: words end at their ink. Engines still see them, since they help to find the
rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.engine import SeenWord
from pipeline.extraction.readers.ocr.picture import INK, Picture
from pipeline.extraction.readers.ocr.rulings import DrawnLine

#: Shorter upright lines may be strokes of letters (points).
_LEAST = 28.0
#: Grey edges of a line, on either side (pixels).
_EDGE = 1.0
_WHITE, _NO_INK = 0xFF, 0
#: A word keeps at least this share of its ink without the lines; underlined words keep more than half.
_LEAST_LEFT = 0.2


def without_upright_lines(picture: Picture, lines: Iterable[DrawnLine]) -> Picture:
    """The picture with white paper where its long upright lines are; what touches or crosses them stays.

    Args:
        picture: Of a page.
        lines: The lines in it.
    """
    width = picture.width
    upright = []
    for line in lines:
        if (line.box.bottom - line.box.top) * picture.points >= _LEAST:
            left, right = _reach(line.box.x0, line.thickness, width)
            first, last = max(0, int(line.box.top)) * width, min(picture.height, round(line.box.bottom) + 1) * width
            upright.append([range(first + column, last, width) for column in range(left - 1, right + 1)])
    return replace(picture, pixels=_without(picture.pixels, upright, picture.ink, _WHITE)) if upright else picture


def ink_without_level_lines(picture: Picture, lines: Iterable[DrawnLine]) -> bytes:
    """The ink of a picture without its level lines; what touches or crosses them stays.

    Args:
        picture: Of a page.
        lines: The lines in it.
    """
    width = picture.width
    level = []
    for line in lines:
        if line.box.top == line.box.bottom:
            top, bottom = _reach(line.box.top, line.thickness, picture.height)
            left, right = max(0, int(line.box.x0)), min(width, round(line.box.x1) + 1)
            level.append([range(row * width + left, row * width + right) for row in range(top - 1, bottom + 1)])
    return _without(picture.ink, level, picture.ink, _NO_INK)


def words_off_lines(words: Iterable[SeenWord], picture: Picture, lines: Iterable[DrawnLine]) -> list[SeenWord]:
    """The words without those that were read in a level line: next to nothing of their ink is beside it.

    Args:
        words: Words of the picture.
        picture: Of a page.
        lines: The lines in it.
    """
    bare = ink_without_level_lines(picture, lines)
    return [
        word
        for word in words
        if _ink_in(word.box, bare, picture.width) >= _LEAST_LEFT * _ink_in(word.box, picture.ink, picture.width)
    ]


def _ink_in(box: BBox, ink: bytes, width: int) -> int:
    left, right = max(0, int(box.x0)), min(width, round(box.x1))
    rows = range(max(0, int(box.top)), round(box.bottom))
    return sum(ink.count(INK, row * width + left, row * width + right) for row in rows)


def _reach(middle: float, thickness: float, end: int) -> tuple[int, int]:
    """The first pixel across a line and the one after its last, with one of the picture left on either side."""
    reach = thickness / 2 + _EDGE
    return max(1, round(middle - reach)), min(end - 1, round(middle + reach))


def _without(data: bytes, lines: Iterable[Sequence[range]], ink: bytes, paper: int) -> bytes:
    """The bytes of a picture with those of lines made paper.

    Args:
        data: Its pixels or its ink.
        lines: Each as lanes of bytes along it. The first and the last one are beside the line: ink there is of letters
            that touch it, or of other lines, and what is between such ink stays.
        ink: Of the picture.
        paper: The byte of paper.
    """
    rest = bytearray(data)
    for before, *lanes, after in lines:
        beside = _lane_to_number(ink, before) | _lane_to_number(ink, after)
        for lane in lanes:
            free = int.from_bytes(b"\1" * len(lane), "big") ^ beside
            kept = _lane_to_number(rest, lane) & (beside * _WHITE)
            rest[lane.start : lane.stop : lane.step] = (kept | free * paper).to_bytes(len(lane), "big")
    return bytes(rest)


def _lane_to_number(data: bytes | bytearray, lane: range) -> int:
    return int.from_bytes(data[lane.start : lane.stop : lane.step], "big")
