"""Notes in the last row of a grid."""

from table_pages import across, down, find, lines_at, rows_to_chars, table_to_rows

XS = (70.0, 250.0, 350.0)
ROWS = [["Place", "2021", "2022"], *([f"Town {n}", f"{n}1", f"{n}2"] for n in range(1, 5))]
RULES = [*(across(100 + 20 * n, 60, 420) for n in range(6)), across(225, 60, 420)]


def test_notes_in_two_lines_over_all_columns_are_no_rows() -> None:
    notes = lines_at([("1 As it was told by the towns  2 With all of the old and new", 65, 208), ("quarters", 65, 220)])
    sides = [down(x, 100, 225) for x in (60, 420)] + [down(x, 100, 200) for x in (240, 340)]

    [table] = find([*rows_to_chars(ROWS, XS, 114, leading=20), *notes], [*RULES, *sides])

    assert table_to_rows(table) == ROWS


def test_a_last_row_that_begins_like_a_note_stays_where_it_is_in_one_column() -> None:
    last = lines_at([("1 Old quarter", 65, 214)])
    sides = [down(x, 100, 225) for x in (60, 240, 340, 420)]

    [table] = find([*rows_to_chars(ROWS, XS, 114, leading=20), *last], [*RULES, *sides])

    assert table_to_rows(table) == [*ROWS, ["1 Old quarter", "", ""]]
