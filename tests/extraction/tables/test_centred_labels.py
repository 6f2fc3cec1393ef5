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
