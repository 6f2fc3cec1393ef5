"""The columns that headings are over."""

from table_pages import across, find, lines_at, rows_to_chars, table_to_rows

XS = (60.0, 165.0, 235.0, 300.0)
HEAD = ["Crime", "Men", "Women", "Both"]
BODY = [["Theft", "12", "34", "46"], ["Arson", "21", "43", "64"], ["Fraud", "31", "41", "72"]]


def test_a_title_alone_between_two_full_rules_is_over_all_columns() -> None:
    title = lines_at([("Convicted", 170.0, 110.0)])
    chars = rows_to_chars([HEAD, *BODY], XS, 128.0)

    [table] = find([*title, *chars], [across(y, 55.0, 330.0) for y in (98, 115, 133, 182)])

    assert table_to_rows(table)[:2] == [["Convicted [1x4]", "", "", ""], HEAD]
    assert table.header_rows == 2


def test_the_same_line_without_a_rule_below_it_is_over_the_columns_that_it_is_in_the_middle_of() -> None:
    group = lines_at([("Convicted in that year", 190.0, 110.0)])
    chars = rows_to_chars([HEAD, *BODY], XS, 128.0)

    [table] = find([*group, *chars], [across(y, 55.0, 330.0) for y in (98, 133, 182)])

    assert table_to_rows(table)[0][1:] == ["Convicted in that year [1x3]", "", ""]


def test_a_heading_narrower_than_its_group_is_over_all_of_it_where_the_group_comes_again() -> None:
    xs = (60.0, 165.0, 205.0, 260.0, 320.0, 360.0, 415.0)
    groups = lines_at([("Week", 212.0, 110.0), ("Month", 365.0, 110.0)])
    heads = rows_to_chars([["", *["2017", "2016", "Change"] * 2]], xs, 122.0)
    body = rows_to_chars([[row[0], *row[1:], *row[1:]] for row in BODY], xs, 140.0)

    [table] = find([*groups, *heads, *body], [across(y, 55.0, 450.0) for y in (98, 127, 182)])

    assert table_to_rows(table)[0][1:] == ["Week [1x3]", "", "", "Month [1x3]", "", ""]
