"""Tables with a rule below their head and none at their foot."""

from table_pages import across, find, lines_at, prose_to_chars, rows_to_chars, table_to_rows

XS = (60.0, 200.0)
HEAD = ["Session", "Materials"]
BODY = [
    ["L5: First analyses", "Lecture slides"],
    ["P: First analyses", "Notebook"],
    ["L6: Fewer dimensions", "Lecture slides"],
]


def test_a_table_that_the_end_of_the_page_cuts_has_its_rows() -> None:
    rules = [across(y, 60, 272) for y in (90, 107)]

    [table] = find(rows_to_chars([HEAD, *BODY], XS, 102), rules)

    assert table_to_rows(table) == [HEAD, *BODY]


def test_what_stands_beside_the_rule_is_no_part_of_the_table() -> None:
    rows = [["m", "Score"], ["0.25", "11.59"], ["0.50", "13.94"], ["0.75", "16.29"], ["1.00", "17.22"]]
    beside = lines_at([(f"{n} words", 60.0, 106.0 + 15 * n) for n in range(5)])

    [table] = find([*beside, *rows_to_chars(rows, (320.0, 370.0), 102)], [across(107, 318, 398)])

    assert table_to_rows(table) == rows


def test_a_running_head_over_two_columns_of_text_is_no_table() -> None:
    head = lines_at([("A journal of things", 60.0, 60.0), ("7", 630.0, 60.0)])
    text = [*prose_to_chars(60, 85, 3), *prose_to_chars(360, 85, 3)]

    assert not find([*head, *text], [across(64, 60, 640)])


def test_a_paragraph_below_ends_the_table() -> None:
    rules = [across(y, 60, 345) for y in (90, 107)]
    rows = [[label, text + " of the course"] for label, text in [HEAD, *BODY]]

    [table] = find([*rows_to_chars(rows, (60.0, 200.0), 102), *prose_to_chars(60, 170)], rules)

    assert table_to_rows(table) == rows
