"""Columns that nothing but their heading shows."""

import pytest
from table_pages import across, find, rows_to_chars, table_to_rows

XS = (60.0, 200.0, 280.0, 360.0, 440.0)
NAMES = ("Oak", "Beech", "Ash", "Elm")


@pytest.mark.parametrize("blank", [1, 3, 4])
def test_a_column_without_entries_keeps_its_heading_to_itself(blank: int) -> None:
    heads = ["Tree", "2019", "2020", "2021", "Remarks"] if blank == 4 else ["Tree", "Low", "Mid", "High", "Top"]
    body = [[name, *(str(10 * row + column) for column in range(1, 5))] for row, name in enumerate(NAMES, 1)]
    for row in body:
        row[blank] = ""

    [table] = find(rows_to_chars([heads, *body], XS, 112.0), [across(y, 50, 500) for y in (100, 116, 180)])

    assert table_to_rows(table) == [heads, *body]


def test_two_columns_without_entries_beside_each_other_are_two() -> None:
    heads = ["Tree", "Low", "High", "Low", "High"]
    body = [[name, f"{row}1", f"{row}2", "", ""] for row, name in enumerate(NAMES, 1)]

    [table] = find(rows_to_chars([heads, *body], XS, 112.0), [across(y, 50, 500) for y in (100, 116, 180)])

    assert table_to_rows(table) == [heads, *body]
