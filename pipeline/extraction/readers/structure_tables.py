"""The tables in a tagged file's structure, and where their cells stand on the page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from pipeline.extraction.model import BBox, Char, TaggedCell, TaggedTable
from pipeline.extraction.readers.structure import Element, Mark, Structure, element_to_marks, elements_below

#: Tables with more rows, columns or places than these are left out.
MAX_LENGTH, MAX_PLACES = 2_000, 20_000
#: Tables within more tables than this are left out.
MAX_NESTING = 3
#: A row is on no more pages than these.
MAX_PAGES = 4
_SECTIONS = frozenset({"THead", "TBody", "TFoot"})


class CellTag(NamedTuple):
    """A cell of the structure, at its place in the grid.

    Attributes:
        header: Whether the file calls it one (TH).
        marks: Of its text.
    """

    row: int
    column: int
    rowspan: int
    colspan: int
    header: bool
    marks: tuple[Mark, ...]


#: The cells of a table.
TableTag = tuple[CellTag, ...]
# The cells of a row, not yet at their places.
_Row = list[CellTag]


def structure_to_tables(structure: Structure) -> dict[object, list[TableTag]]:
    """The tables by page, outer ones before those within them; none of a structure that is not complete.

    Of a table that goes over several pages each has its own rows.
    """
    tables: dict[object, list[TableTag]] = {}
    used: set[tuple[int, Mark]] = set()
    for depth, table in _elements_to_tables(structure.elements) if structure.complete else ():
        rows = [_row_to_cells(row) for row in _table_to_rows(table)]
        marks = [(depth, mark) for row in rows for cell in row for mark in cell.marks]
        if len(set(marks)) < len(marks) or not used.isdisjoint(marks):
            continue  # text is in one cell only
        used.update(marks)
        for page, own in _rows_to_pages(rows).items():
            cells = _rows_to_placed(own)
            tables.setdefault(page, []).extend([cells] if cells else [])
    return tables


def _elements_to_tables(elements: Iterable[Element | Mark | None], depth: int = 0) -> Iterator[tuple[int, Element]]:
    """The tables, each with the number of those that it is in."""
    for table in elements_below(elements, ["Table"]):
        yield depth, table
        if depth < MAX_NESTING:
            yield from _elements_to_tables(table.parts, depth + 1)


def _table_to_rows(table: Element) -> Iterator[Element]:
    for part in table.parts:
        if isinstance(part, Element) and part.kind == "TR":
            yield part
        elif isinstance(part, Element) and part.kind in _SECTIONS:
            yield from (row for row in part.parts if isinstance(row, Element) and row.kind == "TR")


def _row_to_cells(row: Element) -> _Row:
    """The cells of a row; what is unknown there is a blank one, since pdfium does not tell of cells without text."""
    return [
        CellTag(0, 0, part.rowspan, part.colspan, part.kind == "TH", tuple(element_to_marks(part)))
        if isinstance(part, Element)
        else CellTag(0, 0, 1, 1, header=False, marks=())
        for part in row.parts
        if part is None or (isinstance(part, Element) and part.kind in {"TD", "TH"})
    ]


def _rows_to_pages(rows: Iterable[_Row]) -> dict[object, list[_Row]]:
    """The rows of each page, with the text that they have there."""
    pages: dict[object, list[_Row]] = {}
    for row in rows:
        for page in list(dict.fromkeys(mark.page for cell in row for mark in cell.marks))[:MAX_PAGES]:
            own = [cell._replace(marks=tuple(mark for mark in cell.marks if mark.page == page)) for cell in row]
            pages.setdefault(page, []).append(own)
    return pages


def _rows_to_placed(rows: Sequence[_Row]) -> TableTag:
    """The cells at their places, found as in HTML; nothing where they cover each other or are too many."""
    taken: set[tuple[int, int]] = set()
    placed: list[CellTag] = []
    for row, cells in enumerate(rows[: MAX_LENGTH + 1]):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            rowspan, colspan = min(cell.rowspan, len(rows) - row), cell.colspan
            end = column + colspan
            if row >= MAX_LENGTH or end > MAX_LENGTH or len(taken) + rowspan * colspan > MAX_PLACES:
                return ()
            places = {(r, c) for r in range(row, row + rowspan) for c in range(column, end)}
            if places & taken:
                return ()
            taken |= places
            placed.append(cell._replace(row=row, column=column, rowspan=rowspan))
            column = end
    return tuple(placed)


def tables_to_tagged(tables: Iterable[TableTag], texts: Mapping[int, Sequence[Char]]) -> tuple[TaggedTable, ...]:
    """The tables with the places of their texts.

    Args:
        tables: Of one page.
        texts: What is drawn for each number of marked content.
    """
    return tuple(
        tuple(
            TaggedCell(
                row=cell.row,
                column=cell.column,
                rowspan=cell.rowspan,
                colspan=cell.colspan,
                header=cell.header,
                boxes=tuple(box for mark in cell.marks for box in _chars_to_boxes(texts.get(mark.number, ()))),
            )
            for cell in table
        )
        for table in tables
    )


def _chars_to_boxes(chars: Iterable[Char]) -> Iterator[BBox]:
    """The box of each run of characters at one height."""
    shown = (char.box for char in chars if char.text.strip())
    for _, run in groupby(shown, key=lambda box: (box.top, box.bottom)):
        boxes = list(run)
        yield BBox(min(box.x0 for box in boxes), boxes[0].top, max(box.x1 for box in boxes), boxes[0].bottom)
