"""Which rules of one width bound one table."""

from dataclasses import replace

from table_pages import across, find, lines_at, prose_to_chars, rows_to_chars, table_to_rows

from pipeline.extraction import Char, Ruling

XS = (60.0, 160.0, 220.0)
BODY = [("Oak", "12", "34"), ("Beech", "21", "43"), ("Elm", "26", "53")]
HEAD = ("Tree", "Low", "High")


def table_at(top: float) -> tuple[list[Char], list[Ruling]]:
    """A table 200 points wide with a rule above, below and under its head."""
    chars = rows_to_chars([HEAD], XS, top + 11.0) + rows_to_chars(BODY, XS, top + 27.0, leading=12.0)
    return chars, [across(y, 55.0, 255.0) for y in (top, top + 15.0, top + 57.0)]


def test_tables_of_one_width_with_a_sentence_between_are_two() -> None:
    (upper, above), (lower, below) = table_at(100.0), table_at(200.0)
    sentence = lines_at([("Wish hot point push article.", 55.0, 182.0)])
    tables = find([*upper, *sentence, *lower], [*above, *below])

    assert [table_to_rows(table) for table in tables] == [[list(HEAD), *map(list, BODY)]] * 2


def test_heavy_rules_above_and_below_part_tables_that_a_line_of_separate_words_is_between() -> None:
    upper, lower = table_at(100.0)[0], table_at(182.0)[0]
    between = lines_at([("Wish hot point.", 55.0, 172.0), ("Push article.", 160.0, 172.0)])
    rules = [
        replace(across(top + y, 55.0, 255.0), width=width)
        for top in (100.0, 182.0)
        for y, width in ((0.0, 0.8), (15.0, 0.5), (57.0, 0.8))
    ]

    tables = find([*upper, *between, *lower], rules)
    alike = find([*upper, *between, *lower], [replace(rule, width=0.5) for rule in rules])

    assert [table_to_rows(table) for table in tables] == [[list(HEAD), *map(list, BODY)]] * 2
    assert len(alike) == 1


def test_heavy_rules_around_a_row_of_figures_part_no_table() -> None:
    rows = [HEAD, *BODY, ("All trees", "59", "130"), *BODY]
    heights = (90.0, 105.0, 117.0, 141.0, 153.0, 165.0, 189.0)
    rules = [
        replace(across(y, 55.0, 255.0), width=width)
        for y, width in zip(heights, (0.8, 0.5, 0.5, 0.8, 0.8, 0.5, 0.8), strict=True)
    ]
    chars = rows_to_chars(rows, XS, 102.0, leading=12.0)

    [table] = find(chars, rules)

    assert table_to_rows(table) == [list(row) for row in rows]


def test_text_of_the_next_column_of_the_page_is_no_label_of_a_table() -> None:
    chars, rules = table_at(100.0)
    shifted = [char._replace(box=char.box._replace(x0=char.box.x0 + 270, x1=char.box.x1 + 270)) for char in chars]
    beside = [across(y.box.top, 325.0, 525.0) for y in rules]
    short = lines_at([("Few came", 55.0, 127.0), ("to see it", 55.0, 139.0), ("that day", 55.0, 151.0)])
    [table] = find([*short, *shifted], beside)

    assert table_to_rows(table) == [list(HEAD), *map(list, BODY)]


def test_cells_of_several_lines_between_rules_do_not_end_a_table() -> None:
    rows = [
        ("Oak", "Felled in the winter of", "Anna"),
        ("", "a year that few remember", ""),
        ("Beech", "Left where it was found", "Paul"),
        ("", "and grown since then to", ""),
        ("", "twice the height it had", ""),
    ]
    xs = (60.0, 130.0, 290.0)
    chars = rows_to_chars([("Tree", "What was done", "Who")], xs, 100.0) + rows_to_chars(rows, xs, 115.0, leading=12.0)
    rules = [across(y, 55.0, 340.0) for y in (89.0, 104.0, 131.0, 167.0)]
    [table] = find([*chars, *prose_to_chars(55.0, 190.0, 2)], rules)

    assert [row[0] for row in table_to_rows(table)] == ["Tree", "Oak", "Beech"]


def test_a_sentence_of_two_lines_below_a_table_without_a_last_rule_is_not_in_it() -> None:
    rows = [HEAD, *BODY, *BODY]
    others = [("Bush", "Least", "Most"), *((name, low, f"{high}.5") for name, low, high in rows[1:])]
    upper, lower = rows_to_chars(rows, XS, 100.0), rows_to_chars(others, XS, 265.0)
    sentence = lines_at(
        [("Figure everyone guy form. Media part here", 55.0, 218.0), ("cover and left fact.", 55.0, 230.0)]
    )

    tables = find([*upper, *sentence, *lower], [across(104.0, 55.0, 255.0), across(269.0, 55.0, 255.0)])

    assert [table_to_rows(table) for table in tables] == [list(map(list, rows)), list(map(list, others))]


def test_a_sentence_between_a_shorter_rule_and_a_table_is_no_head() -> None:
    chars, rules = table_at(200.0)
    sentence = lines_at([("Head mean enter force student. Practice hit student sport.", 30.0, 190.0)])

    [table] = find([*chars, *sentence], [across(170.0, 90.0, 220.0), *rules])

    assert table_to_rows(table) == [list(HEAD), *map(list, BODY)]


def test_two_lines_of_text_as_wide_as_the_rules_part_two_tables() -> None:
    rows = [
        ["Method", "Train", "Tests"],
        ["First", "71.0", "43.9"],
        ["Second", "69.5", "42.9"],
        ["Third", "70.1", "43.2"],
    ]
    xs = (60.0, 150.0, 220.0)
    between = ["Dream some picture and call it", "white or what it was before."]
    chars = [
        *rows_to_chars(rows, xs, 110),
        *rows_to_chars([[line] for line in between], (60.0,), 180, leading=12),
        *rows_to_chars(rows, xs, 214),
    ]
    rules = [across(y, 60, 210 + 35) for y in (98, 115, 165, 202, 219, 269)]

    assert [table_to_rows(table) for table in find(chars, rules)] == [rows, rows]
