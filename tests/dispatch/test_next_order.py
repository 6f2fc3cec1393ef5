"""What happens after a page fails."""

from dataclasses import replace
from pathlib import Path

import pytest
from claims import FELL

from pipeline.dispatch.conversion import PageOrder, RunningPage
from pipeline.dispatch.next_order import (
    DEATHS_BEFORE_BASIC,
    DEATHS_BEFORE_NOTHING,
    DOCUMENT_OVER,
    HOSTS_PER_PAGE,
    is_neighbours_fault,
    is_rest_given_up,
    order_after_loss,
    order_after_nonsense,
    order_after_overdue,
    order_after_unserved,
    order_with_last_resort,
    rest_to_fallback,
)
from pipeline.page_result import Attempt, Fallback, FallbackReason, Step
from pipeline.pool.interface import Loss
from pipeline.worker.tasks import PageProgress, PictureText, ReaderName, Unserved

ATTEMPT = Attempt(server="http://a", model="m", outcome="timeout")
KILLED = Loss(detail="killed", from_outside=True)
BASIC = Fallback(reason=FallbackReason.ENGINE_BASIC, detail="")


def page(
    step: Step, *, reader: ReaderName | None = None, has_part: bool = False, fallback: Fallback | None = None
) -> RunningPage:
    order = PageOrder(number=1, queued_at=0.0, attempts=(replace(ATTEMPT, outcome="ok"),))
    progress = PageProgress(step=step, reader=reader, has_part=has_part, fallback=fallback, attempts=(ATTEMPT,))
    return RunningPage(order=order, target=None, progress=progress, given_at=0.0, since=0.0)


@pytest.mark.parametrize(
    ("step", "over", "reason"),
    [
        (Step.RENDER, False, FallbackReason.RENDER),
        (Step.REQUEST, False, FallbackReason.TIMEOUT),
        (Step.REQUEST, True, FallbackReason.DOCUMENT_DEADLINE),
        (Step.CHECK, True, FallbackReason.MALFORMED),
        (Step.FALLBACK, False, FallbackReason.WORKER_LOST),
    ],
)
def test_a_step_that_takes_too_long_says_why_the_page_falls_back(
    step: Step, reason: FallbackReason, *, over: bool
) -> None:
    order = order_after_overdue(page(step), document_over=over)

    assert order.fallback is not None
    assert order.fallback.reason is reason
    assert order.attempts == (ATTEMPT,)


def test_a_page_that_no_reader_is_left_for_is_read_by_text_recognition_once() -> None:
    last = replace(page(Step.FALLBACK, reader="pdfium", fallback=FELL).order, fallback=FELL, readers=("pdfium",))
    out = replace(last, readers=())

    first = order_with_last_resort(out, last, may_recognise=True)
    assert (first.needs_picture, first.areas, first.readers) == (True, (), ())
    known = replace(first, picture_text=PictureText(path=Path("a.picture")))
    second = order_with_last_resort(known, known, may_recognise=True)
    assert (second.needs_picture, second.has_picture_text) == (False, False)
    assert order_with_last_resort(second, second, may_recognise=True) == second

    parts = replace(out, areas=((0, 0, 1, 1),), picture_text=PictureText(path=Path("a.picture")))
    assert order_with_last_resort(parts, last, may_recognise=True).needs_picture
    assert order_with_last_resort(out, last, may_recognise=False) == out
    assert order_with_last_resort(last, last, may_recognise=True) == last


@pytest.mark.parametrize("step", [Step.RENDER, Step.REQUEST, Step.CHECK])
def test_a_worker_lost_over_the_model_leaves_all_readers(step: Step) -> None:
    order = order_after_loss(page(step), KILLED)

    assert order.readers == ("pdfminer", "pdfium")
    assert order.fallback == Fallback(reason=FallbackReason.WORKER_LOST, detail="killed")


@pytest.mark.parametrize(("reader", "left"), [("pdfminer", ("pdfium",)), ("pdfium", ()), (None, ("pdfium",))])
def test_a_reader_that_cost_a_worker_is_not_tried_again(reader: ReaderName | None, left: tuple[str, ...]) -> None:
    order = order_after_loss(page(Step.FALLBACK, reader=reader, fallback=FELL), KILLED)

    assert order.readers == left
    assert order.fallback == FELL  # the first reason stays


def test_a_reader_that_gave_a_part_of_the_page_is_tried_once_more_when_the_next_one_cost_the_worker() -> None:
    order = order_after_loss(page(Step.FALLBACK, reader="pdfium", has_part=True, fallback=FELL), KILLED)
    assert order.readers == ("pdfminer",)

    running = page(Step.FALLBACK, reader="pdfminer", has_part=True)
    assert order_after_loss(replace(running, order=order), KILLED).readers == ()


def test_a_basic_page_that_costs_a_worker_has_a_reason_after_all() -> None:
    order = order_after_loss(page(Step.FALLBACK, reader="pdfminer", fallback=BASIC), KILLED)

    assert order.fallback is not None
    assert order.fallback.reason is FallbackReason.WORKER_LOST


def test_a_page_that_its_server_could_not_answer_goes_to_another_or_waits_or_falls_back() -> None:
    refused = Fallback(reason=FallbackReason.UNREACHABLE, detail="no answer")
    unserved = Unserved(fallback=refused, attempts=(ATTEMPT,), spent_s=2.0)
    sent = page(Step.REQUEST)

    other = order_after_unserved(sent, unserved, url="http://a", other=True, patient=False)
    waits = order_after_unserved(sent, unserved, url="http://a", other=False, patient=True)
    falls = order_after_unserved(sent, unserved, url="http://a", other=False, patient=False)

    assert (other.fallback, other.tried) == (None, frozenset({"http://a"}))
    assert (other.attempts, other.spent_s) == ((ATTEMPT,), 2.0)
    assert (waits.fallback, waits.tried) == (None, frozenset())
    assert (falls.fallback, falls.readers) == (refused, ("pdfminer", "pdfium"))


def test_patience_has_an_end() -> None:
    unserved = Unserved(fallback=FELL, attempts=(ATTEMPT,) * 6, spent_s=2.0)

    assert (
        order_after_unserved(page(Step.REQUEST), unserved, url="http://a", other=False, patient=True).fallback == FELL
    )


def test_a_page_that_waited_while_another_killed_its_worker_is_sent_again_once() -> None:
    waiting = page(Step.REQUEST)
    waiting.drawing = True

    again = order_after_loss(waiting, KILLED)
    assert (is_neighbours_fault(waiting), again) == (True, replace(waiting.order, spared=True))

    waiting.order = again
    assert not is_neighbours_fault(waiting)
    assert order_after_loss(waiting, KILLED).fallback is not None


def test_a_page_whose_machine_is_lost_is_sent_again_as_it_was_but_not_for_ever() -> None:
    lost = Loss(detail="no word of it", from_outside=True, host_lost=True)
    running = page(Step.REQUEST)
    for count in range(1, HOSTS_PER_PAGE + 1):
        running.order = order_after_loss(running, lost)
        assert (running.order.hosts_lost, running.order.fallback) == (count, None)

    assert order_after_loss(running, lost).fallback == Fallback(reason=FallbackReason.WORKER_LOST, detail=lost.detail)


def test_nonsense_costs_a_page_a_reader_whatever_its_worker_says_it_does() -> None:
    lying = page(Step.RENDER)
    lying.order = replace(lying.order, fallback=FELL)

    first = order_after_nonsense(lying, "nonsense")
    lying.order = first

    assert (first.readers, order_after_nonsense(lying, "nonsense").readers) == (("pdfium",), ())


@pytest.mark.parametrize(
    ("deaths", "seconds_left", "outage", "reason"),
    [
        (0, 1.0, None, None),
        (DEATHS_BEFORE_BASIC - 1, 1.0, None, None),
        (DEATHS_BEFORE_BASIC, 0.0, "none", FallbackReason.WORKER_LOST),
        (0, 0.0, "none", FallbackReason.DOCUMENT_DEADLINE),
        (0, 1.0, "none", FallbackReason.UNREACHABLE),
    ],
)
def test_the_rest_of_a_document_goes_on_without_the_model_where_it_must(
    deaths: int, seconds_left: float, outage: str | None, reason: FallbackReason | None
) -> None:
    fallback = rest_to_fallback(deaths=deaths, seconds_left=seconds_left, outage=outage)

    assert (fallback and fallback.reason) is reason
    assert (fallback == DOCUMENT_OVER) is (reason is FallbackReason.DOCUMENT_DEADLINE)


def test_the_rest_of_a_document_that_goes_on_killing_is_given_up() -> None:
    assert not is_rest_given_up(deaths=DEATHS_BEFORE_NOTHING - 1)
    assert is_rest_given_up(deaths=DEATHS_BEFORE_NOTHING)


@pytest.mark.parametrize("fallback", [BASIC, FELL, None])
def test_a_worker_that_dies_over_a_pages_pictures_costs_the_pictures_and_no_reader(fallback: Fallback | None) -> None:
    first = replace(page(Step.FIGURES, fallback=fallback), order=PageOrder(number=1, queued_at=0.0, fallback=fallback))

    for order in (order_after_loss(first, KILLED), order_after_overdue(first, document_over=False)):
        assert (order.readers, order.figures) == (PageOrder(number=1, queued_at=0.0).readers, False)
        assert order.fallback is not None
        assert fallback is None or order.fallback == fallback

        again = order_after_loss(replace(first, order=order), KILLED)  # whatever its worker says, only once
        assert again.readers == order.readers[1:]
