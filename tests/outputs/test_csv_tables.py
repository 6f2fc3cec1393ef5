"""CSV of tables: whole, and nothing in it that a spreadsheet runs."""

import csv
from io import StringIO

import pytest
from generated_tables import document_table, generated_tables

from pipeline.outputs.csv_tables import table_to_csv
from pipeline.printable import printable_lines
from pipeline.table import Cell, Table, rows_to_table


def read_back(table: Table) -> list[list[str]]:
    return list(csv.reader(StringIO(table_to_csv(table).decode("utf-8-sig"), newline="")))


def test_the_file_is_utf_8_with_a_mark_for_excel_and_lines_as_the_standard_has_them() -> None:
    assert table_to_csv(rows_to_table([["ä", 'b"c'], ["1;2", "3,4"]])) == (
        b"\xef\xbb\xbf" + 'ä,"b""c"\r\n1;2,"3,4"\r\n'.encode()
    )


def test_a_cell_over_several_places_stands_at_the_first() -> None:
    cells = (
        Cell(row=0, column=0, text="a", rowspan=2),
        Cell(row=0, column=1, text="b", colspan=2),
        Cell(row=1, column=1, text="c"),
        Cell(row=1, column=2, text="d"),
    )

    assert read_back(Table(cells=cells)) == [["a", "b", ""], ["", "c", "d"]]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1-1", "@SUM(A1)", " =1+1", "\N{FULLWIDTH EQUALS SIGN}1", "|cmd", "-cmd", "=HYPERLINK(x)"]
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert read_back(rows_to_table([[text]])) == [[f"'{text}"]]


@pytest.mark.parametrize("text", ["-5", "+3.1", "-12.5 %", "(734)", "-", "\N{EN DASH}", "--", "a=b", "5-3"])
def test_numbers_and_signs_stay_as_they_are(text: str) -> None:
    assert read_back(document_table(rows_to_table([[text]])).table) == [[text]]


def test_generated_tables_come_back_without_a_difference() -> None:
    for table in generated_tables(7, 200).tables:
        rows = read_back(table.table)
        assert len(rows) == table.table.rows
        for cell in table.cells:
            assert rows[cell.row][cell.column].removeprefix("'") == printable_lines(cell.text).removeprefix("'")
