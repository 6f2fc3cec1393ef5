"""Heads that are told by shading alone: bands of fills right above a grid of rules, as wide as the grid."""

from collections.abc import Iterable, Sequence

from pipeline.extraction.model import BBox, Fill
from pipeline.extraction.tables.rules import SNAP

#: A band begins and ends at most this far (points) from the grid's sides.
ALIGNED = 6.0
#: Fills cover at least this share of a band's width.
COVERED = 0.9
#: A head has at most so many bands.
MOST_BANDS = 4
#: A fill this light is the page's own ground.
WHITE = 0.98


def box_with_shaded_head(box: BBox, fills: Iterable[Fill]) -> BBox:
    """The box of a grid, with the bands of fills that stand upon it.

    Args:
        box: Of a grid of rules.
        fills: Of the page.
    """
    shaded = [fill.box for fill in fills if fill.colour is None or min(fill.colour) < WHITE]
    near = [fill for fill in shaded if fill.x0 >= box.x0 - ALIGNED and fill.x1 <= box.x1 + ALIGNED]
    for _ in range(MOST_BANDS):
        band = [fill for fill in near if abs(fill.bottom - box.top) <= SNAP and fill.top < box.top - SNAP]
        if not band or _width(band) < COVERED * (box.x1 - box.x0):
            break
        box = box._replace(top=max(fill.top for fill in band))
    return box


def _width(boxes: Sequence[BBox]) -> float:
    """How much of the x axis the boxes cover."""
    covered, end = 0.0, float("-inf")
    for box in sorted(boxes):
        covered += max(0.0, box.x1 - max(box.x0, end))
        end = max(end, box.x1)
    return covered
