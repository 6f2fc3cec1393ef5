"""Workbooks, read back by another library."""

import csv
import math
import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from shutil import which

import openpyxl
import pytest
from generated_tables import document_table, generated_tables
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet
from shared_files import TABLES, needs_shared

from pipeline.document import DocumentFacts
from pipeline.extraction import extract_page
from pipeline.extraction.readers.reader import open_reader
from pipeline.markup.sanitise import sanitise
from pipeline.markup.table import blocks_to_tables
from pipeline.outputs.cell_numbers import Evidence
from pipeline.outputs.csv_tables import table_to_csv
from pipeline.outputs.document_tables import DocumentTables
from pipeline.outputs.tables_file import DocumentTable, PageFacts, table_to_document_table
from pipeline.outputs.workbook import write_workbook
from pipeline.page_result import FallbackReason, Method
from pipeline.printable import printable_lines
from pipeline.table import Cell, CellCorrection, Doubt, Table, rows_to_table

FACTS = DocumentFacts(name="r.pdf", sha256="ab" * 32, bytes=1, pages=2)
PAGES = (
    PageFacts(number=1, method=Method.VISION, fallback=None, size=None),
    PageFacts(number=2, method=Method.TEXT_LAYER, fallback=FallbackReason.TIMEOUT, size=None),
)
_PLAIN_NUMBER = re.compile(
    r"[-\u2013\u2212]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]+|[-\u2013\u2212]?[1-9][0-9]{0,3}(\.[0-9]{1,2})?"
)


def book_bytes(*documents: DocumentTables) -> bytes:
    file = BytesIO()
    write_workbook(file, documents)
    return file.getvalue()


def opened(*tables: DocumentTable) -> openpyxl.Workbook:
    data = book_bytes(DocumentTables(name="r", document=FACTS, pages=PAGES, tables=tables))
    return openpyxl.load_workbook(BytesIO(data))


def differences(sheet: Worksheet, table: Table) -> Iterator[str]:
    """What a sheet says otherwise than the table that it was made from."""
    merged = {each.coord: each for each in sheet.merged_cells.ranges}
    spans = {(each.min_row - 1, each.min_col - 1, each.size["rows"], each.size["columns"]) for each in merged.values()}
    told = {(cell.row, cell.column, cell.rowspan, cell.colspan) for cell in table.cells}
    if spans != {span for span in told if span[2:] != (1, 1)}:
        yield f"spans {spans}"
    for cell in table.cells:
        found = sheet.cell(cell.row + 1, cell.column + 1)
        if isinstance(found, MergedCell) or not _is_same(found.value, found.data_type, cell):
            yield f"{cell} is {found.value!r} ({found.data_type})"
        noted = found.comment.text if found.comment else ""
        if (cell.doubt is not None) != noted.startswith("To check") or (
            cell.correction is not None and cell.correction.was not in noted
        ):
            yield f"{cell} has the note {noted!r}"


def _is_same(value: object, kind: str, cell: Cell) -> bool:
    if cell.value is None:
        return (value or "") == printable_lines(cell.text) and (kind == "s" or not cell.text)
    number = cell.value.number / (100 if cell.value.unit == "%" else 1)
    return isinstance(value, int | float) and kind == "n" and math.isclose(value, number, rel_tol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_generated_tables_come_back_without_a_difference(seed: int) -> None:
    document = generated_tables(seed, 100)
    tables = list(document.tables)

    book = openpyxl.load_workbook(BytesIO(book_bytes(document)))

    assert len(book.sheetnames) == 101
    for sheet, table in zip(book.worksheets[1:], tables, strict=True):
        assert list(differences(sheet, table.table)) == []


def test_numbers_look_as_on_the_page() -> None:
    texts = ["(734)", "12.5 %", "$1,234.50", "5.25 kg", "+3.1", "*0.6", "1.5e-3", "1,234,567"]

    sheet = opened(document_table(rows_to_table([texts]))).worksheets[1]

    found = {str(cell.number_format): cell.value for cell in sheet[1]}
    assert found == {
        "0;(0)": -734,
        '0.0" "%': 0.125,
        '"$"#,##0.00': 1234.5,
        '0.00" kg"': 5.25,
        "+0.0;-0.0": 3.1,
        '"*"0.0': 0.6,
        "0.0E+00": 0.0015,
        "#,##0": 1234567,
    }


def test_the_head_is_frozen_and_can_be_filtered() -> None:
    sheet = opened(document_table(rows_to_table([["a", "b"], ["c", "d"], ["1", "2"]], header_rows=2))).worksheets[1]

    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:B3")
    plain = opened(document_table(rows_to_table([["1", "2"]]))).worksheets[1]
    assert (plain.freeze_panes, plain.auto_filter.ref) == (None, None)


def test_a_doubted_cell_says_what_the_page_reads() -> None:
    cells = (
        Cell(row=0, column=0, text="41", doubt=Doubt(page_reading="47")),
        Cell(row=0, column=1, text="x", doubt=Doubt()),
        Cell(row=0, column=2, text="47", correction=CellCorrection(was="4T")),
        Cell(row=0, column=3, text="5"),
    )

    sheet = opened(document_table(Table(cells=cells))).worksheets[1]

    notes = [cell.comment.text if cell.comment else None for cell in sheet[1]]
    assert notes == [
        "To check: the page reads: 47",
        "To check: the page's own text does not have this",
        "Put right from the page's own text; the model read: 4T",
        None,
    ]


def test_the_first_sheet_tells_where_all_of_it_comes_from() -> None:
    table = document_table(Table(caption="Trees", cells=(Cell(row=0, column=0, text="1", doubt=Doubt()),)), page=2)

    overview = opened(table).worksheets[0]

    rows = [tuple(value for value in row if value is not None) for row in overview.iter_rows(values_only=True)]
    assert ("r.pdf", 2, "ab" * 32) in rows
    assert ("p2 Trees", "r", 2, "Trees", 1, 1, 1) in rows
    assert ("r", 1, "model", "") in rows or ("r", 1, "model") in rows
    assert ("r", 2, "PDF text", "timeout") in rows
    [link] = [cell.hyperlink for row in overview.iter_rows() for cell in row if cell.hyperlink]
    assert link.location == "'p2 Trees'!A1"


def test_one_workbook_of_several_documents_names_them() -> None:
    documents = [
        DocumentTables(name=name, document=FACTS, pages=PAGES, tables=[document_table(rows_to_table([["1"]]))])
        for name in ("a", "b")
    ]

    book = openpyxl.load_workbook(BytesIO(book_bytes(*documents)))

    assert book.sheetnames == ["Overview", "a p1 table 1", "b p1 table 1"]


def test_the_same_tables_give_the_same_bytes() -> None:
    assert book_bytes(generated_tables(1, 5)) == book_bytes(generated_tables(1, 5))


@pytest.mark.slow
@pytest.mark.skipif(which("soffice") is None, reason="needs LibreOffice (soffice), which is not installed")
def test_no_text_of_a_page_is_a_formula_in_libreoffice(tmp_path: Path) -> None:
    texts = ["=1+1", "+1+1", "-1-1", "@SUM(1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "\t=1+1", " =2+2"]
    table = rows_to_table([[text] for text in texts])
    (tmp_path / "book.xlsx").write_bytes(
        book_bytes(DocumentTables(name="r", document=FACTS, pages=PAGES, tables=[document_table(table)]))
    )
    (tmp_path / "table.csv").write_bytes(table_to_csv(table))

    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    _convert(tmp_path, "book.xlsx", options)
    _convert(tmp_path, "table.csv", "fods")

    [sheet] = tmp_path.glob("book-*.csv")
    with sheet.open(newline="", encoding="utf-8") as file:
        assert [row[0].strip() for row in csv.reader(file)] == [text.strip() for text in texts]
    imported = (tmp_path / "table.fods").read_text(encoding="utf-8")
    assert "table:formula" not in imported
    assert imported.count('office:value-type="string"') >= len(texts)


def _convert(folder: Path, name: str, kind: str) -> None:
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(folder / name)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


@needs_shared
@pytest.mark.slow
def test_in_a_workbook_of_real_papers_every_number_is_a_number() -> None:
    numbers = 0
    for path in sorted(TABLES.glob("*.pdf")):
        tables = _tables_of(path)
        book = opened(*tables)
        for sheet, table in zip(book.worksheets[1:], tables, strict=True):
            assert list(differences(sheet, table.table)) == []
            for cell in table.cells:
                if _PLAIN_NUMBER.fullmatch(cell.text):
                    numbers += 1
                    assert sheet.cell(cell.row + 1, cell.column + 1).data_type == "n", (path.name, cell)
    assert numbers > 2000


def _tables_of(path: Path) -> list[DocumentTable]:
    with open_reader(path, "pdfium") as reader:
        pages = [
            (number, blocks_to_tables(sanitise(extract_page(reader, number).html).blocks))
            for number in range(1, reader.page_count + 1)
        ]
    evidence = Evidence()
    for _, tables in pages:
        for table in tables:
            evidence.add(table)
    return [
        table_to_document_table(
            table,
            PageFacts(number=number, method=Method.TEXT_LAYER, fallback=None, size=None),
            ident=f"page-{number}-table-{index}",
            continues=None,
            decimal=evidence.decimal,
        )
        for number, tables in pages
        for index, table in enumerate(tables, 1)
    ]
