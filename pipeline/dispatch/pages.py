"""Gives pages to workers and takes their results; in the loop's thread."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.choices import Engine, FigureChoice
from pipeline.conditions import outside_hours
from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion, PageOrder, RunningPage
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.next_order import (
    ENGINE_BASIC,
    SECOND_CHANCE_S,
    is_hosts_fault,
    is_neighbours_fault,
    is_rest_given_up,
    is_second_chance_over,
    order_after_loss,
    order_after_nonsense,
    order_after_overdue,
    order_after_unrecognised,
    order_after_unserved,
    order_for_second_chance,
    order_with_last_resort,
    rest_to_fallback,
)
from pipeline.dispatch.schedule import Schedule
from pipeline.dispatch.step_limits import page_to_seconds, step_to_seconds
from pipeline.errors import PublishError
from pipeline.hours import Hours
from pipeline.log.log import bound, logger
from pipeline.page_result import (
    Content,
    Fallback,
    FallbackReason,
    Method,
    PageResult,
    PageTimings,
    Step,
    content_to_result,
)
from pipeline.pool.interface import Loss, Pool
from pipeline.results.journal import Journal
from pipeline.results.page_record import record_fault, write_record
from pipeline.server_target import ServerTarget
from pipeline.servers.server_book import ServerBook
from pipeline.worker.tasks import (
    AnswerTaken,
    PageProgress,
    PageTask,
    Prepared,
    Unrecognised,
    Unserved,
    Unwritten,
)

# Seconds of one turn of the loop for pages that are given up.
_SLICE_S = 0.05

# Reasons for which a page falls back although its server has answered.
_ANSWERED = frozenset(
    {
        FallbackReason.REFUSED,
        FallbackReason.EMPTY,
        FallbackReason.TRUNCATED,
        FallbackReason.REPETITIVE,
        FallbackReason.MALFORMED,
        FallbackReason.UNFAITHFUL,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesSettings:
    """How pages are given out; times in seconds.

    Attributes:
        hours: In which the model is asked; None for always.
        places: Where the pages of a server are drawn, by its address; those of the others anywhere.
    """

    page_timeout_s: float
    hours: Hours | None = None
    places: Mapping[str, str] = field(default_factory=dict)


class Pages:
    """Knows which worker has which page."""

    def __init__(
        self, pool: Pool, journal: Journal, deaths: Deaths, servers: ServerBook, settings: PagesSettings
    ) -> None:
        self._pool = pool
        self._journal = journal
        self._deaths = deaths
        self._servers = servers
        self._settings = settings
        self._schedule = Schedule()
        self.asks_model = True
        self._pages: dict[str, tuple[Conversion, int]] = {}

    @property
    def in_work(self) -> int:
        """Number of pages that workers have."""
        return len(self._pages)

    def conversion_of(self, key: str) -> Conversion | None:
        """The document to which a task of the pool belongs; None where the task is not a page."""
        found = self._pages.get(key)
        return found[0] if found else None

    def begin(self, conversion: Conversion) -> None:
        """Begin with the pages of a document, now that they are known."""
        if conversion.settings.engine is Engine.BASIC:
            _give_up_model(conversion, ENGINE_BASIC)

    def give_out(self, conversions: Collection[Conversion], now: float) -> bool:
        """Give pages to idle workers while there are both; returns whether it should be called again at once.

        Raises:
            PublishError: The working state cannot be written.
        """
        self._check_hours()
        outage = self._servers.outage(now) if self.asks_model else None
        for conversion in conversions:
            self._give_up_rest(conversion, None if conversion.settings.patient else outage, now)
        # Pages that are given up need no worker, but time: a thousand of them must not hold up the loop.
        slice_over = Deadline.after(_SLICE_S)
        while self._pool.idle and (choice := self._choose(conversions, now)) is not None:
            self._give(*choice, now=now)
            if slice_over.expired:
                return True
        return False

    @property
    def why_not_asked(self) -> str:
        """Why the model is not asked now, as a sentence; empty where it is."""
        return "" if self.asks_model else outside_hours(str(self._settings.hours))

    def _check_hours(self) -> None:
        hours = self._settings.hours
        asks = hours is None or hours.includes(datetime.now().astimezone().time())
        if asks != self.asks_model:
            logger().info("hours_begin" if asks else "hours_over", hours=str(hours))
        self.asks_model = asks

    def _give_up_rest(self, conversion: Conversion, outage: str | None, now: float) -> None:
        """Where the counts or clocks say so, send no further page of a document to the model, or to any reader."""
        deaths = self._deaths.in_a_row(conversion.document)
        fallback = rest_to_fallback(deaths=deaths, seconds_left=conversion.seconds_left(now), outage=outage)
        if fallback is not None:
            _give_up_model(conversion, fallback)
        waits, left = bool(conversion.remaining), conversion.seconds_left(now)
        if is_second_chance_over(deaths=deaths, seconds_left=left, waits=waits, answered=conversion.answered):
            conversion.give_up_second()
        if is_rest_given_up(deaths=deaths) and (count := conversion.give_up_readers()):
            with bound(document=conversion.document.name):
                logger().warning("left_empty", pages=count, detail=f"{deaths} workers in a row died of this document")

    def _choose(
        self, conversions: Collection[Conversion], now: float
    ) -> tuple[Conversion, PageOrder, ServerTarget | None] | None:
        found = self._schedule.next_order(conversions, model=True) if self.asks_model else None
        if found is not None:
            conversion, order = found
            places = self._settings.places
            full = {place for place in set(places.values()) if not self._pool.idle_at(place)}
            crowded = {url for url, place in places.items() if place in full}
            profiles = conversion.settings.worker.profiles
            target = self._servers.choose(now, exclude=order.tried | crowded, profiles=profiles)
            if target is not None:
                return conversion, order, target
        basic = self._schedule.next_order(conversions, model=False)
        return (*basic, None) if basic else None

    def _give(self, conversion: Conversion, order: PageOrder, target: ServerTarget | None, *, now: float) -> None:
        key = _key_of(conversion, order.number)
        self._schedule.given()
        if conversion.first_page_at is None:
            # Not before its first page: a document that is still waiting in line cannot have ended a daemon.
            self._deaths.daemon_begins(conversion.document)
        if order.fallback is not None and not (order.readers or order.has_picture_text):
            self._record_unreadable(conversion, order, now)
            return
        task = self._order_to_task(conversion, order, target, now)
        page = conversion.start(order, target=target, now=now)
        if target is not None:
            self._servers.sent(target.url)
        self._pages[key] = (conversion, order.number)
        limit = step_to_seconds(page.progress.step, task.page_timeout_s, task.document_remaining_s, reader=None)
        self._pool.submit(key, task, Deadline.after(limit))

    def _order_to_task(
        self, conversion: Conversion, order: PageOrder, target: ServerTarget | None, now: float
    ) -> PageTask:
        document, settings = conversion.document, conversion.settings.worker
        return PageTask(
            document=document.name,
            path=document.pdf,
            number=order.number,
            out=self._journal.draft_file(document, order.number),
            target=target,
            page_timeout_s=max(0.0, self._settings.page_timeout_s - order.spent_s),
            document_remaining_s=conversion.seconds_left(now),
            fallback=order.fallback or order.fell,
            readers=order.readers,
            queue_s=max(0.0, now - order.queued_at - (order.picture_text.seconds if order.picture_text else 0.0)),
            attempts=order.attempts,
            picture_text=order.picture_text,
            settings=settings if order.figures else replace(settings, figures=FigureChoice.OFF),
            sha256=conversion.pdf_sha256,
        )

    def take_report(self, key: str, value: object, now: float) -> None:
        """Take a worker's report about a page that it has."""
        conversion, number = self._pages[key]
        page = conversion.running[number]
        if isinstance(value, AnswerTaken):
            self._note_dialects(page, value.dialects)
        elif isinstance(value, Prepared):
            page.drawing = page.drawing and value.number != page.ahead
        elif isinstance(value, PageProgress):
            if (value.step, value.reader) != (page.progress.step, page.progress.reader):
                page.since = now
                task_s = max(0.0, self._settings.page_timeout_s - page.order.spent_s)
                limit = step_to_seconds(value.step, task_s, conversion.seconds_left(now), reader=value.reader)
                rest = page.given_at + page_to_seconds(task_s) - now
                self._pool.limit(key, Deadline.after(min(limit, rest)))
                if value.step is Step.REQUEST:
                    self._draw_ahead(key, page, now)
            page.progress = value

    def _note_dialects(self, page: RunningPage, dialects: tuple[str, ...]) -> None:
        if page.target is not None:
            self._servers.note_dialects(page.target, dialects)

    def _draw_ahead(self, key: str, page: RunningPage, now: float) -> None:
        """While a worker waits for an answer, it may draw the page of the same document that comes next."""
        conversion, _ = self._pages[key]
        order = conversion.order_to_draw_ahead()
        if order is not None and page.target is not None and page.ahead is None and not page.order.spared:
            page.ahead, page.drawing = order.number, True
            task = self._order_to_task(conversion, order, page.target, now)
            self._pool.prepare(key, task, next_key=_key_of(conversion, order.number))

    def take_result(self, key: str, value: object, now: float) -> str | None:
        """Take a worker's result; returns a sentence for people where the page's record cannot be written.

        A process that has read a hostile file is not trusted: a result of the wrong page or kind, or without a record,
        is treated as the loss of the worker.
        """
        conversion, page = self._take(key, now)
        number = page.order.number
        if isinstance(value, Unwritten):
            conversion.put_back(number, now=now)
            return value.detail
        if isinstance(value, Unserved) and page.target is not None:
            self._redirect(conversion, page, page.target.url, value, now)
        elif isinstance(value, Unrecognised) and page.order.picture_text is None:
            conversion.replace(number, order_after_unrecognised(page, value), now=now)
        elif isinstance(value, PageResult) and value.number == number:
            return self._keep(conversion, page, value, now)
        else:
            detail = f"the worker answered {type(value).__name__}"
            self._put_back(conversion, page, order_after_nonsense(page, detail), now)
        return None

    @staticmethod
    def _put_back(conversion: Conversion, page: RunningPage, order: PageOrder, now: float) -> None:
        """Put a page back whose worker has failed."""
        may_recognise = conversion.settings.worker.ocr != "off"
        order = order_with_last_resort(order, page.order, may_recognise=may_recognise)
        conversion.replace(order.number, order, now=now)

    def _keep(self, conversion: Conversion, page: RunningPage, result: PageResult, now: float) -> str | None:
        """Finish the page; returns a sentence for people where its record cannot be taken into the journal."""
        number = page.order.number
        fault = record_fault(self._journal.draft_file(conversion.document, number))
        if fault is not None:
            self._put_back(conversion, page, order_after_nonsense(page, f"the worker's record {fault}"), now)
            return None
        try:
            self._journal.commit(conversion.document, number)
        except PublishError as error:
            conversion.put_back(number, now=now)
            return str(error)
        if page.target is not None:
            self._note_result(page.target.url, result)
        conversion.answered |= result.method is Method.VISION
        conversion.finish(number, (result.method, result.reason), now=now)
        second = order_for_second_chance(page.order, result, page_timeout_s=self._settings.page_timeout_s)
        if second is not None:
            conversion.ask_again(second)
        if not conversion.remaining:
            conversion.end_at(now + SECOND_CHANCE_S)
        self._deaths.page_finished(conversion.document)
        return None

    def take_loss(self, key: str, loss: Loss, now: float) -> None:
        """Decide what comes next after the worker died or failed."""
        conversion, page = self._take(key, now)
        if conversion.cancelled:
            conversion.put_back(page.order.number, now=now)
            return
        self._put_back(conversion, page, order_after_loss(page, loss), now)
        if is_hosts_fault(page, loss):
            logger().warning(
                "host_lost_with_page", page=page.order.number, detail=loss.detail, advice="it is sent again"
            )
        elif not is_neighbours_fault(page):
            detail = loss.fault or loss.detail
            logger().warning("worker_lost", page=page.order.number, step=page.progress.step.value, detail=detail)
            self._deaths.worker_died(conversion.document, loss, given_at=page.given_at, now=now)

    def take_overdue(self, key: str, now: float) -> None:
        """Decide what comes next after the worker was killed because a step took too long."""
        conversion, page = self._take(key, now)
        logger().warning("worker_overdue", page=page.order.number, step=page.progress.step.value)
        if page.target is not None and page.progress.step is Step.REQUEST:
            self._servers.doubted(page.target.url)
        order = order_after_overdue(page, document_over=conversion.seconds_left(now) <= 0.0)
        self._put_back(conversion, page, order, now)

    def withdraw(self, conversion: Conversion) -> None:
        """Have nothing more be done for a document: workers that have pages of it are ended."""
        for key, (owner, _) in self._pages.items():
            if owner is conversion:
                self._pool.cancel(key)

    def discard(self, conversion: Conversion) -> None:
        """Remove what was done for a document whose earlier result stays.

        Raises:
            PublishError: It cannot be removed.
        """
        self._journal.discard(conversion.document)

    def _take(self, key: str, now: float) -> tuple[Conversion, RunningPage]:
        conversion, number = self._pages.pop(key)
        page = conversion.running[number]
        if page.target is not None:
            self._servers.done(page.target.url, now)
        return conversion, page

    def _note_result(self, url: str, result: PageResult) -> None:
        if _is_answered(result):
            self._servers.answered(url)
        if any(attempt.server == url and not attempt.ok for attempt in result.attempts):
            self._servers.doubted(url)

    def _redirect(self, conversion: Conversion, page: RunningPage, url: str, value: Unserved, now: float) -> None:
        self._servers.failed(url, value.fallback.detail, now)
        other = self._servers.may_answer(exclude=page.order.tried | {url})
        order = order_after_unserved(page, value, url=url, other=other, patient=conversion.settings.patient)
        conversion.replace(page.order.number, order, now=now)

    def _record_unreadable(self, conversion: Conversion, order: PageOrder, now: float) -> None:
        """Write the record of a page that nothing can read."""
        problem = order.picture_text.problem if order.picture_text else ""
        content = Content(method=Method.NONE, warnings=(f"Text recognition failed: {problem}",) if problem else ())
        waited = max(0.0, now - order.queued_at)
        result = content_to_result(
            content,
            order.number,
            fallback=order.fallback,
            attempts=order.attempts,
            timings=PageTimings(queue_s=waited, total_s=waited),
        )
        target = self._journal.page_file(conversion.document, order.number)
        try:
            write_record(target, result, content)
        except OSError as error:
            raise PublishError(f"{target}: {error.strerror or error}") from error
        conversion.start(order, target=None, now=now)
        conversion.finish(order.number, (result.method, result.reason), now=now)


def _give_up_model(conversion: Conversion, fallback: Fallback) -> None:
    count = conversion.give_up_model(fallback)
    if count and fallback is not ENGINE_BASIC:  # that is what the user has chosen
        with bound(document=conversion.document.name):
            logger().warning("falling_back", pages=count, reason=fallback.reason.value, detail=fallback.detail)


def _is_answered(result: PageResult) -> bool:
    """Whether the server has answered, with a good answer or a bad one."""
    if result.method is Method.BLANK:
        return False
    return result.fallback is None or result.fallback.reason in _ANSWERED


def _key_of(conversion: Conversion, number: int) -> str:
    """The name of a page's task in the pool."""
    return f"{conversion.document.ident}:{number}"
