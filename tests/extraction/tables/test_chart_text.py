"""The ticks of axes and the letters of panels, and rows that only look like them."""

import pytest
from table_pages import across, find, grid, rows_to_chars, table_to_rows

XS = (60.0, 160.0, 260.0, 360.0)


def test_years_that_count_up_above_words_are_a_head() -> None:
    rows = [["Town", "2019", "2020", "2021"], *([name, "open", "closed", "open"] for name in ("Hull", "York", "Ripon"))]

    [table] = find(rows_to_chars(rows, XS, 112), [across(y, 50, 420) for y in (100, 117, 165)])

    assert table_to_rows(table) == rows


@pytest.mark.parametrize("marks", ["ABCD", "abcd"])
def test_letters_one_after_the_other_are_no_table_and_others_are(marks: str) -> None:
    rules = grid((50, 150, 250), (95, 120, 145))

    assert find(rows_to_chars([list(marks[:2]), list(marks[2:])], XS[:2], 112, leading=25), rules) == ()
    assert len(find(rows_to_chars([["A", "C"], ["B", "A"]], XS[:2], 112, leading=25), rules)) == 1


@pytest.mark.parametrize(("ticks", "is_table"), [(["3", "2", "1", "0"], False), (["1", "2", "3", "4"], True)])
def test_figures_that_fall_beside_nothing_are_an_axis_and_numbered_blank_rows_are_none(
    ticks: list[str],
    is_table: bool,  # noqa: FBT001
) -> None:
    rows = [["", "Low", "High"], ["x", "8", "9"], *([tick, "", ""] for tick in ticks), ["", "1", "2"]]
    rules = grid((50, 150, 250, 350), [95 + 25.0 * n for n in range(len(rows) + 1)])

    assert bool(find(rows_to_chars(rows, XS[:3], 112, leading=25), rules)) is is_table
