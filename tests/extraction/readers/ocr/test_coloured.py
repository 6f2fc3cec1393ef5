"""Coloured strokes across black print go; print, coloured text and coloured grounds stay."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from ocr_hands import PlayedEngine, grey_to_picture, needs_tesseract, seen
from pdfs import Canvas, write_pdf
from PIL import Image, ImageChops, ImageDraw, ImageFont
from scans import draw_page

from pipeline.extraction import content_to_extraction
from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.coloured import Uncoloured, rgb_to_uncoloured
from pipeline.extraction.readers.ocr.engine import load_engine
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.upright import Stance, page_to_recognition
from pipeline.pictures.render import PdfFile
from pipeline.pictures.wrapping import Wrapper
from pipeline.worker.page_pictures import page_to_drawer, page_to_uncoloured_drawer

Rgb = NDArray[np.uint8]
_RED, _PEN, _BLACK = (200, 30, 40), (30, 40, 150), (20, 20, 20)
_TEXT = ("The harbour of the town was built when the old bridge fell,", "and nobody who lived there went without it.")


def paper(boxes: Iterable[tuple[int, int, int, int]] = ()) -> Rgb:
    """A page of 640 to 480 pixels with print in these boxes: left, top, right, bottom."""
    page = np.full((480, 640, 3), 255, np.uint8)
    for left, top, right, bottom in boxes:
        page[top:bottom, left:right] = _BLACK
    return page


def crossed(page: Rgb, colour: tuple[int, int, int]) -> Rgb:
    """With a slanting frame of strokes."""
    strokes = Image.new("RGB", (page.shape[1], page.shape[0]), (255, 255, 255))
    ImageDraw.Draw(strokes).line([(100, 80), (500, 160), (480, 300), (80, 220), (100, 80)], fill=colour, width=5)
    return np.asarray(ImageChops.multiply(Image.fromarray(page), strokes))


def uncoloured(page: Rgb) -> Uncoloured | None:
    return rgb_to_uncoloured(page.tobytes(), page.shape[1], page.shape[0])


LINES = [(left, top, left + 8, top + 14) for top in range(60, 420, 40) for left in range(60, 560, 14)]


@pytest.mark.parametrize("colour", [_RED, _PEN])
def test_strokes_across_print_go_and_the_print_stays(colour: tuple[int, int, int]) -> None:
    page = crossed(paper(LINES), colour)

    found = uncoloured(page)

    assert found is not None
    left = np.frombuffer(found.pixels, np.uint8).reshape(480, 640)
    stroke = (page == colour).all(axis=2)
    assert (left[stroke] == 255).all()
    assert (left[page.max(axis=2) <= _BLACK[0]] < 40).all()
    (box,) = found.boxes
    assert box.x0 <= 80
    assert box.x1 >= 500


def test_a_page_without_colours_and_colours_away_from_print_are_left() -> None:
    assert uncoloured(paper(LINES)) is None
    assert uncoloured(crossed(paper(), _RED)) is None


def test_lines_of_coloured_text_and_coloured_cells_are_left() -> None:
    page = paper([(60, 60, 560, 64), (60, 200, 560, 204)])
    page[90:110, 80:540] = _PEN  # a line of text is no higher than that
    assert uncoloured(page) is None
    page[64:200, 60:560] = (120, 170, 230)
    page[100:120, 80:540] = _BLACK
    assert uncoloured(page) is None


@pytest.mark.parametrize(("with_mark", "without_mark", "read"), [(90, 40, "MARK"), (40, 90, "TEXT"), (90, 90, "MARK")])
def test_the_reading_counts_of_which_the_engine_is_surer_at_the_mark(
    with_mark: float, without_mark: float, read: str
) -> None:
    words = iter([seen("MARK", 0, 0, 40, 9, confidence=with_mark), seen("TEXT", 0, 0, 40, 9, confidence=without_mark)])
    elsewhere = seen("elsewhere", 0, 50, 90, 59)
    engine = PlayedEngine(lambda _: [next(words), elsewhere])

    def draw(dpi: float, stance: Stance) -> Picture:
        del stance
        return grey_to_picture(np.full((100, 100), 255, np.uint8), dpi=dpi)

    found, _ = page_to_recognition(
        draw, engine, number=1, draw_uncoloured=lambda dpi, stance: (draw(dpi, stance), [BBox(0, 0, 50, 10)])
    )

    assert [word.text for word in found.content.words] == [read, "elsewhere"]


@needs_tesseract
@pytest.mark.slow
def test_text_below_a_red_stamp_is_read_and_the_stamp_is_not(tmp_path: Path) -> None:
    canvas = Canvas()
    for number in range(6):
        for row, line in enumerate(_TEXT):
            canvas.text(72, 110 + number * 60 + row * 18, line)
    page = Image.fromarray(draw_page(write_pdf(tmp_path / "drawn.pdf", [canvas]), 1, dpi=200)).convert("RGB")
    font = ImageFont.load_default(90)
    stamp = Image.new("L", (int(font.getlength("RECEIVED")) + 60, 150))
    ImageDraw.Draw(stamp).rectangle((3, 3, stamp.width - 4, 146), outline=255, width=8)
    ImageDraw.Draw(stamp).text((30, 22), "RECEIVED", font=font, fill=255)
    turned = stamp.rotate(17, expand=True)
    ink = Image.new("RGB", page.size, (255, 255, 255))
    ink.paste(_RED, (450, 420), turned)
    page = ImageChops.multiply(page, ink)
    page.save(tmp_path / "scan.jpg", quality=80, dpi=(200, 200))
    Wrapper(max_pixels=130_000_000, max_pages=1, seconds=60).wrap(tmp_path / "scan.jpg", tmp_path / "scan.pdf")

    with PdfFile(tmp_path / "scan.pdf") as pdf:
        draw, without_marks = page_to_drawer(pdf, 1), page_to_uncoloured_drawer(pdf, 1)
        engine = load_engine("tesseract", ("eng",))
        before, _ = page_to_recognition(draw, engine, number=1)
        found, _ = page_to_recognition(draw, engine, number=1, draw_uncoloured=without_marks)

    wanted = " ".join(_TEXT * 6)
    assert " ".join(content_to_extraction(before.content).text.split()) != wanted
    assert " ".join(content_to_extraction(found.content).text.split()) == wanted
    assert found.low == ()
