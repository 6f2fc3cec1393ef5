"""Grids without rules: cells that are separated only by their shading, one fill each."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.extraction.geometry import box_to_area, boxes_to_box
from pipeline.extraction.model import BBox, Colour, Fill
from pipeline.extraction.tables.lattice import Lattice, edges_to_lattices
from pipeline.extraction.tables.rules import MIN_LENGTH, Edge, Edges, pieces_to_edges

#: A grid has at least so many fills.
LEAST_FILLS = 6
#: A page with more fills than this is a picture.
MAX_FILLS = 600
#: At least this share of a grid is covered by fills.
COVERED = 0.9
#: Fills of one colour at most this far (points) apart look like one fill.
TOUCH = 0.3
#: A fill within another one may extend this far (points) beyond it.
INSIDE = 1.0


def fills_to_lattices(fills: Sequence[Fill], taken: Sequence[BBox]) -> list[Lattice]:
    """The grids made by shaded cells beside and below each other.

    Args:
        fills: Of the page.
        taken: The boxes of grids made by rules; fills in them are the shading of their cells.
    """
    boxes = [
        fill.box
        for fill in fills_to_seen(fills)
        if min(fill.box.x1 - fill.box.x0, fill.box.bottom - fill.box.top) >= MIN_LENGTH
        and not any(_touch(fill.box, box) for box in taken)
    ]
    if not LEAST_FILLS <= len(boxes) <= MAX_FILLS:
        return []
    cells = boxes_to_cells(boxes)
    edges = Edges(
        pieces_to_edges([Edge(y, box.x0, box.x1) for box in cells for y in (box.top, box.bottom)]),
        pieces_to_edges([Edge(x, box.top, box.bottom) for box in cells for x in (box.x0, box.x1)]),
    )
    return [lattice for lattice in edges_to_lattices(edges) if _is_covered(lattice, cells)]


def fills_to_seen(fills: Sequence[Fill]) -> list[Fill]:
    """The fills, where touching ones of one colour beside each other are joined, since no border is visible."""
    bands: dict[tuple[int, int, Colour], list[Fill]] = defaultdict(list)
    seen = []
    for fill in fills:
        if fill.colour is None:
            seen.append(fill)
        else:
            bands[round(fill.box.top), round(fill.box.bottom), fill.colour].append(fill)
    for band in bands.values():
        band.sort(key=lambda fill: fill.box.x0)
        whole = [band[0]]
        for fill in band[1:]:
            if fill.box.x0 - whole[-1].box.x1 <= TOUCH:
                box = boxes_to_box([whole[-1].box, fill.box])
                whole[-1] = Fill(box=box, colour=fill.colour)
            else:
                whole.append(fill)
        seen += whole
    return seen


def boxes_to_cells(boxes: Sequence[BBox]) -> list[BBox]:
    """The boxes, without those behind several others (backgrounds) and those within another one (shaded words)."""
    distinct = sorted(set(boxes), key=box_to_area, reverse=True)
    inner = _boxes_to_inner(distinct)
    backgrounds = {box for box, others in inner.items() if _are_several(others)}
    hidden = {other for box, others in inner.items() if box not in backgrounds for other in others}
    return [box for box in distinct if box not in backgrounds and box not in hidden]


def _boxes_to_inner(boxes: Iterable[BBox]) -> dict[BBox, list[BBox]]:
    """For each box, the other ones within it; only boxes that begin between its left and right end are checked."""
    ordered = sorted(boxes)
    starts = [box.x0 for box in ordered]
    return {
        box: [
            other
            for other in ordered[bisect_left(starts, box.x0 - INSIDE) : bisect_right(starts, box.x1 + INSIDE)]
            if other != box and _is_inside(other, box)
        ]
        for box in ordered
    }


def _are_several(boxes: Sequence[BBox]) -> bool:
    """Whether some boxes are beside each other and some below each other."""
    return any(a.x1 <= b.x0 + INSIDE for a in boxes for b in boxes) and any(
        a.bottom <= b.top + INSIDE for a in boxes for b in boxes
    )


def _is_inside(box: BBox, outer: BBox) -> bool:
    return (
        box.x0 >= outer.x0 - INSIDE
        and box.x1 <= outer.x1 + INSIDE
        and box.top >= outer.top - INSIDE
        and box.bottom <= outer.bottom + INSIDE
    )


def _touch(box: BBox, other: BBox) -> bool:
    return box.x0 < other.x1 and box.x1 > other.x0 and box.top < other.bottom and box.bottom > other.top


def _is_covered(lattice: Lattice, cells: Sequence[BBox]) -> bool:
    inside = [box for box in cells if _touch(box, lattice.box)]
    return len(inside) >= LEAST_FILLS and sum(map(box_to_area, inside)) >= COVERED * box_to_area(lattice.box)
