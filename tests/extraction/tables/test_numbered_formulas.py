"""Displayed formulas with their numbers."""

import pytest
from table_pages import across, find, rows_to_chars, table_to_rows

from pipeline.extraction import Ruling

FORMULAS = [
    ["Lc = PAZy", "(49)"],
    ["LR = PAZX", "(50)"],
    ["RR = XX + UU", "(51)"],
    ["Rb = Xy + Uc", "(52)"],
    ["LPu = c + Rb", "(53)"],
]


@pytest.mark.parametrize("rules", [[], [across(100, 20, 440), across(180, 20, 440)]], ids=["bare", "ruled"])
def test_formulas_with_numbers_that_count_on_are_no_table(rules: list[Ruling]) -> None:
    assert find(rows_to_chars(FORMULAS, (150, 400), 112), rules) == ()


def test_figures_in_parentheses_that_do_not_count_are_a_tables() -> None:
    rows = [["Change", "Loss"], ["Domestic", "(49)"], ["Foreign", "(12)"], ["Services", "(51)"], ["Total", "(112)"]]

    [table] = find(rows_to_chars(rows, (150, 400), 112), [across(y, 140, 440) for y in (100, 116, 180)])

    assert table_to_rows(table) == rows
