"""The cells of a table that the file names, with their words, in rows and columns that agree with the page."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, TaggedTable, Word
from pipeline.extraction.tables.word_index import WordIndex

#: Neighbouring rows, and columns, overlap by at most so many points: boxes of type are larger than its ink.
OVERLAP = 2.0
#: A word belongs to a run of text if its middle is in it, or at most so many points beside it.
NEAR = 0.5


class PlacedCell(NamedTuple):
    """A cell with text.

    Attributes:
        header: Whether the file calls it one.
        box: Of its words.
    """

    row: int
    column: int
    rowspan: int
    colspan: int
    header: bool
    words: tuple[Word, ...]
    box: BBox


class Extent(NamedTuple):
    """What a cell covers along one direction: rows (columns), and points.

    Attributes:
        size: How many rows (columns).
    """

    first: int
    size: int
    start: float
    end: float


def tagged_to_cells(tagged: TaggedTable, index: WordIndex) -> list[PlacedCell]:
    """The cells with text, in rows below each other and columns beside each other; none where the page disagrees.

    Args:
        tagged: As the file names it.
        index: Of the words of the page.
    """
    cells = []
    for cell in tagged:
        boxes = [BBox(x0 - NEAR, top - NEAR, x1 + NEAR, bottom + NEAR) for x0, top, x1, bottom in cell.boxes]
        words = {id(word): word for box in boxes for word in index.inside(box)}
        if words:
            box = boxes_to_box([word.box for word in words.values()])
            cells.append(PlacedCell(*cell[:5], tuple(words.values()), box))
    if not cells or not are_in_order(cells_to_rows(cells)):
        return []
    return cells if are_in_order(cells_to_columns(cells)) else _cells_to_fitting(cells)


def cells_to_rows(cells: Sequence[PlacedCell]) -> list[Extent]:
    """What the cells cover from the top to the bottom."""
    return [Extent(cell.row, cell.rowspan, cell.box.top, cell.box.bottom) for cell in cells]


def cells_to_columns(cells: Sequence[PlacedCell]) -> list[Extent]:
    """What the cells cover from left to right."""
    return [Extent(cell.column, cell.colspan, cell.box.x0, cell.box.x1) for cell in cells]


def extents_to_gaps(extents: Sequence[Extent]) -> list[tuple[float, float]]:
    """For each row (column) but the first, where all text before it ends, and where its own or a later one begins."""
    count = max(extent.first + extent.size for extent in extents)
    ends, starts = [min(extent.start for extent in extents)] * count, [max(extent.end for extent in extents)] * count
    for extent in extents:
        last = extent.first + extent.size - 1
        ends[last], starts[extent.first] = max(ends[last], extent.end), min(starts[extent.first], extent.start)
    for index in range(1, count):
        ends[index] = max(ends[index], ends[index - 1])
        starts[-1 - index] = min(starts[-1 - index], starts[-index])
    return list(zip(ends[:-1], starts[1:], strict=True))


def are_in_order(extents: Sequence[Extent]) -> bool:
    """Whether every row (column) ends before the next one begins."""
    return all(end <= start + OVERLAP for end, start in extents_to_gaps(extents))


def _cells_to_fitting(cells: Sequence[PlacedCell]) -> list[PlacedCell]:
    """The cells in the columns that they stand in; none where these are not those of the structure.

    Chromium leaves blank cells out of the structure, so that the cells after them seem to be in columns before theirs;
    and the columns of a table from right to left are beside each other the other way round.
    """
    columns = _cells_to_clear_columns(cells)
    if len(columns) > max(cell.column + cell.colspan for cell in cells):
        return []
    fitting: list[PlacedCell] = []
    taken: set[tuple[int, int]] = set()
    for cell in cells:
        column = _to_column(cell, columns)
        colspan = min(cell.colspan, len(columns))
        places = set(product(range(cell.row, cell.row + cell.rowspan), range(column, column + colspan)))
        if column < 0 or places & taken:
            return []
        taken |= places
        fitting.append(cell._replace(column=column, colspan=colspan))
    return fitting if are_in_order(cells_to_columns(fitting)) else []


def _cells_to_clear_columns(cells: Sequence[PlacedCell]) -> list[tuple[float, float]]:
    """Where columns begin and end, if a column ends where no text of a single one continues."""
    columns: list[tuple[float, float]] = []
    for start, end in sorted((cell.box.x0, cell.box.x1) for cell in cells if cell.colspan == 1):
        if columns and start < columns[-1][1] - OVERLAP:
            columns[-1] = columns[-1][0], max(columns[-1][1], end)
        else:
            columns.append((start, end))
    return columns


def _to_column(cell: PlacedCell, columns: Sequence[tuple[float, float]]) -> int:
    """The first of the columns that a cell covers; -1 where it covers more than it says."""
    x0, x1 = cell.box.x0, cell.box.x1
    size = min(cell.colspan, len(columns))
    below = [index for index, (start, end) in enumerate(columns) if min(end, x1) - max(start, x0) > OVERLAP]

    def off(first: int) -> float:
        start, end = columns[first][0], columns[first + size - 1][1]
        return min(abs(start - x0), abs(end - x1), abs(start + end - x0 - x1) / 2)

    firsts = range(len(columns) - size + 1) if columns else ()
    return min((first for first in firsts if set(below) <= set(range(first, first + size))), key=off, default=-1)
