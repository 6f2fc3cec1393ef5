"""Headings of neighbouring columns that have no more than a blank between them."""

from table_pages import across, find, lines_at, rows_to_chars, table_to_rows

ENDS = (200.0, 262.0, 326.0)
BODY = [["Oak", "12", "34", "56"], ["Beech", "21", "43", "65"], ["Ash", "31", "41", "59"], ["Elm", "26", "53", "58"]]
RULES = [across(y, 50, 360) for y in (88, 128, 195)]


def test_words_over_their_columns_go_on_with_the_headings_above_them() -> None:
    heads = [("Female", 195.0, 110.0), ("Male", 260.0, 110.0), ("Other", 322.0, 110.0)]
    heads += [("procedures", 185.0, 122.0), ("procedures", 240.0, 122.0), ("procedure", 300.0, 122.0)]
    chars = [*lines_at(heads), *rows_to_chars(BODY, (60.0, 205.0, 260.0, 320.0), 142.0)]

    [table] = find(chars, RULES)

    assert table_to_rows(table)[0] == ["", "Female/procedures", "Male/procedures", "Other/procedure"]
    assert table.header_rows == 1


def test_the_heading_of_a_group_is_not_parted() -> None:
    heads = [("Lead", 255.0, 110.0), ("times", 280.0, 110.0)]
    heads += [("one", 202.0, 122.0), ("two", 257.0, 122.0), ("ten", 287.0, 122.0)]
    chars = [*lines_at(heads), *rows_to_chars(BODY, (60.0, 205.0, 260.0, 290.0), 142.0)]

    [table] = find(chars, RULES)

    assert table_to_rows(table)[:2] == [["", "one [2x1]", "Lead times [1x2]", ""], ["", "", "two", "ten"]]
