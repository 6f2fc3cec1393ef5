"""Scans, as users have them: what becomes of pages without text where no model reads them, or one does."""

import json
import signal
from pathlib import Path

import psutil
import pytest
from daemons import Daemon, Place, until
from ocr_hands import needs_tesseract
from odd_pdfs import scanned_pdf
from pdfs import Canvas, Image, write_pdf
from scans import draw_page, scan_of, skewed
from simulator import Setup, Simulator

ROWS = [
    ["Crane", "Year", "Sum"],
    ["Anna", "2001", "4,310"],
    ["Berta", "2002", "880"],
    ["Carla", "2003", "1,207"],
    ["Dora", "2004", "2,519"],
    ["Emma", "2005", "736"],
    ["Frieda", "2006", "5,148"],
]


def ledger(folder: Path) -> Path:
    canvas = Canvas()
    canvas.paragraph(72, 110, "The harbour has cranes, and each of them has its own sum in this ledger. " * 5)
    canvas.table(72, 220, ROWS)
    return write_pdf(folder / "ledger.pdf", [canvas])


@needs_tesseract
def test_a_scan_is_read_where_no_model_reads_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop(lambda path: scan_of(ledger(tmp_path), path, [1], skewed(2)), "scan.pdf")

    with Daemon(place) as daemon:
        daemon.wait_for("published", document="scan.pdf")
        assert daemon.stop() == 0

    manifest = json.loads((place.outbox / "scan.json").read_text())
    (page,) = manifest["pages"]
    assert (manifest["outcome"], page["method"], page["reader"], page["tables"]) == ("complete", "ocr", "tesseract", 1)
    assert page["ocr"]["confidence"] > 0.8
    html = (place.outbox / "scan.html").read_text()
    assert 'data-method="ocr"' in html
    assert "each of them has its own sum in this ledger" in html
    assert all(f">{text}<" in html for row in ROWS for text in row)
    assert place.left_behind() == []


def test_without_text_recognition_its_picture_stands_in_and_the_document_is_partial(tmp_path: Path) -> None:
    place = Place(tmp_path, ocr={"engine": "off"})
    place.drop(lambda path: scanned_pdf(path, 1), "scan.pdf")

    with Daemon(place) as daemon:
        daemon.wait_for("published", document="scan.pdf")
        assert daemon.stop() == 0

    manifest = json.loads((place.outbox / "scan.json").read_text())
    assert (manifest["outcome"], manifest["counts"]["none"]) == ("partial", 1)
    html = (place.outbox / "scan.html").read_text()
    assert '<img alt="Page 1 as a picture" src="data:image/png;base64,' in html
    assert len(html) < 250_000


@needs_tesseract
def test_the_death_of_the_engines_process_costs_the_page_that_it_read(tmp_path: Path) -> None:
    place = Place(tmp_path, workers=2)
    place.drop(lambda path: scanned_pdf(path, 3), "scan.pdf")

    with Daemon(place) as daemon:
        until(lambda: _kill_recogniser(daemon.processes()))
        daemon.wait_for("published", document="scan.pdf")
        assert daemon.stop() == 0

    pages = json.loads((place.outbox / "scan.json").read_text())["pages"]
    assert sorted(page["method"] for page in pages) == ["none", "ocr", "ocr"]
    (lost,) = [page for page in pages if page["method"] == "none"]
    assert any("Text recognition failed" in warning for warning in lost["warnings"])


def _kill_recogniser(processes: list[psutil.Process]) -> bool:
    """End the process that has an engine loaded; whether there was one."""
    for process in processes:
        try:
            if any("tesserocr" in each.path for each in process.memory_maps()):
                process.send_signal(signal.SIGKILL)
                return True
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return False


@needs_tesseract
@pytest.mark.parametrize("ocr", ["auto", "off"])
def test_a_models_answer_for_a_scan_is_held_against_what_is_read_in_its_picture(tmp_path: Path, ocr: str) -> None:
    with Simulator(Setup()) as sim:
        place = Place(tmp_path, server=sim.url, ocr={"engine": ocr})
        place.drop(lambda path: scanned_pdf(path, 1), "scan.pdf")
        with Daemon(place) as daemon:
            daemon.wait_for("published", document="scan.pdf")
            assert daemon.stop() == 0

    (page,) = json.loads((place.outbox / "scan.json").read_text())["pages"]
    assert page["method"] == "vision"
    assert page["checks"]["against"] == ("ocr" if ocr == "auto" else "none")


@needs_tesseract
def test_a_table_that_is_a_picture_in_a_page_with_text_is_read_and_its_text_stays_text(tmp_path: Path) -> None:
    drawn = draw_page(ledger(tmp_path), 1)
    height, width = drawn.shape
    table = drawn[round(height * 0.26) : round(height * 0.455), round(width * 0.1) : round(width * 0.7)]
    canvas = Canvas()
    canvas.paragraph(72, 110, "What follows was photographed from the ledger of the harbour. " * 3)
    canvas.image(Image(table.shape[1], table.shape[0], 1, table.tobytes()), 72, 200, 72 + 0.6 * 612, 200 + 0.195 * 792)
    place = Place(tmp_path)
    place.drop(lambda path: write_pdf(path, [canvas]), "mixed.pdf")

    with Daemon(place) as daemon:
        daemon.wait_for("published", document="mixed.pdf")
        assert daemon.stop() == 0

    (page,) = json.loads((place.outbox / "mixed.json").read_text())["pages"]
    assert (page["method"], page["tables"], page["ocr"]["engine"]) == ("text_layer", 1, "tesseract")
    html = (place.outbox / "mixed.html").read_text()
    assert html.count("What follows was photographed") == 3
    assert all(f">{text}<" in html for row in ROWS for text in row)
