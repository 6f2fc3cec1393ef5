"""Groups of columns that vertical rules part."""

import pytest
from table_pages import across, down, find, lines_at, rows_to_chars, table_to_rows

XS = (60.0, 170.0, 210.0, 250.0, 310.0, 350.0, 390.0)
ROWS = [["Theft", *"123456"], ["Arson", *"987654"], ["Fraud", *"135798"], ["Other", *"246813"]]
RULES = [across(y, 50, 420) for y in (96, 132, 195)]


@pytest.mark.parametrize("foot", [195.0, 132.0])
def test_a_heading_between_vertical_rules_is_over_all_columns_between_them(foot: float) -> None:
    heads = lines_at([("Men", 220.0, 110.0), ("Women", 355.0, 110.0), ("Crime", 60.0, 126.0)])
    parts = rows_to_chars([["All", "Few", "Old"] * 2], XS[1:], 126.0)
    bars = [down(x, 96, foot) for x in (160, 295)]

    [table] = find([*heads, *parts, *rows_to_chars(ROWS, XS, 145.0)], [*RULES, *bars])

    assert table_to_rows(table)[0] == ["Crime [2x1]", "Men [1x3]", "", "", "Women [1x3]", "", ""]
    assert table_to_rows(table)[1][1:] == ["All", "Few", "Old"] * 2


def test_a_heading_at_the_side_of_its_compartment_is_over_its_own_column() -> None:
    heads = lines_at([("Men", 170.0, 110.0), ("Women", 310.0, 110.0), ("Crime", 60.0, 126.0)])
    parts = rows_to_chars([["all", "Few", "Old"] * 2], XS[1:], 122.0)
    bars = [down(x, 96, 195) for x in (160, 295)]

    [table] = find([*heads, *parts, *rows_to_chars(ROWS, XS, 145.0)], [*RULES, *bars])

    assert table_to_rows(table)[0][1:4] == ["Men/all", "Few", "Old"]
