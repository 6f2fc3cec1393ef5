"""Rows that a first column numbers."""

import pytest
from table_pages import across, find, rows_to_chars, table_to_rows

XS = (60.0, 110.0, 180.0, 300.0)
ROWS = [
    ["1", "Silver", "Acid, 85 C, 4 atm", "0.8-2.8"],
    ["", "", "Base as scavenger", "1.3-4.4"],
    ["2", "Gold", "Glycerol", "20-50"],
    ["3", "Copper", "Hydrogen", "80-130"],
    ["", "", "", "90-140"],
]
RULES = [across(y, 60, 340) for y in (98, 115, 195)]


@pytest.mark.parametrize("heading", ["S. no.", "No.", "#", "Sr. No"])
def test_lines_without_a_number_go_on_with_the_row_above(heading: str) -> None:
    head = [heading, "Metal", "Agent", "Size"]

    [table] = find(rows_to_chars([head, *ROWS], XS, 110), RULES)

    assert table_to_rows(table) == [
        head,
        ["1", "Silver", "Acid, 85 C, 4 atm/Base as scavenger", "0.8-2.8/1.3-4.4"],
        ["2", "Gold", "Glycerol", "20-50"],
        ["3", "Copper", "Hydrogen", "80-130/90-140"],
    ]


def test_numbers_that_count_no_rows_leave_the_lines_as_they_are() -> None:
    head = ["Drugs", "Metal", "Agent", "Size"]

    [table] = find(rows_to_chars([head, *ROWS], XS, 110), RULES)

    assert [row[3] for row in table_to_rows(table)] == ["Size", *(row[3] for row in ROWS)]


def test_lines_of_several_figures_are_rows_below_one_number() -> None:
    head = ["No.", "Town", "Male", "Female"]
    rows = [["1", "North", "20", "30"], ["", "East", "21", "31"], ["2", "South", "22", "32"], ["3", "West", "23", "33"]]

    [table] = find(rows_to_chars([head, *rows], XS, 110), [across(y, 60, 340) for y in (98, 115, 180)])

    assert [row[1:] for row in table_to_rows(table)] == [row[1:] for row in [head, *rows]]
