"""Boxes and lists beside each other, as on web pages: their rules are not level with each other, and bound no table."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import combinations, pairwise
from math import inf

from pipeline.extraction.model import BBox
from pipeline.extraction.tables.rules import SNAP, Edge, Edges

#: Each of two lists beside each other has at least so many rules in their common range of heights.
LIST_RULES = 3
#: At most this share of the rules of one list is level with a rule of the other.
LEVEL = 0.5
#: The sides of a box are drawn along at least this share of its height.
CLOSED = 0.9
#: A box is at most this share of its region's width; a wider one is the frame of the region itself.
NARROWER = 0.95
#: In a region with more boxes than this, boxes are not compared with each other.
MAX_PANELS = 50


def families_to_own(families: Sequence[Sequence[Edge]]) -> frozenset[Edge]:
    """The rules of lists beside each other, which separate only the entries of their own list.

    Args:
        families: Horizontal rules, grouped by left and right end.
    """
    own: set[Edge] = set()
    for one, two in combinations([family for family in families if len(family) >= LIST_RULES], 2):
        if one[0].end < two[0].start or two[0].end < one[0].start:
            first, second = _within(one, two), _within(two, one)
            if min(len(first), len(second)) >= LIST_RULES and not _are_level(first, second):
                own.update(one, two)
    return frozenset(own)


def _within(family: Sequence[Edge], other: Sequence[Edge]) -> list[Edge]:
    """The rules of the first family within the range of heights of the second one."""
    top, bottom = min(edge.at for edge in other) - SNAP, max(edge.at for edge in other) + SNAP
    return [edge for edge in family if top <= edge.at <= bottom]


def _are_level(one: Collection[Edge], two: Collection[Edge]) -> bool:
    level = sum(any(abs(edge.at - other.at) <= SNAP for other in two) for edge in one)
    return level > LEVEL * min(len(one), len(two))


def edges_to_panels(families: Sequence[Sequence[Edge]], edges: Edges) -> list[BBox]:
    """The boxes drawn by rules: two of equal width, below each other, with a side at both ends.

    Args:
        families: Horizontal rules, grouped by left and right end, from the top.
        edges: All rules of the page.
    """
    return [
        BBox(upper.start, upper.at, upper.end, lower.at)
        for family in families
        for upper, lower in pairwise(family)
        if all(_has_side(x, upper, lower, edges.vertical) for x in (upper.start, upper.end))
    ]


def _has_side(x: float, upper: Edge, lower: Edge, vertical: Sequence[Edge]) -> bool:
    height = lower.at - upper.at
    near = vertical[bisect_left(vertical, (x - SNAP,)) : bisect_right(vertical, (x + SNAP, inf))]
    return any(min(edge.end, lower.at) - max(edge.start, upper.at) >= CLOSED * height for edge in near)


def holds_panels(box: BBox, panels: Sequence[BBox]) -> bool:
    """Whether the box has separate boxes of text beside or below each other, which are no rows of a table."""
    width = NARROWER * (box.x1 - box.x0)
    inside = [p for p in panels if p.x1 - p.x0 <= width and box.top <= p.top and p.bottom <= box.bottom]
    return any(
        max(one.x0 - two.x1, two.x0 - one.x1, one.top - two.bottom, two.top - one.bottom) > SNAP
        for one, two in combinations(inside[:MAX_PANELS], 2)
    )
