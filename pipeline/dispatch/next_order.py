"""What happens after a page fails: the model again, now or at the end; another server; the readers left; or nothing.

An order without a ``fallback`` goes to the model. One with a ``fallback`` goes to the readers of basic extraction that
are left; where none is left, the page is given up.
"""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.dispatch.conversion import PageOrder, RunningPage
from pipeline.dispatch.step_limits import CHECK_S, RENDER_S
from pipeline.errors import AnswerFailed
from pipeline.page_result import Attempt, Fallback, FallbackReason, PageResult, Step
from pipeline.pool.interface import Loss
from pipeline.worker.tasks import PictureText, Unrecognised, Unserved

#: Workers that may die in a row during a document's pages before the rest of it is read without the model.
DEATHS_BEFORE_BASIC = 3
#: Workers that may die in a row during a document's pages before the rest of it is not read at all.
DEATHS_BEFORE_NOTHING = 6
#: Machines that may be lost while they have a page before the page itself is suspected.
HOSTS_PER_PAGE = 3
# Requests for one page while it waits for a server that comes and goes: the page itself may be what stops the server.
_PATIENT_ATTEMPTS = 6
#: Seconds after a document's last page in which pages that fell back for a passing reason may be asked again.
SECOND_CHANCE_S = 15.0
# Share of a page's time that it gets after it has used all of it once.
_SHORTER = 0.5
# Reasons that may be over by the end of the document; some others are where the server itself has failed.
_PASSING = frozenset({FallbackReason.UNREACHABLE, FallbackReason.TIMEOUT})
_SERVER_ERROR = 500

#: The user has chosen the built-in engine.
ENGINE_BASIC = Fallback(reason=FallbackReason.ENGINE_BASIC, detail="engine: basic")
#: The document's time is over.
DOCUMENT_OVER = Fallback(
    reason=FallbackReason.DOCUMENT_DEADLINE, detail="timeouts.document was reached before the model had answered"
)

_REASON_WHEN_OVERDUE = {
    Step.RENDER: (FallbackReason.RENDER, f"drawing it took more than {RENDER_S:g} s"),
    Step.REQUEST: (FallbackReason.TIMEOUT, "the worker did not come back in time"),
    Step.FIGURES: (FallbackReason.WORKER_LOST, f"drawing its pictures took more than {RENDER_S:g} s"),
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


def order_after_unrecognised(page: RunningPage, value: Unrecognised) -> PageOrder:
    """First the page's picture, then the same again."""
    return replace(
        page.order,
        areas=value.areas,
        fallback=page.order.fallback or value.fallback,
        attempts=value.attempts,
        spent_s=page.order.spent_s + value.spent_s,
    )


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
    if (patient or order.fell) and len(order.attempts) < _PATIENT_ATTEMPTS:
        return replace(order, tried=frozenset())
    return replace(order, fallback=order.fell or unserved.fallback)


def order_for_second_chance(order: PageOrder, result: PageResult, *, page_timeout_s: float) -> PageOrder | None:
    """The order that asks the model again at the end of the document; None where the reason of the fallback will last.

    Args:
        order: That has led to the result.
        result: What was made of the page without the model.
        page_timeout_s: Seconds that the settings give to a page.
    """
    if result.fallback is None or order.fell is not None or not _is_passing(result.fallback, result.attempts):
        return None
    spent_s = page_timeout_s * _SHORTER if result.fallback.reason is FallbackReason.TIMEOUT else 0.0
    return PageOrder(
        number=order.number,
        queued_at=order.queued_at,
        attempts=result.attempts,
        spent_s=spent_s,
        fell=result.fallback,
    )


def is_second_chance_over(*, deaths: int, seconds_left: float, waits: bool, answered: bool) -> bool:
    """Whether no page of a document is asked a second time any more.

    Args:
        deaths: Of workers in a row, during this document's pages.
        seconds_left: Of the document's time, which ends :data:`SECOND_CHANCE_S` after its last page.
        waits: Whether a page of it has not been read yet.
        answered: Whether a server has answered a page of it: one that never does must not delay anything.
    """
    return deaths >= DEATHS_BEFORE_BASIC or seconds_left <= 0.0 or not (waits or answered)


def _is_passing(fallback: Fallback, attempts: Sequence[Attempt]) -> bool:
    """Whether the reason lies in the server, and in this moment."""
    last = attempts[-1] if attempts else None
    if fallback.reason is FallbackReason.TIMEOUT:
        return last is not None  # a worker that was killed before it could report may hang over the page itself
    if last is None or fallback.reason in _PASSING:
        return fallback.reason in _PASSING
    if fallback.reason is FallbackReason.TRUNCATED:
        return last.finish_reason is None  # the connection broke in the middle
    return fallback.reason is FallbackReason.REFUSED and (
        (last.http_status or 0) >= _SERVER_ERROR or last.outcome == AnswerFailed.attempt_outcome
    )


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


def is_hosts_fault(page: RunningPage, loss: Loss) -> bool:
    """Whether a whole machine was lost, and not because of this page: that is believed a few times for each page."""
    return loss.host_lost and page.order.hosts_lost < HOSTS_PER_PAGE


def order_after_loss(page: RunningPage, loss: Loss) -> PageOrder:
    """What comes after the worker's death: the same again where something else caused it, else the readers left."""
    if is_hosts_fault(page, loss):
        return replace(page.order, hosts_lost=page.order.hosts_lost + 1)
    if is_neighbours_fault(page):
        return replace(page.order, spared=True)
    return _order_for_readers(page, Fallback(reason=FallbackReason.WORKER_LOST, detail=loss.detail))


def order_after_nonsense(page: RunningPage, detail: str) -> PageOrder:
    """The readers that are left, for a page whose worker reported something impossible."""
    return _order_for_readers(page, Fallback(reason=FallbackReason.WORKER_LOST, detail=detail))


def order_with_last_resort(order: PageOrder, before: PageOrder, *, may_recognise: bool) -> PageOrder:
    """Text recognition of the whole picture, for a page that no reader is left for; once, since it may kill, too.

    Args:
        order: What comes next.
        before: What has led to it.
        may_recognise: Whether the settings allow it.
    """
    if order.fallback is None or order.readers:
        return order
    if order.picture_text is None or order.areas:
        return replace(order, areas=(), picture_text=None) if may_recognise else replace(order, picture_text=None)
    if not before.readers:  # it has been tried: the worker died although all that was left to do was to use the text
        problem = "the worker that was to use its text died"
        return replace(order, picture_text=PictureText(problem=problem))
    return order


def _order_for_readers(page: RunningPage, fallback: Fallback) -> PageOrder:
    """An order for the readers; the first reason for which a page fell back stays its reason."""
    if page.progress.step is Step.FIGURES and page.order.figures:
        # Its text had been read: the same again without its pictures, which costs no reader.
        known = page.order.fallback or page.order.fell or page.progress.fallback
        return replace(page.order, fallback=known or fallback, figures=False)
    readers = page.order.readers
    # One reader is used up whatever the worker reports: a hostile file may have taken it over.
    if page.order.fallback is not None or page.progress.step is Step.FALLBACK:
        used = readers.index(page.progress.reader) if page.progress.reader in readers else 0
        # Those before it came back: they are worth their time again if they gave a part of the page.
        readers = (readers[:used] if page.progress.has_part else ()) or readers[used + 1 :]
    known = page.order.fallback or page.order.fell or page.progress.fallback
    if known is not None and known.reason is FallbackReason.ENGINE_BASIC:
        known = None
    return replace(
        page.order,
        fallback=known or fallback,
        readers=readers,
        attempts=page.progress.attempts or page.order.attempts,
    )
