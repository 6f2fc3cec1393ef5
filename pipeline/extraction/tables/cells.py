"""Cells with their words, and how they become a table."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Cell, Line, Table, Word
from pipeline.extraction.text.lines import word_to_size, words_to_lines

#: Neighbouring turned words of one line differ by at most this many type sizes across it.
ACROSS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A cell while its table is built; see :class:`~pipeline.extraction.model.Cell`.

    Attributes:
        header: Whether rules or its place show that it belongs to the header.
    """

    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    words: tuple[Word, ...] = ()
    box: BBox
    header: bool = False


def drafts_to_table(drafts: Sequence[Draft], *, kind: str) -> Table | None:
    """The table of the cells, without rows and columns where no text begins; None where there is no text.

    Args:
        drafts: They cover a grid without gap or overlap.
        kind: ``lattice``, ``stream`` or ``tagged``.
    """
    filled = [draft for draft in drafts if draft.words]
    if not filled:
        return None
    rows = sorted({draft.row for draft in filled})
    columns = sorted({draft.column for draft in filled})
    cells = []
    heads = [0]
    for draft in drafts:
        row, rowspan = _squeeze(draft.row, draft.rowspan, rows)
        column, colspan = _squeeze(draft.column, draft.colspan, columns)
        if rowspan and colspan:
            lines = words_to_cell_lines(draft.words)
            cells.append(Cell(row=row, column=column, rowspan=rowspan, colspan=colspan, box=draft.box, lines=lines))
            heads.append(row + rowspan if draft.header and draft.words else 0)
    return Table(
        box=boxes_to_box([cell.box for cell in cells]),
        rows=len(rows),
        columns=len(columns),
        cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
        kind=kind,
        header_rows=max(heads),
    )


def words_to_cell_lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """The lines of a cell: upright ones first, then turned ones in their own order."""
    lines = list(words_to_lines([word for word in words if word_to_angle(word) == 0]))
    for angle in sorted({word_to_angle(word) for word in words} - {0}):
        lines += words_to_turned_lines([word for word in words if word_to_angle(word) == angle], angle)
    return tuple(lines)


def words_to_turned_lines(words: Sequence[Word], angle: int) -> list[Line]:
    """The lines of turned words, the first line first.

    Args:
        words: All of one angle.
        angle: Counter-clockwise, in degrees.
    """
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    rows: list[list[tuple[float, Word]]] = []
    last = 0.0
    for across, along, word in sorted((_placed(word, cosine, sine) for word in words), key=itemgetter(0)):
        if not rows or across - last > ACROSS * word_to_size(word):
            rows.append([])
        rows[-1].append((along, word))
        last = across
    ordered = [[word for _, word in sorted(row, key=itemgetter(0))] for row in rows]
    return [Line(box=boxes_to_box([word.box for word in row]), words=tuple(row)) for row in ordered]


def _placed(word: Word, cosine: float, sine: float) -> tuple[float, float, Word]:
    """The middle of the word across its direction and along it."""
    x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
    return x * sine + y * cosine, x * cosine - y * sine, word


def word_to_angle(word: Word) -> int:
    """By how many degrees, counter-clockwise, the word is turned."""
    return word.chars[0].angle if word.chars else 0


def _squeeze(start: int, length: int, kept: Sequence[int]) -> tuple[int, int]:
    """Where a cell begins and how many rows (columns) it spans when only the kept ones count."""
    first, end = bisect_left(kept, start), bisect_left(kept, start + length)
    return (first, end - first) if end > first else (0, 0)
