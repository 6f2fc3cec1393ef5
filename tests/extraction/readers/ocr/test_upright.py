"""Pages that lie on their side, stand on their head, or lie askew: read all the same."""

from pathlib import Path

import pytest
from ocr_hands import PlayedEngine, needs_rapidocr, needs_tesseract, seen
from pdfs import Canvas, write_pdf
from scans import VARIANTS, scan_of

from pipeline.extraction import content_to_extraction
from pipeline.extraction.readers.ocr.engine import EngineName, load_engine
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.upright import READING_DPI, Stance, page_to_recognition
from pipeline.pictures.render import PdfFile
from pipeline.worker.page_pictures import page_to_drawer

SPOILT = {variant.name: variant.spoil for variant in VARIANTS}
STANCES = {"clean": 0, "noisy": 0, "skewed 3": 0, "turned 90": 90, "turned 180": 180, "turned 270": 270, "bilevel": 0}


def draw_nothing(dpi: float, stance: Stance) -> Picture:
    del stance
    return Picture(pixels=b"\xff" * 100, width=10, height=10, dpi=dpi)


def test_a_page_that_can_be_read_is_read_once() -> None:
    engine = PlayedEngine(lambda _: [seen("ledger", 0, 0, 9, 4)])

    found, stance = page_to_recognition(draw_nothing, engine, number=3)

    assert (stance, len(engine.pictures), found.content.number, found.confidence) == (Stance(), 1, 3, 95)
    assert engine.pictures[0].dpi == READING_DPI


def test_the_better_of_two_poor_readings_counts() -> None:
    confidences = iter([40.0, 30.0])
    engine = PlayedEngine(lambda _: [seen("ledger", 0, 0, 9, 4, confidence=next(confidences))])

    found, stance = page_to_recognition(draw_nothing, engine, number=1)

    assert (stance.turn, found.confidence, found.low) == (0, 40.0, ("ledger",))
    assert found.content.doubts == (found.content.words[0].box,)


def test_a_page_without_a_word_is_turned_once_and_left() -> None:
    engine = PlayedEngine(lambda _: [])

    found, stance = page_to_recognition(draw_nothing, engine, number=1)

    assert (found.content.words, found.confidence, stance, len(engine.pictures)) == ((), 0, Stance(), 2)


def ledger(folder: Path) -> Path:
    canvas = Canvas()
    canvas.text(72, 70, "Ledger of the harbour", size=18, bold=True)
    canvas.paragraph(72, 110, "The harbour has cranes, and each of them has its own sum in this ledger. " * 5)
    rows = [["Crane", "Year", "Sum"], ["Anna", "2001", "4,310"], ["Berta", "2002", "880"], ["Carla", "2003", "1,207"]]
    canvas.table(72, 220, rows)
    return write_pdf(folder / "ledger.pdf", [canvas])


def read(engine: EngineName, variant: str, folder: Path) -> tuple[str, Stance]:
    scan = scan_of(ledger(folder), folder / "scan.pdf", [1], SPOILT[variant])
    with PdfFile(scan) as pdf:
        found, stance = page_to_recognition(page_to_drawer(pdf, 1), load_engine(engine), number=1)
    assert found.confidence > 75
    return content_to_extraction(found.content).html, stance


def check(html: str, stance: Stance, variant: str) -> None:
    assert stance.turn == STANCES[variant]
    assert stance.skew == pytest.approx(3.0 if variant == "skewed 3" else 0.0, abs=0.2)
    assert "Ledger of the harbour" in html
    assert "each of them has its own sum in this ledger" in html
    rows = [["Crane", "Year", "Sum"], ["Anna", "2001", "4,310"], ["Berta", "2002", "880"], ["Carla", "2003", "1,207"]]
    cells = [
        [cell.partition(">")[2].partition("</t")[0] for cell in row.split("<t")[1:]] for row in html.split("<tr>")[1:]
    ]
    assert [row[:3] for row in cells] == rows


@needs_tesseract
@pytest.mark.parametrize("variant", ["noisy", "skewed 3", "turned 270"])
def test_tesseract_reads_text_and_table_however_the_page_was_scanned(tmp_path: Path, variant: str) -> None:
    check(*read("tesseract", variant, tmp_path), variant)


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("variant", ["clean", "turned 90", "turned 180", "bilevel"])
def test_so_it_does_in_the_other_ways(tmp_path: Path, variant: str) -> None:
    check(*read("tesseract", variant, tmp_path), variant)


@needs_rapidocr
@pytest.mark.slow
@pytest.mark.parametrize("variant", ["clean", "turned 270"])
def test_rapidocr_reads_text_and_table_too(tmp_path: Path, variant: str) -> None:
    check(*read("rapidocr", variant, tmp_path), variant)
