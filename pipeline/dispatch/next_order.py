"""What happens after a page fails: the model again, another server, the readers that are left, or nothing.

An order without a ``fallback`` goes to the model. One with a ``fallback`` goes to the readers of basic extraction that
are left; where none is left, the page is given up.
"""

from dataclasses import replace

from pipeline.dispatch.conversion import PageOrder, RunningPage
from pipeline.dispatch.step_limits import CHECK_S, RENDER_S
from pipeline.document import Fallback, FallbackReason, Step
from pipeline.worker.tasks import Unserved

#: Workers that may die in a row during a document's pages before the rest of it is read without the model.
DEATHS_BEFORE_BASIC = 3
#: Workers that may die in a row during a document's pages before the rest of it is not read at all.
DEATHS_BEFORE_NOTHING = 6
# Requests for one page while it waits for a server that comes and goes: the page itself may be what stops the server.
_PATIENT_ATTEMPTS = 6

#: The user has chosen the built-in engine.
ENGINE_BASIC = Fallback(reason=FallbackReason.ENGINE_BASIC, detail="engine: basic")
#: The document's time is over.
DOCUMENT_OVER = Fallback(
    reason=FallbackReason.DOCUMENT_DEADLINE, detail="timeouts.document was reached before the model had answered"
)

_REASON_WHEN_OVERDUE = {
    Step.RENDER: (FallbackReason.RENDER, f"drawing it took more than {RENDER_S:g} s"),
    Step.REQUEST: (FallbackReason.TIMEOUT, "the worker did not come back in time"),
    Step.CHECK: (FallbackReason.MALFORMED, f"the answer could not be made sense of within {CHECK_S:g} s"),
}


def rest_to_fallback(*, deaths: int, seconds_left: float, outage: str | None) -> Fallback | None:
    """Why no page of a document is sent to the model any more; None where pages are.

    Args:
        deaths: Of workers in a row, during this document's pages.
        seconds_left: Of the document's time.
        outage: Why no server can answer a page; None where one can, or where pages wait for one.
    """
    if deaths >= DEATHS_BEFORE_BASIC:
        detail = f"{DEATHS_BEFORE_BASIC} workers in a row died of this document"
        return Fallback(reason=FallbackReason.WORKER_LOST, detail=detail)
    if seconds_left <= 0.0:
        return DOCUMENT_OVER
    return Fallback(reason=FallbackReason.UNREACHABLE, detail=outage) if outage else None


def is_rest_given_up(*, deaths: int) -> bool:
    """Whether so many deaths in a row mean that no page of the document is read any more."""
    return deaths >= DEATHS_BEFORE_NOTHING


def order_after_unserved(page: RunningPage, unserved: Unserved, *, url: str, other: bool, patient: bool) -> PageOrder:
    """Another server, a further wait, or the readers, for a page that its server could not answer.

    Args:
        page: As the worker left it.
        unserved: What the worker says.
        url: Of the server.
        other: Whether a server that has not failed this page may answer it.
        patient: Whether pages wait for a server.
    """
    order = replace(
        page.order,
        attempts=unserved.attempts,
        tried=page.order.tried | {url},
        spent_s=page.order.spent_s + unserved.spent_s,
    )
    if other:
        return order
    if patient and len(order.attempts) < _PATIENT_ATTEMPTS:
        return replace(order, tried=frozenset())
    return replace(order, fallback=unserved.fallback)


def order_after_overdue(page: RunningPage, *, document_over: bool) -> PageOrder:
    """The readers that are left, for a page whose worker was killed because a step took too long.

    Args:
        page: As the worker left it.
        document_over: The document's time is over, too.
    """
    if document_over and page.progress.step is Step.REQUEST:
        return _order_for_readers(page, DOCUMENT_OVER)
    reason, detail = _REASON_WHEN_OVERDUE.get(page.progress.step, (FallbackReason.WORKER_LOST, "reading took too long"))
    return _order_for_readers(page, Fallback(reason=reason, detail=detail))


def is_neighbours_fault(page: RunningPage) -> bool:
    """Whether the worker died of the page that it drew ahead, and not of this one, which waited for its answer.

    That is believed once for each page.
    """
    return page.drawing and page.progress.step is Step.REQUEST and not page.order.spared


def order_after_loss(page: RunningPage, detail: str) -> PageOrder:
    """What comes after the worker's death: the model again where another page caused it, else the readers left."""
    if is_neighbours_fault(page):
        return replace(page.order, spared=True)
    return _order_for_readers(page, Fallback(reason=FallbackReason.WORKER_LOST, detail=detail))


def order_after_nonsense(page: RunningPage, detail: str) -> PageOrder:
    """The readers that are left, for a page whose worker reported something impossible."""
    return _order_for_readers(page, Fallback(reason=FallbackReason.WORKER_LOST, detail=detail))


def _order_for_readers(page: RunningPage, fallback: Fallback) -> PageOrder:
    """An order for the readers; the first reason for which a page fell back stays its reason."""
    readers = page.order.readers
    # One reader is used up whatever the worker reports: a hostile file may have taken it over.
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
