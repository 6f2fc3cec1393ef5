"""One document in work: its pages and its clock."""

from dataclasses import replace
from pathlib import Path

import pytest
from claims import DOCUMENT, FELL

from pipeline.dispatch.conversion import Conversion, PageOrder, Phase
from pipeline.page_result import FallbackReason, Method
from pipeline.worker.tasks import PictureText

GOOD = (Method.VISION, None)


def begun(pages: int = 3, *, budget_s: float = 100.0, only: tuple[int, ...] = ()) -> Conversion:
    conversion = Conversion(replace(DOCUMENT, only=only), began_at=0.0)
    conversion.begin(pages, {}, budget_s=budget_s, now=0.0)
    return conversion


def start_next(conversion: Conversion, now: float = 0.0, *, model: bool = True) -> PageOrder:
    order = conversion.next_order(model=model)
    assert order is not None
    conversion.start(order, target=None, now=now)
    return order


def test_pages_are_given_out_in_order_and_the_document_is_complete_with_the_last() -> None:
    conversion = begun()
    assert [start_next(conversion).number for _ in range(3)] == [1, 2, 3]
    assert conversion.next_order(model=True) is None

    for number in (3, 1, 2):
        assert not conversion.complete
        conversion.finish(number, GOOD, now=1.0)

    assert conversion.complete


def test_pages_of_the_journal_are_not_asked_again() -> None:
    conversion = Conversion(DOCUMENT, began_at=0.0)
    fell = (Method.TEXT_LAYER, FallbackReason.TIMEOUT)

    conversion.begin(3, {2: fell, 9: GOOD}, budget_s=1.0, now=0.0)

    assert conversion.remaining == 2
    assert list(conversion.fallback_pages) == [2]
    assert [start_next(conversion).number for _ in range(2)] == [1, 3]


def test_only_the_wanted_pages_are_converted() -> None:
    conversion = Conversion(replace(DOCUMENT, only=(2, 3, 8)), began_at=0.0)
    conversion.begin(5, {1: GOOD, 2: GOOD}, budget_s=1.0, now=0.0)

    assert list(conversion.numbers) == [2, 3]
    assert conversion.remaining == 1
    assert start_next(conversion).number == 3


def test_the_clock_runs_only_while_pages_are_in_work() -> None:
    conversion = begun(budget_s=10.0)
    assert conversion.seconds_left(1000.0) == 10.0

    start_next(conversion, 1000.0)
    start_next(conversion, 1002.0)
    assert conversion.seconds_left(1003.0) == 7.0
    conversion.finish(1, GOOD, now=1004.0)
    assert conversion.seconds_left(1005.0) == 5.0
    conversion.put_back(2, now=1006.0)

    assert conversion.seconds_left(5000.0) == 4.0
    start_next(conversion, 6000.0)
    assert conversion.seconds_left(6100.0) == 0.0
    assert conversion.first_page_at == 1000.0


def test_a_page_that_comes_back_is_next() -> None:
    conversion = begun()
    order = start_next(conversion)

    conversion.put_back(1, now=1.0)
    assert conversion.next_order(model=True) == order

    start_next(conversion)
    conversion.replace(1, replace(order, fallback=FELL), now=1.0)
    following, basic = conversion.next_order(model=True), conversion.next_order(model=False)
    assert following is not None
    assert basic is not None
    assert (following.number, basic.number) == (2, 1)


def test_giving_up_the_model_moves_every_page_that_waits_for_it() -> None:
    conversion = begun()
    start_next(conversion)

    assert conversion.give_up_model(FELL) == 2
    assert conversion.give_up_model(FELL) == 0

    assert conversion.next_order(model=True) is None
    orders = [start_next(conversion, model=False) for _ in range(2)]
    assert [(order.number, order.fallback) for order in orders] == [(2, FELL), (3, FELL)]


def test_two_workers_never_draw_the_same_page_ahead() -> None:
    conversion = begun(4)
    first = conversion.start(start_from(conversion), target=None, now=0.0)
    second = conversion.start(start_from(conversion), target=None, now=0.0)

    for page in (first, second):
        order = conversion.order_to_draw_ahead()
        assert order is not None
        page.ahead = order.number

    assert (first.ahead, second.ahead) == (3, 4)
    assert conversion.order_to_draw_ahead() is None


def test_a_page_that_was_drawn_ahead_waits_for_its_worker_while_there_are_others() -> None:
    conversion = begun(6)
    first, second = (conversion.start(start_from(conversion), target=None, now=0.0) for _ in range(2))
    first.ahead, second.ahead = 3, 4

    conversion.finish(2, GOOD, now=1.0)
    assert start_next(conversion).number == 4, "the worker that is free has drawn it"
    conversion.finish(4, GOOD, now=2.0)

    assert [start_next(conversion).number for _ in range(3)] == [5, 6, 3], "nothing waits where nothing else is left"


def start_from(conversion: Conversion) -> PageOrder:
    order = conversion.next_order(model=True)
    assert order is not None
    return order


@pytest.mark.parametrize("reason", [None, FallbackReason.ENGINE_BASIC])
def test_what_was_asked_for_is_no_fallback(reason: FallbackReason | None) -> None:
    conversion = begun(1)
    assert conversion.phase is Phase.CONVERTING
    start_next(conversion)
    conversion.finish(1, (Method.TEXT_LAYER, reason), now=1.0)

    assert list(conversion.fallback_pages) == []


KINDS = {
    "read, then lost": PageOrder(
        number=1, queued_at=0.0, fallback=FELL, areas=(), picture_text=PictureText(path=Path("t"))
    ),
    "not readable": PageOrder(number=1, queued_at=0.0, fallback=FELL, areas=(), picture_text=PictureText(problem="no")),
    "read for the model": PageOrder(number=1, queued_at=0.0, areas=(), picture_text=PictureText(path=Path("t"))),
    "to be read": PageOrder(number=1, queued_at=0.0, fallback=FELL, areas=()),
    "to be read for the model": PageOrder(number=1, queued_at=0.0, areas=()),
    "for the readers": PageOrder(number=1, queued_at=0.0, fallback=FELL),
    "for the model": PageOrder(number=1, queued_at=0.0),
    "once more": PageOrder(number=1, queued_at=0.0, fell=FELL),
}


@pytest.mark.parametrize("order", KINDS.values(), ids=KINDS)
def test_whatever_is_given_up_each_page_is_given_out_in_the_end(order: PageOrder) -> None:
    conversion = begun(1)
    start_next(conversion)
    conversion.replace(1, order, now=0.0)

    conversion.give_up_model(FELL)
    conversion.give_up_readers()

    if order.fell is None:
        last = start_next(conversion, model=False)
        assert (last.fallback, last.readers, last.has_picture_text) == (FELL, (), False)
        conversion.finish(1, (Method.NONE, FELL.reason), now=0.0)
    else:
        start_next(conversion)
        conversion.finish(1, GOOD, now=0.0)
    assert conversion.complete


def test_a_page_in_work_when_the_readers_are_given_up_gets_none_afterwards() -> None:
    conversion = begun(1)
    start_next(conversion)

    conversion.give_up_readers()
    conversion.replace(1, KINDS["for the readers"], now=0.0)

    assert start_next(conversion, model=False).readers == ()
    assert conversion.give_up_readers() == 0
