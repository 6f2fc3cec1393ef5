"""Pictures to the engine's process and back, with its part played by the test."""

from dataclasses import replace
from pathlib import Path

import pytest
from claims import claimed, journal_of
from fake_pool import FakePool

from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.next_order import DOCUMENT_OVER, order_after_unrecognised
from pipeline.dispatch.recognition import Recognition
from pipeline.errors import PoolError
from pipeline.pool.interface import Done, Expired, Lost, PoolEvent
from pipeline.worker.tasks import Recognised, RecogniseTask, Unrecognised


class PicturePool(FakePool):
    """One process, which the test may keep from starting."""

    def __init__(self) -> None:
        super().__init__(1)
        self.broken: PoolError | None = None
        self.closed = False

    def wait(self, deadline: Deadline, wake: object = ()) -> list[PoolEvent]:
        del deadline, wake
        if self.broken is not None:
            raise self.broken
        return []

    def close(self, grace: Deadline) -> None:
        del grace
        self.closed = True


class Surroundings:
    """A document whose pages wait for their pictures."""

    def __init__(self, folder: Path, pages: int = 2) -> None:
        self.journal = journal_of(folder / "outbox")
        self.pools: list[PicturePool] = []
        self.recognition = Recognition(self._start, self.journal, Deaths(self.journal.folder), page_timeout_s=20.0)
        self.conversion = Conversion(claimed(folder, self.journal, "a.pdf"), began_at=0.0)
        self.journal.begin(self.conversion.document, "a")
        self.conversion.begin(pages, {}, budget_s=300.0, now=0.0)
        for _ in range(pages):
            order = self.conversion.next_order(model=True)
            assert order is not None
            page = self.conversion.start(order, target=None, now=0.0)
            self.conversion.replace(order.number, order_after_unrecognised(page, Unrecognised()), now=0.0)

    def _start(self) -> PicturePool:
        self.pools.append(PicturePool())
        return self.pools[-1]

    def give_out(self, now: float = 1.0) -> None:
        self.recognition.give_out([self.conversion], now)

    def key(self) -> str:
        (key,) = self.pools[-1].tasks
        return key

    def end(self, event: PoolEvent, now: float = 3.0) -> None:
        self.pools[-1].end(event.key)
        self.recognition.take(event, now)


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path)


def test_pictures_go_one_by_one_to_a_process_that_is_started_when_needed_and_their_pages_go_on(
    around: Surroundings,
) -> None:
    assert around.pools == []
    around.give_out()
    around.give_out()
    task = next(iter(around.pools[0].tasks.values()))
    assert isinstance(task, RecogniseTask)
    assert (task.number, around.recognition.in_work, len(around.pools)) == (1, 1, 1)
    assert around.recognition.conversion_of(around.key()) is around.conversion

    around.end(Done(key=around.key(), value=Recognised(number=1)))
    around.give_out()

    order = around.conversion.next_order(model=True)
    assert order is not None
    assert order.picture_text is not None
    assert (order.number, order.picture_text.path, order.picture_text.seconds) == (1, task.out, 2.0)
    assert around.recognition.in_work == 1


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (Done(key="", value=Recognised(number=1, problem="No.")), "No."),
        (Done(key="", value=Recognised(number=2)), "the process spoke of another page"),
        (Done(key="", value="words"), "the process made no sense"),
        (Lost(key="", exit_code=-11), "the worker was killed by SIGSEGV."),
        (Expired(key=""), "it took too long."),
    ],
)
def test_whatever_goes_wrong_the_page_goes_on_without(around: Surroundings, event: PoolEvent, problem: str) -> None:
    around.give_out()
    around.end(replace(event, key=around.key()))

    order = around.conversion.next_order(model=True)
    assert order is not None
    assert order.picture_text is not None
    assert (order.picture_text.path, order.picture_text.problem) == (None, problem)


def test_a_page_for_the_model_waits_for_its_picture_no_longer_than_for_its_answer(around: Surroundings) -> None:
    around.give_out()
    assert around.pools[0].deadlines[around.key()].remaining <= 20.0

    around.end(Done(key=around.key(), value=Recognised(number=1)))
    around.conversion.give_up_model(DOCUMENT_OVER)
    around.give_out()
    assert around.pools[0].deadlines[around.key()].remaining > 100.0


def test_where_no_process_can_be_started_pages_do_not_wait_for_it(around: Surroundings) -> None:
    around.give_out()
    around.pools[0].broken = PoolError("no memory")

    assert around.recognition.events(2.0) == []
    around.give_out()

    assert (around.recognition.in_work, around.conversion.next_picture(), around.pools[0].closed) == (0, None, True)
    orders = [around.conversion.next_order(model=True)]
    assert all(order is not None and order.picture_text is not None for order in orders)
    assert len(around.pools) == 1


def test_pages_that_the_model_gets_no_more_wait_for_their_picture_all_the_same(around: Surroundings) -> None:
    assert around.conversion.give_up_model(DOCUMENT_OVER) == 2

    order = around.conversion.next_picture()
    assert order is not None
    assert order.fallback == DOCUMENT_OVER
    assert around.conversion.next_order(model=False) is None

    assert around.conversion.give_up_readers() == 2
    assert around.conversion.next_picture() is None
