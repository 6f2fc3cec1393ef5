"""How long a step may take, and what becomes of a page whose worker is gone."""

from dataclasses import replace

import pytest
from claims import FELL

from pipeline.dispatch.conversion import PageOrder, RunningPage
from pipeline.dispatch.step_limits import (
    CHECK_S,
    INSPECT_S,
    RENDER_S,
    order_after_loss,
    order_after_overdue,
    step_to_seconds,
)
from pipeline.document import Attempt, Fallback, FallbackReason, Step
from pipeline.worker.tasks import READER_LIMITS_S, PageProgress, ReaderName

ATTEMPT = Attempt(server="http://a", model="m", outcome="timeout")
BASIC = Fallback(reason=FallbackReason.ENGINE_BASIC, detail="")


def page(step: Step, *, reader: ReaderName | None = None, fallback: Fallback | None = None) -> RunningPage:
    order = PageOrder(number=1, queued_at=0.0, attempts=(replace(ATTEMPT, outcome="ok"),))
    progress = PageProgress(step=step, reader=reader, fallback=fallback, attempts=(ATTEMPT,))
    return RunningPage(order=order, target=None, progress=progress, given_at=0.0, since=0.0)


def test_an_answer_has_what_is_left_of_the_page_and_the_document() -> None:
    assert step_to_seconds(Step.REQUEST, 180.0, 300.0, reader=None) == pytest.approx(180.0, abs=1.0)
    assert step_to_seconds(Step.REQUEST, 180.0, 5.0, reader=None) == pytest.approx(5.0, abs=1.0)


def test_other_steps_have_limits_of_their_own() -> None:
    assert step_to_seconds(Step.RENDER, 1.0, 1.0, reader=None) == RENDER_S
    assert step_to_seconds(Step.CHECK, 1.0, 1.0, reader=None) == CHECK_S
    assert step_to_seconds(Step.FALLBACK, 1.0, 1.0, reader="pdfium") == pytest.approx(READER_LIMITS_S["pdfium"], abs=1)
    assert step_to_seconds(Step.FALLBACK, 1.0, 1.0, reader=None) == pytest.approx(max(READER_LIMITS_S.values()), abs=1)
    assert INSPECT_S > 0


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


@pytest.mark.parametrize("step", [Step.RENDER, Step.REQUEST, Step.CHECK])
def test_a_worker_lost_over_the_model_leaves_all_readers(step: Step) -> None:
    order = order_after_loss(page(step), "killed")

    assert order.readers == ("pdfminer", "pdfium")
    assert order.fallback == Fallback(reason=FallbackReason.WORKER_LOST, detail="killed")


@pytest.mark.parametrize(("reader", "left"), [("pdfminer", ("pdfium",)), ("pdfium", ()), (None, ("pdfium",))])
def test_a_reader_that_cost_a_worker_is_not_tried_again(reader: ReaderName | None, left: tuple[str, ...]) -> None:
    order = order_after_loss(page(Step.FALLBACK, reader=reader, fallback=FELL), "killed")

    assert order.readers == left
    assert order.fallback == FELL  # the first reason stays


def test_a_basic_page_that_costs_a_worker_has_a_reason_after_all() -> None:
    order = order_after_loss(page(Step.FALLBACK, reader="pdfminer", fallback=BASIC), "killed")

    assert order.fallback is not None
    assert order.fallback.reason is FallbackReason.WORKER_LOST
