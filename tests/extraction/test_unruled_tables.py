"""Tables without rules: what the text alone says of their rows, columns and headings."""

from table_pages import across, find, prose_to_chars, rows_to_chars, table_to_rows
from typeset import text_to_chars

from pipeline.extraction import Char

XS = (50.0, 250.0, 350.0, 450.0)
BODY = [
    ("Oak", "12", "34", "56"),
    ("Beech", "21", "43", "65"),
    ("Common ash", "31", "41", "59"),
    ("Elm", "26", "53", "58"),
]


def lines_at(texts: list[tuple[str, float, float]]) -> list[Char]:
    """Each text at its place (x, baseline)."""
    return [char for text, x, baseline in texts for char in text_to_chars(text, x, baseline)]


def test_wide_blanks_in_a_justified_heading_make_no_columns() -> None:
    heading = [
        (word, x + shift, baseline)
        for x in XS[1:]
        for baseline, words in ((100.0, ("Pct", "of")), (112.0, ("all", "of")), (124.0, ("us", "it")))
        for word, shift in zip(words, (0.0, 60.0), strict=True)
    ]
    [table] = find([*lines_at(heading), *rows_to_chars(BODY, XS, 140.0)])

    assert table.columns == 4
    assert table_to_rows(table)[1:] == [list(row) for row in BODY]


def test_a_label_of_several_lines_beside_figures_is_no_running_text() -> None:
    label = [
        ("Programs and lists that were made", 50.0, 160.0),
        ("by people who work for the town or", 50.0, 172.0),
        ("the land", 50.0, 184.0),
        ("7", 250.0, 160.0),
        ("8", 350.0, 160.0),
        ("9", 450.0, 160.0),
    ]
    [table] = find([*rows_to_chars(BODY, XS, 100.0), *lines_at(label), *rows_to_chars(BODY[1:], XS, 200.0)])

    assert table_to_rows(table)[4] == [
        "Programs and lists that were made/by people who work for the town or/the land",
        "7",
        "8",
        "9",
    ]


def test_a_heading_of_several_lines_begins_above_the_first_label() -> None:
    heading = [("Age 4", 240.0, 100.0), ("(Head", 240.0, 112.0), ("1", 350.0, 112.0), ("3", 450.0, 112.0)]
    heading += [("Tree", 50.0, 124.0), ("year)", 240.0, 124.0), ("Grade", 345.0, 124.0), ("Grade", 445.0, 124.0)]
    [table] = find([*lines_at(heading), *rows_to_chars(BODY, XS, 140.0)])

    assert table_to_rows(table)[0] == ["Tree", "Age 4/(Head/year)", "1/Grade", "3/Grade"]


def test_a_title_over_the_whole_is_no_heading_of_the_columns() -> None:
    title = text_to_chars("Trees felled", 232.0, 85.0)
    [table] = find([*title, *rows_to_chars([("", "Low", "Middle", "High"), *BODY], XS, 100.0)])

    assert table_to_rows(table)[0] == ["", "Low", "Middle", "High"]


def test_the_heading_of_the_first_section_is_not_of_the_header() -> None:
    rows = [("Tree", "Low", "Middle", "High"), ("Old", "", "", ""), *BODY]
    [table] = find(rows_to_chars(rows, XS, 100.0))

    assert table_to_rows(table)[:2] == [["Tree", "Low", "Middle", "High"], ["Old", "", "", ""]]


def test_a_heading_over_all_columns_between_rules_belongs_to_the_table() -> None:
    rows = rows_to_chars([("", "Low", "Middle", "High"), *BODY], XS, 120.0)
    rules = [across(y, 50.0, 480.0) for y in (94.0, 109.0, 124.0, 184.0)]
    [table] = find([*text_to_chars("Felled in tons", 330.0, 105.0), *rows], rules)

    assert table_to_rows(table)[0] == ["", "Felled in tons [1x3]", "", ""]


def test_a_column_of_text_beside_a_table_is_still_running_text() -> None:
    figures = rows_to_chars([row[1:] for row in BODY], (400.0, 450.0, 500.0), 112.0, leading=12.0)
    tables = find([*prose_to_chars(50.0, 100.0), *figures])

    words = [word.text for table in tables for cell in table.cells for line in cell.lines for word in line.words]
    assert "committee" not in words
