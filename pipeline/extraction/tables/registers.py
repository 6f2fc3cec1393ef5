"""Tables of words that only their positions show: registers, lists of members, timetables of names."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.extraction.model import Cell, Table
from pipeline.extraction.tables.row_labels import cell_text
from pipeline.extraction.text.lines import word_to_size

#: A register has at least so many columns.
COLUMNS = 3
#: A register has at least so many rows, including the head.
ROWS = 4
#: At least this share of rows has text in every column; where there are many columns, in all but one.
FULL = 0.75
#: At least this share of a column's cells has an equal left end, right end or middle.
FLUSH = 0.8
#: Two ends are equal if they are at most this share of the type size apart.
REACH = 0.35
#: The columns of a list have equal widths, up to this share, and equal distances; those of a table do not.
ALIKE = 0.12
#: In a table with many blanks, a cell has at most so many words on average.
SPARSE_WORDS = 2.5
#: In such a table, at least this share of the cells has text.
SPARSE = 0.5


def is_table_of_words(table: Table) -> bool:
    """Whether words in rows and columns are a table: full rows, flush columns of different widths, and a head.

    A list over several columns has no head, its columns are similar, and its entries are not repeated.
    """
    columns = _columns(table)
    full = [row for row in _rows(table) if len(row) >= table.columns - (table.columns > 2 * COLUMNS)]
    return (
        table.columns >= COLUMNS
        and table.rows >= ROWS
        and len(full) >= FULL * table.rows
        and len(_rows(table)[0]) >= table.columns - 1
        and not any(cell_text(cell).rstrip(".").isdecimal() for cell in _rows(table)[0])
        and all(map(_is_flush, columns))
        and (not _are_alike(columns) or any(map(_holds_values, columns)))
    )


def is_sparse_table_of_words(table: Table) -> bool:
    """Whether a table with blanks in most rows has a head over every column, a full row below, and short texts."""
    rows = _rows(table)
    cells = [cell for row in rows for cell in row]
    if table.columns < COLUMNS + 1 or table.rows < ROWS or len(cells) < SPARSE * table.rows * table.columns:
        return False
    words = sum(len(line.words) for cell in cells for line in cell.lines)
    return (
        len(rows[0]) == len(rows[1]) == table.columns
        and min(map(len, rows)) >= COLUMNS
        and words <= SPARSE_WORDS * len(cells)
        and all(map(_is_flush, _columns(table)))
    )


def _rows(table: Table) -> list[list[Cell]]:
    """The cells with text in each row, without cells that span several columns."""
    rows: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        if cell.lines and cell.colspan == 1:
            rows[cell.row].append(cell)
    return rows


def _columns(table: Table) -> list[list[Cell]]:
    columns: list[list[Cell]] = [[] for _ in range(table.columns)]
    for cell in table.cells:
        if cell.lines and cell.colspan == 1:
            columns[cell.column].append(cell)
    return columns


def _extent(cell: Cell) -> tuple[float, float]:
    return min(line.box.x0 for line in cell.lines), max(line.box.x1 for line in cell.lines)


def _is_flush(column: Sequence[Cell]) -> bool:
    """Whether most cells have an equal left end, right end or middle."""
    if not column:
        return False
    reach = REACH * max(word_to_size(word) for cell in column for line in cell.lines for word in line.words)
    extents = [_extent(cell) for cell in column]
    for places in ([x0 for x0, _ in extents], [x1 for _, x1 in extents], [(x0 + x1) / 2 for x0, x1 in extents]):
        usual = median(places)
        if sum(1 for place in places if abs(place - usual) <= reach) >= FLUSH * len(places):
            return True
    return False


def _holds_values(column: Sequence[Cell]) -> bool:
    """Whether the texts below the head are repeated, or all in lower case below a capital: values of one kind."""
    head, *texts = map(cell_text, sorted(column, key=lambda cell: cell.row))
    return len(set(texts)) < len(texts) or (head[0].isupper() and all(text.islower() for text in texts))


def _are_alike(columns: Sequence[Sequence[Cell]]) -> bool:
    """Whether all columns have equal widths, equal distances, and texts of about equal length."""
    starts = [min(_extent(cell)[0] for cell in column) for column in columns]
    steps = [b - a for a, b in pairwise(starts)]
    lengths = [median(len(cell_text(cell)) for cell in column) for column in columns]
    return max(steps) - min(steps) <= ALIKE * max(steps) and max(lengths) <= 2 * min(lengths)
