"""Adjacency relations of tables: who stands right of whom and below whom, blanks passed over (ICDAR 2013)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple


class Placed(NamedTuple):
    """A cell with its place and its text."""

    row: int
    column: int
    rowspan: int
    colspan: int
    text: str


#: Text, text of the neighbour, and whether it stands below.
Relations = Counter[tuple[str, str, bool]]


def cells_to_relations(cells: Iterable[Placed]) -> Relations:
    """Each cell with text, and the next one with text right of it and below it, for every row and column it covers."""
    grid: dict[tuple[int, int], int] = {}
    texts = []
    for index, cell in enumerate(cells):
        texts.append("".join(cell.text.split()).casefold())
        for row in range(cell.row, cell.row + cell.rowspan):
            grid.update(((row, column), index) for column in range(cell.column, cell.column + cell.colspan))
    found: set[tuple[int, int, bool]] = set()
    for below in (False, True):
        lines: dict[int, list[int]] = {}
        for place in sorted(grid, key=lambda place: place[::-1] if below else place):
            if texts[grid[place]]:
                lines.setdefault(place[below], []).append(grid[place])
        for line in lines.values():
            found.update((a, b, below) for a, b in pairwise(line) if a != b)
    return Counter((texts[a], texts[b], below) for a, b, below in found)


def relations_to_f1(pairs: Sequence[tuple[Relations, Relations]]) -> float:
    """F1 over all relations of pairs of truth and prediction; 1 where there are none at all."""
    right = sum((truth & found).total() for truth, found in pairs)
    total = sum(truth.total() + found.total() for truth, found in pairs)
    return 2 * right / total if total else 1.0
