"""Pages to workers and back, with the workers' part played by the test."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from claims import claimed, journal_of, page_result
from fake_pool import FakePool

from pipeline.dispatch.conversion import Conversion
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.document_settings import DocumentSettings
from pipeline.dispatch.next_order import DEATHS_BEFORE_BASIC, DEATHS_BEFORE_NOTHING, DOCUMENT_OVER
from pipeline.dispatch.pages import Pages, PagesSettings
from pipeline.dispatch.step_limits import page_to_seconds
from pipeline.errors import PublishError
from pipeline.page_result import Attempt, Content, Fallback, FallbackReason, Method, PageResult, Step
from pipeline.pool.interface import Loss
from pipeline.results.page_record import read_record, write_record
from pipeline.servers.facts import ServerFacts
from pipeline.servers.server_book import ServerBook, ServerEntry
from pipeline.worker.tasks import PageProgress, PageTask, Prepared, ReaderName, Unserved, Unwritten, WorkerSettings

A, B = "http://a/v1", "http://b/v1"
ATTEMPT = Attempt(server=A, model="m", outcome="unreachable", request_s=2.0)
REFUSED_CONNECTION = Fallback(reason=FallbackReason.UNREACHABLE, detail="no answer")

CRASH = Loss(detail="killed by SIGSEGV")
KILL = Loss(detail="killed by SIGKILL", from_outside=True)


class Surroundings:
    """Documents, workers and servers, and the pages that go from one to the other."""

    def __init__(
        self, folder: Path, *, workers: int = 4, slots: int = 4, urls: tuple[str, ...] = (A,), patient: bool = False
    ) -> None:
        self.folder = folder
        self.journal = journal_of(folder / "outbox")
        self.pool = FakePool(workers)
        self.servers = ServerBook([ServerEntry(url=url, slots=slots) for url in urls], workers=workers)
        for url in urls:
            self.servers.learn(ServerFacts(url=url, model="m", vision=True), 0.0)
        self.settings = DocumentSettings(patient=patient, worker=WorkerSettings(ocr="off"))
        self.deaths = Deaths(self.journal.folder)
        self.pages = Pages(self.pool, self.journal, self.deaths, self.servers, PagesSettings(page_timeout_s=180.0))
        self.conversions: list[Conversion] = []

    def open(self, pages: int, name: str = "a.pdf", *, budget_s: float = 300.0) -> Conversion:
        conversion = Conversion(claimed(self.folder, self.journal, name), began_at=0.0, settings=self.settings)
        self.journal.begin(conversion.document, "a")
        conversion.begin(pages, {}, budget_s=budget_s, now=0.0)
        self.conversions.append(conversion)
        return conversion

    def give_out(self, now: float = 0.0) -> list[PageTask]:
        """The tasks that are new."""
        before = set(self.pool.tasks)
        self.pages.give_out(self.conversions, now)
        return [task for key, task in self.pool.tasks.items() if key not in before and isinstance(task, PageTask)]

    def key(self, number: int = 1, conversion: Conversion | None = None) -> str:
        return f"{(conversion or self.conversions[0]).document.ident}:{number}"

    def progress(
        self, number: int, step: Step, *, reader: ReaderName | None = None, fallback: Fallback | None = None
    ) -> None:
        self.pages.take_report(self.key(number), PageProgress(step=step, reader=reader, fallback=fallback), 0.0)

    def done(self, key: str, value: object, *, written: bool = True, now: float = 1.0) -> str | None:
        task = self.pool.end(key)
        assert isinstance(task, PageTask)
        if written:
            write_record(task.out, page_result(task.number), Content(method=Method.VISION, html="<p>words</p>"))
        return self.pages.take_result(key, value, now)

    def unserved(self, key: str, now: float = 1.0) -> None:
        value = Unserved(fallback=REFUSED_CONNECTION, attempts=(ATTEMPT,), spent_s=2.0)
        self.done(key, value, written=False, now=now)

    def lose(self, key: str, loss: Loss = KILL, *, now: float = 1.0) -> None:
        self.pool.end(key)
        self.pages.take_loss(key, loss, now)

    def record(self, number: int) -> PageResult:
        record = read_record(self.journal.page_file(self.conversions[0].document, number))
        assert record is not None
        return record.page


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path)


def test_pages_go_to_workers_and_their_records_to_the_journal(around: Surroundings) -> None:
    conversion = around.open(2)

    tasks = around.give_out()
    assert [(task.number, task.target and task.target.url, task.page_timeout_s) for task in tasks] == [
        (1, A, 180.0),
        (2, A, 180.0),
    ]
    for number in (2, 1):
        assert around.pages.conversion_of(around.key(number)) is conversion
        assert around.done(around.key(number), page_result(number)) is None

    assert conversion.complete
    assert conversion.finished == {1: (Method.VISION, None), 2: (Method.VISION, None)}
    assert set(around.journal.begin(conversion.document, "a")) == {1, 2}
    assert (around.pages.in_work, around.servers.states[0].in_flight) == (0, 0)


def test_a_server_never_has_more_pages_than_slots(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, workers=8, slots=2, urls=(A, B))
    around.open(20)

    assert len(around.give_out()) == 4
    assert around.give_out() == []
    assert [server.in_flight for server in around.servers.states] == [2, 2]

    around.done(around.key(1), page_result(1))
    assert [task.number for task in around.give_out()] == [5]


def test_with_fewer_slots_than_workers_the_oldest_still_gets_every_fourth_page(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, slots=1)
    book = around.open(50, "book.pdf")
    for number in range(15):
        around.open(1, f"{number}.pdf")

    for _ in range(20):
        (task,) = around.give_out()
        key = next(iter(around.pool.tasks))
        around.done(key, page_result(task.number))

    assert len(book.finished) == 5


def test_while_a_worker_waits_for_an_answer_it_draws_the_next_page(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, slots=1)
    around.open(3)
    around.give_out()

    around.progress(1, Step.REQUEST)
    around.progress(1, Step.REQUEST)

    assert around.pool.prepared == {around.key(1): around.key(2)}


def test_each_step_has_its_own_limit(around: Surroundings) -> None:
    around.open(1, budget_s=10.0)
    around.give_out()
    drawing = around.pool.deadlines[around.key()].remaining

    around.progress(1, Step.REQUEST)
    asking = around.pool.deadlines[around.key()].remaining
    around.progress(1, Step.FALLBACK, reader="pdfium")

    assert drawing == pytest.approx(30.0, abs=1.0)
    assert asking == pytest.approx(10.7, abs=1.0)  # what the document has left
    assert around.pool.deadlines[around.key()].remaining == pytest.approx(30.0, abs=1.0)  # ten of processor time


def test_a_page_whose_time_is_over_is_read_by_the_readers(around: Surroundings) -> None:
    around.open(1)
    around.give_out()
    around.progress(1, Step.REQUEST)
    around.pool.end(around.key())

    around.pages.take_overdue(around.key(), 181.0)

    (task,) = around.give_out(181.0)
    assert task.target is None
    assert task.fallback is not None
    assert task.fallback.reason is FallbackReason.TIMEOUT


def test_when_the_documents_time_is_over_that_is_the_reason(around: Surroundings) -> None:
    around.open(1, budget_s=5.0)
    around.give_out()
    around.progress(1, Step.REQUEST)
    around.pool.end(around.key())

    around.pages.take_overdue(around.key(), 6.0)

    (task,) = around.give_out(6.0)
    assert task.fallback == DOCUMENT_OVER


def test_a_page_goes_through_the_chain_of_readers_and_ends_with_a_notice(around: Surroundings) -> None:
    conversion = around.open(1)
    around.give_out()
    readers = []
    around.lose(around.key())
    for reader in ("pdfminer", "pdfium"):
        (task,) = around.give_out()
        readers.append(task.readers)
        around.progress(1, Step.FALLBACK, reader=reader, fallback=task.fallback)
        around.lose(around.key())

    assert around.give_out() == []

    assert readers == [("pdfminer", "pdfium"), ("pdfium",)]
    assert conversion.finished == {1: (Method.NONE, FallbackReason.WORKER_LOST)}
    assert around.record(1).method is Method.NONE
    assert around.record(1).fallback == Fallback(reason=FallbackReason.WORKER_LOST, detail="killed by SIGKILL")


def test_a_page_that_nobody_can_read_and_whose_record_cannot_be_written_stays_in_line(around: Surroundings) -> None:
    conversion = around.open(1)
    conversion.give_up_model(REFUSED_CONNECTION)
    for _ in range(2):
        around.give_out()
        around.progress(1, Step.FALLBACK)
        around.lose(around.key())
    pages = around.journal.page_file(conversion.document, 1).parent
    pages.rmdir()
    pages.write_bytes(b"a file where a folder should be")

    with pytest.raises(PublishError):
        around.give_out()

    pages.unlink()
    pages.mkdir()
    around.give_out()
    assert conversion.complete


def test_a_lost_neighbour_costs_a_page_nothing_but_only_once(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, slots=1)
    around.open(2)
    around.give_out()
    around.progress(1, Step.REQUEST)
    around.lose(around.key())  # while it drew page 2

    (again,) = around.give_out()
    assert (again.number, again.fallback) == (1, None)
    around.progress(1, Step.REQUEST)
    assert around.pool.prepared == {around.key(1): around.key(2)}  # not told a second time
    around.lose(around.key())

    assert {task.number: task.fallback is None for task in around.give_out()} == {1: False, 2: True}


def test_a_page_that_was_drawn_ahead_takes_no_blame(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, slots=1)
    around.open(2)
    around.give_out()
    around.progress(1, Step.REQUEST)
    around.pages.take_report(around.key(), Prepared(path=Path(), number=2), 0.0)

    around.lose(around.key())

    assert around.conversions[0].next_order(model=False) is not None


def test_workers_that_are_killed_together_are_one_misfortune(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, workers=5, slots=5)
    conversion = around.open(12)
    around.give_out(now=0.5)
    for number in range(1, 6):
        around.lose(around.key(number))

    assert around.deaths.in_a_row(conversion.document) == 1
    assert conversion.next_order(model=True) is not None


def test_a_document_that_kills_wave_after_wave_is_read_without_the_model_and_then_not_at_all(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, workers=2, slots=2)
    conversion = around.open(12)
    asked: list[set[bool]] = []
    while not conversion.complete:
        wave = float(len(asked))
        asked.append({task.target is not None for task in around.give_out(now=wave)})
        for key in list(around.pool.tasks):
            around.lose(key, now=wave + 0.5)

    read = DEATHS_BEFORE_NOTHING - DEATHS_BEFORE_BASIC
    assert asked[:DEATHS_BEFORE_NOTHING] == [{True}] * DEATHS_BEFORE_BASIC + [{False}] * read
    assert set().union(*asked[DEATHS_BEFORE_NOTHING:]) == set()


def test_a_worker_that_reports_step_after_step_gets_no_more_time_than_a_page_may_take(around: Surroundings) -> None:
    around.open(1)
    around.give_out()
    most = page_to_seconds(180.0)
    steps = [Step.RENDER, Step.CHECK] * 50

    for turn, step in enumerate(steps):
        around.pages.take_report(around.key(), PageProgress(step=step), 10.0 * turn)

    assert 10.0 * len(steps) > most
    assert around.pool.deadlines[around.key()].expired


def test_pages_that_are_given_up_do_not_hold_up_the_loop(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    conversion = around.open(5)
    conversion.give_up_model(DOCUMENT_OVER)
    conversion.give_up_readers()
    monkeypatch.setattr("pipeline.dispatch.pages._SLICE_S", 0.0)

    more = [around.pages.give_out(around.conversions, 0.0) for _ in range(6)]

    assert more == [True] * 5 + [False]
    assert conversion.complete


def test_crashes_count_whenever_the_page_was_given_out(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, workers=5, slots=5)
    conversion = around.open(12)
    around.give_out()
    for number in range(1, DEATHS_BEFORE_BASIC + 1):
        around.lose(around.key(number), CRASH)

    assert all(task.target is None for task in around.give_out())
    assert conversion.next_order(model=True) is None


@pytest.mark.parametrize("value", [page_result(7), "rubbish", None, Prepared(path=Path(), number=1)])
def test_a_worker_that_answers_something_else_is_treated_as_lost(around: Surroundings, value: object) -> None:
    conversion = around.open(1)
    around.give_out()

    assert around.done(around.key(), value) is None

    assert conversion.finished == {}
    (task,) = around.give_out()
    assert task.fallback is not None
    assert task.fallback.reason is FallbackReason.WORKER_LOST


UNSERVED = Unserved(fallback=REFUSED_CONNECTION, attempts=(ATTEMPT,), spent_s=2.0)


def test_a_worker_without_a_server_cannot_say_that_none_served_it(around: Surroundings) -> None:
    conversion = around.open(1)
    conversion.give_up_model(DOCUMENT_OVER)
    asked = []
    while not conversion.complete:
        asked += [task.readers for task in around.give_out()]
        for number in [*around.conversions[0].running]:
            around.progress(number, Step.RENDER)
            around.done(around.key(number), UNSERVED, written=False)

    assert asked == [("pdfminer", "pdfium"), ("pdfium",)]
    assert conversion.finished == {1: (Method.NONE, FallbackReason.DOCUMENT_DEADLINE)}


def link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def swell(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(60 << 20)


@pytest.mark.parametrize(
    ("write", "detail"), [(lambda _: None, "is missing"), (link, "is no file"), (swell, "62914560 bytes")]
)
def test_a_record_that_is_none_costs_its_page_only(
    around: Surroundings, write: Callable[[Path], None], detail: str
) -> None:
    conversion = around.open(1)
    (task,) = around.give_out()
    write(task.out)

    assert around.done(around.key(), page_result(1), written=False) is None

    assert conversion.finished == {}
    (task,) = around.give_out()
    assert task.fallback is not None
    assert detail in task.fallback.detail


def test_a_page_that_could_not_be_written_is_put_back_and_the_disk_is_to_blame(around: Surroundings) -> None:
    conversion = around.open(1)
    around.give_out()

    assert around.done(around.key(), Unwritten(detail="No space left"), written=False) == "No space left"
    around.give_out()
    shutil.rmtree(around.journal.page_file(conversion.document, 1).parent)
    trouble = around.done(around.key(), page_result(1))

    assert trouble is not None
    assert "No such file" in trouble
    assert conversion.finished == {}
    assert [task.number for task in around.give_out()] == [1]


def test_a_page_that_one_server_cannot_serve_is_asked_of_another(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, urls=(A, B))
    around.open(1)
    (task,) = around.give_out()
    assert task.target is not None
    around.unserved(around.key())

    (second,) = around.give_out(1.0)

    assert second.target is not None
    assert {task.target.url, second.target.url} == {A, B}
    assert (second.attempts, second.page_timeout_s) == ((ATTEMPT,), 178.0)


def test_a_page_that_no_server_can_serve_falls_back(around: Surroundings) -> None:
    around.open(1)
    (task,) = around.give_out()
    around.unserved(around.key())
    (task,) = around.give_out(1.0)
    for now in (1.0, 2.0):
        if task.target is not None:
            around.unserved(around.key(), now)
            (task,) = around.give_out(now)

    assert task.fallback == REFUSED_CONNECTION
    assert task.attempts == (ATTEMPT,)


def test_where_pages_may_wait_they_wait(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, patient=True)
    conversion = around.open(1)
    now = 0.0
    for _ in range(3):
        if not around.give_out(now):
            break
        around.unserved(around.key(), now)
        now += 0.1

    assert around.give_out(now) == []
    order = conversion.next_order(model=True)
    assert order is not None
    assert order.tried == frozenset()


def test_progress_is_remembered_for_whoever_looks(around: Surroundings) -> None:
    conversion = around.open(1)
    around.give_out()
    progress = PageProgress(step=Step.REQUEST, tokens=12)

    around.pages.take_report(around.key(), progress, 3.0)
    around.pages.take_report(around.key(), replace(progress, tokens=15), 4.0)

    page = conversion.running[1]
    assert (page.progress.tokens, page.since) == (15, 3.0)


def timed_out(number: int) -> PageResult:
    attempt = Attempt(server=A, model="m", outcome="timeout", request_s=180.0)
    fallback = Fallback(reason=FallbackReason.TIMEOUT, detail="too late")
    return replace(page_result(number), method=Method.TEXT_LAYER, fallback=fallback, attempts=(attempt,))


def test_a_page_that_failed_in_passing_is_asked_again_when_no_other_waits(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, workers=1)
    conversion = around.open(3)
    around.give_out()
    around.done(around.key(1), timed_out(1))

    assert [task.number for task in around.give_out(1.0)] == [2]
    around.done(around.key(2), page_result(2))
    assert [task.number for task in around.give_out(2.0)] == [3]
    around.done(around.key(3), page_result(3))
    [again] = around.give_out(3.0)

    assert (again.number, again.page_timeout_s, again.document_remaining_s) == (1, 90.0, 13.0)
    assert (again.fallback, again.attempts) == (timed_out(1).fallback, timed_out(1).attempts)
    waited = conversion.complete
    around.done(around.key(1), page_result(1))
    assert (waited, conversion.complete) == (False, True)
    assert conversion.finished[1] == (Method.VISION, None)


def test_a_page_is_asked_a_second_time_once_only(around: Surroundings) -> None:
    conversion = around.open(2)
    around.give_out()
    around.done(around.key(1), timed_out(1))
    around.done(around.key(2), page_result(2))
    around.give_out(1.0)

    around.done(around.key(1), timed_out(1))

    assert around.give_out(2.0) == []
    assert conversion.complete
    assert conversion.finished[1] == (Method.TEXT_LAYER, FallbackReason.TIMEOUT)


def test_no_page_is_asked_a_second_time_where_no_page_was_answered(around: Surroundings) -> None:
    conversion = around.open(2)
    around.give_out()
    around.done(around.key(1), timed_out(1))
    around.done(around.key(2), timed_out(2))

    assert around.give_out(2.0) == []
    assert conversion.complete


def test_the_wait_for_a_server_that_went_away_ends_after_fifteen_seconds(around: Surroundings) -> None:
    conversion = around.open(2)
    around.give_out()
    around.done(around.key(1), page_result(1))
    around.unserved(around.key(2))
    around.servers.learn(ServerFacts(url=A, reachable=False, problem="No connection."), 1.0)
    around.give_out(1.0)
    fallen = replace(page_result(2), method=Method.TEXT_LAYER, fallback=REFUSED_CONNECTION, attempts=(ATTEMPT,))
    around.done(around.key(2), fallen, now=2.0)

    around.give_out(16.9)
    waited = conversion.complete
    around.give_out(17.0)
    assert (waited, conversion.complete) == (False, True)


def test_a_worker_that_dies_over_a_second_try_leaves_the_first_reason(around: Surroundings) -> None:
    conversion = around.open(2)
    around.give_out()
    around.done(around.key(1), timed_out(1))
    around.done(around.key(2), page_result(2))
    around.give_out(1.0)

    around.lose(around.key(1))

    [again] = around.give_out(2.0)
    assert (again.target, again.fallback) == (None, timed_out(1).fallback)
    around.done(around.key(1), timed_out(1))
    assert conversion.complete
