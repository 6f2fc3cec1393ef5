"""Joins pieces of rules to whole rules.

One rule on paper may be several in the file: one piece per cell, two parallel ones, or a row of dots. The table finder
needs each once, as an :class:`Edge`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.extraction.model import BBox, Ruling, Word

#: Parallel rules with less than this distance (points) are one: double rules, or the two sides of a thick one. No row
#: of text is so low, since its type would have three points.
SNAP = 3.0
#: Pieces on one line with less than this between their ends (points) are one rule: cells drawn one by one have gaps.
JOIN = 3.0
#: A joined rule shorter than this (points) bounds nothing: it is a bullet, a tick, a stroke of a drawn letter.
MIN_LENGTH = 6.0
#: A page with more rules than this in one direction is a drawing, and no table is looked for in them.
MAX_EDGES = 2000
#: A rule at most this far (points) from the outline of a region is the outline.
INSIDE = 2.0
#: An underline is at most this far (points) above the lower edge of the words' boxes: between baseline and descenders.
ABOVE = 3.0
#: It is at most this far below: rules of tables have a distance from the text.
BELOW = 0.3
#: Its ends differ from those of the words by at most this (points).
FLUSH = 2.0


class Edge(NamedTuple):
    """A whole rule.

    Attributes:
        at: Its y where it is horizontal, its x where it is vertical.
        start: Its left or upper end.
        end: Its right or lower end.
        width: Of its stroke, of the widest piece; 0 where unknown.
    """

    at: float
    start: float
    end: float
    width: float = 0.0

    @property
    def length(self) -> float:
        """The length, in points."""
        return self.end - self.start


class Edges(NamedTuple):
    """The rules of a page or of a part of it, sorted by position."""

    horizontal: tuple[Edge, ...]
    vertical: tuple[Edge, ...]


#: No rules.
NO_EDGES = Edges((), ())


def rulings_to_edges(rulings: Iterable[Ruling]) -> Edges:
    """Join pieces to rules; none in a direction that has more than a table can have."""
    horizontal: list[Edge] = []
    vertical: list[Edge] = []
    for ruling in rulings:
        box = ruling.box
        if ruling.horizontal:
            horizontal.append(Edge((box.top + box.bottom) / 2, box.x0, box.x1, ruling.width))
        else:
            vertical.append(Edge((box.x0 + box.x1) / 2, box.top, box.bottom, ruling.width))
    return Edges(pieces_to_edges(horizontal), pieces_to_edges(vertical))


def pieces_to_edges(pieces: Sequence[Edge]) -> tuple[Edge, ...]:
    """Join parallel pieces that are within SNAP of each other across, and within JOIN along."""
    edges: list[Edge] = []
    for cluster in _cluster(sorted(pieces)):
        edges += _join(cluster)
    edges = [edge for edge in edges if edge.length >= MIN_LENGTH]
    return tuple(sorted(edges)) if len(edges) <= MAX_EDGES else ()


def _cluster(pieces: Sequence[Edge]) -> list[list[Edge]]:
    """Groups of pieces at about equal positions; a group is at most SNAP wide, so that it cannot grow on and on."""
    clusters: list[list[Edge]] = []
    for piece in pieces:
        if clusters and piece.at - clusters[-1][0].at <= SNAP:
            clusters[-1].append(piece)
        else:
            clusters.append([piece])
    return clusters


def _join(cluster: list[Edge]) -> list[Edge]:
    """Pieces that continue or overlap each other, joined at their mean position, weighted by length."""
    joined: list[Edge] = []
    weight = moment = 0.0
    for piece in sorted(cluster, key=lambda piece: piece.start):
        length = max(piece.length, 0.01)
        if joined and piece.start - joined[-1].end <= JOIN:
            weight += length
            moment += length * piece.at
            last = joined[-1]
            joined[-1] = Edge(moment / weight, last.start, max(last.end, piece.end), max(last.width, piece.width))
        else:
            weight, moment = length, length * piece.at
            joined.append(piece)
    return joined


def positions(values: Iterable[float], tolerance: float = SNAP) -> list[float]:
    """Sorted values, where those within ``tolerance`` of each other are replaced by their mean."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][0] <= tolerance:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def edges_inside(edges: Edges, box: BBox) -> Edges:
    """The rules in the box, without those that are its outline."""
    return Edges(
        tuple(
            edge
            for edge in edges.horizontal
            if box.top + INSIDE < edge.at < box.bottom - INSIDE and edge.end > box.x0 and edge.start < box.x1
        ),
        tuple(
            edge
            for edge in edges.vertical
            if box.x0 + INSIDE < edge.at < box.x1 - INSIDE and edge.end > box.top and edge.start < box.bottom
        ),
    )


def without_underlines(edges: Edges, words: Sequence[Word]) -> Edges:
    """The rules without underlines, which are drawn under words from the first left end to the last right end."""
    feet = sorted((word.box.bottom, word.box.x0, word.box.x1) for word in words)
    bottoms = [foot[0] for foot in feet]
    kept = []
    for edge in edges.horizontal:
        near = feet[bisect_left(bottoms, edge.at - BELOW) : bisect_right(bottoms, edge.at + ABOVE)]
        if not _is_underline(edge, near):
            kept.append(edge)
    return Edges(tuple(kept), edges.vertical)


def _is_underline(edge: Edge, feet: Sequence[tuple[float, float, float]]) -> bool:
    starts = any(abs(x0 - edge.start) <= FLUSH for _, x0, _ in feet)
    ends = any(abs(x1 - edge.end) <= FLUSH for _, _, x1 in feet)
    return starts and ends
