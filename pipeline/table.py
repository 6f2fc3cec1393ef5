"""A table as one value, from any source: HTML, spreadsheets and ``NAME.tables.json`` are made from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from msgspec import Meta

#: Row and column of a cell, from 0.
Place = Annotated[int, Meta(ge=0)]
Span = Annotated[int, Meta(ge=1)]


class Box(NamedTuple):
    """A rectangle in PDF points on the page as it is shown, origin at its top left."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A number that a cell is.

    Attributes:
        number: With its sign; of a percentage the number that is written, 12.5 for ``12,5 %``.
        unit: As it is written (``%``, ``€``, ``kg``), None where there is none.
    """

    number: int | float
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a cell is to be looked at: the page's own text does not have what it says.

    Attributes:
        page_reading: What the page's own text has at the cell's place, None where that is not known.
    """

    page_reading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellCorrection:
    """What the page's own text has put right in a cell.

    Attributes:
        was: The cell's text as the model wrote it.
    """

    was: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell.

    Attributes:
        row: Of its top left place, from 0.
        column: The same.
        text: Its visible text; in a table that a dialect's parser gives, the cell as it was written.
        rowspan: Rows that it covers.
        colspan: Columns that it covers.
        header: Whether it names a row or a column.
        value: The number that it is, None where it is none or where it may be read in two ways.
        box: Where its words stand on the page, or the cell where the page draws it; None where that is not known.
        method: How it was read, as named in the manifest; None where it is the method of its page.
        doubt: None where nothing contradicts it.
        correction: None where nothing was put right.
    """

    row: Place
    column: Place
    text: str
    rowspan: Span = 1
    colspan: Span = 1
    header: bool = False
    value: Value | None = None
    box: Box | None = None
    method: str | None = None
    doubt: Doubt | None = None
    correction: CellCorrection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Attributes:
        cells: By row, then by column; places that no cell covers are empty.
        header_rows: Rows at the top that are its head.
        caption: Above or below it, empty where there is none.
    """

    caption: str = ""
    header_rows: Place = 0
    cells: tuple[Cell, ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return max((cell.row + cell.rowspan for cell in self.cells), default=0)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return max((cell.column + cell.colspan for cell in self.cells), default=0)


def rows_to_table(rows: Iterable[Sequence[str]], *, header_rows: int = 0) -> Table:
    """The table of rows that have no spans."""
    cells = (
        Cell(row=row, column=column, text=text, header=row < header_rows)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    return Table(cells=tuple(cells), header_rows=header_rows)
