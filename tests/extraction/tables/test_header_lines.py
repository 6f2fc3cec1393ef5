"""Where the header of a table without a grid ends."""

from table_pages import across, find, rows_to_chars, table_to_rows

XS = (60, 260, 340, 420)
HEAD = ["", "TOTAL", "Day", "Mail"]
BODY = [["EZRA NANES", "19", "9", "10"], ["BRAXTON WHITE", "18", "8", "10"], ["Write-in", "0", "0", "0"]]


def test_a_rule_below_every_row_does_not_make_the_first_row_a_heading() -> None:
    rules = [across(y, 60, 480) for y in (134, 154, 174)]
    chars = [*rows_to_chars([HEAD], XS, 112), *rows_to_chars(BODY, XS, 130, leading=20)]

    [table] = find(chars, rules)

    assert table_to_rows(table) == [HEAD, *BODY]
    assert table.header_rows == 1


def test_a_frame_around_a_heading_and_its_rows_does_not_make_headings_of_them() -> None:
    months = [
        [
            ["Ward", "Labor Force", "Employed", "Rate"],
            *[[str(ward), f"4{ward},650", f"3{ward},120", "7.4"] for ward in range(1, 6)],
        ]
        for _ in range(2)
    ]
    chars = [char for index, rows in enumerate(months) for char in rows_to_chars(rows, XS, 120 + 110 * index)]
    rules = [across(y, 50, 480) for y in (105, 215, 325)]

    tables = find(chars, rules)

    rows = [row for table in tables for row in table_to_rows(table)]
    assert rows == [*months[0], *months[1]]
    assert tables[0].header_rows == 1


def test_a_dollar_sign_in_the_first_row_does_not_make_it_a_heading() -> None:
    rows = [
        ["", "2023", "2022"],
        ["Revenue", "$ 1,204", "$ 998"],
        ["Cost of sales", "(734)", "(651)"],
        ["Profit", "$ 470", "$ 347"],
    ]

    [table] = find(rows_to_chars(rows, XS[:3], 112), [across(100, 60, 480), across(165, 60, 480)])

    assert table_to_rows(table) == rows
    assert table.header_rows == 1


def test_headings_centred_over_groups_of_columns_are_over_their_groups() -> None:
    starts = (60, 200, 250, 300, 350, 400, 450)
    rows = [["Crime", *("All", "Young", "Old") * 2], ["Theft", *"123456"], ["Arson", *"987654"], ["Fraud", *"135798"]]
    groups = rows_to_chars([["Men", "Women"]], (250, 400), 112)

    [table] = find([*groups, *rows_to_chars(rows, starts, 127)], [across(y, 60, 490) for y in (100, 132, 180)])

    assert table_to_rows(table)[0] == ["Crime [2x1]", "Men [1x3]", "", "", "Women [1x3]", "", ""]
    assert table.header_rows == 2


def test_headings_above_the_first_rule_are_the_head_where_they_are_flush_with_the_texts_below() -> None:
    rows = [["Animal", "Action", "Result"], ["Cat", "says", "Meow"], ["Fox", "says", "Ring"], ["Dog", "says", "Ruff"]]

    [table] = find(rows_to_chars(rows, XS[:3], 112, leading=20), [across(y, 55, 480) for y in (118, 138, 158, 178)])

    assert table_to_rows(table) == rows
    assert table.header_rows == 1


def test_headings_between_two_rules_below_a_title_are_the_head() -> None:
    title = rows_to_chars([["Table 5", "Outlay of the year", "", "in 000"]], XS, 112)
    heads = rows_to_chars([["State", "Revenue", "Capital", "Total"]], XS, 130)

    [table] = find([*title, *heads, *rows_to_chars(BODY, XS, 150)], [across(y, 55, 480) for y in (100, 117, 136, 190)])

    assert table_to_rows(table)[-3:] == BODY
    assert ["State", "Revenue", "Capital", "Total"] in table_to_rows(table)[: table.header_rows]
