"""Where a page has something to be shown as a picture: its pictures, and its drawings with their labels."""

from collections.abc import Callable, Sequence
from functools import cached_property

from pipeline.extraction import BBox
from pipeline.extraction.geometry import box_to_area, boxes_to_box, boxes_to_common, is_middle_in
from pipeline.extraction.readers.pdfium.drawn_parts import DrawnPart, PartKind
from pipeline.vision.faithfulness.page_text import PlacedWord
from pipeline.worker.drawings import (
    is_drawing,
    is_in_table,
    is_prose,
    line_to_runs,
    run_to_box,
    runs_to_labels,
    with_labels,
)
from pipeline.worker.figure_captions import begins_caption
from pipeline.worker.part_groups import PartGroup, parts_to_groups

# Smaller ones are logos and bullets; one that is nearly the page is a scan, or its background. In points, and in
# shares of the page.
_LEAST_SIDE, _LEAST_SHARE, _MOST_SHARE = 40.0, 0.01, 0.8
# A drawing without a caption has more of the page.
_LEAST_SHARE_ALONE = 0.03
# Strips of one picture lie closer to each other, in points.
_APART = 3.0
# A drawing's caption, and its parts that stand alone, are at most so far from it. In points.
_TO_CAPTION, _TO_PART = 40.0, 30.0
# So much paper is shown around a drawing.
_MARGIN = 3.0


def parts_to_regions(
    parts: Sequence[DrawnPart], page: BBox, lines: Callable[[], Sequence[Sequence[PlacedWord]]], tables: Sequence[BBox]
) -> list[BBox]:
    """The places that are worth showing, in no order.

    Args:
        parts: What the page shows beside its text.
        page: The page as shown.
        lines: Gives its words in lines; called only where something may be a drawing.
        tables: Where its tables are, as far as that is known.
    """
    within = [DrawnPart(part.kind, box) for part in parts if (box := boxes_to_common(part.box, page)) is not None]
    area = box_to_area(page)
    kept = [part for part in within if box_to_area(part.box) <= _MOST_SHARE * area]
    drawings = _Drawings(kept, page, lines, tables).find() if _may_be_drawn(kept) else []
    pictures = _joined([part.box for part in kept if part.kind is PartKind.PICTURE and box_to_area(part.box)])
    alone = [box for box in pictures if not any(is_middle_in(box, drawing) for drawing in drawings)]
    return [box for box in (*drawings, *alone) if _is_shown(box, area)]


def _may_be_drawn(parts: Sequence[DrawnPart]) -> bool:
    return any(part.kind in {PartKind.SHAPE, PartKind.BOX} for part in parts)


class _Drawings:
    """Finds the drawings of a page; it looks at the words only where parts form a group that is large enough."""

    def __init__(
        self,
        parts: Sequence[DrawnPart],
        page: BBox,
        lines: Callable[[], Sequence[Sequence[PlacedWord]]],
        tables: Sequence[BBox],
    ) -> None:
        self._page = page
        self._words_in_lines = lines
        groups = parts_to_groups(parts, page)
        self._groups = [group for group in groups if not is_in_table(group.box, tables)]

    @cached_property
    def _lines(self) -> Sequence[Sequence[PlacedWord]]:
        return self._words_in_lines()

    @cached_property
    def _words(self) -> list[PlacedWord]:
        return [word for line in self._lines for word in line]

    @cached_property
    def _runs(self) -> list[list[PlacedWord]]:
        return [run for line in self._lines for run in line_to_runs(line)]

    @cached_property
    def _captions(self) -> list[BBox]:
        return [run_to_box(run) for run in self._runs if begins_caption(run)]

    @cached_property
    def _prose(self) -> list[BBox]:
        return [run_to_box(run) for run in self._runs if is_prose(run)]

    @cached_property
    def _labels(self) -> list[BBox]:
        return runs_to_labels(self._runs)

    def find(self) -> list[BBox]:
        """The drawings with their labels, none within another."""
        found: list[PartGroup] = []
        left = sorted(self._groups, key=lambda group: box_to_area(group.box), reverse=True)
        while left:
            group = left.pop(0)
            if min(_sides(group.box)) < _LEAST_SIDE or box_to_area(group.box) < _LEAST_SHARE * box_to_area(self._page):
                continue
            captioned = self._is_captioned(with_labels(group.box, self._labels))
            if not captioned and box_to_area(group.box) < _LEAST_SHARE_ALONE * box_to_area(self._page):
                continue
            whole = self._with_parts(group, left) if captioned else group
            if is_drawing(whole, words=self._words, captioned=captioned):
                found.append(whole)
                left = [each for each in left if boxes_to_common(each.box, whole.box) is None]
        grown = (with_labels(group.box, self._labels) for group in found)
        return [box for each in grown if (box := boxes_to_common(_padded(each), self._page)) is not None]

    def _is_captioned(self, box: BBox) -> bool:
        return any(_distance(box, caption) <= _TO_CAPTION for caption in self._captions)

    def _with_parts(self, group: PartGroup, others: Sequence[PartGroup]) -> PartGroup:
        """A group with those near it that stand alone, as long as no prose and no caption comes between."""
        whole = group
        for other in others:
            hull = boxes_to_box([whole.box, other.box])
            if _distance(whole.box, other.box) <= _TO_PART and not any(
                is_middle_in(text, hull) and not is_middle_in(text, whole.box)
                for text in (*self._prose, *self._captions)
            ):
                whole = PartGroup(hull, (*whole.parts, *other.parts))
        return whole


def _padded(box: BBox) -> BBox:
    return BBox(box.x0 - _MARGIN, box.top - _MARGIN, box.x1 + _MARGIN, box.bottom + _MARGIN)


def _distance(one: BBox, other: BBox) -> float:
    """How far two boxes are apart along the page's sides; 0 where they overlap."""
    return max(one.x0 - other.x1, other.x0 - one.x1, one.top - other.bottom, other.top - one.bottom, 0.0)


def _sides(box: BBox) -> tuple[float, float]:
    return box.x1 - box.x0, box.bottom - box.top


def _is_shown(box: BBox, page_area: float) -> bool:
    return min(_sides(box)) >= _LEAST_SIDE and _LEAST_SHARE <= box_to_area(box) / page_area <= _MOST_SHARE


def _joined(boxes: Sequence[BBox]) -> list[BBox]:
    """Boxes that touch or overlap as one; quadratic in a number that is limited."""
    joined: list[BBox] = []
    for new in boxes:
        box, others = new, joined
        while True:
            near = [each for each in others if _distance(each, box) <= _APART]
            if not near:
                break
            others = [each for each in others if _distance(each, box) > _APART]
            box = boxes_to_box([box, *near])
        joined = [*others, box]
    return joined
