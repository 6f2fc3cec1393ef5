"""Cells with their words, and how they become a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.lines import boxes_to_box, words_to_lines
from pipeline.extraction.model import BBox, Cell, Line, Table, Word

#: The angle of text that reads upwards ...
UPWARDS = 90
#: ... and downwards.
DOWNWARDS = 270
SIDEWAYS = (UPWARDS, DOWNWARDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A cell in the making; see :class:`~pipeline.extraction.model.Cell`."""

    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    words: tuple[Word, ...] = ()
    box: BBox


def drafts_to_table(drafts: Sequence[Draft], *, kind: str) -> Table | None:
    """The table of the cells, without rows and columns in which no text begins; None where there is no text.

    Args:
        drafts: They cover a grid without gap or overlap.
        kind: ``lattice`` or ``stream``.
    """
    filled = [draft for draft in drafts if draft.words]
    if not filled:
        return None
    rows = sorted({draft.row for draft in filled})
    columns = sorted({draft.column for draft in filled})
    cells = []
    for draft in drafts:
        row, rowspan = _squeeze(draft.row, draft.rowspan, rows)
        column, colspan = _squeeze(draft.column, draft.colspan, columns)
        if rowspan and colspan:
            lines = words_to_cell_lines(draft.words)
            cells.append(Cell(row=row, column=column, rowspan=rowspan, colspan=colspan, box=draft.box, lines=lines))
    return Table(
        box=boxes_to_box([cell.box for cell in cells]),
        rows=len(rows),
        columns=len(columns),
        cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
        kind=kind,
    )


def words_to_cell_lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """The lines of a cell: the upright ones, then those that are turned by a right angle, in their own order."""
    upright = [word for word in words if _angle(word) not in SIDEWAYS]
    lines = list(words_to_lines(upright))
    for angle in SIDEWAYS:
        lines += _turned_lines([word for word in words if _angle(word) == angle], -1 if angle == DOWNWARDS else 1)
    return tuple(lines)


def _turned_lines(words: Sequence[Word], sign: int) -> list[Line]:
    """Lines that read upwards, first line leftmost (sign 1), or downwards, first line rightmost (sign -1)."""
    columns: dict[int, list[Word]] = {}
    for word in words:
        columns.setdefault(sign * round(word.box.x0), []).append(word)
    lines = []
    for _, column in sorted(columns.items()):
        column.sort(key=lambda word: -sign * word.box.top)
        lines.append(Line(box=boxes_to_box([word.box for word in column]), words=tuple(column)))
    return lines


def _angle(word: Word) -> int:
    return word.chars[0].angle if word.chars else 0


def _squeeze(start: int, length: int, kept: Sequence[int]) -> tuple[int, int]:
    """Where a cell begins and how far it reaches when only the kept rows (columns) are counted."""
    inside = [index for index, line in enumerate(kept) if start <= line < start + length]
    return (inside[0], len(inside)) if inside else (0, 0)
