"""Column rules in pieces: LaTeX draws one for each row, and they stop short of the white around booktabs rules."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipeline.extraction.model import BBox
from pipeline.extraction.tables.lattice import Lattice
from pipeline.extraction.tables.rule_runs import ALIGNED
from pipeline.extraction.tables.rules import SNAP, Edge, Edges

#: Two pieces with a horizontal rule between them are one column rule up to this gap (points).
GAP = 7.0
#: White between a piece and the rule (points): pieces that touch it end there.
WHITE = 0.5
#: A column rule ends at a horizontal rule that it would cross if extended by at most this (points).
SHORT = 5.0
#: A table that is more than the grids in it is so much taller (points), by a low line of text.
TALLER = 8.0
#: At most so much of it is above the first grid: a head of three lines.
HEAD = 48.0
#: And at most so much between two grids, or below the last one: a title, or a row.
TITLE = 24.0


def edges_to_closed(edges: Edges) -> Edges:
    """The rules, where pieces of a column rule above and below a horizontal rule are one, and its ends reach rules.

    Only gaps at horizontal rules are closed, so strokes of charts and dashes stay as they are.
    """
    if not edges.horizontal or not edges.vertical:
        return edges
    ats = [rule.at for rule in edges.horizontal]
    columns: list[list[Edge]] = []
    for piece in edges.vertical:
        if columns and piece.at - columns[-1][0].at <= SNAP:
            columns[-1].append(piece)
        else:
            columns.append([piece])
    closed = [_with_ends(piece, edges.horizontal, ats) for column in columns for piece in _joined(column, ats)]
    return Edges(edges.horizontal, tuple(sorted(closed)))


def _joined(column: Sequence[Edge], ats: Sequence[float]) -> list[Edge]:
    """Pieces at one x, joined where a horizontal rule is level with the gap; it may be one over other columns."""
    pieces: list[Edge] = []
    for piece in sorted(column, key=lambda piece: piece.start):
        last = pieces[-1] if pieces else None
        if last is not None and 0 < piece.start - last.end <= GAP and _has_rule(ats, last.end, piece.start):
            pieces[-1] = last._replace(end=piece.end)
        else:
            pieces.append(piece)
    return pieces


def _has_rule(ats: Sequence[float], top: float, bottom: float) -> bool:
    index = bisect_left(ats, top + WHITE)
    return index < len(ats) and ats[index] <= bottom - WHITE


def _with_ends(piece: Edge, horizontal: Sequence[Edge], ats: Sequence[float]) -> Edge:
    """The piece, up to the horizontal rules that it stops short of."""
    above = horizontal[bisect_left(ats, piece.start - SHORT) : bisect_right(ats, piece.start)]
    below = horizontal[bisect_left(ats, piece.end) : bisect_right(ats, piece.end + SHORT)]
    start = max((rule.at for rule in above if _crosses(rule, piece)), default=piece.start)
    end = min((rule.at for rule in below if _crosses(rule, piece)), default=piece.end)
    return piece._replace(start=start, end=end)


def _crosses(rule: Edge, piece: Edge) -> bool:
    return rule.start - SNAP <= piece.at <= rule.end + SNAP


def is_without_sides(lattice: Lattice) -> bool:
    """Whether a grid has rules between its columns and none at its left and right end."""
    ats = [rule.at for rule in lattice.edges.vertical]
    return min(ats) > lattice.box.x0 + SNAP and max(ats) < lattice.box.x1 - SNAP


def is_mostly(box: BBox, lattices: Sequence[Lattice]) -> bool:
    """Whether grids without sides, as wide as the box between rules, are most of it: only heads and titles are in none.

    Args:
        box: Between rules of one width.
        lattices: Of the page.
    """
    own = sorted((lattice for lattice in lattices if _overlap(box, lattice.box)), key=lambda lattice: lattice.box.top)
    if not own or not all(is_without_sides(lattice) and _is_as_wide(box, lattice.box) for lattice in own):
        return False
    ends = [box.top, *(y for lattice in own for y in (lattice.box.top, lattice.box.bottom)), box.bottom]
    outside = [lower - upper for upper, lower in zip(ends[::2], ends[1::2], strict=True)]
    return max(outside) > TALLER and outside[0] <= HEAD and max(outside[1:]) <= TITLE


def _overlap(box: BBox, grid: BBox) -> bool:
    return (
        min(box.x1, grid.x1) - max(box.x0, grid.x0) > SNAP
        and min(box.bottom, grid.bottom) - max(box.top, grid.top) > SNAP
    )


def _is_as_wide(box: BBox, grid: BBox) -> bool:
    return abs(box.x0 - grid.x0) <= ALIGNED and abs(box.x1 - grid.x1) <= ALIGNED
