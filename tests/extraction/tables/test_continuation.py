"""Wrapped cells between which no rule stands: which lines go on with the row above."""

from table_pages import across, find, lines_at, rows_to_chars, table_to_rows

from pipeline.extraction.tables.continuation import FEATURES, _weights

XS = (60.0, 150.0, 330.0)
HEAD = ("Meeting", "What was decided", "Where")
RULES = [across(89.0, 55.0, 420.0), across(104.0, 55.0, 420.0)]
ROWS = [
    [("All hands", 60.0), ("The costs of upkeep are to be looked at", 150.0), ("In person", 360.0)],
    [("conference", 60.0), ("again before the next budget is", 150.0)],
    [("drawn up", 150.0)],
    [("Working", 60.0), ("Nothing was decided", 150.0), ("Online", 360.0)],
    [("group", 60.0)],
    [("Winter school", 60.0), ("Members who have paid may bring a guest,", 150.0), ("In person", 360.0)],
    [("and others may not", 150.0)],
]


def test_the_weights_fit_the_features() -> None:
    weights = _weights()

    assert {len(row) for row in weights.hidden} == {len(FEATURES)}
    assert len(weights.hidden) == len(weights.bias) == len(weights.out)


def test_wrapped_cells_are_one_row_where_nothing_but_the_text_parts_rows() -> None:
    chars = rows_to_chars([HEAD], (60.0, 150.0, 360.0), 100.0)
    baseline = 116.0
    for line in ROWS:
        baseline += 4.0 if len(line) == 3 else 0.0
        chars += lines_at([(text, x, baseline) for text, x in line])
        baseline += 12.0
    [table] = find(chars, [*RULES, across(baseline, 55.0, 420.0)])

    assert [row[0] for row in table_to_rows(table)] == [
        "Meeting",
        "All hands/conference",
        "Working/group",
        "Winter school",
    ]
    assert table_to_rows(table)[3][1] == "Members who have paid may bring a guest,/and others may not"


def test_figures_below_figures_are_rows_however_near() -> None:
    rows = [("Oak", "12", "34"), ("Elm", "26", "53"), ("Ash", "31", "41")]
    chars = rows_to_chars([HEAD], XS, 100.0) + rows_to_chars(rows, XS, 116.0, leading=10.5)
    [table] = find(chars, [*RULES, across(142.0, 55.0, 420.0)])

    assert table_to_rows(table)[1:] == [list(row) for row in rows]
