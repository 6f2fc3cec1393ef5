"""Finds the connected parts of a picture, in cells of several pixels: letters that are near each other are one part."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.picture import INK, Picture

#: A cell with this share of marked pixels is marked, at least one of them.
_TOUCHED = 0.0
_RUN = re.compile(rb"%b+" % INK)
#: A picture with more runs of cells than this is a photograph or noise.
MOST_RUNS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells of a picture, each marked or not.

    Attributes:
        rows: From the top; 1 for each cell that is marked, 0 for the others.
        step: The side of a cell in pixels.
    """

    rows: tuple[bytes, ...]
    step: int

    def opened(self) -> "Grid":
        """The marks that are in a square of two by two marked cells: lines and thin strokes are gone."""
        width = len(self.rows[0]) if self.rows else 0
        rows = [int.from_bytes(row, "big") for row in self.rows]
        # Each square by its upper right cell.
        both = [upper & lower for upper, lower in pairwise(rows)]
        full = [0, *(row & row >> 8 for row in both), 0]
        wide = [row | row << 8 for row in full]
        return Grid(rows=tuple((upper | row).to_bytes(width, "big") for upper, row in pairwise(wide)), step=self.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Marked cells that are near each other.

    Attributes:
        runs: Of cells in a row: the row, the first column, the column after the last one.
        box: In cells.
    """

    runs: tuple[tuple[int, int, int], ...]
    box: BBox

    @property
    def area(self) -> int:
        """The number of its cells."""
        return sum(end - start for _, start, end in self.runs)


def picture_to_grid(picture: Picture, marks: bytes, cell: float, share: float = _TOUCHED) -> Grid:
    """The cells of a picture.

    Args:
        picture: Its size counts, not its pixels.
        marks: For each of its pixels 1 or 0.
        cell: The side of a cell in points.
        share: A cell is marked if a larger share than this of its pixels is.
    """
    step = min(15, max(1, round(cell / picture.points)))
    width = picture.width
    table = bytes(count > share * step * step for count in range(256))
    rows = []
    for top in range(0, picture.height, step):
        # Each byte of the sums is a count, which has room for the pixels of a cell.
        column = sum(
            int.from_bytes(marks[row * width : (row + 1) * width], "big")
            for row in range(top, min(top + step, picture.height))
        )
        counts = sum(column << (8 * place) for place in range(step)).to_bytes(width + step - 1, "big")
        rows.append(counts[step - 1 :: step].translate(table))
    return Grid(rows=tuple(rows), step=step)


def grid_to_parts(grid: Grid, *, across: int = 0, down: int = 0) -> list[Part]:
    """The parts of a grid, each with all of its cells; nothing for a photograph or noise.

    Args:
        grid: Of the picture.
        across: Cells with up to twice so many empty ones between them, side by side, belong together.
        down: The same for cells one above the other.
    """
    near = [_row_to_runs(row) for row in _thickened(grid.rows, across, down)]
    if sum(map(len, near)) > MOST_RUNS:
        return []
    names = _runs_to_names(near)
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for number, row in enumerate(grid.rows):
        place = 0
        for start, end in _row_to_runs(row):
            while near[number][place][1] < end:
                place += 1
            found[names[number][place]].append((number, start, end))
    return [_runs_to_part(runs) for runs in found.values()]


def _runs_to_part(runs: Sequence[tuple[int, int, int]]) -> Part:
    left, right = min(start for _, start, _ in runs), max(end for _, _, end in runs)
    return Part(runs=tuple(runs), box=BBox(left, runs[0][0], right, runs[-1][0] + 1))


def _row_to_runs(row: bytes) -> list[tuple[int, int]]:
    return [found.span() for found in _RUN.finditer(row)]


def _thickened(rows: Sequence[bytes], across: int, down: int) -> Iterator[bytes]:
    """The rows with marks around each mark, so many to either side, above and below."""
    if not (across or down):
        yield from rows
        return
    wide = [_widened(int.from_bytes(row, "big"), across) for row in rows]
    width = len(rows[0]) if rows else 0
    for number in range(len(rows)):
        joined = 0
        for row in wide[max(0, number - down) : number + down + 1]:
            joined |= row
        # What has grown over the left edge is cut off; at the right edge nothing can.
        yield (joined & ((1 << 8 * width) - 1)).to_bytes(width, "big")


def _widened(row: int, across: int) -> int:
    wide = row
    for _ in range(across):
        wide |= wide << 8 | wide >> 8
    return wide


def _runs_to_names(rows: Sequence[Sequence[tuple[int, int]]]) -> list[list[int]]:
    """For each run the number of its part; runs that touch, also at a corner, have the same one."""
    parents: list[int] = []
    names: list[list[int]] = []
    above: Sequence[tuple[int, int]] = ()
    for row in rows:
        mine: list[int] = []
        first = 0
        for start, end in row:
            while first < len(above) and above[first][1] < start:
                first += 1
            name = len(parents)
            parents.append(name)
            place = first
            while place < len(above) and above[place][0] <= end:
                _join(parents, names[-1][place], name)
                place += 1
            mine.append(name)
        names.append(mine)
        above = row
    return [[_root(parents, name) for name in row] for row in names]


def _root(parents: list[int], name: int) -> int:
    while parents[name] != name:
        parents[name] = parents[parents[name]]
        name = parents[name]
    return name


def _join(parents: list[int], one: int, other: int) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first
