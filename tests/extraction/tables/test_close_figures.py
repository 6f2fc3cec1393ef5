"""Figures of neighbouring columns that stand close together or run into each other."""

from table_pages import across, figures_to_chars, find, lines_at, table_to_rows

ENDS = (200.0, 245.0, 300.0, 360.0)
BODY = [["17", "16", "6.2", "1"], ["29", "26", "-11.5", "2"], ["20", "29", "31.0", "3"], ["7", "13", "-46.2", "4"]] * 2
RULES = [across(y, 50, 370) for y in (88, 104, 240)]


def _rows(last: list[str], ends: tuple[float, ...] = ENDS) -> list[list[str]]:
    chars = figures_to_chars([["2017", "2016", "Change", "Rank"], *BODY], ENDS, 100)
    chars += [
        *figures_to_chars([last], ends, 235),
        *lines_at([(f"Row {n}", 60.0, 100.0 + 15 * n) for n in range(1, 10)]),
    ]
    [table] = find(chars, RULES)
    return table_to_rows(table)


def test_a_figure_that_runs_into_the_one_with_a_sign_before_it_is_one_of_its_column() -> None:
    rows = _rows(["1,133", "1,270-10.79", "", "5"], (200.0, 288.0, 300.0, 360.0))

    assert rows[1:9] == [[f"Row {n}", *row] for n, row in enumerate(BODY, 1)]
    assert rows[9] == ["Row 9", "1,133", "1,270", "-10.79", "5"]


def test_figures_with_a_blank_between_them_are_each_in_their_column() -> None:
    rows = _rows(["274", "297 -107.74", "", "5"], (200.0, 300.0, 300.0, 360.0))

    assert rows[9] == ["Row 9", "274", "297", "-107.74", "5"]


def test_a_range_over_one_column_stays_whole() -> None:
    rows = _rows(["90-120", "", "31.0", "5"])

    assert rows[9] == ["Row 9", "90-120", "", "31.0", "5"]
