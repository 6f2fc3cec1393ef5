from itertools import chain, repeat
from pathlib import Path

import pypdfium2
import pytest
from odd_pdfs import scanned_pdf
from pdfs import numbered_pdf
from simulator import Model, Setup, Simulator
from simulator.answers import default_answer
from simulator.chat import Ask
from worker.test_worker import convert, task_of

from pipeline.page_result import Against, Method
from pipeline.server_target import ServerTarget
from pipeline.worker.worker import PageWorker

OLMOCR = "olmocr-2-7b"


def turned_pdf(upright: Path, rotation: int) -> Path:
    """The same pages, each shown turned clockwise."""
    path = upright.with_name("turned.pdf")
    with pypdfium2.PdfDocument(upright) as document:
        document[0].set_rotation(rotation)
        document.save(path)
    return path


def lying(rotation: int) -> Setup:
    """A model of the olmOCR family that reads nothing unless the page stands upright, and says how to turn it."""
    words = f"---\nis_rotation_valid: False\nrotation_correction: {rotation}\n---\nsdrow fo eno toN\n"

    def answer(ask: Ask) -> str:
        return default_answer(ask) if ask.mark or not ask.pictures else words

    return Setup(models=(Model(id=OLMOCR),), answer=answer)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_scan_that_lies_on_its_side_is_turned_as_the_model_says(tmp_path: Path, rotation: int) -> None:
    path = turned_pdf(scanned_pdf(tmp_path / "scan.pdf", 1, document=4), 360 - rotation)
    worker = PageWorker()

    with Simulator(lying(rotation)) as sim:
        result, html, _ = convert(worker, task_of(path, target=ServerTarget(url=sim.url, model=OLMOCR), fallback=None))

    worker.close()
    assert result.method is Method.VISION
    assert [attempt.outcome for attempt in result.attempts] == ["ok", "ok"]
    assert "The remaining lines of the page" not in html
    assert "<table>" in html
    assert "sdrow" not in html


def test_a_page_that_has_text_of_its_own_stands_as_this_text_does(tmp_path: Path) -> None:
    worker = PageWorker()
    path = numbered_pdf(tmp_path / "text.pdf", 1)

    with Simulator(Setup(models=(Model(id=OLMOCR),), answer=always_lying)) as sim:
        result, _, _ = convert(worker, task_of(path, target=ServerTarget(url=sim.url, model=OLMOCR), fallback=None))

    worker.close()
    assert len(result.attempts) == 1


def always_lying(ask: Ask) -> str:
    return default_answer(ask).replace("valid: True", "valid: False").replace("correction: 0", "correction: 90")


def test_an_exceptions_text_stays_out_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("<b>inner words</b>")

    monkeypatch.setattr("pipeline.worker.page_run.Transcriber.transcribe", fail)
    worker = PageWorker()
    path = numbered_pdf(tmp_path / "text.pdf", 1)

    target = ServerTarget(url="http://127.0.0.1:9/v1", model="m")
    result, html, _ = convert(worker, task_of(path, target=target, fallback=None))

    worker.close()
    assert result.fallback is not None
    assert "fault of the program" in result.fallback.detail
    assert "inner" not in f"{result.fallback.detail}{result.warnings}{html}"


def test_an_answer_is_not_held_against_a_text_layer_that_was_read_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = chain([False], repeat(object=True))
    monkeypatch.setattr("pipeline.extraction.readers.pdfium.runs._CHUNK", 256)
    monkeypatch.setattr("pipeline.extraction.readers.pdfium.runs.expired", lambda _: next(looks))
    worker = PageWorker()
    path = numbered_pdf(tmp_path / "text.pdf", 1)

    with Simulator(Setup(models=(Model(id=OLMOCR),))) as sim:
        result, html, _ = convert(worker, task_of(path, target=ServerTarget(url=sim.url, model=OLMOCR), fallback=None))

    worker.close()
    assert result.method is Method.VISION
    assert result.checks.against is Against.NONE
    assert [warning for warning in result.warnings if "not read to its end" in warning] == list(result.warnings) != []
    assert "data-unseen" not in html
