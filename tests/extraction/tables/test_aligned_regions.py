"""Heads of tables without any rule, above the lines that show their columns."""

from table_pages import find, lines_at, prose_to_chars, rows_to_chars, table_to_rows

from pipeline.extraction import Char


def _page_of(head: list[Char]) -> list[list[str]]:
    rows = [(f"Oaks {index}", f"{5 * index + 2}.5", f"{31 - 4 * index}") for index in range(4)]
    chars = prose_to_chars(60.0, 60.0) + head + rows_to_chars(rows, (100.0, 200.0, 260.0), 172.0, leading=12.0)
    [table] = find(chars)
    return table_to_rows(table)


def test_a_head_whose_headings_have_only_blanks_between_them_belongs_to_the_rows_below() -> None:
    head = lines_at([("Felled in spring Share of them All", 100.0, 160.0)])

    assert "Felled" in _page_of(head)[0][0]


def test_a_line_that_is_far_above_the_rows_or_ends_before_the_last_column_is_no_head() -> None:
    for text, baseline in (("Felled in spring Share of them All", 145.0), ("Felled in spring 2001", 160.0)):
        assert _page_of(lines_at([(text, 100.0, baseline)]))[0][0] == "Oaks 0"


def test_a_label_beside_two_lines_of_headings_belongs_to_the_head() -> None:
    head = lines_at(
        [("Counted", 215.0, 148.0), ("Trees", 100.0, 154.0), ("Share", 200.0, 160.0), ("All", 260.0, 160.0)]
    )

    assert _page_of(head)[:2] == [["Trees [2x1]", "Counted [1x2]", ""], ["", "Share", "All"]]
