"""Pages drawn for text recognition."""

from pathlib import Path

import pytest
from faxes import write_fax
from pdfs import Canvas, write_pdf
from scans import bilevel, draw_page

from pipeline.extraction.readers.ocr.upright import Stance
from pipeline.pictures.render import PdfFile
from pipeline.worker.page_pictures import page_to_drawer


@pytest.mark.parametrize("code", ["CCITTFaxDecode", "JBIG2Decode"])
def test_black_and_white_scans_are_drawn_to_the_pixel(code: str, tmp_path: Path) -> None:
    canvas = Canvas()
    canvas.paragraph(72, 80, "The harbour has cranes, and each of them has its own sum in the ledger. " * 6)
    page = bilevel(draw_page(write_pdf(tmp_path / "drawn.pdf", [canvas]), 1))

    with PdfFile(write_fax(tmp_path / "fax.pdf", page, code=code)) as pdf:
        picture = page_to_drawer(pdf, 1)(200, Stance())

    assert (picture.height, picture.width) == page.shape
    assert picture.pixels == page.tobytes()
