"""What a host does for a daemon: it fetches documents, has its workers do tasks, and tells what comes of them.

One thread owns everything here; others post orders to it, as in the daemon.
"""

import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.cluster.arrivals import Arrivals
from pipeline.cluster.document_store import DocumentStore
from pipeline.cluster.host_task import HostTask
from pipeline.cluster.messages import (
    LANES,
    LARGEST_FILE_BYTES,
    REPORTS,
    Ended,
    Finished,
    Hint,
    Lane,
    Limit,
    Order,
    Piece,
    Presence,
    Report,
    Terms,
    Told,
    Withdraw,
    Work,
)
from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.files.atomic import read_regular
from pipeline.log.log import logger
from pipeline.page_result import PageResult, Step
from pipeline.pool.interface import Done, Expired, Failed, Lost, PoolEvent, Progress
from pipeline.pool.pool import WorkerPool
from pipeline.release import RELEASE
from pipeline.sandbox.policy import Policy, try_out
from pipeline.threads.mailbox import Mailbox
from pipeline.worker.pool_settings import page_pool, recognition_pool, tessdata_folders
from pipeline.worker.tasks import (
    ANSWERS,
    TASKS,
    InspectTask,
    PageProgress,
    PageTask,
    ReaderName,
    Recognised,
    RecogniseTask,
    Unwritten,
)

# Seconds between two reports of how the host is.
_PRESENCE_S = 2.0
# Seconds for which reports on the way wait for more of them, and for which results do: pages often end together.
_BUNDLE_S = 0.25
_RESULT_S = 0.003
_TURN_S = 0.5
# Seconds for workers to end at a stop.
_END_S = 2.0
# An engine of text recognition holds up to two gigabytes, so it is ended after so many seconds without a picture.
_PICTURES_IDLE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silence:
    """The daemon has spoken again after it was silent for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the machine has for a daemon.

    Attributes:
        pictures: Pictures that it reads at once; 0 or 1.
        scratch: A folder of its own; it is emptied.
    """

    slots: int
    pictures: int
    worker_mib: int
    ocr_mib: int
    scratch: Path
    store: DocumentStore


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """A task of the daemon.

    Attributes:
        running: Whether a worker has it.
        limit_s: What the daemon has set while none had it.
    """

    work: Work
    task: HostTask
    running: bool = False
    limit_s: float | None = None


class HostWork:
    """One engagement of the host, from the daemon's terms to the next or the end."""

    def __init__(self, offer: Offer, terms: Terms, *, post: Callable[[list[bytes]], None]) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            offer: What the machine has.
            terms: Of the daemon.
            post: Called in the thread of this work with what there is to say.
        """
        self._offer = offer
        self._terms = terms
        self._post = post
        self._orders: Mailbox[Order | _Silence | None] = Mailbox()
        self._attempts: dict[int, _Attempt] = {}
        self._waiting: dict[Lane, deque[int]] = {lane: deque() for lane in LANES}
        self._pools: dict[Lane, WorkerPool] = {}
        self._arrivals = Arrivals(offer.store, shared=terms.shared, ask=self._say)
        self._reports: list[bytes] = []
        self._told: dict[int, tuple[int, tuple[Step, ReaderName | None] | None]] = {}
        self._flush_at = Deadline.never()
        self._presence_at = Deadline.after(0)
        self._pictures_until = Deadline.never()
        self._stopped = False
        self.heard_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="host", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Kill the workers and end; any thread."""
        self._orders.post(None)
        if threading.current_thread() is not self._thread and self._thread.is_alive():
            self._thread.join(2 * _END_S)

    @property
    def alive(self) -> bool:
        """Whether it goes on; False after a stop and after a fault."""
        return self._thread.is_alive()

    def heard(self, orders: list[Order]) -> None:
        """Note a word of the daemon, with its orders; any thread."""
        # Not where it has been silent for too long: what was done until then is void, which the thread must see first.
        if time.monotonic() - self.heard_at > self._terms.alone_s:
            self._orders.post(_Silence())
        self.heard_at = time.monotonic()
        for order in orders:
            self._orders.post(order)

    def _run(self) -> None:
        try:
            self._begin()
            while not self._stopped:
                self._turn()
        except Exception:  # noqa: BLE001 — the last boundary of the thread: the daemon hears nothing more, and says so
            logger().exception("fault", thread="host")
            self._post([])
        finally:
            for pool in self._pools.values():
                pool.close(Deadline.after(0))
            self._orders.close()

    def _begin(self) -> None:
        shutil.rmtree(self._offer.scratch, ignore_errors=True)
        self._offer.scratch.mkdir(mode=0o700, parents=True)
        readable = [self._offer.store.folder, *tessdata_folders(), *map(Path, self._terms.readable)]
        shared = [Path(self._terms.shared)] if self._terms.shared else []
        sandbox, isolation = try_out(
            Policy(
                readable=tuple(map(str, [*readable, *shared])),
                writable=(str(self._offer.scratch),),
                ports=self._terms.ports,
            )
        )
        by = [str(part) for part in isolation.parts]
        logger().info("workers_isolated", by=by, landlock=isolation.abi, gaps=isolation.gaps)
        self._pools["pages"] = WorkerPool(page_pool(self._offer.slots, sandbox, memory_mib=self._offer.worker_mib))

    def _turn(self) -> None:
        events = self._wait()
        self._mind_silence()
        for order in self._orders.drain():
            self._take(order)
        for event in events:
            self._take_event(event)
        for lane in LANES:
            self._start_waiting(lane)
        self._mind_pictures()
        if self._presence_at.expired:
            self._tell_presence()
        if self._flush_at.expired:
            self._flush()

    def _wait(self) -> list[PoolEvent]:
        until = min(Deadline.after(_TURN_S), self._flush_at, self._presence_at)
        pictures = self._pools.get("pictures")
        wake = [self._orders, *(pictures.descriptors() if pictures is not None else ())]
        events: list[PoolEvent] = []
        try:
            events += self._pools["pages"].wait(until, wake)
            events += pictures.wait(Deadline.after(0)) if pictures is not None else []
        except PoolError as error:
            for lane in LANES:
                for attempt in list(self._waiting[lane]):
                    self._end(Ended(attempt=attempt, how="refused", detail=str(error)))
        return events

    def _mind_silence(self) -> None:
        """Without a word of the daemon, its pages are somebody else's by now: they must not be finished here."""
        if time.monotonic() - self.heard_at > self._terms.alone_s:
            self._void()

    def _void(self) -> None:
        if self._attempts:
            logger().warning("alone", pages=len(self._attempts), advice="the daemon is silent; its pages are given up")
        for attempt in list(self._attempts):
            self._end(Ended(attempt=attempt, how="lost", detail="had no word of the daemon"), kill=True)
        self._arrivals.clear()

    def _take(self, order: Order | _Silence | None) -> None:
        match order:
            case None:
                self._stopped = True
            case Work():
                self._accept(order)
            case Piece():
                self._take_piece(order)
            case Limit() if order.attempt in self._attempts:
                self._limit(self._attempts[order.attempt], order.remaining_s)
            case Hint() if order.attempt in self._attempts:
                self._hint(order)
            case Withdraw() if order.attempt in self._attempts:
                self._end(Ended(attempt=order.attempt, how="withdrawn"), kill=True)
            case _Silence():
                self._void()
            case _:
                pass  # about an attempt that has just ended

    def _accept(self, work: Work) -> None:
        try:
            task = _work_to_task(work)
        except ValueError as error:
            self._say(Ended(attempt=work.attempt, how="failed", detail=str(error)[:4000]))
            return
        self._attempts[work.attempt] = _Attempt(work=work, task=task)
        self._waiting[work.lane].append(work.attempt)
        self._arrivals.fetch(work.sha256, task.path)

    def _take_piece(self, piece: Piece) -> None:
        in_use = {each.work.sha256 for each in self._attempts.values()}
        if problem := self._arrivals.take(piece, in_use):
            for attempt in [each for each, facts in self._attempts.items() if facts.work.sha256 == piece.sha256]:
                self._end(Ended(attempt=attempt, how="refused", detail=problem))

    def _start_waiting(self, lane: Lane) -> None:
        """Give workers the tasks whose document is here."""
        for attempt in list(self._waiting[lane]):
            facts = self._attempts[attempt]
            path = self._offer.store.find(facts.work.sha256)
            if path is None:
                continue
            pool = self._pool(lane)
            if not pool.idle:
                return
            self._waiting[lane].remove(attempt)
            facts.running = True
            limit_s = facts.work.remaining_s if facts.limit_s is None else facts.limit_s
            try:
                pool.submit(str(attempt), self._with_own_paths(facts.task, facts.work, path), Deadline.after(limit_s))
            except OSError as error:
                self._end(Ended(attempt=attempt, how="refused", detail=str(error)))

    def _pool(self, lane: Lane) -> WorkerPool:
        if lane not in self._pools:
            offer = self._offer
            settings = recognition_pool(offer.store.folder, offer.scratch, memory_mib=offer.ocr_mib)
            self._pools[lane] = WorkerPool(settings)
        return self._pools[lane]

    def _with_own_paths(self, task: HostTask, work: Work, path: Path) -> object:
        """The task with this machine's paths.

        Raises:
            OSError: What it needs beside its document cannot be written.
        """
        if isinstance(task, InspectTask):
            return replace(task, path=path)
        if isinstance(task, RecogniseTask):
            return replace(task, path=path, out=self._out(work.attempt))
        text = task.picture_text
        if text is not None and work.picture is not None:
            picture = self._offer.scratch / f"{work.attempt}.picture"
            picture.write_bytes(work.picture)
            text = replace(text, path=picture)
        settings = replace(task.settings, save_answers=None)
        return replace(task, path=path, out=self._out(work.attempt), picture_text=text, settings=settings)

    def _out(self, attempt: int) -> Path:
        return self._offer.scratch / f"{attempt}.json"

    def _hint(self, hint: Hint) -> None:
        path = self._offer.store.find(hint.following.sha256)
        if path is not None:
            with suppress(OSError, ValueError):  # a hint may fail: its task comes all the same
                task = self._with_own_paths(_work_to_task(hint.following), hint.following, path)
                self._pools["pages"].prepare(str(hint.attempt), task, next_key=str(hint.following.attempt))

    def _limit(self, facts: _Attempt, seconds: float) -> None:
        if facts.running:
            self._pools[facts.work.lane].limit(str(facts.work.attempt), Deadline.after(seconds))
        else:
            facts.limit_s = seconds

    def _take_event(self, event: PoolEvent) -> None:
        attempt = int(event.key)
        if attempt not in self._attempts:
            return
        match event:
            case Progress():
                self._tell_progress(attempt, event.value)
            case Done():
                self._finish(attempt, event.value)
            case Failed():
                self._end(Ended(attempt=attempt, how="failed", detail=event.detail[:4000]))
            case Expired():
                self._end(Ended(attempt=attempt, how="expired"))
            case Lost():
                self._end(Ended(attempt=attempt, how="lost", exit_code=event.exit_code))

    def _tell_progress(self, attempt: int, value: object) -> None:
        """Of several reports on one step only the last is sent."""
        report = Told(attempt=attempt, value=ANSWERS.encode(value))
        step = (value.step, value.reader) if isinstance(value, PageProgress) else None
        known = self._told.get(attempt)
        if step is not None and known is not None and known[1] == step:
            self._reports[known[0]] = REPORTS.encode(report)
            return
        self._told[attempt] = (len(self._reports), step)
        self._say(report, urgent=False)

    def _finish(self, attempt: int, value: object) -> None:
        if isinstance(value, Unwritten):  # of this machine's disk, not the daemon's
            self._end(Ended(attempt=attempt, how="refused", detail=value.detail[:4000]))
            return
        file: bytes | None = None
        if isinstance(value, PageResult | Recognised):
            with suppress(OSError):  # without its record the daemon does not take the page
                found = read_regular(self._out(attempt))
                file = found if len(found) <= LARGEST_FILE_BYTES else None
        self._end(Finished(attempt=attempt, value=ANSWERS.encode(value), file=file))

    def _end(self, report: Ended | Finished, *, kill: bool = False) -> None:
        """Have done with an attempt, and say how it ended."""
        facts = self._attempts.pop(report.attempt)
        if report.attempt in self._waiting[facts.work.lane]:
            self._waiting[facts.work.lane].remove(report.attempt)
        if kill and facts.running:
            self._pools[facts.work.lane].cancel(str(report.attempt))
        with suppress(OSError):
            self._out(report.attempt).unlink(missing_ok=True)
            (self._offer.scratch / f"{report.attempt}.picture").unlink(missing_ok=True)
        self._pictures_until = Deadline.after(_PICTURES_IDLE_S)
        self._say(report)

    def _mind_pictures(self) -> None:
        busy = any(each.work.lane == "pictures" for each in self._attempts.values())
        if "pictures" in self._pools and not busy and self._pictures_until.expired:
            self._pools.pop("pictures").close(Deadline.after(0))

    def _tell_presence(self) -> None:
        self._presence_at = Deadline.after(_PRESENCE_S)
        self._say(
            Presence(
                slots=self._offer.slots,
                pictures=self._offer.pictures,
                clock=time.time(),
                free_mib=self._offer.store.free_mib,
                release=RELEASE,
            )
        )

    def _say(self, report: Report, *, urgent: bool = True) -> None:
        self._reports.append(REPORTS.encode(report))
        self._flush_at = self._flush_at.sooner(Deadline.after(_RESULT_S if urgent else _BUNDLE_S))

    def _flush(self) -> None:
        reports, self._reports = self._reports, []
        self._told.clear()
        self._flush_at = Deadline.never()
        self._post(reports)


def _work_to_task(work: Work) -> HostTask:
    """The daemon's task.

    Raises:
        ValueError: It is no task for a host.
    """
    task = TASKS.decode(work.task)
    if not isinstance(task, InspectTask | PageTask | RecogniseTask):
        raise ValueError(f"no task for a host: {type(task).__name__}")  # noqa: TRY004 — as the codec does
    return task
