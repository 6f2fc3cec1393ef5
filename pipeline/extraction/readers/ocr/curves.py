"""Finds charts among the lines of a picture: between their axes run curves, and no table has these.

Curves are what is left of the ink without lines and words: large, thin, and neither level nor upright for long.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.engine import SeenWord
from pipeline.extraction.readers.ocr.parts import Part, grid_to_parts, picture_to_grid
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.rulings import DrawnLine
from pipeline.extraction.readers.ocr.unruled import ink_without_level_lines

#: Side of the cells of which a curve is made (points).
_CELL = 1.44
#: A curve is at least so wide and so high (points), and at most this share of its box is ink.
_LEAST_WIDE, _LEAST_HIGH, _MOST_SOLID = 40.0, 14.0, 0.4
#: Straight is what goes on for so long (points), level or upright; at most this share of a curve does.
_STRAIGHT, _MOST_STRAIGHT = 18.0, 0.5
#: Curves reach over this share of the width of what their axes bound, and of its height.
_ACROSS, _DOWN = 0.5, 0.2
#: Lines belong together if they are this near (points).
_NEAR = 3.0
#: Words of which the engine is as sure as this are no part of a curve.
_SURE = 60.0


def lines_without_charts(
    lines: Sequence[DrawnLine], words: Iterable[SeenWord], picture: Picture
) -> tuple[list[DrawnLine], list[BBox]]:
    """The lines without those of charts, and where these charts are.

    Args:
        lines: Of the picture.
        words: What an engine has read in it.
        picture: Of a page, without its long upright lines.
    """
    curves = _picture_to_curves(picture, words, lines) if lines else []
    if not curves:
        return list(lines), []
    framed = [(_around([line.box for line in group]), group) for group in _to_groups(lines, _NEAR / picture.points)]
    charts = [(frame, group) for frame, group in framed if _is_crossed(frame, curves)]
    drawn = {line for _, group in charts for line in group}
    return [line for line in lines if line not in drawn], [frame for frame, _ in charts]


def _picture_to_curves(picture: Picture, words: Iterable[SeenWord], lines: Iterable[DrawnLine]) -> list[BBox]:
    """The boxes of the curves, in pixels."""
    ink, width = bytearray(ink_without_level_lines(picture, lines)), picture.width
    for box in (word.box for word in words if word.confidence >= _SURE):
        left, right = max(0, int(box.x0)), min(width, round(box.x1) + 1)
        for row in range(max(0, int(box.top)), min(picture.height, round(box.bottom) + 1)):
            ink[row * width + left : row * width + right] = bytes(right - left)
    grid = picture_to_grid(picture, bytes(ink), _CELL)
    side = grid.step * picture.points
    return [BBox(*(edge * grid.step for edge in part.box)) for part in grid_to_parts(grid) if _is_curve(part, side)]


def _is_curve(part: Part, side: float) -> bool:
    wide, high = part.box.x1 - part.box.x0, part.box.bottom - part.box.top
    if wide * side < _LEAST_WIDE or high * side < _LEAST_HIGH or part.area > _MOST_SOLID * wide * high:
        return False
    long = _STRAIGHT / side
    level = sum(end - start for _, start, end in part.runs if end - start >= long)
    columns = Counter(column for _, start, end in part.runs for column in range(start, end))
    upright = sum(count for count in columns.values() if count >= long)
    return max(level, upright) <= _MOST_STRAIGHT * part.area


def _to_groups(lines: Sequence[DrawnLine], near: float) -> list[list[DrawnLine]]:
    """Lines that touch each other, also by way of others."""
    groups: list[list[DrawnLine]] = []
    for line in lines:
        touching = [group for group in groups if any(_touch(line.box, other.box, near) for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([line, *(other for group in touching for other in group)])
    return groups


def _touch(one: BBox, other: BBox, near: float) -> bool:
    return (
        one.x0 <= other.x1 + near
        and other.x0 <= one.x1 + near
        and one.top <= other.bottom + near
        and other.top <= one.bottom + near
    )


def _around(boxes: Sequence[BBox]) -> BBox:
    x0s, tops, x1s, bottoms = zip(*boxes, strict=True)
    return BBox(min(x0s), min(tops), max(x1s), max(bottoms))


def _is_crossed(frame: BBox, curves: Iterable[BBox]) -> bool:
    """Whether curves run over most of a frame."""
    inside = [
        box
        for box in curves
        if frame.x0 <= (box.x0 + box.x1) / 2 <= frame.x1 and frame.top <= (box.top + box.bottom) / 2 <= frame.bottom
    ]
    if not inside:
        return False
    box = _around(inside)
    across, down = (
        min(box.x1, frame.x1) - max(box.x0, frame.x0),
        min(box.bottom, frame.bottom) - max(box.top, frame.top),
    )
    return across >= _ACROSS * (frame.x1 - frame.x0) and down >= _DOWN * (frame.bottom - frame.top)
