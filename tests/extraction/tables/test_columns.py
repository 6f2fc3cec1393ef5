"""Which blanks between figures are gutters."""

from table_pages import across, find, rows_to_chars, table_to_rows

XS = (60.0, 160.0, 280.0)
HEAD = ["Adjusted for", "Trial", "Observed"]


def test_a_figure_and_the_one_in_parentheses_behind_it_are_one_cell() -> None:
    rows = [["Nothing", "12 (100%)", "0.54 (0.51 to 0.57)"], ["Age", "18 (66%)", "0.45 (0.41 to 0.49)"]]
    rows += [["Income", "15 (42%)", "0.40 (0.36 to 0.47)"], ["All of them", "13 (38%)", "0.46 (0.41 to 0.52)"]]
    chars = rows_to_chars([HEAD, *rows], XS, 110.0)

    [table] = find(chars, [across(y, 55.0, 385.0) for y in (98, 114, 175)])

    assert table_to_rows(table) == [HEAD, *rows]
    assert table.header_rows == 1
