"""CSV in UTF-8, as RFC 4180 defines it: one file for each table.

The file begins with a byte order mark, since Excel assumes another encoding without one; UTF-8 readers ignore it.
A cell that spreadsheets would take for a formula gets an apostrophe in front (OWASP, CSV Injection). Numbers stay as
they are on the page.
"""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from pipeline.printable import printable_lines
from pipeline.table import Cell, Table

_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_STARTS_FORMULAS: Final = frozenset(
    "=+-@\t\r\n|\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}\N{FULLWIDTH HYPHEN-MINUS}"
)


def table_to_csv(table: Table) -> bytes:
    """The file of a table; a cell that spans several places is at the first of them."""
    file = StringIO(_MARK, newline="")
    file.seek(0, 2)
    csv.writer(file).writerows(_rows(table))
    return file.getvalue().encode("utf-8", "replace")


def _rows(table: Table) -> Iterator[list[str]]:
    rows: list[dict[int, str]] = [{} for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = _cell_to_text(cell)
    columns = table.columns
    return ([row.get(column, "") for column in range(columns)] for row in rows)


def _cell_to_text(cell: Cell) -> str:
    text = printable_lines(cell.text)
    bare = text.lstrip()
    is_formula = bool(bare) and bare[0] in _STARTS_FORMULAS and any(map(str.isalnum, bare))
    return f"'{text}" if is_formula and cell.value is None else text
