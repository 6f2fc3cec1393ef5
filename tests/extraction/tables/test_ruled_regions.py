"""Tables between rules that are drawn over some of their columns only."""

from table_pages import across, find, rows_to_chars, table_to_rows

from pipeline.extraction import Ruling

XS = (20, 220, 290, 370, 440, 510)
BODY = [
    ["Business", "$ 17,516", "$ 15,789", "11%", "$ 50,983", "$ 46,764"],
    ["Cloud", "22,081", "18,987", "16%", "63,914", "54,161"],
    ["Total", "$ 39,597", "$ 34,776", "(9)%", "$ 114,897", "$ 100,925"],
    ["Personal", "4,237", "4,788", "(12)%", "11,774", "16,000"],
    ["Services", "9,476", "8,391", "13 %", "27,358", "24,395"],
    ["Total", "$ 13,713", "$ 13,179", "10%", "$ 39,132", "$ 40,395"],
]


def _totals(y: float) -> list[Ruling]:
    return [across(y, x, x + 50) for x in (215, 285, 435, 505)]


def test_rules_of_totals_over_some_columns_do_not_tear_a_statement_apart() -> None:
    rules = [rule for y in (128.5, 143.5, 173.5, 188.5) for rule in _totals(y)]

    [table] = find(rows_to_chars(BODY, XS, 110), rules)

    assert table_to_rows(table) == BODY


def test_a_figure_with_its_percent_sign_apart_is_a_figure() -> None:
    rows = [
        ["", "April", "May"],
        ["Revenue", "100.0 %", "100.0 %"],
        ["Costs", "35.4", "34.5"],
        ["Margin", "64.6", "65.5"],
    ]

    [table] = find(rows_to_chars(rows, XS[:3], 112), [across(100, 20, 340), across(165, 20, 340)])

    assert table_to_rows(table) == rows
    assert table.header_rows == 1


def test_headings_above_the_first_rule_belong_to_the_table_if_they_are_flush_with_its_columns() -> None:
    rows = [
        ["", "first", "second", "third"],
        ["Plots:", "", "", ""],
        ["Forest plots", "yes", "yes", "no"],
        ["Funnel plots", "yes", "no", "no"],
        ["Radial plots", "no", "yes", "yes"],
    ]

    [table] = find(rows_to_chars(rows, XS[:4], 112), [across(116, 20, 440), across(180, 20, 440)])

    assert table_to_rows(table) == rows
    assert table.header_rows == 1


WORDS = [["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"], ["Eta", "Theta", "Iota", "Kappa", "Lambda", "Mu"]] * 2


def test_two_texts_above_a_table_of_many_columns_are_no_headings() -> None:
    rows = [["Voters", "Reporting", "", "", "", ""], *WORDS]

    [table] = find(rows_to_chars(rows, XS, 112), [across(116, 20, 560), across(190, 20, 560)])

    assert table_to_rows(table) == rows[1:]
