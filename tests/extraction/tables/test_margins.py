"""What stands outside of a grid's rules and belongs to it."""

from pathlib import Path

import pytest
from table_pages import PROSE, find, grid, rows_to_chars, table_to_rows
from typeset import lines_to_chars, show, text_to_chars, write_page

from pipeline.extraction import Char, extract_page

NAMES = ["Alcona", "Caledonia", "Curtis", "Greenbush"]
FIGURES = [["963", "439", "55"], ["923", "393", "40"], ["1026", "349", "30"], ["1212", "423", "56"]]
HEADS = ["Voters", "Poll", "Kelly"]
XS = (210, 290, 370)
RULES = grid((200, 280, 360, 440), (100, 120, 140, 160, 180))


def _grid() -> list[Char]:
    return rows_to_chars(FIGURES, XS, 114, leading=20)


def _names(x: float = 60) -> list[Char]:
    return lines_to_chars(NAMES, x, 114, leading=20)


def _rows() -> list[list[str]]:
    return [[name, *figures] for name, figures in zip(NAMES, FIGURES, strict=True)]


def test_labels_left_of_a_grid_and_headings_above_it_are_its_own() -> None:
    [table] = find([*_grid(), *_names(), *rows_to_chars([HEADS], XS, 94)], RULES)

    assert table_to_rows(table) == [["", *HEADS], *_rows()]
    assert table.header_rows == 1
    assert [cell.header for cell in table.cells if cell.column == 0 and cell.row > 0] == [True] * 4


def test_a_line_of_totals_below_a_grid_is_its_last_row() -> None:
    totals = rows_to_chars([["Totals", "4124", "1604", "181"]], (60, *XS), 194)

    [table] = find([*_grid(), *_names(), *rows_to_chars([HEADS], XS, 94), *totals], RULES)

    assert table_to_rows(table)[-1] == ["Totals", "4124", "1604", "181"]


def test_totals_in_a_grid_of_one_row_below_are_the_last_row() -> None:
    totals = rows_to_chars([["Totals", "4124", "1604", "181"]], (60, *XS), 214)
    rules = [*RULES, *grid((200, 280, 360, 440), (200, 220))]

    [table] = find([*_grid(), *_names(), *rows_to_chars([HEADS], XS, 94), *totals], rules)

    assert table_to_rows(table) == [["", *HEADS], *_rows(), ["Totals", "4124", "1604", "181"]]


def test_totals_above_a_grid_are_rows_below_its_headings() -> None:
    above = rows_to_chars([["", *HEADS], ["Totals:", "4124", "1604", "181"], ["Districts", "", "", ""]], (60, *XS), 64)

    [table] = find([*_grid(), *_names(), *above], RULES)

    assert table_to_rows(table)[:4] == [
        ["", *HEADS],
        ["Totals:", "4124", "1604", "181"],
        ["Districts", "", "", ""],
        _rows()[0],
    ]
    assert table.header_rows == 1


def test_a_column_of_text_beside_a_grid_is_no_label() -> None:
    prose = lines_to_chars([line[:38] for line in PROSE * 2], 5, 108, leading=12, size=9)
    rules = grid((200, 280, 360, 440), (100, 120, 140, 160, 180, 200))
    figures = rows_to_chars([HEADS, *FIGURES], XS, 114, leading=20)

    [table] = find([*prose, *figures], rules)

    assert table_to_rows(table) == [HEADS, *FIGURES]


def test_a_title_above_a_grid_with_headings_stays_outside() -> None:
    chars = rows_to_chars(
        [["Place", *HEADS[:2]], *[[n, *f[:2]] for n, f in zip(NAMES, FIGURES, strict=True)]], XS, 114, leading=20
    )
    rules = grid((200, 280, 360, 440), (100, 120, 140, 160, 180, 200))

    [table] = find([*chars, *text_to_chars("Votes of the spring", 210, 92)], rules)

    assert table_to_rows(table)[0] == ["Place", *HEADS[:2]]


@pytest.mark.parametrize("heads", [["0", "AMY RHOADS", "BIG E"], HEADS])
def test_turned_headings_above_a_grid_with_few_figures_make_a_table_of_it(tmp_path: Path, heads: list[str]) -> None:
    body = [["133", "", ""], ["679", "", "1"], ["50", "", ""], ["84", "1", ""]]
    drawn = b"".join(
        show(x, 686 - 20 * row, text)
        for row, texts in enumerate([[name, *figures] for name, figures in zip(NAMES, body, strict=True)])
        for x, text in zip((60, *XS), texts, strict=True)
    )
    lines = [*((200, y, 440, y) for y in (620, 640, 660, 680, 700)), *((x, 620, x, 700) for x in (200, 280, 360, 440))]
    rules = b"".join(b"%g %g m %g %g l S\n" % line for line in lines)
    turned = b"".join(
        b"BT /F1 10 Tf 0 1 -1 0 %g 704 Tm (%s) Tj ET\n" % (x + 8, head.encode())
        for x, head in zip(XS, heads, strict=True)
    )

    [table] = extract_page(write_page(tmp_path / "a.pdf", drawn + rules + turned), 1).tables

    assert table_to_rows(table) == [["", *heads], *[[n, *f] for n, f in zip(NAMES, body, strict=True)]]
    assert table.header_rows == 1


def test_the_number_of_the_page_below_the_column_of_labels_is_no_total() -> None:
    rows = [["Place", *HEADS[:2]], *[[n, *f[:2]] for n, f in zip(NAMES, FIGURES, strict=True)]]
    rules = grid((200, 280, 360, 440), (100, 120, 140, 160, 180, 200))

    [table] = find([*rows_to_chars(rows, XS, 114, leading=20), *text_to_chars("3", 238, 212)], rules)

    assert table_to_rows(table) == rows
