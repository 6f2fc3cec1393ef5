"""How far a page is turned from level."""

from pathlib import Path

import numpy as np
import pytest
from ocr_hands import grey_to_picture
from pdfs import Canvas, write_pdf
from scans import draw_page, skewed

from pipeline.extraction.readers.ocr.skew import DPI, picture_to_rest, picture_to_skew


def page_of_text(folder: Path) -> Path:
    canvas = Canvas()
    canvas.paragraph(72, 80, "The harbour has cranes, and each of them has its own sum in the ledger. " * 25)
    return write_pdf(folder / "a.pdf", [canvas])


@pytest.mark.parametrize("degrees", [-5.0, -1.3, 0.0, 0.4, 3.0, 5.0])
def test_the_angle_of_a_page_of_text_is_found(tmp_path: Path, degrees: float) -> None:
    page = skewed(degrees)(draw_page(page_of_text(tmp_path), 1, dpi=DPI))

    assert picture_to_skew(grey_to_picture(page, dpi=DPI)) == pytest.approx(degrees, abs=0.11)


def test_what_is_left_of_a_skew_shows_where_the_page_is_read(tmp_path: Path) -> None:
    page = draw_page(page_of_text(tmp_path), 1)

    assert picture_to_rest(grey_to_picture(skewed(0.2)(page))) == pytest.approx(0.2, abs=0.051)
    assert picture_to_rest(grey_to_picture(page)) == 0


def test_a_page_without_lines_of_text_is_left_as_it_is() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 300)).astype(np.uint8)

    assert picture_to_skew(grey_to_picture(np.full((400, 300), 255, np.uint8), dpi=DPI)) == 0
    assert picture_to_skew(grey_to_picture(noise, dpi=DPI)) == 0
