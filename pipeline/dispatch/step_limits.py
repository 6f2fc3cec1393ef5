"""How long each step of a page may take before its worker is killed, and what that means for the page."""

from dataclasses import replace

from pipeline.dispatch.conversion import PageOrder, RunningPage
from pipeline.document import Fallback, FallbackReason, Step
from pipeline.worker.tasks import READER_LIMITS_S, ReaderName

#: Opening a file and counting its pages.
INSPECT_S = 30.0
#: Drawing a page; pdfium takes up to five seconds on the worst pages known.
RENDER_S = 30.0
#: Making HTML of an answer, and comparing it with the page.
CHECK_S = 20.0
# The worker keeps its own time; the parent's is for workers that cannot.
_GRACE_S = 0.7


def step_to_seconds(step: Step, page_s: float, document_s: float, *, reader: ReaderName | None) -> float:
    """The most that a step may take from its beginning.

    Args:
        step: That begins.
        page_s: What is left of the page's time.
        document_s: What is left of the document's time.
        reader: That is at work; None where it is not known yet.
    """
    if step is Step.REQUEST:
        return min(page_s, document_s) + _GRACE_S
    if step is Step.FALLBACK:
        return max(limit for name, limit in READER_LIMITS_S.items() if reader in {None, name}) + _GRACE_S
    return RENDER_S if step is Step.RENDER else CHECK_S


#: Why pages are not sent when the document's time is over.
DOCUMENT_OVER = Fallback(
    reason=FallbackReason.DOCUMENT_DEADLINE, detail="timeouts.document was reached before the model had answered"
)

_REASON_WHEN_OVERDUE = {
    Step.RENDER: (FallbackReason.RENDER, f"drawing it took more than {RENDER_S:g} s"),
    Step.REQUEST: (FallbackReason.TIMEOUT, "the worker did not come back in time"),
    Step.CHECK: (FallbackReason.MALFORMED, f"the answer could not be made sense of within {CHECK_S:g} s"),
}


def order_after_overdue(page: RunningPage, *, document_over: bool) -> PageOrder:
    """What is done with a page whose worker was killed because a step took too long.

    Args:
        page: As the worker left it.
        document_over: The document's time is over, too.
    """
    if document_over and page.progress.step is Step.REQUEST:
        return _next_order(page, DOCUMENT_OVER)
    reason, detail = _REASON_WHEN_OVERDUE.get(page.progress.step, (FallbackReason.WORKER_LOST, "reading took too long"))
    return _next_order(page, Fallback(reason=reason, detail=detail))


def order_after_loss(page: RunningPage, detail: str) -> PageOrder:
    """What is done with a page whose worker died."""
    return _next_order(page, Fallback(reason=FallbackReason.WORKER_LOST, detail=detail))


def _next_order(page: RunningPage, fallback: Fallback) -> PageOrder:
    """Basic extraction by the readers that are left; the first reason that a page fell back for stays its reason."""
    readers = page.order.readers
    # An order that is for the readers takes one of them whatever its worker says, which may have been taken over.
    if page.order.fallback is not None or page.progress.step is Step.FALLBACK:
        used = page.progress.reader
        readers = readers[readers.index(used) + 1 :] if used in readers else readers[1:]
    known = page.order.fallback or page.progress.fallback
    if known is not None and known.reason is FallbackReason.ENGINE_BASIC:
        known = None
    return replace(
        page.order,
        fallback=known or fallback,
        readers=readers,
        attempts=page.progress.attempts or page.order.attempts,
    )
