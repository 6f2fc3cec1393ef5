"""Drawings made of lines and shapes: charts, diagrams, maps. Not the rules and shades of tables and forms."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from pipeline.extraction import BBox
from pipeline.extraction.geometry import box_to_area, boxes_to_box, boxes_to_common, is_middle_in
from pipeline.extraction.readers.pdfium.drawn_parts import PartKind
from pipeline.vision.faithfulness.page_text import PlacedWord
from pipeline.worker.figure_captions import begins_caption
from pipeline.worker.part_groups import PartGroup

# With a caption a little is enough; without one it must be plain. Smaller shapes (points) are signs of a text.
_SIGN: Final = 2.0
_FEWEST_SHAPES, _FEWEST_BARS, _FEWEST_LINES = 3, 3, 8
# Text covers no more than this share of a drawing: a frame around text is none.
_MOST_TEXT, _MOST_TEXT_CAPTIONED = 0.12, 0.35
# A line that is longer than this share of a drawing's side spans it.
_WHOLE: Final = 0.9
# Bars begin at one line, to this many points, and differ in length.
_BASE: Final = 1.0
# The share of a drawing that may lie in a table.
_IN_TABLE: Final = 0.3
# Words that belong to a drawing are at most so far from it, in points, and reach at most so far away from it.
_NEAR, _REACH = 20.0, 72.0
# A run of so many words with gaps of less than their height is prose.
_PROSE: Final = 7
# Lines of at least so many words, one below the other, are prose too.
_PARAGRAPH: Final = 3


def is_drawing(group: PartGroup, *, words: Sequence[PlacedWord], captioned: bool) -> bool:
    """Whether parts of a page are a drawing.

    Args:
        group: Of parts.
        words: Of the page.
        captioned: Whether a caption stands beside it that calls it a figure.
    """
    inside = _within(group.box, words)
    if _text_share(group.box, inside) > (_MOST_TEXT_CAPTIONED if captioned else _MOST_TEXT):
        return False
    shapes = [box for box in group.boxes(PartKind.SHAPE) if min(box.x1 - box.x0, box.bottom - box.top) > _SIGN]
    if len(shapes) >= (1 if captioned else _FEWEST_SHAPES):
        return True
    boxes = [box for box in group.boxes(PartKind.BOX) if not _has_words(box, inside)]
    lines = [box for box in group.boxes(PartKind.LINE, PartKind.FRAME) if not _spans(box, group.box)]
    has_lines = len(lines) >= _FEWEST_LINES
    if captioned:
        return has_lines or len(boxes) >= _FEWEST_BARS
    return _are_bars(boxes) or (has_lines and any(_is_curve(box, group.box) for box in shapes))


def is_in_table(box: BBox, tables: Sequence[BBox]) -> bool:
    """Whether a good part of a box lies in a table."""
    common = (boxes_to_common(box, table) for table in tables)
    return sum(box_to_area(each) for each in common if each is not None) > _IN_TABLE * box_to_area(box)


def with_labels(box: BBox, labels: Sequence[BBox]) -> BBox:
    """A drawing's box, grown by the labels of its axes and parts, which stand within it or close to it.

    Args:
        box: Of the drawing.
        labels: Where text stands that is neither prose nor a caption.
    """
    near = [label for label in labels if _reaches_little(label, box)]
    grown = box
    for _ in range(3):
        new = boxes_to_box([grown, *(label for label in near if _is_near(label, grown))])
        if new == grown:
            break
        grown = new
    return grown


def line_to_runs(line: Sequence[PlacedWord]) -> list[list[PlacedWord]]:
    """The words of a line, in runs without wide gaps."""
    runs: list[list[PlacedWord]] = []
    for word in line:
        if runs and word.x0 - runs[-1][-1].x1 < word.bottom - word.top:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def runs_to_labels(runs: Sequence[Sequence[PlacedWord]]) -> list[BBox]:
    """Where the runs stand that are neither prose nor a caption, nor the next line of either.

    Args:
        runs: Of the page, from its top.
    """
    labels: list[tuple[BBox, int]] = []
    prose: list[BBox] = []
    for run in runs:
        box = run_to_box(run)
        if is_prose(run) or begins_caption(run) or any(_goes_on(above, box) for above in prose):
            prose.append(box)
        elif (before := _paragraph(box, len(run), labels)) is not None:
            labels.remove(before)
            prose += [before[0], box]
        else:
            labels.append((box, len(run)))
    return [box for box, _ in labels]


def run_to_box(run: Sequence[PlacedWord]) -> BBox:
    """The box around some words."""
    return boxes_to_box([BBox(*word[1:]) for word in run])


def _paragraph(box: BBox, words: int, others: Sequence[tuple[BBox, int]]) -> tuple[BBox, int] | None:
    """The run before this one, if both are lines of a paragraph in a narrow column."""
    if words < _PARAGRAPH:
        return None
    return next((other for other in others if other[1] >= _PARAGRAPH and _goes_on(other[0], box)), None)


def _goes_on(above: BBox, line: BBox) -> bool:
    """Whether a line is the next one below another."""
    high = line.bottom - line.top
    return abs(line.x0 - above.x0) <= high and -high < line.top - above.bottom <= high


def is_prose(run: Sequence[PlacedWord]) -> bool:
    """Whether a run of words is too long to be a label."""
    return len(run) >= _PROSE


def _spans(line: BBox, drawing: BBox) -> bool:
    """Whether a line goes from one side to the other, as those of a table do."""
    return line.x1 - line.x0 > _WHOLE * (drawing.x1 - drawing.x0) or line.bottom - line.top > _WHOLE * (
        drawing.bottom - drawing.top
    )


def _is_curve(shape: BBox, drawing: BBox) -> bool:
    """Whether a shape goes through a good part of a drawing."""
    return (shape.x1 - shape.x0) * 2 > drawing.x1 - drawing.x0 or (shape.bottom - shape.top) * 2 > (
        drawing.bottom - drawing.top
    )


def _is_near(label: BBox, box: BBox) -> bool:
    return (
        label.x0 <= box.x1 + _NEAR
        and label.x1 >= box.x0 - _NEAR
        and label.top <= box.bottom + _NEAR
        and label.bottom >= box.top - _NEAR
    )


def _reaches_little(label: BBox, box: BBox) -> bool:
    return (
        label.x0 >= box.x0 - _REACH
        and label.x1 <= box.x1 + _REACH
        and label.top >= box.top - _REACH
        and label.bottom <= box.bottom + _REACH
    )


def _are_bars(boxes: Sequence[BBox]) -> bool:
    """Whether some boxes begin at one line and have several lengths, as bars do and cells do not."""
    upright = [(box.bottom, box.bottom - box.top) for box in boxes]
    level = [(box.x0, box.x1 - box.x0) for box in boxes]
    for bars in (upright, level):
        for _, group in groupby(sorted(bars), key=lambda bar: round(bar[0] / _BASE)):
            if len({round(length) for _, length in group}) >= _FEWEST_BARS:
                return True
    return False


def _within(box: BBox, words: Sequence[PlacedWord]) -> list[BBox]:
    """The parts of words that lie in a box."""
    left, upper, right, lower = box
    return [
        BBox(max(x0, left), max(top, upper), min(x1, right), min(bottom, lower))
        for _, x0, top, x1, bottom in words
        if x0 < right and x1 > left and top < lower and bottom > upper
    ]


def _has_words(box: BBox, words: Sequence[BBox]) -> bool:
    return any(is_middle_in(word, box) for word in words)


def _text_share(box: BBox, inside: Sequence[BBox]) -> float:
    return sum(map(box_to_area, inside)) / box_to_area(box)
