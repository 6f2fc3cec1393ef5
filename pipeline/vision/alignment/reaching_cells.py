"""Cells that may span the empty cells beside them: models often write a label once, without its span."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipeline.table import Cell

#: In so many rows at the top a figure is a label: a year.
_HEAD_ROWS: Final = 3
#: A shorter text, as n/a, is in the place of a figure.
_FEWEST_LETTERS: Final = 3


def cells_to_reaching(cells: Sequence[Cell]) -> Iterator[Cell]:
    """The cells; those without figures span the empty cells to their right in the row, or else the ones below.

    Args:
        cells: Cells of one table; exactly one cell covers each place.
    """
    empty = {(cell.row, cell.column): cell for cell in cells if not cell.text.strip()}
    for cell in cells:
        if not _may_reach(cell):
            yield cell
            continue
        across = _run(empty, cell, down=0)
        yield replace(cell, colspan=across) if across > 1 else replace(cell, rowspan=_run(empty, cell, down=1))


def _may_reach(cell: Cell) -> bool:
    """Whether a cell is a label without spans: it has some letters, and no figure, except a year in the head."""
    if cell.rowspan > 1 or cell.colspan > 1:
        return False
    if any(map(str.isdigit, cell.text)):
        return cell.row < _HEAD_ROWS
    return sum(map(str.isalpha, cell.text)) >= _FEWEST_LETTERS


def _run(empty: Mapping[tuple[int, int], Cell], cell: Cell, *, down: int) -> int:
    """How many empty places follow the cell, to the right or down."""
    length = 1
    while (cell.row + down * length, cell.column + (1 - down) * length) in empty:
        length += 1
    return length
