"""Drops what was read in slanted print on a level page, such as stamps and signatures: engines read nonsense there.

Level words of which the engine is sure are left out; what remains is slanted where a slanted rectangle around it is
smaller than the level one, and no level gap goes through it. No ink is removed: it might belong to text below a stamp.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.engine import SeenWord
from pipeline.extraction.readers.ocr.parts import Part, grid_to_parts, picture_to_grid
from pipeline.extraction.readers.ocr.picture import INK, Picture

#: Side of the cells in which parts are found, and half of the paper that parts them, side by side and one above the
#: other (points).
_CELL, _ACROSS, _DOWN = 1.44, 5.8, 2.9
#: A slanted part is at least this long (points): a single letter may be slanted.
_LEAST_LONG = 36.0
#: What is less slanted, in degrees, is level print.
_LEAST_SLANT, _MOST_SLANT, _STEP = 7, 45, 4
#: The slanted rectangle has at most this share of the level one's area.
_TIGHTER = 0.82
#: With at most this share, it is slanted whatever is between its letters.
_MUCH_TIGHTER = 0.4
#: Level words of at least this confidence are no part of a stamp, unless they are so many times as high as usual.
_SURE, _TALL = 80.0, 1.4
#: A word with more than this share of its ink in something slanted was read in it.
_MOST_IN = 0.5
#: A word lies across another one if it covers more than this share of its width and of its height.
_COVERED = 0.4
_PAPER = b"\0"


class _Slanted(NamedTuple):
    """A slanted part; its cells have sides of ``step`` pixels."""

    part: Part
    step: int


def words_without_slanted(words: Sequence[SeenWord], picture: Picture) -> list[SeenWord]:
    """The words without those that were read in something slanted, or across other words.

    Args:
        words: Words of the picture.
        picture: Of a level page.
    """
    if all(word.confidence >= _SURE for word in words):
        return list(words)
    usual = median(word.box.bottom - word.box.top for word in words)
    sure = {word for word in words if word.confidence >= _SURE and word.box.bottom - word.box.top <= _TALL * usual}
    words = [word for word in words if word in sure or not _is_across(word.box, sure)]
    rest = bytearray(picture.ink)
    for word in sure:
        for start, end in _box_to_spans(word.box, picture):
            rest[start:end] = _PAPER * (end - start)
    slanted = bytearray(len(rest))
    for each in _slanted_parts(picture, bytes(rest)):
        for start, end in _part_to_spans(each, picture):
            slanted[start:end] = rest[start:end]
    return [word for word in words if word in sure or not _is_in(word.box, slanted, picture)]


def _is_across(box: BBox, words: Iterable[SeenWord]) -> bool:
    """Whether a box covers some part of one of these words: nobody prints across text."""
    return any(
        min(box.x1, word.box.x1) - max(box.x0, word.box.x0) > _COVERED * (word.box.x1 - word.box.x0)
        and min(box.bottom, word.box.bottom) - max(box.top, word.box.top) > _COVERED * (word.box.bottom - word.box.top)
        for word in words
    )


def _is_in(box: BBox, slanted: bytearray, picture: Picture) -> bool:
    """Whether most of the ink in a box is slanted."""
    spans = list(_box_to_spans(box, picture))
    inked = sum(picture.ink.count(INK, start, end) for start, end in spans)
    return sum(slanted.count(INK, start, end) for start, end in spans) > _MOST_IN * inked


def _slanted_parts(picture: Picture, ink: bytes) -> list[_Slanted]:
    grid = picture_to_grid(picture, ink, _CELL)
    side = grid.step * picture.points
    parts = grid_to_parts(grid, across=round(_ACROSS / side), down=round(_DOWN / side))
    long = [part for part in parts if math.dist(part.box[:2], part.box[2:]) >= _LEAST_LONG / side]
    return [each for part in long if _is_slanted(each := _Slanted(part, grid.step), picture, ink)]


def _is_slanted(each: _Slanted, picture: Picture, ink: bytes) -> bool:
    rows: dict[int, tuple[int, int]] = {}
    for row, start, end in each.part.runs:
        left, right = rows.get(row, (start, end))
        rows[row] = min(left, start), max(right, end)
    corners = [(x, y) for row, ends in rows.items() for y in (row, row + 1) for x in ends]
    angles = [sign * angle for angle in range(_LEAST_SLANT, _MOST_SLANT + 1, _STEP) for sign in (1, -1)]
    share = min(_turned_area(corners, angle) for angle in angles) / _turned_area(corners, 0)
    if not _MUCH_TIGHTER < share <= _TIGHTER:
        return share <= _MUCH_TIGHTER
    # Paper from side to side parts the lines of level print that is set like stairs.
    inked = {start // picture.width for start, end in _part_to_spans(each, picture) if INK in ink[start:end]}
    return len(inked) > max(inked) - min(inked)


def _turned_area(corners: Iterable[tuple[int, int]], degrees: float) -> float:
    """The area of the rectangle around these points, turned so many degrees clockwise."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    along = [x * cos + y * sin for x, y in corners]
    across = [y * cos - x * sin for x, y in corners]
    return (max(along) - min(along)) * (max(across) - min(across))


def _part_to_spans(each: _Slanted, picture: Picture) -> Iterator[tuple[int, int]]:
    """The pixels of its cells, and of a cell around them for the grey edges of letters, as slices of all pixels."""
    width, step = picture.width, each.step
    for row, start, end in each.part.runs:
        left, right = max(0, (start - 1) * step), min(width, (end + 1) * step)
        for line in range(max(0, (row - 1) * step), min(picture.height, (row + 2) * step)):
            yield line * width + left, line * width + right


def _box_to_spans(box: BBox, picture: Picture) -> Iterator[tuple[int, int]]:
    """The pixels of a box, as slices of all pixels."""
    left, right = max(0, int(box.x0)), min(picture.width, math.ceil(box.x1))
    for row in range(max(0, int(box.top)), min(picture.height, math.ceil(box.bottom))):
        yield row * picture.width + left, row * picture.width + right
