"""Tables of words that only their place shows, and what looks like them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from shared_files import SHARED
from table_pages import find, prose_to_chars, rows_to_chars, table_to_rows

from pipeline.extraction import Table, extract_page, open_reader

CASES = SHARED / "cases-dev"
MEMBERS = [
    ("Name", "Club", "Town", "State"),
    ("Anna Fenn", "Rowers", "Oakham", "open"),
    ("Bob Moor", "Swimmers", "Melton", "closed"),
    ("Cleo Hart", "Rowers", "Stamford", "paid"),
    ("Dan Wood", "Runners", "Corby", "unpaid"),
    ("Eve Lake", "Runners", "Oakham", "open"),
]
XS = (60.0, 150.0, 225.0, 310.0)


def tables_of(folder: str, name: str) -> list[list[list[str]]]:
    """The tables of the first page of a case, as texts."""
    path = CASES / folder / name
    if not path.exists():
        pytest.skip("the shared cases are not beside the checkout")
    return [_texts(table) for table in _read(path)]


def _read(path: Path) -> Sequence[Table]:
    with open_reader(path, "pdfium") as reader:
        return extract_page(reader, 1).tables


def _texts(table: Table) -> list[list[str]]:
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = " ".join(word.text for line in cell.lines for word in line.words)
    return rows


@pytest.mark.parametrize("leading", [12.0, 18.0])
def test_words_in_full_rows_under_a_plain_head_are_a_table(leading: float) -> None:
    chars = [*prose_to_chars(60.0, 60.0), *rows_to_chars(MEMBERS, XS, 160.0, leading=leading)]
    [table] = find([*chars, *prose_to_chars(60.0, 330.0)])

    assert table_to_rows(table) == [list(row) for row in MEMBERS]


def test_rows_numbered_one_two_three_are_rows_of_a_table() -> None:
    rows = [("No.", *MEMBERS[0][:3]), *((str(n), *row[:3]) for n, row in enumerate(MEMBERS[1:], 1))]
    [table] = find(rows_to_chars(rows, (60.0, 90.0, 190.0, 270.0), 100.0))

    assert table_to_rows(table) == [list(row) for row in rows]


def test_blanks_in_most_rows_leave_a_table_under_a_full_head() -> None:
    rows = [
        ("Stand 1", "Stand 2", "North", "East", "Middle"),
        ("A1", "B1", "C1", "D1", "E1"),
        ("", "", "C2", "D2", "E2"),
        ("", "", "C3", "D3", "E3"),
    ]
    [table] = find(rows_to_chars(rows, (60.0, 130.0, 200.0, 290.0, 350.0), 100.0))

    assert table_to_rows(table) == [list(row) for row in rows]


def test_a_list_that_runs_on_in_columns_of_one_width_is_no_table() -> None:
    rows = [
        ("Abbott", "Farmer", "Keller"),
        ("Barnes", "Graham", "Lawson"),
        ("Carter", "Hunter", "Miller"),
        ("Dalton", "Ingram", "Norton"),
        ("Eldon", "Jarvis", "Oliver"),
    ]

    assert find(rows_to_chars(rows, (60.0, 200.0, 340.0), 100.0)) == ()


@pytest.mark.parametrize("name", ["w5x12_bold.pdf", "w5x12_rule.pdf"])
def test_the_register_of_five_columns_is_found(name: str) -> None:
    [rows] = tables_of("05-tables-of-words-without-bold-head", name)

    assert len(rows) == 13
    assert rows[:2] == [["Name", "First", "Town", "Work", "State"], ["Fenn", "Anna", "Oakham", "baker", "open"]]


def test_the_register_of_eight_columns_is_found() -> None:
    [rows] = tables_of("05-tables-of-words-without-bold-head", "w8x30_plain.pdf")

    assert {len(row) for row in rows} == {8}
    assert len(rows) == 31


@pytest.mark.parametrize("name", ["licence_plain_top.pdf", "licence_shaded_bottom.pdf"])
def test_the_licences_are_one_table(name: str) -> None:
    [rows] = tables_of("05-tables-of-words-without-bold-head", name)

    assert rows[0] == ["LICENSE", "TYPE", "DBA NAME", "LICENSEE NAME", "ADDRESS", "CITY", "ST", "ZIP"]
    assert rows[2][4] == "7777 EAST APACHE STREET"
    assert rows[-1][3] == "SAYRE LODGING ENTERPRISES LLC"
    assert len(rows) == 11


@pytest.mark.parametrize(
    ("name", "head", "count"),
    [
        ("num_members.pdf", ["No.", "Name", "Club", "Town"], 6),
        ("num_members_rule.pdf", ["No.", "Name", "Club", "Town"], 6),
        ("num_members_points.pdf", ["No.", "Name", "Club", "Town", "Points"], 6),
        ("hyb_rule_text.pdf", ["Hello", "Goodbye", "World"], 5),
    ],
)
def test_numbered_members_are_found(name: str, head: list[str], count: int) -> None:
    [rows] = tables_of("06-numbered-rows", name)

    assert rows[0] == head
    assert len(rows) == count


@pytest.mark.parametrize("name", ["sparse_text.pdf", "sparse_notext.pdf"])
def test_the_sparse_table_is_found(name: str) -> None:
    [rows] = tables_of("07-sparse-table-without-rules", name)

    assert rows[1:3] == [["A1", "B1", "C1", "D1", "E1", "F1"], ["", "", "C2", "D2", "", "F2"]]
    assert len(rows) == 5


def test_prices_stand_beside_their_wines() -> None:
    tables = tables_of("23-price-list", "menu.pdf")

    assert [row for table in tables for row in table][:2] == [["Whites", "12.5 cl"], ["Valley Estate 2016", "8 €"]]


def test_the_options_of_an_exam_stand_beside_their_question() -> None:
    [rows] = tables_of("24-exam-options", "exam.pdf")

    assert rows[0] == ["41. A. put forward", "B. jumped at", "C. tried out", "D. turned down"]
    assert rows[5][0] == "46. A. fastest"
