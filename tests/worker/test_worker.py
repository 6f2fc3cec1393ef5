from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from odd_pdfs import broken_page_pdf, scanned_pdf
from pdfs import Canvas, blank_pdf, numbered_pdf, write_pdf
from shared_files import BAD_PDFS, needs_shared
from simulator import Fault, Rule, Setup, Simulator

from pipeline.choices import FigureChoice
from pipeline.page_result import Fallback, FallbackReason, Method, PageResult, Step
from pipeline.results.page_record import read_record
from pipeline.server_target import ServerTarget
from pipeline.worker.tasks import (
    Inspection,
    InspectTask,
    PageProgress,
    PageTask,
    Prepared,
    Unserved,
    Unwritten,
    WorkerSettings,
)
from pipeline.worker.worker import PageWorker

BASIC = Fallback(reason=FallbackReason.ENGINE_BASIC, detail="engine: basic")
SETTINGS = WorkerSettings(log_level="error", ocr="off")


@pytest.fixture
def worker() -> Iterator[PageWorker]:
    worker = PageWorker()
    yield worker
    worker.close()


def task_of(path: Path, number: int = 1, *, url: str | None = None, **changes: object) -> PageTask:
    """A page's task: by the server at the address, else by basic extraction."""
    (path.parent / "scratch").mkdir(exist_ok=True)
    facts: dict[str, object] = {
        "document": path.name,
        "path": path,
        "number": number,
        "out": path.parent / "scratch" / f"{number}.json",
        "target": ServerTarget(url=url, model="qwen2.5-vl-7b-instruct") if url else None,
        "page_timeout_s": 20.0,
        "document_remaining_s": 60.0,
        "fallback": None if url else BASIC,
        "settings": SETTINGS,
    }
    return PageTask(**(facts | changes))  # type: ignore[arg-type]  # the dataclass's own fields


def convert(worker: PageWorker, task: PageTask) -> tuple[PageResult, str, list[object]]:
    """The result, the record's HTML, and what was reported on the way; record and result agree."""
    reports: list[object] = []
    result = worker.run(task, reports.append)
    assert isinstance(result, PageResult)
    record = read_record(task.out)
    assert record is not None
    assert (record.page.number, record.page.method) == (result.number, result.method)
    assert len(record.tables) == result.tables
    return result, record.html, reports


def test_a_page_that_was_read_is_told_of_before_its_pictures_are_drawn(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 1)

    _, _, reports = convert(worker, task_of(path, settings=replace(SETTINGS, figures=FigureChoice.SMALL)))

    steps = [each.step for each in reports if isinstance(each, PageProgress)]
    assert steps[-2:] == [Step.FALLBACK, Step.FIGURES]


def test_a_page_is_read_by_the_first_reader_that_can(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 2)

    result, html, reports = convert(worker, task_of(path, 2))

    assert (result.method, result.reader, result.fallback, result.tables) == (Method.TEXT_LAYER, "pdfminer", BASIC, 1)
    assert "<table" in html
    readers = [each.reader for each in reports if isinstance(each, PageProgress) and each.reader]
    assert readers == ["pdfminer"]


def test_a_page_is_read_by_the_readers_that_are_left(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 1)

    result, _, _ = convert(worker, task_of(path, readers=("pdfium",)))

    assert result.reader == "pdfium"


def test_an_empty_page_is_blank_and_no_server_is_asked(tmp_path: Path, worker: PageWorker) -> None:
    path = blank_pdf(tmp_path / "r.pdf")
    with Simulator() as sim:
        asked, _, _ = convert(worker, task_of(path, url=sim.url))
        assert sim.chats == ()

    basic, html, _ = convert(worker, task_of(path))

    assert asked.method is basic.method is Method.BLANK
    assert asked.fallback is None
    assert html == ""


def test_a_page_with_a_picture_only_has_no_text_for_basic_extraction(tmp_path: Path, worker: PageWorker) -> None:
    path = scanned_pdf(tmp_path / "r.pdf", 1, dpi=72)

    result, html, _ = convert(worker, task_of(path))

    assert result.method is Method.NONE
    assert html.startswith("<figure><img ")


def test_a_page_of_lines_without_words_is_not_blank(tmp_path: Path, worker: PageWorker) -> None:
    page = Canvas()
    for step in range(40):
        page.line(72, 72 + 15 * step, 540, 72 + 15 * step, width=2)
    path = write_pdf(tmp_path / "r.pdf", [page])

    result, _, _ = convert(worker, task_of(path))

    assert result.method is Method.NONE
    assert result.fallback is not None
    assert result.fallback.reason is FallbackReason.UNREADABLE


def test_a_broken_page_costs_no_other_page(tmp_path: Path, worker: PageWorker) -> None:
    path = broken_page_pdf(tmp_path / "r.pdf", 3, 2)

    methods = [convert(worker, task_of(path, number))[0].method for number in (1, 2, 3)]

    assert methods[0] is methods[2] is Method.TEXT_LAYER


def test_a_page_that_is_not_there_has_no_content_but_a_reason(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 1)

    with Simulator() as sim:
        result, html, _ = convert(worker, task_of(path, 7, url=sim.url))

    assert result.method is Method.NONE
    assert result.fallback is not None
    assert result.fallback.reason is FallbackReason.RENDER
    assert result.warnings
    assert html == ""


def test_a_file_that_is_gone_ends_in_a_record_all_the_same(tmp_path: Path, worker: PageWorker) -> None:
    (tmp_path / "scratch").mkdir()

    result, _, _ = convert(worker, task_of(tmp_path / "gone.pdf"))

    assert result.method is Method.NONE
    assert result.warnings


def test_a_record_that_cannot_be_written_is_told_and_not_raised(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 1)
    (tmp_path / "file").write_text("")

    result = worker.run(task_of(path, out=tmp_path / "file" / "1.json"), lambda _: None)

    assert isinstance(result, Unwritten)


def test_steps_are_reported_in_order_but_for_the_one_that_every_page_begins_with(
    tmp_path: Path, worker: PageWorker
) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 1)
    with Simulator(Setup(rules=(Rule(Fault.SERVER_ERROR),))) as sim:
        result, _, reports = convert(worker, task_of(path, url=sim.url))

    steps = [each.step for each in reports if isinstance(each, PageProgress)]
    assert list(dict.fromkeys(steps)) == [Step.REQUEST, Step.FALLBACK]
    last = reports[-1]
    assert isinstance(last, PageProgress)
    assert last.fallback == result.fallback
    assert last.attempts == result.attempts
    assert [attempt.outcome for attempt in result.attempts] == ["refused"]


def test_a_server_that_is_not_there_is_told_so_that_another_may_be_asked(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 1)
    with Simulator() as sim:
        url = sim.url

    result = worker.run(task_of(path, url=url), lambda _: None)

    assert isinstance(result, Unserved)
    assert result.fallback.reason is FallbackReason.UNREACHABLE
    assert {attempt.outcome for attempt in result.attempts} == {"unreachable"}


def test_attempts_of_workers_before_are_kept(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 1)
    with Simulator(Setup(rules=(Rule(Fault.SERVER_ERROR),))) as sim:
        first, _, _ = convert(worker, task_of(path, url=sim.url))
    lost = Fallback(reason=FallbackReason.WORKER_LOST, detail="the worker died")

    second, _, _ = convert(worker, task_of(path, fallback=lost, attempts=first.attempts))

    assert second.attempts == first.attempts
    assert second.fallback == lost


def test_a_hint_draws_the_next_page_and_is_told(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 2)
    with Simulator() as sim:
        told: list[object] = []

        def report(value: object) -> None:
            told.append(value)
            if isinstance(value, PageProgress) and value.step is Step.REQUEST and len(told) < 4:
                worker.prepare(task_of(path, 2, url=sim.url))

        worker.run(task_of(path, 1, url=sim.url), report)
        result, _, _ = convert(worker, task_of(path, 2, url=sim.url))

    assert Prepared(path=path, number=2) in told
    assert result.method is Method.VISION


def test_a_hint_for_another_file_or_without_a_server_does_nothing(tmp_path: Path, worker: PageWorker) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 2)

    worker.prepare(task_of(path, 2))
    worker.prepare("nonsense")

    assert convert(worker, task_of(path, 1))[0].method is Method.TEXT_LAYER


def test_a_task_of_another_kind_is_refused(worker: PageWorker) -> None:
    with pytest.raises(TypeError, match="no task for this worker"):
        worker.run("nonsense", lambda _: None)


def test_another_file_takes_the_place_of_the_open_one(tmp_path: Path, worker: PageWorker) -> None:
    paths = [numbered_pdf(tmp_path / f"{number}.pdf", 1, document=number) for number in (1, 2)]

    texts = [convert(worker, task_of(path))[1] for path in (*paths, *paths)]

    assert texts[0] == texts[2] != texts[1] == texts[3]


def test_a_document_that_cannot_be_opened_is_inspected_with_its_code(tmp_path: Path, worker: PageWorker) -> None:
    (tmp_path / "r.pdf").write_text("no PDF")

    found = worker.run(InspectTask(document="r.pdf", path=tmp_path / "r.pdf", settings=SETTINGS), lambda _: None)

    assert isinstance(found, Inspection)
    assert (found.pages, found.code) == (0, "unreadable")


@needs_shared
@pytest.mark.parametrize("name", ["00194ed876f5e22a.pdf", "053a2ab6a24191fb.pdf", "09aded5c4c8b648f.pdf"])
def test_readers_that_count_pages_differently_leave_them_to_pdfium(
    name: str, tmp_path: Path, worker: PageWorker
) -> None:
    path = tmp_path / name
    path.write_bytes((BAD_PDFS / name).read_bytes())

    result, _, _ = convert(worker, task_of(path))

    assert result.reader != "pdfminer"
    if result.method is Method.NONE:
        assert any("pages where pdfium sees" in warning for warning in result.warnings)
