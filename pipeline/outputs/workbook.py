"""XLSX: a sheet for each table of one or more documents, after a first sheet that says where they come from.

XlsxWriter writes the file. Text is always written as text: nothing on a page becomes a formula, a link or a number
that the page does not have.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.outputs.document_tables import DocumentTables
from pipeline.outputs.number_formats import cell_to_sheet_number
from pipeline.outputs.sheet_names import SheetNames
from pipeline.outputs.tables_file import DocumentTable
from pipeline.printable import printable, printable_lines
from pipeline.release import RELEASE
from pipeline.table import Cell

_OVERVIEW: Final = "Overview"
#: The limits of a sheet and of a cell.
_MOST_ROWS, _MOST_COLUMNS, _MOST_LETTERS = 1_048_576, 16_384, 32_767
#: So many letters are printed in a page's header.
_MOST_OF_HEADER: Final = 100
_NARROWEST, _WIDEST = 6, 60
_STARTS_FORMULAS: Final = ("=", "+", "-", "@")
_METHODS: Final = {
    "vision": "model",
    "text_layer": "PDF text",
    "ocr": "text recognition",
    "blank": "blank",
    "none": "nothing",
}
#: A fixed date, so that the same tables give the same bytes.
_CREATED: Final = datetime(2000, 1, 1)  # noqa: DTZ001 — spreadsheets know no time zones


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The look of a cell; each look becomes one format of the workbook."""

    number: str = ""
    header: bool = False
    doubted: bool = False
    merged: bool = False
    quoted: bool = False
    bold: bool = False


@dataclass(slots=True)
class _Formats:
    book: Workbook
    known: dict[_Look, Format] = field(default_factory=dict)

    def of(self, look: _Look) -> Format:
        if look not in self.known:
            made = self.book.add_format({"valign": "top"})
            if look.number:
                made.set_num_format(look.number)
            if look.header:
                made.set_bold()
                made.set_bg_color("#E8EEEA")
                made.set_bottom(1)
                made.set_text_wrap()
            if look.bold:
                made.set_bold()
            if look.doubted:
                made.set_bg_color("#FFE9A8")
            if look.merged:
                made.set_align("center")
            if look.quoted:
                made.set_quote_prefix()
            self.known[look] = made
        return self.known[look]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A table as listed on the first sheet."""

    document: str
    table: DocumentTable
    sheet: str
    doubts: int
    cut: bool


def write_workbook(file: IO[bytes], documents: Iterable[DocumentTables]) -> None:
    """Write a workbook.

    Args:
        file: Open for writing.
        documents: The documents that go into this file.

    Raises:
        OSError: It cannot be written.
    """
    # In memory: temporary files would be in a folder that other users may fill.
    options = dict.fromkeys(("strings_to_numbers", "strings_to_formulas", "strings_to_urls"), False)
    with Workbook(file, {**options, "in_memory": True}) as book:
        book.set_properties({"created": _CREATED, "comments": f"Dropleaf {RELEASE}"})
        _Writer(book).write(list(documents))


class _Writer:
    """Writes one workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats = _Formats(book)
        self._names = SheetNames(_OVERVIEW)
        self._overview: Worksheet = book.add_worksheet(_OVERVIEW)
        self._row = 0

    def write(self, documents: list[DocumentTables]) -> None:
        several = len(documents) > 1
        listed = [
            self._table(table, document.name if several else "", document.name)
            for document in documents
            for table in document.tables
        ]
        self._overview.set_column(0, 0, 34)
        self._overview.set_column(1, 6, 16)
        self._documents(documents)
        self._tables(listed)
        self._pages(documents)

    def _documents(self, documents: list[DocumentTables]) -> None:
        self._line("Document", "Pages", "SHA-256", bold=True)
        for each in documents:
            self._line(each.document.name, each.document.pages, each.document.sha256)
        self._row += 1

    def _tables(self, listed: list[_Listed]) -> None:
        self._line("Sheet", "Document", "Page", "Caption", "Rows", "Columns", "To check", bold=True)
        for each in listed:
            row = self._row
            table = each.table.table
            caption = f"{each.table.caption} (too large for a sheet: cut)" if each.cut else each.table.caption
            self._line(each.sheet, each.document, each.table.page, caption, table.rows, table.columns, each.doubts)
            target = each.sheet.replace("'", "''")
            self._overview.write_url(row, 0, f"internal:'{target}'!A1", string=each.sheet)
        self._row += 1

    def _pages(self, documents: list[DocumentTables]) -> None:
        self._line("Document", "Page", "Read by", "Fell back because", bold=True)
        for document in documents:
            for page in document.pages:
                reason = page.fallback.value if page.fallback else ""
                self._line(document.name, page.number, _METHODS[page.method.value], reason)

    def _line(self, *values: str | int, bold: bool = False) -> None:
        for column, value in enumerate(values):
            if isinstance(value, int):
                self._overview.write_number(self._row, column, value)
            else:
                self._text(self._overview, (self._row, column), value, _Look(bold=bold))
        self._row += 1

    def _table(self, found: DocumentTable, document: str, name: str) -> _Listed:
        table = found.table
        sheet = self._book.add_worksheet(self._names.name_for(found, document))
        whole = [cell for cell in table.cells if cell.row < _MOST_ROWS and cell.column < _MOST_COLUMNS]
        for cell in whole:
            self._cell(sheet, cell, header=cell.row < table.header_rows)
        last_row, last_column = min(table.rows, _MOST_ROWS) - 1, min(table.columns, _MOST_COLUMNS) - 1
        for column, width in _widths(whole).items():
            sheet.set_column(column, column, width)
        if 0 < table.header_rows <= last_row:
            sheet.freeze_panes(table.header_rows, 0)
            sheet.autofilter(table.header_rows - 1, 0, last_row, last_column)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        if caption := printable(found.caption).strip():
            sheet.set_header("&L" + caption[:_MOST_OF_HEADER].replace("&", "&&"))
        return _Listed(
            document=name,
            table=found,
            sheet=sheet.get_name(),
            doubts=sum(cell.doubt is not None for cell in table.cells),
            cut=len(whole) < len(table.cells),
        )

    def _cell(self, sheet: Worksheet, cell: Cell, *, header: bool) -> None:
        merged = cell.rowspan > 1 or cell.colspan > 1
        look = _Look(header=header, doubted=cell.doubt is not None, merged=merged and header, bold=cell.header)
        if merged:
            last = min(cell.row + cell.rowspan, _MOST_ROWS) - 1, min(cell.column + cell.colspan, _MOST_COLUMNS) - 1
            sheet.merge_range(cell.row, cell.column, *last, "", self._formats.of(look))
        number = cell_to_sheet_number(cell)
        if number is not None:
            styled = self._formats.of(_with_number(look, number.format))
            sheet.write_number(cell.row, cell.column, number.number, styled)
        else:
            self._text(sheet, (cell.row, cell.column), cell.text, look)
        if note := _cell_to_note(cell):
            sheet.write_comment(cell.row, cell.column, note, {"author": "Dropleaf", "x_scale": 2})

    def _text(self, sheet: Worksheet, place: tuple[int, int], text: str, look: _Look) -> None:
        shown = printable_lines(text)
        if len(shown) > _MOST_LETTERS:
            shown = shown[: _MOST_LETTERS - 1] + "\N{HORIZONTAL ELLIPSIS}"
        if shown.startswith(_STARTS_FORMULAS):
            look = _quoted(look)
        sheet.write_string(*place, shown, self._formats.of(look)) if shown else sheet.write_blank(
            *place, None, self._formats.of(look)
        )


def _with_number(look: _Look, number: str) -> _Look:
    return _Look(number=number, header=look.header, doubted=look.doubted, merged=look.merged, bold=look.bold)


def _quoted(look: _Look) -> _Look:
    return _Look(header=look.header, doubted=look.doubted, merged=look.merged, bold=look.bold, quoted=True)


def _cell_to_note(cell: Cell) -> str:
    notes = []
    if cell.doubt is not None:
        reading = cell.doubt.page_reading
        says = f"the page reads: {reading}" if reading is not None else "the page's own text does not have this"
        notes.append(f"To check: {says}")
    if cell.correction is not None:
        notes.append(f"Put right from the page's own text; the model read: {cell.correction.was}")
    return printable_lines("\n".join(notes))


def _widths(cells: Iterable[Cell]) -> dict[int, int]:
    """The width of each column, in letters, from cells that span only this column."""
    widths: dict[int, int] = {}
    for cell in cells:
        if cell.colspan == 1:
            widths[cell.column] = max(widths.get(cell.column, _NARROWEST), min(len(cell.text) + 2, _WIDEST))
    return widths
