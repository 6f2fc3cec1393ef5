"""Pictures of pages in, words out: the handler of the process that holds the engine, and the file that it writes."""

from pathlib import Path

import pytest
from ocr_hands import PlayedEngine, needs_tesseract, seen
from odd_pdfs import scanned_pdf
from pdfs import Canvas, write_pdf

from pipeline.extraction import BBox, PageContent, Ruling, Word
from pipeline.extraction.readers.ocr.engine import EngineName
from pipeline.extraction.readers.ocr.upright import Stance
from pipeline.worker.recognised_page import RecognisedPage, read_recognised, write_recognised
from pipeline.worker.recogniser import Recogniser
from pipeline.worker.tasks import InspectTask, Recognised, RecogniseTask, WorkerSettings

SETTINGS = WorkerSettings(log_level="error")
PAGE = RecognisedPage(
    content=PageContent(
        number=1,
        width=600,
        height=800,
        reader="tesseract",
        chars=(),
        rulings=(Ruling(box=BBox(1, 2, 3, 2), width=0.5),),
        fills=(),
        words=(Word("sum", BBox(1, 2, 3, 4), (), 10.0),),
        doubts=(BBox(1, 2, 3, 4),),
    ),
    stance=Stance(turn=90, skew=-1.5),
    confidence=0.875,
    low_words=("sum",) * 101,
)


def test_a_page_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.picture"

    write_recognised(path, PAGE)

    assert read_recognised(path) == PAGE
    assert (PAGE.facts.engine, PAGE.facts.confidence, len(PAGE.facts.low_words)) == ("tesseract", 0.875, 100)
    assert [each.name for each in tmp_path.iterdir()] == ["a.picture"]


@pytest.mark.parametrize("data", [b"", b"\x80", b"junk", b"\xc1" * 40])
def test_what_is_no_such_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.picture"
    path.write_bytes(data)

    with pytest.raises(ValueError, match=r"MessagePack|[Oo]bject|array|truncated|Expected"):
        read_recognised(path)


def run(path: Path, folder: Path, **changes: object) -> Recognised:
    facts = {"document": "a", "path": path, "number": 1, "out": folder / "a.picture", "settings": SETTINGS}
    task = RecogniseTask(**(facts | changes))  # type: ignore[arg-type]  # the dataclass's own fields
    return Recogniser().run(task, print)


def test_only_its_own_tasks_are_taken(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        Recogniser().run(InspectTask(document="a", path=tmp_path, settings=SETTINGS), print)


def test_without_an_engine_it_says_so(tmp_path: Path) -> None:
    done = run(tmp_path / "a.pdf", tmp_path, settings=WorkerSettings(log_level="error", ocr="off"))

    assert done.problem == "No engine of text recognition is installed."


@needs_tesseract
def test_what_an_engine_says_of_its_own_failure_is_for_the_log_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "eng.traineddata").write_bytes(b"no model")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    scan = scanned_pdf(tmp_path / "b.pdf", 1, dpi=72)

    done = run(scan, tmp_path, settings=WorkerSettings(log_level="warning", ocr_languages=("eng",)))

    assert done.problem == "Tesseract cannot be loaded for eng; the log says why."
    assert "RuntimeError" in capfd.readouterr().err


@needs_tesseract
def test_a_file_that_is_no_pdf_and_an_unknown_language_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no")
    klingon = WorkerSettings(log_level="error", ocr_languages=("tlh",))

    assert "cannot be opened" in run(tmp_path / "a.pdf", tmp_path).problem
    scan = scanned_pdf(tmp_path / "b.pdf", 1, dpi=72)
    assert "no language data for tlh" in run(scan, tmp_path, settings=klingon).problem


@pytest.mark.slow
def test_a_page_of_which_one_engine_makes_no_sense_is_read_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure = {"tesseract": 30.0, "rapidocr": 90.0}
    loaded: list[str] = []

    def load(name: EngineName, languages: tuple[str, ...]) -> PlayedEngine:
        assert languages == ()
        loaded.append(name)
        return PlayedEngine(lambda _: [seen("ledger", 0, 0, 90, 40, confidence=sure[name])], name=name)

    monkeypatch.setattr("pipeline.worker.recogniser.load_engine", load)
    monkeypatch.setattr("pipeline.worker.recogniser.choose_engines", lambda _: tuple(sure))
    path = scanned_pdf(tmp_path / "a.pdf", 1, dpi=72)

    assert not run(path, tmp_path).problem
    page = read_recognised(tmp_path / "a.picture")
    assert (page.content.reader, page.confidence, loaded) == ("rapidocr", 0.9, ["tesseract", "rapidocr"])

    sure["tesseract"] = 80.0
    assert not run(path, tmp_path).problem
    assert read_recognised(tmp_path / "a.picture").content.reader == "tesseract"


@needs_tesseract
def test_a_scan_is_read(tmp_path: Path) -> None:
    assert run(scanned_pdf(tmp_path / "a.pdf", 1), tmp_path) == Recognised(number=1)

    page = read_recognised(tmp_path / "a.picture")
    assert page.content.reader == "tesseract"
    assert page.confidence > 0.8
    assert len(page.content.words) > 50
    assert page.content.rulings


@needs_tesseract
def test_of_parts_of_a_page_nothing_else_is_read(tmp_path: Path) -> None:
    canvas = Canvas()
    canvas.text(72, 100, "Ledger of the harbour", size=14)
    canvas.text(72, 300, "Cranes and their sums", size=14)

    assert not run(write_pdf(tmp_path / "a.pdf", [canvas]), tmp_path, areas=((60.0, 280.0, 400.0, 320.0),)).problem

    words = [word.text for word in read_recognised(tmp_path / "a.picture").content.words]
    assert words == ["Cranes", "and", "their", "sums"]
