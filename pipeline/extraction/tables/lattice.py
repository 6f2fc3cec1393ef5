"""Tables with rules in both directions: from rules to crossings to cells.

The method is Anssi Nurminen's (thesis, 2013), as in pdfplumber and tabula, with two additions: rules with open ends
are completed by the outline of the whole grid, and a missing piece of rule joins the cells on its two sides.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.model import BBox
from pipeline.extraction.tables.rules import Edge, Edges, positions

#: Rules with at most this distance (points) touch.
TOUCH = 3.0
#: A side of a cell counts if at least this share of it is drawn.
DRAWN = 0.6
#: A figure with more rules than this is a drawing: no table of one page has so many.
MAX_RULES = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A cell of a grid, as the block of elementary cells that it covers."""

    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """Rules that touch each other, as a grid.

    Attributes:
        xs: The columns' borders, left to right.
        ys: The rows' borders, top to bottom.
        spans: Every elementary cell belongs to exactly one span.
        edges: The rules of the grid.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    spans: tuple[Span, ...]
    edges: Edges

    @property
    def box(self) -> BBox:
        """The outline of the grid."""
        return BBox(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def span_box(self, span: Span) -> BBox:
        """The box of the cell."""
        return BBox(
            self.xs[span.column],
            self.ys[span.row],
            self.xs[span.column + span.colspan],
            self.ys[span.row + span.rowspan],
        )


def edges_to_lattices(edges: Edges) -> list[Lattice]:
    """Every group of touching rules that makes at least two rows or two columns."""
    lattices = []
    for group in edges_to_groups(edges):
        lattice = group_to_lattice(group)
        if lattice is not None:
            lattices.append(lattice)
    return lattices


def edges_to_groups(edges: Edges) -> list[Edges]:
    """Rules that touch each other, directly or through others."""
    horizontal, vertical = edges
    parent = list(range(len(horizontal) + len(vertical)))

    def find(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    ats = [edge.at for edge in vertical]
    for h, across in enumerate(horizontal):
        low = bisect_left(ats, across.start - TOUCH)
        high = bisect_right(ats, across.end + TOUCH)
        for v in range(low, high):
            down = vertical[v]
            if down.start - TOUCH <= across.at <= down.end + TOUCH:
                parent[find(h)] = find(len(horizontal) + v)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for index in range(len(parent)):
        group = groups.setdefault(find(index), ([], []))
        if index < len(horizontal):
            group[0].append(horizontal[index])
        else:
            group[1].append(vertical[index - len(horizontal)])
    return [Edges(tuple(h), tuple(v)) for h, v in groups.values() if h and v]


def group_to_lattice(group: Edges) -> Lattice | None:
    """The grid of a group of rules; None where they make only one cell, or a drawing."""
    horizontal, vertical = group
    if len(horizontal) + len(vertical) > MAX_RULES:
        return None
    xs = positions(
        [edge.at for edge in vertical] + _outer([edge.start for edge in horizontal], [edge.end for edge in horizontal])
    )
    ys = positions(
        [edge.at for edge in horizontal] + _outer([edge.start for edge in vertical], [edge.end for edge in vertical])
    )
    if len(xs) * len(ys) <= 4:  # noqa: PLR2004 — a single cell
        return None
    right_open = _open_sides(vertical, xs, ys)
    below_open = _open_sides(horizontal, ys, xs)
    spans = _merge(len(ys) - 1, len(xs) - 1, right_open, below_open)
    return Lattice(xs=tuple(xs), ys=tuple(ys), spans=tuple(spans), edges=group)


def _outer(starts: Sequence[float], ends: Sequence[float]) -> list[float]:
    return [min(starts), max(ends)]


def _open_sides(edges: Sequence[Edge], across: Sequence[float], along: Sequence[float]) -> set[tuple[int, int]]:
    """The sides (index of the border across, index of the cell along) where no rule is drawn."""
    drawn: dict[tuple[int, int], float] = {}
    for edge in edges:
        border = min(range(len(across)), key=lambda index: abs(across[index] - edge.at))
        for cell in range(len(along) - 1):
            overlap = min(edge.end, along[cell + 1]) - max(edge.start, along[cell])
            if overlap > 0:
                drawn[border, cell] = drawn.get((border, cell), 0.0) + overlap
    return {
        (border, cell)
        for border in range(len(across))
        for cell in range(len(along) - 1)
        if drawn.get((border, cell), 0.0) < DRAWN * (along[cell + 1] - along[cell])
    }


def _merge(rows: int, columns: int, right_open: set[tuple[int, int]], below_open: set[tuple[int, int]]) -> list[Span]:
    """Join elementary cells across sides that are not drawn, but only to rectangles."""
    taken = [[False] * columns for _ in range(rows)]
    spans = []
    for row in range(rows):
        for column in range(columns):
            if taken[row][column]:
                continue
            width = 1
            while column + width < columns and not taken[row][column + width] and (column + width, row) in right_open:
                width += 1
            height = 1
            while row + height < rows and _continues(row + height, column, width, (taken, right_open, below_open)):
                height += 1
            for r in range(row, row + height):
                taken[r][column : column + width] = [True] * width
            spans.append(Span(row=row, column=column, rowspan=height, colspan=width))
    return spans


def _continues(
    row: int, column: int, width: int, state: tuple[list[list[bool]], set[tuple[int, int]], set[tuple[int, int]]]
) -> bool:
    """Whether the row belongs to the cell above: no rule between them, and the same sides."""
    taken, right_open, below_open = state
    return all(
        not taken[row][c] and (row, c) in below_open and (c == column or (c, row) in right_open)
        for c in range(column, column + width)
    )
