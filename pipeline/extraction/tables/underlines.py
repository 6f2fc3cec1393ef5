"""Rules that underline words: they bound no table."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipeline.extraction.model import Word
from pipeline.extraction.tables.rules import Edge, Edges

#: An underline is at most this far (points) above the foot of the words' boxes, between baseline and descenders ...
ABOVE = 3.0
#: ... and hardly below it: rules of tables keep clear of the text.
BELOW = 0.3
#: Its ends differ from those of the words by at most this (points).
FLUSH = 2.0


def without_underlines(edges: Edges, words: Sequence[Word]) -> Edges:
    """The rules that are not drawn under words from the first one's left end to the last one's right end."""
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
