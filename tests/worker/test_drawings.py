"""Drawings made of lines: charts of real programs get a picture; rules, shades and frames of text get none."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pdfs import Canvas, numbered_pdf, write_pdf

from pipeline.choices import FigureChoice
from pipeline.page_result import Content, Method
from pipeline.pictures.png import Pixels, png_to_pixels
from pipeline.worker.basic_extraction import read_page
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.page_figures import with_figures

CHARTS = Path(__file__).parent / "charts"
LINES, BARS, POINTS, PIE = 1, 2, 3, 4
BLUE = (68, 136, 187)  # steelblue, in the few shades of a picture that would else be too large
SOURCE = re.compile(r' src="data:image/png;base64,([^"]*)"')


@pytest.fixture(scope="module")
def r_charts() -> Iterator[OpenPdf]:
    pdf = OpenPdf(CHARTS / "r-charts.pdf")
    yield pdf
    pdf.close()


def shown(
    pdf: OpenPdf, number: int, html: str = "<p>text</p>", choice: FigureChoice = FigureChoice.SMALL
) -> tuple[str, list[Pixels]]:
    """The page's HTML without the pictures' data, and the pictures."""
    content = Content(method=Method.VISION, html=html)
    out = with_figures(content, pdf.file, number, pdf.layer(number), choice).html
    pictures = [png_to_pixels(base64.b64decode(data)) for data in SOURCE.findall(out)]
    return SOURCE.sub("", out), [each for each in pictures if each is not None]


def figures_of(tmp_path: Path, page: Canvas) -> int:
    pdf = OpenPdf(write_pdf(tmp_path / "a.pdf", [page]))
    try:
        return len(shown(pdf, 1)[1])
    finally:
        pdf.close()


def colours(pixels: Pixels) -> set[tuple[int, ...]]:
    rows = bytes(pixels.lines)
    return {
        tuple(rows[at : at + 3])
        for start in range(1, len(rows), pixels.stride)
        for at in range(start, start + pixels.stride - 1, 3)
    }


def has_ink(pixels: Pixels, *, left: float = 0.0, top: float = 0.0, right: float = 1.0, bottom: float = 1.0) -> bool:
    """Whether anything dark stands in a part of a picture, given in shares of its sides."""
    rows = bytes(pixels.lines)
    return any(
        min(rows[at : at + 3]) < 128
        for row in range(int(top * pixels.height), int(bottom * pixels.height))
        for at in range(
            row * pixels.stride + 1 + 3 * int(left * pixels.width),
            row * pixels.stride + 1 + 3 * int(right * pixels.width),
            3,
        )
    )


def test_a_line_chart_stands_before_its_caption_with_its_axes_and_their_labels(r_charts: OpenPdf) -> None:
    html, (chart,) = shown(r_charts, LINES, "<p>Month</p>\n<p>Figure 1: Cases by month</p>")

    assert html == (
        '<p>Month</p>\n<figure><img alt="Figure 1"></figure>\n<p>Figure 1: Cases by month</p>'
    )  # what it says stays text, once
    assert max(chart.width, chart.height) == pytest.approx(480, abs=2)
    assert has_ink(chart, right=0.07), "the label of the upright axis is missing"
    assert has_ink(chart, top=0.9), "the label of the level axis is missing"
    assert has_ink(chart, left=0.5, right=0.9, top=0.15, bottom=0.35), "the curve is missing"


def test_bars_points_and_sectors_are_drawings_too(r_charts: OpenPdf) -> None:
    html, (bars,) = shown(r_charts, BARS)

    assert html == '<p>text</p>\n<figure><img alt="Picture on page 2"></figure>'
    assert any(all(abs(own - asked) < 20 for own, asked in zip(seen, BLUE, strict=True)) for seen in colours(bars))
    assert [len(shown(r_charts, page)[1]) for page in (POINTS, PIE)] == [1, 1]


def test_a_setting_says_how_large_drawings_are_and_whether_there_are_any(r_charts: OpenPdf) -> None:
    (full,) = shown(r_charts, LINES, choice=FigureChoice.FULL)[1]

    assert max(full.width, full.height) == pytest.approx(1200, abs=3)
    assert shown(r_charts, LINES, choice=FigureChoice.OFF) == ("<p>text</p>", [])


def test_the_chart_of_a_spreadsheet_is_shown_and_the_table_above_it_is_not() -> None:
    pdf = OpenPdf(CHARTS / "spreadsheet.pdf")
    try:
        read = read_page(pdf, 1, ("pdfium",), lambda *_: None)
        found = with_figures(read, pdf.file, 1, pdf.layer(1), FigureChoice.SMALL).html
    finally:
        pdf.close()

    (data,) = SOURCE.findall(found)
    chart = png_to_pixels(base64.b64decode(data))
    assert chart is not None
    assert 1.5 < chart.width / chart.height < 2.5  # as wide as the chart; with the table it would be as high as wide
    assert re.sub(r"\n?<figure>.*?</figure>\n?", "", found, flags=re.DOTALL) == read.html


def test_rules_shades_underlines_and_frames_are_no_drawings(tmp_path: Path) -> None:
    table = Canvas()
    rows = [["Region", "2022", "2023", "2024"], *([f"Land {row}", "12.5", "13.7", "(4.1)"] for row in range(24))]
    table.table(72, 90, rows)
    table.text(72, 80, "Figure 1: A table that is called a figure")

    bands = Canvas()
    for row in range(12):
        bands.fill(72, 100 + 36 * row, 540, 118 + 36 * row)
        for column in range(4):
            bands.text(80 + 120 * column, 112 + 36 * row, f"value {row} {column}")
            bands.text(80 + 120 * column, 130 + 36 * row, f"value {row} {column}")

    letter = Canvas()
    for line in range(20):
        letter.text(72, 100 + 20 * line, "Words of a letter that are underlined from here to there, one by one.")
        letter.line(72, 102 + 20 * line, 380, 102 + 20 * line)
    for inset in (0, 3):
        letter.line(60 + inset, 80, 60 + inset, 520)
        letter.line(550 - inset, 80, 550 - inset, 520)
        letter.line(60 + inset, 80 + inset, 550 - inset, 80 + inset)
        letter.line(60 + inset, 520 - inset, 550 - inset, 520 - inset)

    assert [figures_of(tmp_path, page) for page in (table, bands, letter)] == [0, 0, 0]


def test_a_page_of_the_samples_has_no_drawing(tmp_path: Path) -> None:
    pdf = OpenPdf(numbered_pdf(tmp_path / "a.pdf", 1))
    try:
        assert shown(pdf, 1) == ("<p>text</p>", [])
    finally:
        pdf.close()
