"""The straight lines that a picture shows."""

from pathlib import Path

import numpy as np
import pytest
from ocr_hands import grey_to_picture, seen
from pdfs import Canvas, write_pdf
from scans import VARIANTS, Grey, draw_page

from pipeline.extraction import BBox
from pipeline.extraction.readers.ocr.rulings import DrawnLine, lines_to_rules, picture_to_lines, words_without_lines

SPOILT = {variant.name: variant.spoil for variant in VARIANTS}


def drawn_table(folder: Path) -> Grey:
    """Four rows and three columns, all ruled, with text above."""
    canvas = Canvas()
    canvas.paragraph(72, 80, "The harbour has cranes, and each of them has its own sum in the ledger. " * 6)
    canvas.table(
        72, 200, [["Year", "Cranes", "Sum"], ["2001", "17", "4,310"], ["2002", "19", "88"], ["2003", "4", "1"]]
    )
    return draw_page(write_pdf(folder / "a.pdf", [canvas]), 1)


def split(lines: list[DrawnLine], points: float) -> tuple[list[float], list[float]]:
    """How far down the level lines are, and how far right the upright ones, in points."""
    level = sorted(line.box.top * points for line in lines if line.box.top == line.box.bottom)
    upright = sorted(line.box.x0 * points for line in lines if line.box.x0 == line.box.x1)
    return level, upright


@pytest.mark.parametrize("spoil", ["clean", "noisy", "bilevel"])
def test_every_line_of_a_ruled_table_is_found_where_it_is_and_no_other(tmp_path: Path, spoil: str) -> None:
    picture = grey_to_picture(SPOILT[spoil](drawn_table(tmp_path)))

    level, upright = split(picture_to_lines(picture), picture.points)

    assert level == pytest.approx([200, 218, 236, 254, 272], abs=0.5)
    assert upright == pytest.approx([72, 182, 292, 402], abs=0.5)


def test_a_line_that_is_broken_or_not_quite_level_is_one_line() -> None:
    page = np.full((300, 1000), 255, np.uint8)
    for x in range(50, 950):
        if x % 200 > 4:  # specks of light
            page[100 + x // 250 : 102 + x // 250, x] = 0

    lines = picture_to_lines(grey_to_picture(page))

    assert [(round(line.box.x0, -1), round(line.box.x1, -1)) for line in lines] == [(50, 950)]


def test_curves_and_slanted_lines_are_no_lines() -> None:
    page = np.full((300, 1000), 255, np.uint8)
    for x in range(50, 950):
        page[60 + x // 25 : 63 + x // 25, x] = 0
        page[200 + round(12 * np.sin(x / 90)) : 203 + round(12 * np.sin(x / 90)), x] = 0

    assert not [line for line in picture_to_lines(grey_to_picture(page)) if line.box.x1 - line.box.x0 > 120]


def test_dark_edges_photographs_and_bars_are_no_lines() -> None:
    page = np.full((1000, 800), 255, np.uint8)
    page[:, :9] = 0  # the scanner's lid
    page[200:500, 100:500] = 30  # a photograph
    page[600:630, 100:500] = 0  # a bar

    assert picture_to_lines(grey_to_picture(page)) == []


def test_a_picture_of_one_shade_has_no_lines() -> None:
    assert picture_to_lines(grey_to_picture(np.full((50, 50), 7, np.uint8))) == []


def test_strokes_of_large_letters_are_no_rules_and_a_line_under_a_word_is_one() -> None:
    stem = DrawnLine(box=BBox(100, 50, 100, 120), thickness=8)
    under = DrawnLine(box=BBox(90, 131, 400, 131), thickness=2)

    assert lines_to_rules([stem, under], [seen("HARBOUR", 90, 45, 400, 130)]) == [under]


def test_what_an_engine_takes_lines_for_goes() -> None:
    upright = DrawnLine(box=BBox(200, 0, 200, 300), thickness=2)
    level = DrawnLine(box=BBox(0, 150, 500, 150), thickness=2)
    words = [seen("7|", 170, 40, 203, 70), seen("|", 198, 80, 203, 110), seen("--", 300, 148, 340, 152)]

    kept = words_without_lines([*words, seen("a|b", 300, 40, 340, 70), seen("-", 300, 90, 320, 95)], [upright, level])

    assert [word.text for word in kept] == ["7", "a|b", "-"]
