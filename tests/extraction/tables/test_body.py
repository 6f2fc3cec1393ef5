"""Rows of tables that no rule parts, and labels in the middle of several of them."""

from table_pages import across, find, lines_at, rows_to_chars, table_to_rows

from pipeline.extraction import Char, Ruling

XS = (60.0, 140.0, 240.0, 320.0)
HEAD = ("Goal", "Method", "Hits", "Range")
RULES = [across(90.0, 55.0, 380.0), across(105.0, 55.0, 380.0)]


def pairs(count: int, step: float) -> tuple[list[Char], list[Ruling]]:
    """Groups of two rows with a label between both, a rule below each group, and a head above."""
    chars = rows_to_chars([HEAD], XS, 100.0)
    rules = list(RULES)
    for index in range(count):
        top = 117.0 + index * (2 * step + 6.0)
        chars += rows_to_chars(
            [("", "slow", f"5{index}", "16.5"), ("", "fast", f"9{index}", "15.2")], XS, top, leading=step
        )
        chars += lines_at([(f"Goal {index}", XS[0], top + step / 2)])
        rules.append(across(top + step + 5.0, 55.0, 380.0))
    return chars, rules


def test_a_label_between_two_rows_spans_both() -> None:
    for step in (10.0, 12.0, 15.0):
        [table] = find(*pairs(3, step))

        assert table_to_rows(table) == [
            list(HEAD),
            *(
                row
                for index in range(3)
                for row in (
                    [f"Goal {index} [2x1]", "slow", f"5{index}", "16.5"],
                    ["", "fast", f"9{index}", "15.2"],
                )
            ),
        ]


def test_a_label_level_with_the_middle_one_of_three_rows_spans_all_three() -> None:
    rows = [
        ("", "one", "1", "2"),
        ("Oak", "two", "3", "4"),
        ("", "three", "5", "6"),
        ("", "one", "7", "8"),
        ("Elm", "two", "9", "10"),
        ("", "three", "11", "12"),
    ]
    rules = [*RULES, across(190.0, 55.0, 380.0)]
    [table] = find(rows_to_chars([HEAD, *rows], XS, 100.0), rules)

    assert [row[0] for row in table_to_rows(table)] == ["Goal", "Oak [3x1]", "", "", "Elm [3x1]", "", ""]


def test_a_label_of_two_lines_beside_one_row_of_figures_is_one_row() -> None:
    chars = rows_to_chars([("Goal", "", "Hits", "Range")], XS, 100.0)
    for index in range(3):
        top = 117.0 + 28.0 * index
        chars += lines_at([("Number of the", XS[0], top), ("oaks felled", XS[0], top + 12.0)])
        chars += rows_to_chars([("", "", f"5{index}", "16.5")], XS, top + 6.0)
    rules = [*RULES, across(205.0, 55.0, 380.0)]
    [table] = find(chars, rules)

    assert [row[0] for row in table_to_rows(table)[1:]] == ["Number of the/oaks felled"] * 3


def test_raised_marks_beside_figures_are_no_rows() -> None:
    chars, rules = pairs(3, 12.0)
    marks: list[Char] = []
    for index in range(3):
        top = 117.0 + index * 30.0
        for row in range(2):
            marks += [
                char._replace(size=6.0, box=char.box._replace(top=char.box.top + 2.2, bottom=char.box.bottom - 1.8))
                for char in lines_at([("*", 340.5, top + 12.0 * row - 3.5)])
            ]
    [table] = find([*chars, *marks], rules)

    assert table.rows == 7
    assert table_to_rows(table)[1][3] == "16.5 *"


def test_parentheses_below_their_figures_are_of_the_same_row_where_the_label_stands_between() -> None:
    chars = rows_to_chars([HEAD], XS, 100.0)
    for index in range(2):
        top = 117.0 + 30.0 * index
        chars += lines_at([(f"Goal {index}", XS[0], top + 6.0), ("slow", XS[1], top + 6.0)])
        chars += rows_to_chars([("", "", "56.4", "11.4"), ("", "", "(100%)", "(98%)")], XS, top, leading=12.0)
    [table] = find(chars, [*RULES, across(170.0, 55.0, 380.0)])

    assert table_to_rows(table)[1:] == [[f"Goal {index}", "slow", "56.4/(100%)", "11.4/(98%)"] for index in range(2)]


def test_a_lone_text_in_the_middle_of_the_table_is_over_all_columns() -> None:
    rows = [["Model", "Cover", "Free", "Joint"], ["A", "2.9", "0.1", "3.0"], ["B", "1.9", "0.7", "2.6"]]
    more = [["A", "0.2", "0.3", "0.5"], ["B", "0.4", "0.8", "1.2"]]
    chars = [*rows_to_chars(rows, (60, 120, 180, 240), 110), *rows_to_chars(more, (60, 120, 180, 240), 170)]

    [table] = find(
        [*chars, *lines_at([("Inflation", 140.0, 155.0)])], [across(y, 60, 265) for y in (98, 115, 177 + 12)]
    )

    assert table_to_rows(table) == [*rows, ["Inflation [1x4]", "", "", ""], *more]


def test_sentences_between_two_rules_are_one_row() -> None:
    cells = ["Results:", "Under the water it grew", "Conclusion:", "More of it than in any", "of the other years then"]
    more = [
        "It was found there in a",
        "year after the other two",
        "had been seen, and nine",
        "of them were told what",
        "they were for.",
    ]
    rows = [["Brassica" if index == 0 else "", *texts] for index, texts in enumerate(zip(cells, more, strict=True))]
    chars = [
        char
        for baseline, some in ((110, [["Plant", "Place", "Time"]]), (127, rows), (200, rows))
        for char in rows_to_chars(some, (60, 180, 320), baseline, leading=12)
    ]

    [table] = find(chars, [across(y, 60, 450) for y in (98, 115, 188, 261)])

    assert table_to_rows(table)[1:] == [["Brassica", "/".join(cells), "/".join(more)]] * 2
