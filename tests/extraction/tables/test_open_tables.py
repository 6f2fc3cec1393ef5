"""Tables without rules: what the text alone says of their rows, columns and headings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from table_pages import across, find, lines_at, page, prose_to_chars, rows_to_chars, table_to_rows
from typeset import chars_to_content, lines_to_chars, text_to_chars

from pipeline.extraction import BBox, Fill, PageContent, content_to_extraction
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.finder import TableFinder
from pipeline.extraction.text.words import chars_to_words

XS = (50.0, 250.0, 350.0, 450.0)
BODY = [
    ("Oak", "12", "34", "56"),
    ("Beech", "21", "43", "65"),
    ("Common ash", "31", "41", "59"),
    ("Elm", "26", "53", "58"),
]


def test_wide_blanks_in_a_justified_heading_make_no_columns() -> None:
    heading = [
        (word, x + shift, baseline)
        for x in XS[1:]
        for baseline, words in ((100.0, ("Pct", "of")), (112.0, ("all", "of")), (124.0, ("us", "it")))
        for word, shift in zip(words, (0.0, 60.0), strict=True)
    ]
    [table] = find([*lines_at(heading), *rows_to_chars(BODY, XS, 140.0)])

    assert table.columns == 4
    assert table_to_rows(table)[1:] == [list(row) for row in BODY]


def test_a_label_of_several_lines_beside_figures_is_no_running_text() -> None:
    label = [
        ("Programs and lists that were made", 50.0, 160.0),
        ("by people who work for the town or", 50.0, 172.0),
        ("the land", 50.0, 184.0),
        ("7", 250.0, 160.0),
        ("8", 350.0, 160.0),
        ("9", 450.0, 160.0),
    ]
    [table] = find([*rows_to_chars(BODY, XS, 100.0), *lines_at(label), *rows_to_chars(BODY[1:], XS, 200.0)])

    assert table_to_rows(table)[4] == [
        "Programs and lists that were made/by people who work for the town or/the land",
        "7",
        "8",
        "9",
    ]


def test_a_heading_of_several_lines_begins_above_the_first_label() -> None:
    heading = [("Age 4", 240.0, 100.0), ("(Head", 240.0, 112.0), ("1", 350.0, 112.0), ("3", 450.0, 112.0)]
    heading += [("Tree", 50.0, 124.0), ("year)", 240.0, 124.0), ("Grade", 345.0, 124.0), ("Grade", 445.0, 124.0)]
    [table] = find([*lines_at(heading), *rows_to_chars(BODY, XS, 140.0)])

    assert table_to_rows(table)[0] == ["Tree", "Age 4/(Head/year)", "1/Grade", "3/Grade"]


def test_a_title_over_the_whole_is_no_heading_of_the_columns() -> None:
    title = text_to_chars("Trees felled", 232.0, 85.0)
    [table] = find([*title, *rows_to_chars([("", "Low", "Middle", "High"), *BODY], XS, 100.0)])

    assert table_to_rows(table)[0] == ["", "Low", "Middle", "High"]


def test_the_heading_of_the_first_section_is_not_of_the_header() -> None:
    rows = [("Tree", "Low", "Middle", "High"), ("Old", "", "", ""), *BODY]
    [table] = find(rows_to_chars(rows, XS, 100.0))

    assert table_to_rows(table)[:2] == [["Tree", "Low", "Middle", "High"], ["Old", "", "", ""]]


def test_a_heading_over_all_columns_between_rules_belongs_to_the_table() -> None:
    rows = rows_to_chars([("", "Low", "Middle", "High"), *BODY], XS, 120.0)
    rules = [across(y, 50.0, 480.0) for y in (94.0, 109.0, 124.0, 184.0)]
    [table] = find([*text_to_chars("Felled in tons", 330.0, 105.0), *rows], rules)

    assert table_to_rows(table)[0] == ["", "Felled in tons [1x3]", "", ""]


def test_a_column_of_text_beside_a_table_is_still_running_text() -> None:
    figures = rows_to_chars([row[1:] for row in BODY], (400.0, 450.0, 500.0), 112.0, leading=12.0)
    tables = find([*prose_to_chars(50.0, 100.0), *figures])

    words = [word.text for table in tables for cell in table.cells for line in cell.lines for word in line.words]
    assert "committee" not in words


SHADED_XS = (50.0, 150.0, 250.0, 350.0)
SHADED_YS = (100.0, 130.0, 150.0, 170.0, 190.0)


def shaded(xs: tuple[float, ...], ys: tuple[float, ...]) -> list[Fill]:
    """A fill for every cell, in two colours, with a blank of two points around each."""
    return [
        Fill(box=BBox(x0 + 1, y0 + 1, x1 - 1, y1 - 1), colour=(0.5, 0.6, 0.8) if row else (0.1, 0.2, 0.4))
        for row, (y0, y1) in enumerate(pairwise(ys))
        for x0, x1 in pairwise(xs)
    ]


def shaded_page(fills: list[Fill], rows: Sequence[tuple[str, ...]]) -> PageContent:
    """A page of rows 20 points apart, but for the first one's second line."""
    chars = rows_to_chars([("", "per", "per")], (60.0, 160.0, 260.0), 112.0)
    chars += rows_to_chars(rows, (60.0, 160.0, 260.0), 124.0, leading=20.0)
    return replace(page(chars), fills=tuple(fills))


def test_cells_told_apart_by_their_shading_are_a_table() -> None:
    rows = [("Tree", "year", "month"), ("Oak", "many", "few"), ("Beech", "some", "none"), ("Ash", "all", "most")]
    content = shaded_page(shaded(SHADED_XS, SHADED_YS), rows)

    [table] = TableFinder(content=content, words=chars_to_words(content.chars)).find()

    assert table_to_rows(table) == [["Tree", "per/year", "per/month"], *[list(row) for row in rows[1:]]]


def test_a_shaded_header_alone_is_no_table() -> None:
    rows = [("Tree", "12", "month"), ("Oak", "12", "7"), ("Beech", "24", "2"), ("Ash", "36", "5")]
    content = shaded_page(shaded(SHADED_XS, SHADED_YS[:3]), rows)

    [table] = TableFinder(content=content, words=chars_to_words(content.chars)).find()

    assert [row[0] for row in table_to_rows(table)][-1] == "Ash"


def test_bars_of_a_chart_are_no_shaded_cells() -> None:
    bars = [
        Fill(box=BBox(100.0 + 40 * n, 300.0 - 30 * n, 130.0 + 40 * n, 400.0), colour=(0.2, 0.2, 0.9)) for n in range(8)
    ]
    labels = rows_to_chars([tuple(f"Q{n}" for n in range(8))], [105.0 + 40 * n for n in range(8)], 412.0)

    assert TableFinder(content=replace(page(labels), fills=tuple(bars)), words=chars_to_words(labels)).find() == ()


def test_numbers_beside_figures_are_neither_a_list_nor_contents() -> None:
    rows = [("Day", "Infected"), *((f"{day}", f"{day * day + 16}") for day in range(3, 12))]
    [table] = find(rows_to_chars(rows, (100.0, 180.0), 100.0))

    assert table_to_rows(table) == [list(row) for row in rows]


def test_a_numbered_program_is_no_table() -> None:
    lines = [(str(41 + n), "   " * (n % 3), f"call some{n}") for n in range(12)]
    chars = [
        char
        for n, (number, indent, text) in enumerate(lines)
        for char in [
            *text_to_chars(number, 50.0, 100.0 + 12 * n),
            *text_to_chars(text, 80.0 + 8 * len(indent), 100.0 + 12 * n),
        ]
    ]

    assert find(chars) == ()


def test_four_texts_between_rules_are_a_table_below_a_caption_only() -> None:
    words = rows_to_chars([("Text", "many"), ("Sums", "few")], XS[:2], 120.0)
    rules = [across(y, 50.0, 300.0) for y in (108.0, 126.0, 142.0)]

    assert find(words, rules) == ()
    assert len(find([*text_to_chars("Table 3. Two by two", 50.0, 100.0), *words], rules)) == 1


def test_several_lines_of_heading_above_the_first_row_are_one_table_with_it() -> None:
    heads = lines_to_chars(["Members", "by district", "and by year"], 300, 100)
    rows = [
        char
        for index, label in enumerate(["North", "South", "West", "East"])
        for x, text in ((72, label), (300, f"1{index}0"), (360, f"2{index}1"), (420, f"3{index}2"))
        for char in text_to_chars(text, x, 136 + 12 * index)
    ]

    found = content_to_extraction(chars_to_content([*heads, *rows]))

    assert found.warnings == ()
    assert [table.columns for table in found.tables] == [4]


def test_the_work_for_a_table_grows_with_its_cells_not_with_cells_times_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts: Counter[int] = Counter()

    def work(columns: int) -> int:
        xs = [20.0 + 25 * column for column in range(columns)]
        chars = rows_to_chars([[f"{row}{column}" for column in range(columns)] for row in range(20)], xs, 60)

        def counted(own: Columns, x: float) -> int:
            counts[columns] += 1
            return at(own, x)

        at = Columns.at
        with monkeypatch.context() as patch:
            patch.setattr(Columns, "at", counted)
            [table] = find(chars)
        assert (table.rows, table.columns) == (20, columns)
        return counts[columns]

    assert work(20) < 5 * work(5)


def test_a_heading_over_two_columns_does_not_hide_the_gutter_between_them() -> None:
    rules = [across(98, 60, 275), across(114, 165, 275), across(130, 60, 275), across(162, 60, 275)]
    rows = [["", "Acc(%)", "IoU(%)"], ["First", "53.84", "27.55"], ["Second", "64.42", "51.65"]]
    head = lines_at([("Method", 60.0, 110.0), ("americano", 195.0, 110.0)])

    [table] = find([*head, *rows_to_chars(rows, (60, 170, 225), 126)], rules)

    assert table_to_rows(table) == [["Method [2x1]", "americano [1x2]", ""], *rows]
