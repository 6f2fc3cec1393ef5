"""Faults that people reported of tables with rules or shading: what is right for each of the PDFs."""

import re

import pytest
from shared_files import SHARED, needs_shared
from table_pages import table_to_rows

from pipeline.extraction import Table, extract_page

CASES = SHARED / "cases-dev"


def _tables(case: str, file: str, page: int = 1) -> tuple[Table, ...]:
    [folder] = CASES.glob(f"{case}-*")
    return extract_page(folder / file, page).tables


def _table(case: str, file: str, page: int = 1) -> Table:
    [table] = _tables(case, file, page)
    return table


def _rows(*lines: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in lines]


ALCONA = _rows(
    "| Voters | Poll | Kelly | Colback | Hines",
    "Alcona | 963 | 439 | 55 | 26 | 47",
    "Caledonia | 923 | 393 | 40 | 23 | 45",
    "Curtis | 1026 | 349 | 30 | 30 | 25",
    "Greenbush | 1212 | 423 | 56 | 26 | 40",
    "Totals | 4124 | 1604 | 181 | 105 | 157",
)


@needs_shared
@pytest.mark.parametrize(("file", "count"), [("outlabels.pdf", 6), ("outlabels_nototal.pdf", 5)])
def test_labels_left_of_a_grid(file: str, count: int) -> None:
    table = _table("14", file)

    assert table_to_rows(table) == ALCONA[:count]
    assert table.header_rows == 1


@needs_shared
@pytest.mark.parametrize("file", ["fin_dollar.pdf", "fin_nodollar.pdf", "finance.pdf"])
def test_currency_signs_in_the_first_row(file: str) -> None:
    table = _table("22", file)

    rows = [[text.replace("$ ", "") for text in row] for row in table_to_rows(table)]
    assert rows[:3] == _rows("| 2023 | 2022", "Revenue | 1,204 | 998", "Cost of sales | (734) | (651)")
    assert table.header_rows == 1
    assert table.rows == 6


@needs_shared
@pytest.mark.parametrize("file", ["white_lines.pdf", "zero_lines.pdf"])
def test_invisible_rules(file: str) -> None:
    table = _table("25", file)

    assert table.rows == 3
    assert table_to_rows(table)[1] == [
        "Loss from credit (a loss is/marked with a minus)",
        "-5,237,613.31",
        "-36,590,747.55",
    ]


LAYOUTS = _rows(
    "Dataset | Base model | Large model | Notes",
    "PubNet [8] | F / M | M | Layouts of modern papers",
    "PRIMA [3] | M | - | Layouts of magazines and reports",
    "Gazette [17] | F | - | Layouts of newspapers",
    "Banknote [1] | F | F | Region of tables",
    "HJ set [3] | F / M | - | Old prints from Japan",
)


@needs_shared
@pytest.mark.parametrize("file", ["latex_all.pdf", "latex_inner.pdf", "latex_inner_tall.pdf", "latex_none.pdf"])
def test_rows_of_words_between_rules_of_columns(file: str) -> None:
    table = _table("08", file)

    assert table_to_rows(table) == LAYOUTS
    assert table.header_rows == 1


@needs_shared
@pytest.mark.parametrize("file", ["band.pdf", "band_lines.pdf"])
def test_the_band_above_a_section(file: str) -> None:
    table = _table("11", file)

    assert table_to_rows(table)[1:4] == _rows(
        "1 [4x1] | MARGINAL (BELOW 1.0) [1x5] | | | |",
        "| I | 39053 | 0 | 12142 | 3322",
        "| UI | 7429 | 0 | 2088 | 1560",
    )
    assert table.header_rows == 1


@needs_shared
def test_headings_in_a_grid_of_their_own_above_a_gap() -> None:
    table = _table("15", "head_gap.pdf")

    assert table_to_rows(table)[0] == ["No.", "Offence", "Code", "Felony/or/Misd.", "Max/Term"]
    assert table.rows == 5
    assert table.header_rows == 1


@needs_shared
def test_many_small_tables() -> None:
    [folder] = CASES.glob("45-*")

    tables = extract_page(folder / "many_small.pdf", 1).tables

    assert [(table.rows, table.columns, table.header_rows) for table in tables] == [(4, 2, 1)] * 40


@needs_shared
def test_a_row_of_headings_alone() -> None:
    table = _table("15", "head_only.pdf")

    assert table_to_rows(table)[0][:4] == ["Sl./No", "Name of/State", "Name of/District", "Disease"]
    assert (table.rows, table.header_rows) == (1, 1)


@needs_shared
@pytest.mark.parametrize("file", ["bank_h.pdf", "bank_v.pdf", "bank_none.pdf"])
def test_texts_of_a_bank_that_break_within_words(file: str) -> None:
    table = _table("10", file)

    assert table.rows == 7
    assert table_to_rows(table)[3] == [
        "23/06/17",
        "NEFT CR-YES0001-CAB TECHNOLOGY PRI/VATE LIMITED-R KHAN-N1/9",
        "N1",
        "23/06/17",
        "",
        "579.00",
        "15,480.20",
    ]
    assert table_to_rows(table)[6][1] == "NEFT CR-YES0001-CAB TECHNOLOGY PRI/VATE LIMITED-R KHAN"


@needs_shared
@pytest.mark.parametrize("file", ["groups.pdf", "groups_bare.pdf", "groups_novert.pdf"])
def test_headings_over_groups_of_columns(file: str) -> None:
    table = _table("18", file)

    assert table_to_rows(table)[0] == [
        "Offence charged [2x1]",
        "Total [1x3]",
        "",
        "",
        "Male [1x3]",
        "",
        "",
        "Female [1x3]",
        "",
        "",
    ]
    assert table.header_rows == 2


@needs_shared
def test_a_table_on_its_side_between_upright_paragraphs() -> None:
    table = _table("32", "side_table_upright_text.pdf")

    assert table_to_rows(table)[:2] == _rows("Region | 2021 | 2022 | 2023", "North | 120 | 131 | 140")
    assert (table.rows, table.columns) == (5, 4)


@needs_shared
def test_cells_that_are_turned_each_in_its_own_direction() -> None:
    table = _table("32", "rot4.pdf")

    assert table_to_rows(table)[0] == ["0", "90", "180", "270"]
    assert table_to_rows(table)[2] == ["a1", "b2", "c3", "d4"]
    assert {text.replace("/", " ") for text in table_to_rows(table)[1]} == {"alpha beta gamma"}


@needs_shared
@pytest.mark.parametrize("file", ["stacked.pdf", "stacked_touch.pdf"])
def test_two_tables_one_below_the_other(file: str) -> None:
    [folder] = CASES.glob("20-*")

    first, second = (table_to_rows(table) for table in extract_page(folder / file, 1).tables)

    assert first[0] == ["Absent", "Hour", "Class", "Room", "Stand-in"]
    assert second == _rows("Class | Hour | Teacher | Subject", "3a | 4 | Lake | Maths", "3b | 5 | Moor | Art")


@needs_shared
@pytest.mark.parametrize("file", ["zebra1.pdf", "zebra3.pdf"])
def test_stripes_of_one_row_and_of_three(file: str) -> None:
    table = _table("12", file)

    assert table_to_rows(table)[:2] == _rows(
        "Company | Product | Mat. | Yield | Moist. | Income", "Kruger | K2-1901 | 1.9 | 56.4 | 7.6 | $846"
    )
    assert table.rows == 13


@needs_shared
def test_columns_that_are_blacked_out_keep_their_headings() -> None:
    table = _table("13", "dark_cols.pdf")

    assert table_to_rows(table)[:4] == _rows(
        "Indicators [2x1] | Survey 4 (2012-13) [1x2] | | Survey 3 (2007-08) [1x2] |",
        "| TOTAL | RURAL | TOTAL | RURAL",
        "Illness (%) | | | |",
        "Any injury | 1.9 | 2.1 | |",
    )
    assert table_to_rows(_table("13", "dark_none.pdf"))[:4] == [
        *table_to_rows(table)[:3],
        ["Any injury", "1.9", "2.1", "1.9", "2.1"],
    ]
    assert table.rows == 14


@needs_shared
def test_the_indicators_of_a_district() -> None:
    rows = table_to_rows(_table("13", "district_health.pdf"))

    assert rows[1:3] == [
        ["", "TOTAL", "RURAL", "TOTAL", "RURAL"],
        ["Child feeding practices (based on last-born child in the reference period) (%)", "", "", "", ""],
    ]
    assert ["Men who smoke", "56.0", "56.4", "NA", "NA"] in rows
    assert (len(rows), rows[-1]) == (45, ["Women who consume alcohol", "10.9", "9.3", "NA", "NA"])
    [folder] = CASES.glob("13-*")
    notes = extract_page(folder / "district_health.pdf", 1).html.partition("</table>")[2]
    assert re.search("<sup>9</sup> Children Who .* heard of HIV/AIDS.<sup>13</sup> Last two weeks</p>", notes)
    assert '<p class="page-footer">3</p>' in notes


@needs_shared
@pytest.mark.parametrize(
    ("page", "first", "last"),
    [
        (1, "Alcona | 963 | 439 | 55 | 26 | 47 | 164", "Totals | 9237 | 3396 | 371 | 373 | 317 | 1102"),
        (2, "Alcona | 15 | 28 | 80 | 117 | | 106", "Totals | 132 | 187 | 677 | 936 | 0 | 829"),
        (3, "Alcona | 0 | 0 | | | |", "Totals | 6 | 4 | 0 | 0 | 0 | 0"),
        (4, "Alcona | 321 | 84 | 306 | 99 | 345 | 60", "Totals | 2308 | 938 | 2245 | 986 | 2470 | 774"),
    ],
)
def test_labels_and_totals_outside_of_an_election_grid(page: int, first: str, last: str) -> None:
    table = _table("14", "vertical_header.pdf", page)

    body = table_to_rows(table)[table.header_rows :]
    assert [body[0][:7], body[-1][:7]] == _rows(first, last)
    assert len(body) == 13
    assert table.header_rows == (2 if page == 4 else 3)


@needs_shared
def test_turned_headings_of_candidates_stand_over_their_figures() -> None:
    table = _table("14", "vertical_header.pdf", 2)

    assert table_to_rows(table)[2][:5] == ["", "Abdul El-Sayed", "Shri Thanedar", "Gretchen Whitmer", "Debbie Stabenow"]


@needs_shared
def test_a_table_within_a_cell_keeps_its_rows() -> None:
    [folder] = CASES.glob("16-*")

    html = extract_page(folder / "nested.pdf", 1).html

    rows = ["<b>Age Extra</b>", "18-75 1.00 %", "76-80 0.50 %", "81 on 0.10 %", "It may be less than the sum"]
    assert "raised as follows:<br>\n" + "<br>\n".join(rows) in html


@needs_shared
def test_a_head_above_the_first_rule() -> None:
    [folder] = CASES.glob("17-*")
    table = _table("17", "AnimalSounds.pdf")

    assert table_to_rows(table)[:2] == _rows("Animal | Action | Result", "Cat | Says | Meow")
    assert (table.rows, table.columns, table.header_rows) == (4, 3, 1)
    html = extract_page(folder / "AnimalSounds.pdf", 1).html
    assert "<td>Parastratiosphecomyiastratiosphecomyioides</td>" in html
    ring = "ing-dingdingdingdingeringeding"
    assert f"<td>R{ring}Ger{ring}Ger{ring}</td>" in html


@needs_shared
def test_tables_side_by_side_whose_rows_are_of_different_heights() -> None:
    left, right = (table_to_rows(table) for table in _tables("17", "side_h.pdf"))

    assert left[:2] == _rows("Animal | Action | Result", "Cat | says | Meow")
    assert right[1:3] == _rows("Dogs/wolves//more dogs | say | Bow-wow//ruff", "Donkey | says | Hee-haw")
    assert (len(left), len(right)) == (4, 4)


@needs_shared
def test_vertical_rules_part_the_groups_of_a_head() -> None:
    table = _tables("18", "head-groups.pdf")[0]

    parts = ["Total", "Under 18/years", "18 years/and over"]
    assert table_to_rows(table)[:2] == [
        ["Offense charged [2x1]", "Total [1x3]", "", "", "Male [1x3]", "", "", "Female [1x3]", "", ""],
        ["", *parts, *parts, *parts],
    ]
    assert table.header_rows == 2


@needs_shared
def test_a_head_of_shaded_cells_below_a_title() -> None:
    table = _table("19", "head-of-shaded-cells.pdf")

    head = [[text.replace("/", " ") for text in row] for row in table_to_rows(table)[1:3]]
    assert head == _rows(
        "States-A [2x1] | Revenue [1x2] | | Capital [1x2] | "
        "| Total Revenue & Capital [2x1] | Others (1) [2x1] | Total [2x1]",
        "| Medical & Public Health | Family Welfare | Medical & Public Health | Family Welfare | | |",
    )
    assert table_to_rows(table)[3][:3] == ["Andhra Pradesh", "47,824,589", "9,967,837"]
    assert table.header_rows == 3


@needs_shared
def test_a_deep_head_whose_lines_run_close_to_each_other_on_a_turned_page() -> None:
    table = _table("39", "deep-head-turned-page.pdf")

    head = [[" ".join(text.replace("/", " ").split()) for text in row] for row in table_to_rows(table)[:2]]
    assert head == _rows(
        "Background characteristic [2x1] | Any method [2x1] | Any modern method [2x1] | Modern method [1x6] | | | | | "
        "| Other modern method [2x1] | Any traditional method [2x1] | Traditional method [1x3] | | "
        "| Not currently using [2x1] | Total [2x1] | Number of women [2x1]",
        "| | | Female sterilization | Male sterilization | Pill | IUD | Injectables | Condom Nirodh | "
        "| | Rhythm | With- drawal | Folk method | | |",
    )
    assert table.header_rows == 2


@needs_shared
def test_a_report_whose_tables_stand_below_banners() -> None:
    first, second = _tables("33", "report-with-banners.pdf")

    assert (first.rows, first.columns, second.rows) == (17, 13, 9)
    rows = table_to_rows(first)
    change = "2016 | % Chg"
    assert rows[:3] == _rows(
        "| Week to Date [1x3] | | | 28 Day [1x3] | | | Year to Date* [1x3] | | |"
        " 2 Year/% Chg [2x1] | 7 Year/% Chg [2x1] | 24 Year/% Chg [2x1]",
        f"| 2017 | {change} | 2017 | {change} | 2017 | {change} | | |",
        "Murder | 0 | 0 | ***.* | 0 | 1 | -100.0 | 6 | 7 | -14.3 | -25.0 | -14.3 | -87.0",
    )
    assert [rows[9]] == _rows(
        "TOTAL | 274 | 297 | -7.74 | 1,133 | 1,270 | -10.79 | 7,394 | 8,084 | -8.54 | -2.68 | -8.46 | -78.43"
    )
    assert [cell for row in rows[2:] for cell in row if "[" in cell] == []
    assert table_to_rows(second)[1][:4] == ["Murder", "124", "86", "26"]
    assert (first.header_rows, second.header_rows) == (2, 1)
