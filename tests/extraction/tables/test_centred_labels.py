"""Labels in the middle of rows that no rule parts, in a grid."""

from table_pages import across, down, find, lines_at, rows_to_chars, table_to_rows

XS = (150.0, 215.0, 275.0)
RULES = [*(across(y, 55, 330) for y in (98, 115, 172, 229)), *(down(x, 98, 229) for x in (55, 145, 210, 270, 330))]
HEAD = [*lines_at([("Group", 60.0, 110.0)]), *rows_to_chars([["Part", "Low", "High"]], XS, 110.0)]


def test_a_label_of_two_lines_in_the_middle_of_three_rows_names_all_of_them() -> None:
    rows = [["min", "1.57 s", "12.7 s"], ["avg", "1.73 s", "14.5 s"], ["max", "2.02 s", "16.3 s"]]
    labels = [("Optimality", 60.0, 140.0), ("gap", 60.0, 152.0), ("Computation", 60.0, 197.0), ("time", 60.0, 209.0)]
    chars = [char for top in (130.0, 187.0) for char in rows_to_chars(rows, XS, top, leading=16.0)]

    [table] = find([*HEAD, *lines_at(labels), *chars], RULES)

    assert table_to_rows(table)[1:] == [
        ["Optimality/gap [3x1]", *rows[0]],
        ["", *rows[1]],
        ["", *rows[2]],
        ["Computation/time [3x1]", *rows[0]],
        ["", *rows[1]],
        ["", *rows[2]],
    ]


def test_a_label_in_the_middle_of_wrapped_cells_names_one_row() -> None:
    cells = [["carried to", "left alone"], ["a stone on", "since then"], ["the ground", "for years"]]
    chars = [
        char
        for top in (130.0, 187.0)
        for char in [
            *rows_to_chars(cells, (150.0, 275.0), top, leading=14.0),
            *lines_at([("Oak tree", 60.0, top + 14)]),
        ]
    ]

    [table] = find([*HEAD, *chars], RULES)

    assert [row[0] for row in table_to_rows(table)[1:]] == ["Oak tree", "Oak tree"]
    assert table_to_rows(table)[1][3] == "left alone/since then/for years"


def test_rows_of_figures_and_words_beside_a_label_are_rows() -> None:
    rows = [["Q hidden dim", "256"], ["Q hidden layers", "2"], ["Q activation", "ReLU"], ["V hidden dim", "256"]]
    chars = rows_to_chars([["Part", "Value"], *rows], (150.0, 275.0), 110.0)
    rules = [*(across(y, 55, 330) for y in (98, 115, 175)), *(down(x, 98, 175) for x in (55, 145, 270, 330))]

    [table] = find([*chars, *lines_at([("Network", 60.0, 140.0)])], rules)

    assert table_to_rows(table) == [
        ["", "Part", "Value"],
        ["", *rows[0]],
        ["Network", *rows[1]],
        *(["", *row] for row in rows[2:]),
    ]


def test_columns_of_ticks_stand_below_their_headings() -> None:
    heads = rows_to_chars([["Noise", "Blur", "Ratio"]], (170.0, 220.0, 275.0), 110.0)
    ticks = [(2, 180.0), (3, 227.5), (4, 180.0), (4, 227.5)]
    marks = lines_at([("+", x, 115.0 + 15 * row) for row, x in ticks])
    body = rows_to_chars([[f"Net{n}", f"3{n}.28"] for n in range(1, 5)], (60.0, 275.0), 130.0)
    rules = [*(across(y, 55, 330) for y in (98, 115, 180)), *(down(x, 98, 180) for x in (145, 265))]

    [table] = find([*heads, *marks, *body], rules)

    assert table_to_rows(table) == [
        ["", "Noise", "Blur", "Ratio"],
        ["Net1", "", "", "31.28"],
        ["Net2", "+", "", "32.28"],
        ["Net3", "", "+", "33.28"],
        ["Net4", "+", "+", "34.28"],
    ]
