"""Headings in a grid of their own above their table."""

from table_pages import across, down, find, grid, rows_to_chars, table_to_rows

XS = (60, 200, 280, 360)
HEAD = ["Precinct", "Absentee", "Early", "Total"]
BODY = [
    ["SAL1", "66", "22", "343"],
    ["SAL2", "72", "31", "305"],
    ["SAL3", "105", "47", "424"],
    ["WAS1", "55", "15", "270"],
]
STRIP = grid((55, 195, 275, 355, 435), (95, 115))


def test_a_strip_of_headings_above_rows_between_rules_is_their_header() -> None:
    rules = [across(y, 55, 435) for y in (122, 182)]

    [table] = find([*rows_to_chars([HEAD], XS, 108), *rows_to_chars(BODY, XS, 134)], [*STRIP, *rules])

    assert table_to_rows(table) == [HEAD, *BODY]
    assert table.header_rows == 1


def test_a_strip_of_headings_above_a_grid_is_its_header() -> None:
    rules = grid((55, 195, 275, 355, 435), (122, 137, 152, 167, 182))

    [table] = find([*rows_to_chars([HEAD], XS, 108), *rows_to_chars(BODY, XS, 134)], [*STRIP, *rules])

    assert table_to_rows(table) == [HEAD, *BODY]
    assert table.header_rows == 1


def test_a_section_between_the_strip_and_its_grid_is_the_first_row() -> None:
    rules = grid((55, 195, 275, 355, 435), (132, 147, 162, 177, 192))
    section = rows_to_chars([["President", "", "", ""]], XS, 128)

    [table] = find([*rows_to_chars([HEAD], XS, 108), *section, *rows_to_chars(BODY, XS, 144)], [*STRIP, *rules])

    assert table_to_rows(table) == [HEAD, ["President", "", "", ""], *BODY]


def test_a_strip_whose_columns_are_others_stays_apart() -> None:
    rules = grid((55, 235, 315, 435), (122, 137, 152, 167, 182))
    body = rows_to_chars([row[:3] for row in BODY], (60, 240, 330), 134)

    tables = find([*rows_to_chars([HEAD], XS, 108), *body], [*STRIP, *rules])

    assert [row[:3] for row in BODY] in [table_to_rows(table) for table in tables]


def test_rows_of_words_that_no_rule_parts_are_rows() -> None:
    """Rules between the columns and under the heading only, every row with a text in most columns."""
    words = [
        ["PubNet", "F / M", "M", "papers"],
        ["PRIMA", "M", "-", "reports"],
        ["Gazette", "F", "-", "news"],
        ["HJ", "F", "M", "prints"],
    ]
    rules = [across(115, 55, 435), *(down(x, 95, 182) for x in (195, 275, 355))]

    [table] = find([*rows_to_chars([HEAD], XS, 108), *rows_to_chars(words, XS, 130)], rules)

    assert table_to_rows(table) == [HEAD, *words]
    assert table.header_rows == 1


def test_a_cell_that_wraps_beside_one_line_stays_one_row() -> None:
    rules = grid((55, 195, 435), (95, 115, 165))
    lines = rows_to_chars([["Late fees", "are charged where the sum is not"]], XS[:2], 128, leading=12)
    more = rows_to_chars([["", "paid within the first fourteen"], ["", "days"]], XS[:2], 140, leading=12)

    [table] = find([*rows_to_chars([["Term", "Meaning"]], XS[:2], 108), *lines, *more], rules)

    assert table_to_rows(table)[1] == [
        "Late fees",
        "are charged where the sum is not/paid within the first fourteen/days",
    ]
