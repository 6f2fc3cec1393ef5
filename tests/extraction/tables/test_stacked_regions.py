"""Tables below each other between the same rules or below dark bands."""

import pytest
from table_pages import across, find, lines_at, rows_to_chars, table_to_rows

from pipeline.extraction import BBox
from pipeline.extraction.model import Fill

XS = (60.0, 240.0, 310.0, 380.0)
HEAD = ["", "TOTAL", "Day", "Mail"]
CONTESTS = [
    [["EZRA NANES", "19", "9", "10"], ["BRAXTON WHITE", "18", "8", "10"], ["Write-in", "0", "0", "0"]],
    [["STELLA TSAI", "22", "12", "10"], ["MATT WOLFORD", "14", "10", "4"], ["Write-in", "1", "1", "0"]],
]


@pytest.mark.parametrize("title", ["SHERIFF", ""])
def test_a_head_that_comes_again_begins_a_table(title: str) -> None:
    chars = [*rows_to_chars([HEAD, *CONTESTS[0]], XS, 112.0), *lines_at([(title, 60.0, 178.0)])]
    chars += rows_to_chars([HEAD, *CONTESTS[1]], XS, 196.0)

    first, second = find(chars, [across(y, 50, 420) for y in (100, 258)])

    assert table_to_rows(first) == [HEAD, *CONTESTS[0]]
    assert table_to_rows(second) == [HEAD, *CONTESTS[1]]


def test_a_row_that_comes_again_without_a_title_is_a_row() -> None:
    rows = [
        ["Case", "bank"],
        ["Word", "river"],
        ["Kind", "place"],
        ["Case", "bank"],
        ["Word", "water"],
        ["Kind", "drink"],
    ]

    [table] = find(rows_to_chars(rows, XS[:2], 112.0), [across(y, 50, 300) for y in (100, 116, 205)])

    assert table_to_rows(table) == rows


def test_tables_with_other_columns_are_parted_at_the_title_between_them() -> None:
    crimes = [[name, *(f"{123456 * n}" for n in range(1, 8))] for name in ("Theft", "Arson", "Fraud", "Other")]
    years = [[name, *(f"{1234567 * n}" for n in range(1, 7))] for name in ("Theft", "Arson", "Fraud")]
    chars = rows_to_chars([["", *(f"w{n}" for n in range(1, 8))], *crimes], [60.0 + 50 * n for n in range(8)], 112.0)
    chars += lines_at([("In former years", 200.0, 190.0)])
    chars += rows_to_chars([["", *"ABCDEF"], *years], [60.0, *(98.0 + 46 * n for n in range(6))], 210.0)

    first, second = find(chars, [across(y, 50, 460) for y in (100, 265)])

    assert table_to_rows(first)[1:] == crimes
    assert table_to_rows(second)[1:] == years


def test_a_dark_band_across_the_page_ends_the_lines_of_the_letterhead() -> None:
    letterhead = lines_at([("Volume 24", 60.0, 112.0), ("Town News", 200.0, 112.0), ("South", 380.0, 112.0)])
    band = Fill(box=BBox(50, 128, 420, 142), colour=(0, 0, 0))
    chars = [*letterhead, *lines_at([("Votes", 200.0, 138.0)]), *rows_to_chars([HEAD, *CONTESTS[0]], XS, 160.0)]

    [table] = find(chars, [across(y, 50, 420) for y in (100, 192, 225)], [band])

    assert table_to_rows(table) == [HEAD, *CONTESTS[0]]
