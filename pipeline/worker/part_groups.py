"""What is drawn on a page in groups: parts that touch, or nearly so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.extraction import BBox
from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.readers.pdfium.drawn_parts import DrawnPart, PartKind

# The page is laid out in squares of this side (points); parts touch if their squares do, each grown by so many.
_SQUARE: Final = 3.0
_GROWN: Final = 2
# Lines are grown by fewer, so that a rule above or below a drawing stays apart.
_LINE_GROWN: Final = 1


@dataclass(frozen=True, slots=True)
class PartGroup:
    """Parts that belong together, and the box around them."""

    box: BBox
    parts: tuple[DrawnPart, ...]

    def boxes(self, *kinds: PartKind) -> list[BBox]:
        """Where its parts of these kinds stand."""
        return [part.box for part in self.parts if part.kind in kinds]


def parts_to_groups(parts: Sequence[DrawnPart], page: BBox) -> list[PartGroup]:
    """The groups of a page's parts; each row of squares is one number, so that thousands of parts cost little.

    Args:
        parts: All within the page.
        page: The page.
    """
    rows = [0] * (int(page.bottom / _SQUARE) + 2 * _GROWN + 2)
    spans = [_part_to_squares(part) for part in parts]
    for first, last, mask in spans:
        for row in range(first, last + 1):
            rows[row] |= mask
    roots = _Roots(rows)
    groups: dict[int, list[DrawnPart]] = {}
    for part, (first, _, mask) in zip(parts, spans, strict=True):
        groups.setdefault(roots.at(first, mask), []).append(part)
    return [PartGroup(boxes_to_box([part.box for part in group]), tuple(group)) for group in groups.values()]


def _part_to_squares(part: DrawnPart) -> tuple[int, int, int]:
    """The first and the last row of squares that a part covers when it is grown, and in each row which."""
    grown = _LINE_GROWN if part.kind is PartKind.LINE else _GROWN
    left, right = int(part.box.x0 / _SQUARE) - grown + _GROWN, int(part.box.x1 / _SQUARE) + grown + _GROWN
    first, last = int(part.box.top / _SQUARE) - grown + _GROWN, int(part.box.bottom / _SQUARE) + grown + _GROWN
    return first, last, ((1 << (right - left + 1)) - 1) << left


class _Roots:
    """Which runs of squares hang together, from row to row."""

    def __init__(self, rows: Sequence[int]) -> None:
        self._parents: list[int] = []
        self._runs: list[list[tuple[int, int]]] = []
        above: list[tuple[int, int]] = []
        for row in rows:
            here = [(mask, self._new()) for mask in _row_to_runs(row)]
            for mask, run in here:
                for other, upper in above:
                    if mask & other:
                        self._parents[self._root(run)] = self._root(upper)
            self._runs.append(here)
            above = here

    def at(self, row: int, mask: int) -> int:
        """The root of the run that covers these squares."""
        return next(self._root(run) for other, run in self._runs[row] if other & mask)

    def _new(self) -> int:
        self._parents.append(len(self._parents))
        return len(self._parents) - 1

    def _root(self, run: int) -> int:
        while self._parents[run] != run:
            self._parents[run] = run = self._parents[self._parents[run]]
        return run


def _row_to_runs(row: int) -> Iterator[int]:
    """Each unbroken run of ones, as a number with only these."""
    while row:
        lowest = row & -row
        run = row & ~(row + lowest)
        yield run
        row ^= run
