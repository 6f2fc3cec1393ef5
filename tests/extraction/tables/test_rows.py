"""Which lines of a table's body go on with the row above."""

from table_pages import across, down, find, rows_to_chars, table_to_rows

XS = (40, 90, 240, 300, 360)
HEAD = ["Date", "Narration", "Ref.", "Amount", "Balance"]


def test_the_rest_of_a_text_that_broke_within_a_word_is_no_row() -> None:
    lines = [
        ["22/06/17", "IMPS-7-R KHAN-HILLBANK", "0000717", "1,000.00", "14,904.08"],
        ["23/06/17", "NEFT CR-YES0001-CAB PRI", "0000718", "579.00", "15,480.20"],
        ["", "VATE LIMITED-R KHAN-N1", "", "", ""],
        ["", "9", "", "", ""],
        ["24/06/17", "CHGS INCL TAX 170617", "0000000", "2.88", "14,901.20"],
    ]
    chars = [*rows_to_chars([HEAD], XS, 112, size=8), *rows_to_chars(lines, XS, 127, leading=11, size=8)]

    [table] = find(chars, [across(y, 40, 420) for y in (100, 116, 180)])

    assert [row[1] for row in table_to_rows(table)] == [
        "Narration",
        "IMPS-7-R KHAN-HILLBANK",
        "NEFT CR-YES0001-CAB PRI/VATE LIMITED-R KHAN-N1/9",
        "CHGS INCL TAX 170617",
    ]


def test_a_year_that_ends_the_parentheses_above_it_is_no_figure() -> None:
    rows = [
        ["whales", "Cetacean molecular", "Handling of trees in", "(Steeman et al.,"],
        ["", "phylogeny", "analysis software", "2009)"],
        ["mammals", "Extant species list of", "Richness differences", "(Upham et al.,"],
        ["", "mammals", "among clades", "2019)"],
        ["birds", "Extant species list", "Differences of kinds", "(Jetz, 2012)"],
    ]
    xs = (40, 100, 230, 350)
    chars = [
        *rows_to_chars([["Data", "What", "Topic", "Source"]], xs, 112),
        *rows_to_chars(rows, xs, 127, leading=12),
    ]

    [table] = find(chars, [across(y, 40, 440) for y in (100, 116, 184)])

    assert [row[3] for row in table_to_rows(table)] == [
        "Source",
        "(Steeman et al.,/2009)",
        "(Upham et al.,/2019)",
        "(Jetz, 2012)",
    ]


GROUPS = [
    ["Label", "Model", "Covariance"],
    ["A-10", "plain", "robust(m, kind 0)"],
    ["A-11", "plain", "robust(m, kind 1)"],
    ["A-12", "plain", "robust(m, kind 2)"],
    ["standard", "plain", "usual(m)"],
    ["basic", "plain", "between(m)"],
    ["random effects", "nested", "usual(m)"],
    ["pairs", "paired", "given"],
]


def test_each_line_of_a_group_between_two_rules_is_a_row_where_the_lines_are_a_list() -> None:
    chars = rows_to_chars(GROUPS, (40, 130, 190), 112, leading=12)

    [table] = find(chars, [across(y, 40, 320) for y in (102, 115, 151, 175, 199)])

    assert table_to_rows(table) == GROUPS


def test_each_line_between_two_rules_of_a_grid_is_a_row_where_the_lines_are_a_list() -> None:
    rules = [across(y, 36, 320) for y in (102, 115, 151, 175, 199)]

    [table] = find(
        rows_to_chars(GROUPS, (40, 130, 190), 112, leading=12),
        [*rules, *(down(x, 102, 199) for x in (36, 126, 186, 320))],
    )

    assert table_to_rows(table) == GROUPS


def test_a_line_that_would_leave_a_blank_line_within_a_cell_begins_a_row() -> None:
    rows = [
        ["Name", "Code", "Kind"],
        ["Covariance factor", "lambda", "double sparse lower"],
        ["", "", "triangular matrix"],
        ["Cholesky factor of", "L", "double sparse upper"],
        ["all terms", "", "triangular matrix"],
        ["Response", "y", "double vector"],
    ]

    [table] = find(rows_to_chars(rows, (40, 150, 220), 112, leading=12), [across(y, 40, 330) for y in (102, 115, 175)])

    assert table_to_rows(table) == [
        ["Name", "Code", "Kind"],
        ["Covariance factor", "lambda", "double sparse lower/triangular matrix"],
        ["Cholesky factor of/all terms", "L", "double sparse upper/triangular matrix"],
        ["Response", "y", "double vector"],
    ]
