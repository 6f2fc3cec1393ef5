"""Headings of columns that are turned or slanted."""

import math
from pathlib import Path

import pytest
from table_pages import table_to_rows
from typeset import show, write_page

from pipeline.extraction import PageExtraction, ReaderKind, extract_page, open_reader

FIGURES = [["Wheat", "12", "7", "3"], ["Barley", "4", "5", "9"], ["Oats", "8", "6", "2"], ["Rye", "1", "2", "3"]]
STARTS = [60, 200, 260, 320]
HEADS = ["Area sown", "Yield 2009", "Price paid"]


def _turned(x: float, y: float, text: str, angle: int) -> bytes:
    """The operators that write a line counter-clockwise from a place in the PDF's own coordinates."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return b"BT /F1 10 Tf %f %f %f %f %g %g Tm (%s) Tj ET\n" % (cosine, sine, -sine, cosine, x, y, text.encode())


def _page(path: Path, heads: bytes, kind: ReaderKind = "pdfium") -> PageExtraction:
    body = (
        show(x, 600 - 15 * row, text)
        for row, texts in enumerate(FIGURES)
        for x, text in zip(STARTS, texts, strict=True)
    )
    with open_reader(write_page(path, heads + b"".join(body)), kind) as reader:
        return extract_page(reader, 1)


@pytest.mark.parametrize("kind", ["pdfium", "pdfminer"])
@pytest.mark.parametrize(("angle", "shift", "y"), [(45, 3, 618), (60, 3, 618), (90, 7, 618), (315, -40, 660)])
def test_slanted_headings_stand_over_their_columns(
    tmp_path: Path, kind: ReaderKind, angle: int, shift: float, y: float
) -> None:
    heads = b"".join(_turned(x + shift, y, text, angle) for x, text in zip(STARTS[1:], HEADS, strict=True))

    page = _page(tmp_path / "a.pdf", heads, kind)

    [table] = page.tables
    assert table_to_rows(table) == [["", *HEADS], *FIGURES]
    assert table.header_rows == 1
    assert '<th scope="col">Area sown</th>' in page.html


def test_slanted_headings_of_two_lines_are_read_line_by_line(tmp_path: Path) -> None:
    heads = b"".join(
        _turned(x - 3, 618, first, 60) + _turned(x + 9, 618, second, 60)
        for x, (first, second) in zip(STARTS[1:], (head.split() for head in HEADS), strict=True)
    )

    [table] = _page(tmp_path / "a.pdf", heads).tables

    assert table_to_rows(table)[0] == ["", "Area/sown", "Yield/2009", "Price/paid"]


@pytest.mark.parametrize(("count", "y"), [(1, 618), (3, 700)], ids=["over one column", "far above"])
def test_turned_words_that_are_no_headings_stay_outside(tmp_path: Path, count: int, y: float) -> None:
    words = b"".join(_turned(x, y, "Draft", 45) for x in STARTS[1 : 1 + count])

    [table] = _page(tmp_path / "a.pdf", words).tables

    assert table_to_rows(table) == FIGURES


@pytest.mark.parametrize("angle", [90, 270])
def test_a_grid_that_lies_on_its_side_is_read_as_it_stands_upright(tmp_path: Path, angle: int) -> None:
    rows = [["Region", "2021", "2022"], ["North", "120", "131"], ["South", "98", "97"], ["East", "77", "80"]]
    step = 1 if angle == 90 else -1
    top, left = (560, 60) if angle == 90 else (700, 165)
    texts = b"".join(
        _turned(left + 30 * step * row + 10 * step, top + 70 * step * column + 4 * step, text, angle)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
    )
    low, high = sorted((left - 5 * step, left + 115 * step))
    foot, head = sorted((top, top + 210 * step))
    lines = [(x, foot, x, head) for x in range(low, high + 1, 30)]
    lines += [(low, y, high, y) for y in range(foot, head + 1, 70)]
    rules = b"".join(b"%g %g m %g %g l S\n" % line for line in lines)
    upright = b"".join(show(60, 400 - 14 * line, "An upright line of text below the table.") for line in range(6))

    [table] = extract_page(write_page(tmp_path / "a.pdf", texts + rules + upright), 1).tables

    assert table_to_rows(table) == rows
