"""Cells that may span the empty ones beside them: models write a label once, and leave out that it spans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipeline.table import Cell

#: Rows at the top in which a figure is a label: a year.
_HEAD_ROWS: Final = 3
#: Shorter texts stand for a figure: n/a.
_FEWEST_LETTERS: Final = 3


def cells_to_reaching(cells: Sequence[Cell]) -> Iterator[Cell]:
    """The cells, those without figures with spans over the empty cells behind them in their row, else below them.

    Args:
        cells: Of one table, every place covered by exactly one.
    """
    empty = {(cell.row, cell.column): cell for cell in cells if not cell.text.strip()}
    for cell in cells:
        if not _may_reach(cell):
            yield cell
            continue
        across = _run(empty, cell, down=0)
        yield replace(cell, colspan=across) if across > 1 else replace(cell, rowspan=_run(empty, cell, down=1))


def _may_reach(cell: Cell) -> bool:
    """Whether it is a label without spans: more than a sign or two letters, and no figure but a year in the head."""
    if cell.rowspan > 1 or cell.colspan > 1:
        return False
    if any(map(str.isdigit, cell.text)):
        return cell.row < _HEAD_ROWS
    return sum(map(str.isalpha, cell.text)) >= _FEWEST_LETTERS


def _run(empty: Mapping[tuple[int, int], Cell], cell: Cell, *, down: int) -> int:
    """How many places the cell has for itself, to the right or down."""
    length = 1
    while (cell.row + down * length, cell.column + (1 - down) * length) in empty:
        length += 1
    return length
