"""The tables of a page: which there are, where they end, and what stands in which cell."""

import random
import time

import pytest
from table_pages import (
    PROSE,
    across,
    down,
    figures_to_chars,
    find,
    grid,
    lines_at,
    page,
    prose_to_chars,
    rows_to_chars,
    table_to_rows,
)
from typeset import lines_to_chars, text_to_chars

from pipeline.extraction import Char, Ruling
from pipeline.extraction.errors import DeadlineExceeded
from pipeline.extraction.tables.finder import TableFinder
from pipeline.extraction.text.words import chars_to_words

HEAD = ["", "2008", "2009", "2010"]
BODY = [
    ["Wheat and rye", "1,204", "1,310", "1,288"],
    ["Barley", "310", "295", "301"],
    ["Oats", "87", "92", "90"],
    ["Maize", "2,110", "2,205", "2,340"],
    ["Total", "3,711", "3,902", "4,019"],
]
ENDS = [220.0, 290.0, 360.0]


def _body(baseline: float, body: list[list[str]] = BODY) -> list[Char]:
    labels = rows_to_chars([row[:1] for row in body], [60], baseline)
    return labels + figures_to_chars([row[1:] for row in body], ENDS, baseline)


def _table(baseline: float) -> list[Char]:
    return figures_to_chars([HEAD[1:]], ENDS, baseline) + _body(baseline + 15)


def _rules(top: float, lines: int = 6) -> list[Ruling]:
    return [across(y, 55, 365) for y in (top, top + 15, top + 15 * lines)]


def test_a_full_grid_gives_its_cells() -> None:
    rows = [["Crop", "Area", "Yield"], ["Wheat", "12", "7.5"], ["Oats", "4", "5.1"]]
    chars = rows_to_chars(rows, [55, 155, 255], 112, leading=20)

    [table] = find(chars, grid([50, 150, 250, 350], [98, 118, 138, 158]))

    assert table.kind == "lattice"
    assert table_to_rows(table) == rows
    assert table.header_rows == 1


def test_a_row_that_no_rule_divides_is_divided_by_its_figures() -> None:
    rows = [["Crop", "Area", "Yield"], ["Wheat", "12", "7.5"], ["Oats", "4", "5.1"], ["Rye", "3", "4.4"]]
    chars = rows_to_chars(rows, [55, 155, 255], 112)

    [table] = find(chars, grid([50, 150, 250, 350], [98, 117, 165]))

    assert table_to_rows(table) == rows


def test_lines_of_words_in_one_ruled_cell_stay_together() -> None:
    chars = rows_to_chars([["Crop", "Remark"]], [55, 155], 112)
    chars += lines_to_chars(["Wheat"], 55, 132) + lines_to_chars(["sown early in the", "autumn of 2009"], 155, 132)
    chars += rows_to_chars([["Oats", "none"]], [55, 155], 170)

    [table] = find(chars, grid([50, 150, 350], [98, 118, 155, 180]))

    assert table_to_rows(table)[1] == ["Wheat", "sown early in the/autumn of 2009"]


def test_columns_of_a_grid_whose_inner_rules_end_above_are_told_apart_by_gaps() -> None:
    chars = rows_to_chars(
        [["Crop", "Area", "Yield"], ["Wheat", "12", "7.5"], ["Oats", "4", "5.1"]], [55, 155, 255], 112
    )
    rulings = [across(y, 50, 350) for y in (98, 117, 132, 147)] + [down(x, 98, 117) for x in (50, 150, 250, 350)]

    [table] = find(chars, rulings)

    assert table_to_rows(table) == [["Crop", "Area", "Yield"], ["Wheat", "12", "7.5"], ["Oats", "4", "5.1"]]


@pytest.mark.parametrize("lines", [[0, 1, 6], [0, 1, 2, 3, 4, 5, 6], [1, 6], [1], []])
def test_any_number_of_horizontal_rules_gives_the_same_table(lines: list[int]) -> None:
    rulings = [across(104 + 15 * line, 55, 365) for line in lines]

    [table] = find(_table(115), rulings)

    assert table_to_rows(table) == [HEAD, *BODY]
    assert table.header_rows == 1


def test_labels_left_of_the_rules_belong_to_the_table() -> None:
    rulings = [across(y, 180, 365) for y in (104, 119, 194)]

    [table] = find(_table(115), rulings)

    assert table_to_rows(table) == [HEAD, *BODY]


def test_row_labels_and_header_cells_are_marked() -> None:
    [table] = find(_table(115), _rules(104))

    marked = [(cell.row, cell.column) for cell in table.cells if cell.header]
    assert marked == [(0, 1), (0, 2), (0, 3), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0)]


def test_a_caption_above_and_notes_below_stay_outside() -> None:
    chars = text_to_chars("Table 3. Harvest in thousand tonnes", 60, 95) + _table(115)
    chars += text_to_chars("Source: own figures.", 60, 208)

    [table] = find(chars, _rules(104))

    assert table_to_rows(table) == [HEAD, *BODY]


def test_notes_above_the_last_rule_stay_outside() -> None:
    chars = _table(115) + text_to_chars("Source: own figures, as far as they are known today.", 60, 205)

    [table] = find(chars, [*_rules(104), across(215, 55, 365)])

    assert table_to_rows(table) == [HEAD, *BODY]


def test_a_rule_parts_a_heading_over_all_columns_from_those_below() -> None:
    chars = text_to_chars("Year", 262, 100) + _table(115)
    pieces = [across(y, x0, x1) for y in (104, 119, 194) for x0, x1 in ((180, 225), (250, 295), (320, 365))]

    [table] = find(chars, pieces)

    assert table_to_rows(table)[:2] == [["", "Year [1x3]", "", ""], HEAD]


def test_rows_that_totals_cross_still_have_their_columns() -> None:
    rows = [[str(n), "Easy" if n % 2 else "Hard", f"0.{n}"] for n in range(11, 30)]
    chars = rows_to_chars(rows, [60, 100, 200], 130) + rows_to_chars(
        [["Average-of-all", "", "0.5"]], [60, 100, 200], 415
    )

    [table] = find(chars, [across(y, 55, 240) for y in (118, 402, 422)])

    assert table_to_rows(table)[0] == ["11", "Easy", "0.11"]
    assert table_to_rows(table)[-1] == ["Average-of-all [1x2]", "", "0.5"]


def test_dots_that_lead_to_the_figures_make_no_columns() -> None:
    body = [["Wheat and rye . . . . . .", *BODY[0][1:]], ["Barley . . . . . . . . . .", *BODY[1][1:]], *BODY[2:]]

    labels = rows_to_chars([row[:1] for row in body], [60], 130)
    figures = figures_to_chars([HEAD[1:], *(row[1:] for row in body)], [260, 320, 380], 115)

    [table] = find(labels + figures)

    assert (table.rows, table.columns) == (6, 4)


def test_words_without_figures_are_a_table_below_its_caption_only() -> None:
    rows = [["Crop", "Soil"], ["Wheat", "heavy"], ["Oats", "light"], ["Hops", "deep"]]
    chars = rows_to_chars(rows, [60, 160], 120)

    assert find(chars) == ()
    [table] = find(text_to_chars("Table 7. Crops and their soils", 60, 100) + chars)

    assert table_to_rows(table) == rows


def test_title_and_notes_inside_a_frame_stay_outside() -> None:
    rows = [["Crop", "Area", "Yield"], ["Wheat", "12", "7.5"], ["Oats", "4", "5.1"]]
    chars = text_to_chars("Exhibit 4. Harvest", 55, 92) + rows_to_chars(rows, [55, 155, 255], 112, leading=20)
    chars += text_to_chars("Note: figures are provisional.", 55, 172)
    rulings = [*grid([50, 150, 250, 350], [98, 118, 138, 158]), *grid([50, 350], [78, 178])]

    [table] = find(chars, rulings)

    assert table_to_rows(table) == rows


def test_a_heading_over_several_columns_spans_them_by_the_rule_below_it() -> None:
    heads = text_to_chars("Tonnes", 190, 100) + text_to_chars("Per hectare", 300, 100)
    leaves = figures_to_chars([["Wet", "Dry", "Wet", "Dry"]], [200, 250, 320, 370], 118)
    rows = [["Wheat", "12", "11", "7.5", "7.1"], ["Oats", "4", "3", "5.1", "4.9"], ["Rye", "6", "5", "4.2", "4.0"]]
    body = rows_to_chars([row[:1] for row in rows], [60], 136)
    body += figures_to_chars([row[1:] for row in rows], [200, 250, 320, 370], 136)
    rulings = [across(y, 55, 375) for y in (88, 123, 172)] + [across(105, 180, 255), across(105, 295, 375)]

    [table] = find(heads + leaves + body, rulings)

    assert table_to_rows(table)[:2] == [
        ["", "Tonnes [1x2]", "", "Per hectare [1x2]", ""],
        ["", "Wet", "Dry", "Wet", "Dry"],
    ]
    assert table.header_rows == 2


def test_a_heading_over_several_columns_spans_those_it_is_centred_over() -> None:
    chars = text_to_chars("Year of the harvest", 217, 98, size=13) + _table(115)

    [table] = find(chars, [across(y, 55, 365) for y in (88, 119, 194)])

    assert table_to_rows(table)[0] == ["", "Year of the harvest [1x3]", "", ""]


def test_a_heading_without_one_above_it_reaches_up() -> None:
    chars = text_to_chars("Year of the harvest", 217, 98, size=13) + text_to_chars("Crop", 60, 115) + _table(115)

    [table] = find(chars, [across(y, 55, 365) for y in (88, 119, 194)])

    assert table_to_rows(table)[0][0] == "Crop [2x1]"


def test_a_label_of_two_lines_with_its_figures_between_them_is_one_row() -> None:
    labels = lines_to_chars(["Wheat, rye and all", "other winter corn"], 60, 130)
    chars = figures_to_chars([HEAD[1:]], ENDS, 115) + labels + figures_to_chars([["12", "13", "14"]], ENDS, 136)
    chars += _body(160)

    [table] = find(chars, _rules(104, 9))

    assert table_to_rows(table)[1] == ["Wheat, rye and all/other winter corn", "12", "13", "14"]


def test_a_label_that_goes_on_in_the_next_line_is_one_row() -> None:
    body = [["Wheat, rye and the", "12", "13", "14"], ["other winter corn", "", "", ""], ["Barley", "3", "4", "5"]]
    chars = figures_to_chars([HEAD[1:]], ENDS, 115) + lines_to_chars([row[0] for row in body[:2]], 60, 130)
    chars += figures_to_chars([body[0][1:]], ENDS, 130) + _body(160)

    [table] = find(chars, _rules(104, 9))

    assert table_to_rows(table)[1] == ["Wheat, rye and the/other winter corn", "12", "13", "14"]


def test_the_heading_of_a_section_is_a_row_of_its_own() -> None:
    body = [
        ["Winter", "", "", ""],
        ["  Wheat", "1", "2", "3"],
        ["Summer", "", "", ""],
        ["  Oats", "4", "5", "6"],
        *BODY,
    ]

    [table] = find(figures_to_chars([HEAD[1:]], ENDS, 115) + _body(130, body), _rules(104, 10))

    assert [row[0] for row in table_to_rows(table)][:5] == ["", "Winter", "Wheat", "Summer", "Oats"]


def test_the_heading_of_a_section_is_no_header() -> None:
    rows = [["Crop", "Area", "Yield"], ["Winter", "", ""], ["Wheat", "12", "7.5"], ["Rye", "4", "5.1"]]
    chars = rows_to_chars(rows, [55, 155, 255], 112, leading=20)

    [table] = find(chars, grid([50, 150, 250, 350], [98, 118, 138, 158, 178]))

    assert table.header_rows == 1


def test_blank_cells_stay_blank() -> None:
    body = [["Wheat", "1", "", "3"], ["Oats", "", "5", ""], ["Rye", "7", "8", "9"], ["Maize", "", "", "12"]]

    [table] = find(figures_to_chars([HEAD[1:]], ENDS, 115) + _body(130, body), _rules(104, 5))

    assert table_to_rows(table)[1:] == body


def test_a_footnote_mark_belongs_to_its_figure() -> None:
    chars = _table(115) + text_to_chars("1", ENDS[0] + 1, 126, size=6)

    [table] = find(chars, _rules(104))

    assert table_to_rows(table)[1][1] == "1,204 1"


def test_signs_and_digit_groups_do_not_make_columns() -> None:
    body = [["Wheat", "1 204", "12 %", "14"], ["Oats", "21 310", "3 %", "5"], ["Rye", "1 087", "45 %", "6"]]
    chars = _body(130, body)
    for index in range(3):
        chars += text_to_chars("$", 320, 130 + 15 * index)

    [table] = find(figures_to_chars([HEAD[1:]], ENDS, 115) + chars, _rules(104, 4))

    assert table_to_rows(table)[1:] == [[*row[:3], f"$ {row[3]}"] for row in body]


def test_figures_one_blank_apart_are_columns_in_fixed_pitch_type() -> None:
    lines = ["Rate      1.0   1.1   1.2", *(f"0.{n}5     {n},040 {n},120 {n},280" for n in range(1, 7))]
    chars = [
        char
        for row, line in enumerate(lines)
        for char in text_to_chars(line.replace(" ", "\0"), 60, 100 + 12 * row, spacing=1.0)
        if char.text != "\0"
    ]

    [table] = find(chars)

    assert table_to_rows(table)[1] == ["0.15", "1,040", "1,120", "1,280"]


def test_a_typed_rule_ends_the_header() -> None:
    chars = _table(115) + text_to_chars("-" * 60, 60, 120, size=10)

    [table] = find(chars)

    assert table_to_rows(table) == [HEAD, *BODY]


def test_tables_side_by_side_are_two() -> None:
    right = [
        char
        for index, row in enumerate([["Crop", "Price"], ["Hay", "12"], ["Straw", "8"], ["Hops", "95"]])
        for x, text in zip((420.0, 500.0), row, strict=True)
        for char in text_to_chars(text, x, 121 + 15 * index)
    ]
    rulings = [*_rules(104), *(across(y, 415, 540) for y in (110, 125, 172))]

    tables = find(_table(115) + right, rulings)

    assert sorted((table.rows, table.columns) for table in tables) == [(4, 2), (6, 4)]


def test_a_table_beside_running_text_leaves_the_text_out() -> None:
    chars = prose_to_chars(60, 100, 3)
    rows = [["Age", "Share"], ["14-17", "1.3"], ["18-19", "21.2"], ["20-21", "20.5"], ["22-24", "18.0"]]
    chars += rows_to_chars(rows, [380, 450], 118)

    [table] = find(chars, [across(y, 375, 500) for y in (106, 122, 184)])

    assert table_to_rows(table) == rows


def test_two_tables_of_one_make_below_each_other_are_two() -> None:
    head = rows_to_chars([["Crop"]], [60], 115)
    chars = head + _table(115) + rows_to_chars([["Crop"]], [60], 220) + _table(220)

    tables = find(chars)

    assert [(table.rows, table.columns) for table in tables] == [(6, 4), (6, 4)]


def test_headings_that_are_turned_belong_to_their_cells() -> None:
    turned = [
        Char(text=letter, box=box._replace(x0=165, x1=175, top=140 - 5 * i, bottom=145 - 5 * i), font="Test", size=10)
        for i, letter in enumerate("Area")
        for box in [text_to_chars("x", 0, 0)[0].box]
    ]
    turned = [Char(text=c.text, box=c.box, font=c.font, size=c.size, upright=False, angle=90) for c in turned]
    rows = [["Wheat", "12", "7.5"], ["Oats", "4", "5.1"]]
    chars = rows_to_chars(rows, [55, 155, 255], 162) + text_to_chars("Yield", 255, 140) + text_to_chars("Crop", 55, 140)

    [table] = find(chars + turned, grid([50, 150, 250, 350], [100, 150, 167, 185]))

    assert table_to_rows(table)[0] == ["Crop", "Area", "Yield"]


def _columns_of_prose() -> list[Char]:
    return prose_to_chars(20, 100, 4) + prose_to_chars(315, 100, 4)


def _contents() -> list[Char]:
    lines = [f"{n}  Chapter on matter {n} . . . . . . . . . . . . {5 * n}" for n in range(1, 12)]
    return lines_to_chars(lines, 60, 100)


def _references() -> list[Char]:
    return [
        char
        for n in range(1, 8)
        for char in text_to_chars(f"{n}.", 60, 100 + 24 * n)
        + lines_to_chars(
            ["Author A, Other B. The title of a work", "that was printed in 2009. Publisher."], 80, 100 + 24 * n
        )
    ]


def _bullets() -> list[Char]:
    return [
        c
        for n in range(8)
        for c in text_to_chars("-", 60, 100 + 14 * n) + text_to_chars(PROSE[n % 5], 80, 100 + 14 * n)
    ]


def _form() -> list[Char]:
    labels = ["Name:", "First name:", "Street:", "City:", "Country:", "Telephone:"]
    return [
        c
        for n, label in enumerate(labels)
        for c in text_to_chars(label, 60, 100 + 20 * n) + text_to_chars("x", 200, 100 + 20 * n)
    ]


@pytest.mark.parametrize(
    "chars", [_columns_of_prose(), _contents(), _references(), _bullets(), _form(), prose_to_chars(60, 100, 4), []]
)
def test_what_is_no_table_is_none(chars: list[Char]) -> None:
    assert find(chars) == ()


def test_a_chart_with_grid_lines_is_no_table() -> None:
    ys, xs = [100 + 20.0 * n for n in range(9)], [100 + 30.0 * n for n in range(10)]
    chars = [c for n, y in enumerate(ys) for c in text_to_chars(str(500 - 50 * n), 75, y + 3)]
    chars += [c for n, x in enumerate(xs) for c in text_to_chars(str(2000 + n), x - 10, 275)]
    chars += text_to_chars("Sales", 150, 135) + text_to_chars("Costs", 210, 195)

    assert find(chars, grid(xs, ys)) == ()


def test_underlined_words_are_no_rules_of_a_table() -> None:
    chars = prose_to_chars(60, 100, 3)
    rulings = [across(101 + 12 * line, 60, 60 + 5 * len(PROSE[line % 5])) for line in range(15)]

    assert find(chars, rulings) == ()


def test_the_order_of_drawing_does_not_matter() -> None:
    chars, rulings = _table(115) + prose_to_chars(60, 300), _rules(104)
    expected = [table_to_rows(table) for table in find(chars, rulings)]
    shuffled = random.Random(7)

    for _ in range(5):
        shuffled.shuffle(chars)
        shuffled.shuffle(rulings)
        assert [table_to_rows(table) for table in find(chars, rulings)] == expected


def test_the_finder_keeps_what_it_saw() -> None:
    content = page(_table(115), _rules(104))
    finder = TableFinder(content=content, words=chars_to_words(content.chars))

    finder.find()

    assert len(finder.edges.horizontal) == 3
    assert [len(region.words) for region in finder.regions] == [25]


def test_a_passed_deadline_ends_the_search() -> None:
    content = page(_table(115), _rules(104))

    with pytest.raises(DeadlineExceeded):
        TableFinder(content=content, words=chars_to_words(content.chars), deadline=0.0).find()


def test_a_page_of_very_many_strokes_is_done_soon() -> None:
    chance = random.Random(3)
    rulings = [
        rule
        for _ in range(50_000)
        for x, y in [(chance.uniform(0, 600), chance.uniform(0, 800))]
        for rule in (across(y, x, x + chance.uniform(1, 60)), down(x, y, y + chance.uniform(1, 60)))
    ]

    started = time.process_time()
    find(_table(115), rulings)

    assert time.process_time() - started < 7


def test_a_page_of_very_many_words_is_done_soon() -> None:
    words = chars_to_words([c for row in range(90) for c in lines_to_chars(["a 1 " * 200], 0, 3.0 * row, size=2)])
    content = page(())

    started = time.process_time()
    TableFinder(content=content, words=words).find()

    assert len(words) == 36_000
    assert time.process_time() - started < 7


def test_a_caption_and_three_rules_make_a_table_of_sentences() -> None:
    cells = [
        ["Landing page", "Provides an accessible view of the whole course, aimed to"],
        ["", "engage all students who have not seen any part of it yet."],
        ["Syllabus", "Offers a structured and detailed list of its objectives,"],
        ["", "content and approach, complementing what the landing page"],
        ["", "says with the broader context of the course as it is held."],
        ["Slides", "Slides in plain text, one file for each week of the term."],
    ]
    chars = [
        *lines_at([("Table 2: Materials", 200.0, 85.0)]),
        *rows_to_chars([["Resource", "What it is"]], (60, 150), 110),
    ]

    [table] = find(
        [*chars, *rows_to_chars(cells, (60, 150), 127, leading=12)], [across(y, 60, 440) for y in (98, 115, 192)]
    )

    assert [row[0] for row in table_to_rows(table)] == ["Resource", "Landing page", "Syllabus", "Slides"]


def test_a_head_in_a_font_of_its_own_between_two_rules_makes_a_table_with_blanks() -> None:
    rows = [["R3", "(x, y, z)"], ["", "(y, x, z)"], ["", "(z, x, y)"], ["P1", "(x, y, z)"], ["", "(z, y, x)"]]
    head = [char._replace(font="Head") for char in rows_to_chars([["Space group", "Operations"]], (60, 150), 110)]

    [table] = find([*head, *rows_to_chars(rows, (60, 150), 130, leading=20)], [across(y, 60, 200) for y in (98, 217)])

    assert table_to_rows(table) == [["Space group", "Operations"], *rows]
