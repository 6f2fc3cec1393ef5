"""Gives pages to workers and takes back what became of them; a part of the dispatcher's thread."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG

from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion, PageOrder, RunningPage
from pipeline.dispatch.deaths import DeathRegister
from pipeline.dispatch.schedule import Schedule
from pipeline.dispatch.step_limits import order_after_loss, order_after_overdue, step_to_seconds
from pipeline.document import (
    Content,
    FallbackReason,
    Method,
    PageResult,
    PageTimings,
    ServerTarget,
    Step,
    content_to_result,
)
from pipeline.errors import PublishError
from pipeline.log.log import logger
from pipeline.pool.interface import Loss, Pool
from pipeline.results.journal import Journal
from pipeline.results.page_record import LARGEST_RECORD_BYTES, write_record
from pipeline.servers.server_book import ServerBook
from pipeline.worker.tasks import PageProgress, PageTask, Prepared, Unserved, Unwritten, WorkerSettings

# Requests that a page may cost while it waits for a server that comes and goes: the page itself may be what ends it.
_PATIENT_ATTEMPTS = 6

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
class DeskSettings:
    """How pages are given out; times in seconds.

    Attributes:
        patient: Pages wait for a server where none can be reached, instead of falling back.
    """

    page_timeout_s: float
    patient: bool
    worker: WorkerSettings


class PageDesk:
    """Knows which worker has which page."""

    def __init__(self, pool: Pool, journal: Journal, servers: ServerBook, settings: DeskSettings) -> None:
        self._pool = pool
        self._journal = journal
        self._servers = servers
        self._settings = settings
        self._schedule = Schedule()
        self._deaths = DeathRegister(journal.folder.work)
        self._pages: dict[str, tuple[Conversion, int]] = {}

    @property
    def in_work(self) -> int:
        """Pages that workers have."""
        return len(self._pages)

    def conversion_of(self, key: str) -> Conversion | None:
        """The document that a task of the pool belongs to; None where the task is none of the desk's."""
        found = self._pages.get(key)
        return found[0] if found else None

    def begin(self, conversion: Conversion) -> None:
        """The pages of a document are known."""
        self._deaths.begin(conversion)

    def give_out(self, conversions: Collection[Conversion], now: float) -> None:
        """Give pages to idle workers, as long as there are both.

        Raises:
            PublishError: The working state cannot be written.
        """
        while self._pool.idle:
            choice = self._choose(conversions, now)
            if choice is None:
                return
            self._give(*choice, now=now)

    def _choose(
        self, conversions: Collection[Conversion], now: float
    ) -> tuple[Conversion, PageOrder, ServerTarget | None] | None:
        found = self._schedule.next_order(conversions, model=True)
        if found is not None:
            conversion, order = found
            target = self._servers.choose(now, exclude=order.tried)
            if target is not None:
                return conversion, order, target
        basic = self._schedule.next_order(conversions, model=False)
        return (*basic, None) if basic else None

    def _give(self, conversion: Conversion, order: PageOrder, target: ServerTarget | None, *, now: float) -> None:
        key = _key_of(conversion, order.number)
        self._schedule.given()
        if conversion.first_page_at is None:
            # Not before: of many documents in line, those whose turn has not come have ended no daemon.
            conversion.document = self._journal.count_try(conversion.document, +1)
        if order.fallback is not None and not order.readers:
            self._write_off(conversion, order, now)
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
        document = conversion.document
        return PageTask(
            document=document.name,
            path=Path(document.path),
            number=order.number,
            out=self._journal.draft_file(document, order.number),
            target=target,
            page_timeout_s=max(0.0, self._settings.page_timeout_s - order.spent_s),
            document_remaining_s=conversion.seconds_left(now),
            fallback=order.fallback,
            readers=order.readers,
            queue_s=max(0.0, now - order.queued_at),
            attempts=order.attempts,
            settings=self._settings.worker,
        )

    def heard(self, key: str, value: object, now: float) -> None:
        """A worker has given a sign of life."""
        conversion, number = self._pages[key]
        page = conversion.running[number]
        if isinstance(value, Prepared):
            page.drawing = page.drawing and value.number != page.ahead
        elif isinstance(value, PageProgress):
            if (value.step, value.reader) != (page.progress.step, page.progress.reader):
                page.since = now
                task_s = self._settings.page_timeout_s - page.order.spent_s
                limit = step_to_seconds(value.step, task_s, conversion.seconds_left(now), reader=value.reader)
                self._pool.limit(key, Deadline.after(limit))
                if value.step is Step.REQUEST:
                    self._draw_ahead(key, page, now)
            page.progress = value

    def _draw_ahead(self, key: str, page: RunningPage, now: float) -> None:
        """While a worker waits for an answer, it may draw the page of the same document that comes next."""
        conversion, _ = self._pages[key]
        order = conversion.order_to_draw_ahead()
        if order is not None and page.target is not None and page.ahead is None and not page.order.spared:
            page.ahead, page.drawing = order.number, True
            task = self._order_to_task(conversion, order, page.target, now)
            self._pool.prepare(key, task, next_key=_key_of(conversion, order.number))

    def came_back(self, key: str, value: object, now: float) -> str | None:
        """A worker is done with a page; a sentence where the page's record cannot be written.

        What comes from a process that has read a hostile file is not believed unseen: a result of the wrong page or
        kind, or without a record, is treated as the loss of the worker.
        """
        conversion, page = self._take(key, now)
        number = page.order.number
        if isinstance(value, Unwritten):
            conversion.put_back(number, now=now)
            return value.detail
        if isinstance(value, Unserved) and page.target is not None:
            self._redirect(conversion, page, page.target.url, value, now)
        elif isinstance(value, PageResult) and value.number == number:
            return self._keep(conversion, page, value, now)
        else:
            conversion.replace(number, order_after_loss(page, f"the worker answered {type(value).__name__}"), now=now)
        return None

    def _keep(self, conversion: Conversion, page: RunningPage, result: PageResult, now: float) -> str | None:
        """The page is finished; a sentence where its record cannot be taken into the journal."""
        number = page.order.number
        fault = _record_fault(self._journal.draft_file(conversion.document, number))
        if fault is not None:
            conversion.replace(number, order_after_loss(page, f"the worker's record {fault}"), now=now)
            return None
        try:
            self._journal.commit(conversion.document, number)
        except PublishError as error:
            conversion.put_back(number, now=now)
            return str(error)
        if page.target is not None:
            self._mind_server(page.target.url, result)
        conversion.finish(number, (result.method, result.reason), now=now)
        self._deaths.survived(conversion)
        return None

    def lost(self, key: str, loss: Loss, now: float) -> None:
        """The worker died, or failed the page."""
        conversion, page = self._take(key, now)
        number = page.order.number
        if page.drawing and page.progress.step is Step.REQUEST and not page.order.spared:
            # It was waiting for an answer while it drew another page, which is what kills workers.
            conversion.replace(number, replace(page.order, spared=True), now=now)
            return
        logger().warning("worker_lost", page=number, step=page.progress.step.value, detail=loss.detail)
        conversion.replace(number, order_after_loss(page, loss.detail), now=now)
        self._deaths.died(conversion, loss, given_at=page.given_at, now=now)

    def overdue(self, key: str, now: float) -> None:
        """The worker was killed because a step took too long."""
        conversion, page = self._take(key, now)
        logger().warning("worker_overdue", page=page.order.number, step=page.progress.step.value)
        if page.target is not None and page.progress.step is Step.REQUEST:
            self._servers.doubted(page.target.url)
        order = order_after_overdue(page, document_over=conversion.seconds_left(now) <= 0.0)
        conversion.replace(page.order.number, order, now=now)

    def _take(self, key: str, now: float) -> tuple[Conversion, RunningPage]:
        conversion, number = self._pages.pop(key)
        page = conversion.running[number]
        if page.target is not None:
            self._servers.done(page.target.url, now)
        return conversion, page

    def _mind_server(self, url: str, result: PageResult) -> None:
        if _is_answered(result):
            self._servers.answered(url)
        if any(attempt.server == url and not attempt.ok for attempt in result.attempts):
            self._servers.doubted(url)

    def _redirect(self, conversion: Conversion, page: RunningPage, url: str, value: Unserved, now: float) -> None:
        """Another server, or patience, or basic extraction."""
        self._servers.failed(url, value.fallback.detail, now)
        order = replace(
            page.order,
            attempts=value.attempts,
            tried=page.order.tried | {url},
            spent_s=page.order.spent_s + value.spent_s,
        )
        if not self._servers.hope(exclude=order.tried):
            if self._settings.patient and len(order.attempts) < _PATIENT_ATTEMPTS:
                order = replace(order, tried=frozenset())
            else:
                order = replace(order, fallback=value.fallback)
        conversion.replace(page.order.number, order, now=now)

    def _write_off(self, conversion: Conversion, order: PageOrder, now: float) -> None:
        """Nothing can be had of this page: its record says so."""
        content = Content(method=Method.NONE)
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
            write_record(target, result, content.html)
        except OSError as error:
            raise PublishError(f"{target}: {error.strerror or error}") from error
        conversion.start(order, target=None, now=now)
        conversion.finish(order.number, (result.method, result.reason), now=now)


def _record_fault(path: Path) -> str | None:
    """What is wrong with the record that a worker says it has written; None where nothing is, or the disk is gone."""
    try:
        facts = path.lstat()
    except OSError:
        return "is missing" if path.parent.is_dir() else None
    if not S_ISREG(facts.st_mode):
        return "is no file"
    if facts.st_size > LARGEST_RECORD_BYTES:
        return f"has {facts.st_size} bytes; {LARGEST_RECORD_BYTES} are allowed"
    return None


def _is_answered(result: PageResult) -> bool:
    """Whether the server has answered, well or badly."""
    if result.method is Method.BLANK:
        return False
    return result.fallback is None or result.fallback.reason in _ANSWERED


def _key_of(conversion: Conversion, number: int) -> str:
    """What the pool knows a page by."""
    return f"{conversion.document.ident}:{number}"
