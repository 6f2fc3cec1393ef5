"""Scans, as users have them: what becomes of pages without text where no model reads them, or one does."""

import json
import re
import signal
from pathlib import Path

import psutil
import pytest
from daemons import Daemon, Place, until
from delivery import deliveries_in
from ocr_hands import needs_tesseract
from odd_pdfs import scanned_pdf
from pdfs import Canvas, Image, numbered_page, objects_to_pdf, pages_to_objects, stream_object, write_pdf
from scans import draw_page, scan_of, skewed
from simulator import Mark, Setup, Simulator

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
    assert 'href="scan.pdf#page=1">Page 1 of the original</a>' in html
    assert deliveries_in(place.outbox)["scan"].methods == {"none": 1}


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


@needs_tesseract
@pytest.mark.slow
def test_a_page_whose_worker_died_with_the_last_reader_is_read_in_its_picture(tmp_path: Path) -> None:
    place = Place(tmp_path, workers=1, limits={"worker_mib": 256})
    objects = pages_to_objects([numbered_page(Mark(document=1, page=1))])
    heavy = max(objects) + 1
    for number, body in objects.items():
        objects[number] = re.sub(rb"/Contents (\d+ 0 R)", rb"/Contents [\1 %d 0 R]" % heavy, body)
    objects[heavy] = stream_object(b" " * (300 << 20))  # more than a worker may have, and not more than an engine may
    place.drop(lambda path: path.write_bytes(objects_to_pdf(objects)), "heavy.pdf")

    with Daemon(place, "--once") as daemon:
        assert daemon.wait(timeout=120) == 0
        assert daemon.of("worker_lost")

    found = deliveries_in(place.outbox)["heavy"]
    assert (found.methods, found.reasons) == ({"ocr": 1}, {1: "worker_lost"})


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
def test_a_picture_of_a_table_and_a_scan_with_a_stamp_are_read_and_text_stays_text(tmp_path: Path) -> None:
    drawn = draw_page(ledger(tmp_path), 1)
    height, width = drawn.shape
    table = drawn[round(height * 0.26) : round(height * 0.455), round(width * 0.1) : round(width * 0.7)]
    canvas = Canvas()
    canvas.paragraph(72, 110, "What follows was photographed from the ledger of the harbour. " * 3)
    canvas.image(Image(table.shape[1], table.shape[0], 1, table.tobytes()), 72, 200, 72 + 0.6 * 612, 200 + 0.195 * 792)
    stamped = Canvas()
    stamped.image(Image(width, height, 1, drawn.tobytes()), 0, 0, stamped.width, stamped.height)
    stamped.paragraph(72, 60, "Stamped by the archive on the third of May, number 4711.")
    place = Place(tmp_path)
    place.drop(lambda path: write_pdf(path, [canvas, stamped]), "mixed.pdf")

    with Daemon(place) as daemon:
        daemon.wait_for("published", document="mixed.pdf")
        assert daemon.stop() == 0

    for page in json.loads((place.outbox / "mixed.json").read_text())["pages"]:
        assert (page["method"], page["tables"], page["ocr"]["engine"]) == ("text_layer", 1, "tesseract")
    html = (place.outbox / "mixed.html").read_text()
    assert (html.count("What follows was photographed"), html.count("Stamped by the archive")) == (3, 1)
    assert html.count("each of them has its own sum in this ledger") == 5
    assert all(html.count(f">{text}<") == 2 for row in ROWS for text in row)
