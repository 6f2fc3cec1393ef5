"""Documents whose workers, pictures and servers meet with anything, in any order: each page ends once."""

import random
from pathlib import Path

import pytest
from claims import claimed, journal_of, page_result
from fake_pool import FakePool

from pipeline.dispatch.conversion import Conversion
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.document_settings import DocumentSettings
from pipeline.dispatch.pages import Pages, PagesSettings
from pipeline.dispatch.recognition import Recognition
from pipeline.page_result import Attempt, Content, Fallback, FallbackReason, Method, Step
from pipeline.pool.interface import Done, Expired, Loss, Lost, PoolEvent
from pipeline.results.page_record import write_record
from pipeline.servers.facts import ServerFacts
from pipeline.servers.server_book import ServerBook, ServerEntry
from pipeline.worker.tasks import (
    READERS,
    AnswerTaken,
    PageProgress,
    PageTask,
    Recognised,
    RecogniseTask,
    Unrecognised,
    Unserved,
    Unwritten,
    WorkerSettings,
)

URLS = ("http://a/v1", "http://b/v1")
ATTEMPT = Attempt(server=URLS[0], model="m", outcome="unreachable", request_s=1.0)
REASONS = (FallbackReason.UNREACHABLE, FallbackReason.TIMEOUT, FallbackReason.REFUSED, FallbackReason.MALFORMED)
#: Events after which nothing goes wrong any more.
_EVENTS = 400


class Fates:
    """A few documents at work, and a chance that decides on all that happens to them."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.chance = chance
        self.now = 0.0
        self.luck = chance.choice((0.0, 0.05, 0.3))
        self.journal = journal_of(folder / "outbox")
        self.pool, self.pictures = FakePool(3), FakePool(1)
        self.servers = ServerBook([ServerEntry(url=url, slots=2) for url in URLS], workers=3)
        deaths = Deaths(self.journal.folder)
        self.pages = Pages(self.pool, self.journal, deaths, self.servers, PagesSettings(page_timeout_s=30.0))
        self.recognition = Recognition(lambda: self.pictures, self.journal, deaths, page_timeout_s=30.0)
        self.conversions = [self._opened(folder, f"{number}.pdf") for number in range(3)]

    def _opened(self, folder: Path, name: str) -> Conversion:
        worker = self.chance.choice((WorkerSettings(ocr="auto"), WorkerSettings(ocr="off")))
        settings = DocumentSettings(patient=self.chance.random() < 0.5, worker=worker)
        conversion = Conversion(claimed(folder, self.journal, name), began_at=0.0, settings=settings)
        self.journal.begin(conversion.document, "a")
        conversion.begin(self.chance.randrange(1, 6), {}, budget_s=self.chance.choice((40.0, 4000.0)), now=0.0)
        return conversion

    @property
    def over(self) -> bool:
        return all(conversion.complete for conversion in self.conversions)

    def turn(self, *, good: bool) -> None:
        """One turn of the loop, and one thing that happens."""
        self.now += 1.0 if good else self.chance.choice((0.1, 1.0, 5.0))
        for url in URLS:
            if good or self.chance.random() < 0.3:
                self.servers.learn(ServerFacts(url=url, model="m", vision=True), self.now)
        going = [conversion for conversion in self.conversions if not conversion.complete]
        self.pages.give_out(going, self.now)
        self.recognition.give_out(going, self.now)
        if self.pictures.tasks and self.chance.random() < 0.5:
            self._picture(self.chance.choice(list(self.pictures.tasks)), good=good)
        elif self.pool.tasks:
            self._page(self.chance.choice(list(self.pool.tasks)), good=good)

    def _picture(self, key: str, *, good: bool) -> None:
        task = self.pictures.end(key)
        assert isinstance(task, RecogniseTask)
        number = task.number
        events: list[PoolEvent] = [Done(key=key, value=Recognised(number=number))]
        if not good:
            events += [
                Done(key=key, value=Recognised(number=number, problem="no engine")),
                Done(key=key, value="nonsense"),
                Expired(key=key),
                Lost(key=key, exit_code=-11),
            ]
        self.recognition.take(self.chance.choice(events), self.now)

    def _page(self, key: str, *, good: bool) -> None:
        task = self.pool.tasks[key]
        assert isinstance(task, PageTask)
        if good or self.chance.random() < self.luck:
            self._finish(key, task)
            return
        fallback = Fallback(reason=self.chance.choice(REASONS), detail="said so")
        happens = self.chance.randrange(9)
        if happens < 3:
            told = PageProgress(
                step=self.chance.choice(list(Step)),
                reader=self.chance.choice((None, *READERS)),
                fallback=self.chance.choice((None, fallback)),
            )
            self.pages.take_report(key, self.chance.choice((told, AnswerTaken(dialects=("html",)))), self.now)
            return
        self.pool.end(key)
        if happens == 3:
            self.pages.take_overdue(key, self.now)
        elif happens < 6:
            lost = Loss(detail="gone", from_outside=happens == 4, host_lost=self.chance.random() < 0.2)
            self.pages.take_loss(key, lost, self.now)
        else:
            values = (
                Unserved(fallback=fallback, attempts=(ATTEMPT,), spent_s=1.0),
                Unrecognised(fallback=self.chance.choice((None, fallback))),
                Unwritten(detail="the disk is full"),
                page_result(99),
                "nonsense",
            )
            self.pages.take_result(key, self.chance.choice(values), self.now)

    def _finish(self, key: str, task: PageTask) -> None:
        reason = self.chance.choice((None, *REASONS)) if task.fallback is None else task.fallback.reason
        result = page_result(task.number, reason)
        self.pool.end(key)
        write_record(task.out, result, Content(method=Method.VISION, html="<p>words</p>"))
        self.pages.take_result(key, result, self.now)


@pytest.mark.parametrize("seed", range(13))
def test_whatever_happens_each_page_ends_and_nothing_is_left_in_work(tmp_path: Path, seed: int) -> None:
    fates = Fates(tmp_path, random.Random(seed))

    for _ in range(_EVENTS):
        fates.turn(good=False)
    for _ in range(_EVENTS):
        fates.turn(good=True)

    assert fates.over
    assert fates.pages.in_work == 0
    for conversion in fates.conversions:
        assert set(conversion.finished) == set(conversion.numbers)
        assert set(fates.journal.begin(conversion.document, "a")) == set(conversion.numbers)
