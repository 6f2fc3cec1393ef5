"""The work of a host for a daemon: it fetches documents, runs tasks in its workers, and reports the results.

One thread owns everything here; others post orders to it, as in the daemon.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.cluster.arrivals import Arrivals
from pipeline.cluster.host_reports import HostReports
from pipeline.cluster.host_task import HostTask, work_to_task
from pipeline.cluster.host_workers import HostWorkers, Offer
from pipeline.cluster.messages import (
    LANES,
    Answer,
    Ended,
    Finished,
    Hint,
    Lane,
    Limit,
    Order,
    Piece,
    Presence,
    Terms,
    Withdraw,
    Work,
)
from pipeline.deadline import Deadline
from pipeline.errors import PoolError, os_error_to_words
from pipeline.log.log import logger
from pipeline.pool.interface import Done, Expired, Failed, Lost, PoolEvent, Progress
from pipeline.release import RELEASE
from pipeline.threads.mailbox import Mailbox
from pipeline.worker.tasks import ANSWERS, Unwritten

# Seconds between two reports of how the host is.
_PRESENCE_S = 2.0
# Seconds for workers to end at a stop.
_END_S = 2.0
_MOST_WORDS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silence:
    """The daemon has sent a message again after a silence that was too long."""


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """A task of the daemon.

    Attributes:
        limit_s: Seconds that it may take; counted once a worker has it.
        running: Whether a worker has it.
    """

    work: Work
    task: HostTask
    limit_s: float
    running: bool = False


class HostWork:
    """One engagement of the host, from the daemon's terms to the next or the end."""

    def __init__(self, offer: Offer, terms: Terms, *, post: Callable[[list[bytes]], None]) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            offer: What the machine has.
            terms: Of the daemon.
            post: Called in the thread of this work with what there is to say; nothing is a sign of life.
        """
        self._offer = offer
        self._terms = terms
        self._post = post
        self._orders: Mailbox[Order | _Silence | None] = Mailbox()
        self._attempts: dict[int, _Attempt] = {}
        self._waiting: dict[Lane, deque[int]] = {lane: deque() for lane in LANES}
        self._reports = HostReports(post)
        self._arrivals = Arrivals(offer.store, shared=terms.shared, ask=self._reports.add)
        self._presence_at = Deadline.after(0)
        self._stopped = False
        self.heard_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="host", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop_soon(self) -> None:
        """Have the workers killed, and end; any thread."""
        self._orders.post(None)

    def stop(self) -> None:
        """The same, and wait for it; any thread."""
        self.stop_soon()
        if threading.current_thread() is not self._thread and self._thread.is_alive():
            self._thread.join(2 * _END_S)

    @property
    def alive(self) -> bool:
        """Whether it goes on; False after a stop and after a fault."""
        return self._thread.is_alive()

    def heard(self, orders: list[Order]) -> None:
        """Take a message of the daemon, with its orders; may be called in any thread."""
        # Not where it has been silent for too long: what was done until then is void, which the thread must see first.
        if time.monotonic() - self.heard_at > self._terms.alone_s:
            self._orders.post(_Silence())
        self.heard_at = time.monotonic()
        for order in orders:
            self._orders.post(order)

    def _run(self) -> None:
        workers: HostWorkers | None = None
        try:
            workers = HostWorkers(self._offer, self._terms)
            while not self._stopped:
                self._turn(workers)
        except Exception:  # noqa: BLE001 — the last boundary of the thread: the daemon hears nothing more, and says so
            logger().exception("fault", thread="host")
        finally:
            if workers is not None:
                workers.close()
            self._orders.close()
            self._post([])

    def _turn(self, workers: HostWorkers) -> None:
        events = self._wait(workers)
        if time.monotonic() - self.heard_at > self._terms.alone_s:
            self._void(workers)
        for order in self._orders.drain():
            self._take(order, workers)
        for event in events:
            self._take_event(event, workers)
        for lane in LANES:
            self._start_waiting(lane, workers)
        workers.rest(reading=any(each.work.lane == "pictures" for each in self._attempts.values()))
        if self._presence_at.expired:
            self._tell_presence()
        self._reports.send_due()

    def _wait(self, workers: HostWorkers) -> list[PoolEvent]:
        try:
            return workers.wait(self._reports.due, self._orders)
        except PoolError as error:
            for lane in LANES:
                for attempt in list(self._waiting[lane]):
                    self._end(Ended(attempt=attempt, how="refused", detail=str(error)), workers)
        return []

    def _void(self, workers: HostWorkers) -> None:
        """After a long silence the daemon has given its pages to others: they must not be finished here."""
        if self._attempts:
            logger().warning("alone", pages=len(self._attempts), advice="the daemon is silent; its pages are given up")
        for attempt in list(self._attempts):
            self._end(Ended(attempt=attempt, how="lost", detail="had no word of the daemon"), workers, kill=True)
        self._arrivals.clear()

    def _take(self, order: Order | _Silence | None, workers: HostWorkers) -> None:
        match order:
            case None:
                self._stopped = True
            case Work():
                self._accept(order)
            case Piece():
                self._take_piece(order, workers)
            case Limit() | Hint() | Withdraw():
                self._take_about(order, workers)
            case _Silence():
                self._void(workers)

    def _take_about(self, order: Limit | Hint | Withdraw, workers: HostWorkers) -> None:
        """An order about an attempt, which may have just ended."""
        facts = self._attempts.get(order.attempt)
        if facts is None:
            return
        if isinstance(order, Withdraw):
            self._end(Ended(attempt=order.attempt, how="withdrawn"), workers, kill=True)
        elif isinstance(order, Limit):
            facts.limit_s = order.remaining_s
            if facts.running:
                workers.limit(facts.work, order.remaining_s)
        elif (path := self._offer.store.find(order.following.sha256)) is not None:
            workers.prepare(order.attempt, order.following, path)

    def _accept(self, work: Work) -> None:
        try:
            task = work_to_task(work)
        except ValueError:
            self._reports.add(Ended(attempt=work.attempt, how="failed", detail="the host does not understand the task"))
            return
        self._attempts[work.attempt] = _Attempt(work=work, task=task, limit_s=work.remaining_s)
        self._waiting[work.lane].append(work.attempt)
        self._arrivals.fetch(work.sha256, task.path)

    def _take_piece(self, piece: Piece, workers: HostWorkers) -> None:
        in_use = {each.work.sha256 for each in self._attempts.values()}
        if problem := self._arrivals.take(piece, in_use):
            for attempt in [each for each, facts in self._attempts.items() if facts.work.sha256 == piece.sha256]:
                self._end(Ended(attempt=attempt, how="refused", detail=problem), workers)

    def _start_waiting(self, lane: Lane, workers: HostWorkers) -> None:
        """Give workers the tasks whose document is here."""
        for attempt in list(self._waiting[lane]):
            facts = self._attempts[attempt]
            path = self._offer.store.find(facts.work.sha256)
            if path is None:
                continue
            if not workers.idle(lane):
                return
            self._waiting[lane].remove(attempt)
            facts.running = True
            try:
                workers.submit(facts.work, facts.task, path, facts.limit_s)
            except OSError as error:
                facts.running = False
                self._end(Ended(attempt=attempt, how="refused", detail=os_error_to_words(error)), workers)

    def _take_event(self, event: PoolEvent, workers: HostWorkers) -> None:
        attempt = int(event.key)
        if attempt not in self._attempts:
            return
        match event:
            case Progress():
                self._reports.add_progress(attempt, event.value)
            case Done() if isinstance(event.value, Unwritten):  # of this machine's disk, not the daemon's
                self._end(Ended(attempt=attempt, how="refused", detail=event.value.detail[:_MOST_WORDS]), workers)
            case Done():
                file = workers.read_result(self._attempts[attempt].work, event.value)
                self._end(Finished(attempt=attempt, value=ANSWERS.encode(event.value), file=file), workers)
            case Failed():
                self._end(Ended(attempt=attempt, how="failed", detail=event.detail[:_MOST_WORDS]), workers)
            case Expired():
                self._end(Ended(attempt=attempt, how="expired"), workers)
            case Lost():
                self._end(Ended(attempt=attempt, how="lost", exit_code=event.exit_code), workers)

    def _end(self, report: Ended | Finished, workers: HostWorkers, *, kill: bool = False) -> None:
        """Have done with an attempt, and say how it ended."""
        facts = self._attempts.pop(report.attempt)
        if report.attempt in self._waiting[facts.work.lane]:
            self._waiting[facts.work.lane].remove(report.attempt)
        if kill and facts.running:
            workers.kill(facts.work)
        for text in workers.read_answers(facts.work):
            self._reports.add(Answer(attempt=report.attempt, text=text))
        workers.forget(facts.work)
        self._reports.add(report)

    def _tell_presence(self) -> None:
        self._presence_at = Deadline.after(_PRESENCE_S)
        presence = Presence(
            slots=self._offer.slots,
            cores=os.cpu_count() or 1,
            pictures=self._offer.pictures,
            clock=time.time(),
            free_mib=self._offer.store.free_mib,
            release=RELEASE,
        )
        self._reports.add(presence)
