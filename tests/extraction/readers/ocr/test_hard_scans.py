"""What scanners and copiers do to pages, read by Tesseract: the words of the page, in its order, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ocr_hands import grey_to_picture, needs_tesseract
from pdfs import Canvas, write_pdf
from PIL import Image, ImageDraw, ImageFont
from scans import Grey, bilevel, draw_page, write_scan
from scipy import ndimage  # type: ignore[import-untyped]  # it has no stubs
from shared_files import TABLES, needs_shared

from pipeline.extraction import content_to_extraction
from pipeline.extraction.readers.ocr.engine import load_engine
from pipeline.extraction.readers.ocr.grounds import with_white_grounds
from pipeline.extraction.readers.ocr.upright import page_to_recognition
from pipeline.pictures.render import PdfFile
from pipeline.pictures.wrapping import Wrapper
from pipeline.worker.page_pictures import page_to_drawer

pytestmark = [needs_tesseract, pytest.mark.slow]

_LEFT = ("The harbour of the town was built when the old bridge fell,", "and nobody who lived there went without it.")
_RIGHT = ("In the second winter the ice came early and the ships lay", "still, so that the keeper wrote only names.")
_TIMES = 6


def _drawn(lines: tuple[str, str], folder: Path, *, dpi: float = 200) -> Grey:
    canvas = Canvas()
    for number in range(_TIMES):
        for row, line in enumerate(lines):
            canvas.text(72, 110 + number * 100 + row * 18, line)
    return draw_page(write_pdf(folder / "drawn.pdf", [canvas]), 1, dpi=dpi)


def _read(path: Path) -> str:
    with PdfFile(path) as pdf:
        found, _ = page_to_recognition(page_to_drawer(pdf, 1), load_engine("tesseract", ("eng",)), number=1)
    return " ".join(content_to_extraction(found.content).text.split())


def _whole(lines: tuple[str, str]) -> str:
    return " ".join(lines * _TIMES)


def bordered(page: Grey, _: Grey) -> Grey:
    """Copied with the lid open."""
    page = page.copy()
    page[:60], page[-40:] = 10, 0
    page[:, :90] = np.random.default_rng(1).integers(0, 60, (page.shape[0], 90))
    return page


def shining_through(page: Grey, back: Grey) -> Grey:
    """On thin paper, printed on both sides."""
    ghost = 255 - (255 - ndimage.gaussian_filter(np.fliplr(back).astype(float), 1.2)) * 0.28
    shown: Grey = np.minimum(page, ghost).astype(np.uint8)
    return shown


def with_photograph(page: Grey, _: Grey) -> Grey:
    """With a picture of many shades between two lines."""
    page = page.copy()
    shades = ndimage.gaussian_filter(np.random.default_rng(1).normal(0, 1, (140, 900)), 3)
    page[390:530, 200:1100] = (255 * (shades - shades.min()) / np.ptp(shades)).astype(np.uint8)
    return page


def stamped(page: Grey, _: Grey) -> Grey:
    """Received, and filed, by somebody with a slanting hand."""
    page = page.copy()
    for text, degrees, x, y in [("RECEIVED 12 MAY", 14, 700, 1850), ("PAID", -25, 1150, 380), ("COPY", 40, 1000, 1120)]:
        font = ImageFont.load_default(50)
        stamp = Image.new("L", (int(font.getlength(text)) + 50, 90), 255)
        ImageDraw.Draw(stamp).rectangle((3, 3, stamp.width - 4, 86), outline=60, width=5)
        ImageDraw.Draw(stamp).text((25, 14), text, font=font, fill=60)
        turned = np.asarray(stamp.rotate(degrees, expand=True, fillcolor=255))
        height, width = turned.shape
        page[y : y + height, x : x + width] = np.minimum(page[y : y + height, x : x + width], turned)
    return page


@pytest.mark.parametrize("spoil", [bordered, shining_through, stamped, with_photograph])
def test_what_is_no_text_does_not_become_text(spoil: Callable[[Grey, Grey], Grey], tmp_path: Path) -> None:
    page = spoil(_drawn(_LEFT, tmp_path), _drawn(_RIGHT, tmp_path))

    assert _read(write_scan(tmp_path / "scan.pdf", [page])) == _whole(_LEFT)


def test_of_a_spread_the_left_page_is_read_before_the_right_one(tmp_path: Path) -> None:
    spread = np.hstack([_drawn(_LEFT, tmp_path), _drawn(_RIGHT, tmp_path)])
    middle = spread.shape[1] // 2
    spread[:, middle - 25 : middle + 26] = 60 + 7 * np.abs(np.arange(-25, 26))  # the shadow of the fold

    assert _read(write_scan(tmp_path / "spread.pdf", [spread])) == f"{_whole(_LEFT)} {_whole(_RIGHT)}"


@pytest.mark.parametrize("dpi", [150, 600])
def test_low_and_high_resolutions_are_read_also_as_a_fax(dpi: int, tmp_path: Path) -> None:
    page = bilevel(_drawn(_LEFT, tmp_path, dpi=dpi))
    Image.fromarray(page).convert("1").save(tmp_path / "fax.tif", compression="group4", dpi=(dpi, dpi))
    Wrapper(max_pixels=130_000_000, max_pages=1, seconds=60).wrap(tmp_path / "fax.tif", tmp_path / "fax.pdf")

    assert _read(tmp_path / "fax.pdf") == _whole(_LEFT)


@needs_shared
def test_columns_of_figures_are_not_read_downwards() -> None:
    page = draw_page(TABLES / "eu-001.pdf", 2)

    words = load_engine("tesseract").recognise(with_white_grounds(grey_to_picture(page)))

    assert sum(word.text == "1" for word in words) > 60  # of 76
