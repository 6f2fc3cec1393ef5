"""The workers of a host, for pages and for pictures, and the files that they read and write there."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.cluster.document_store import DocumentStore
from pipeline.cluster.host_task import HostTask, work_to_task
from pipeline.cluster.messages import LARGEST_FILE_BYTES, Lane, Terms, Work
from pipeline.deadline import Deadline
from pipeline.files.atomic import read_regular
from pipeline.log.log import logger
from pipeline.page_result import PageResult
from pipeline.pool.interface import HasFileno, PoolEvent
from pipeline.pool.pool import WorkerPool
from pipeline.sandbox.policy import Policy, try_out
from pipeline.worker.pool_settings import page_pool, recognition_pool, tessdata_folders
from pipeline.worker.tasks import InspectTask, PageTask, Recognised, RecogniseTask

# An engine of text recognition holds up to two gigabytes, so it is ended after so many seconds without a picture.
_PICTURES_IDLE_S = 120.0


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


class HostWorkers:
    """A pool for each lane; the one that reads pictures is there while there are any."""

    def __init__(self, offer: Offer, terms: Terms) -> None:
        """Start those that convert pages.

        Args:
            offer: What the machine has.
            terms: Of the daemon.

        Raises:
            OSError: The scratch folder cannot be made.
        """
        self._offer = offer
        shutil.rmtree(offer.scratch, ignore_errors=True)
        offer.scratch.mkdir(mode=0o700, parents=True)
        readable = [offer.store.folder, *tessdata_folders(), *map(Path, terms.readable)]
        shared = [Path(terms.shared)] if terms.shared else []
        sandbox, isolation = try_out(
            Policy(
                readable=tuple(map(str, [*readable, *shared])),
                writable=(str(offer.scratch),),
                ports=terms.ports,
            )
        )
        by = [str(part) for part in isolation.parts]
        logger().info("workers_isolated", by=by, landlock=isolation.abi, gaps=isolation.gaps)
        self._pages = WorkerPool(page_pool(offer.slots, sandbox, memory_mib=offer.worker_mib))
        self._pictures: WorkerPool | None = None
        self._pictures_until = Deadline.never()

    def wait(self, until: Deadline, wake: HasFileno) -> list[PoolEvent]:
        """As :meth:`pipeline.pool.interface.Pool.wait`, of all workers."""
        pictures = self._pictures
        events = self._pages.wait(until, [wake, *(pictures.descriptors() if pictures is not None else ())])
        return events if pictures is None else events + pictures.wait(Deadline.after(0))

    def idle(self, lane: Lane) -> int:
        """How many tasks of a lane can be given now."""
        return self._pool(lane).idle

    def _pool(self, lane: Lane) -> WorkerPool:
        if lane == "pages":
            return self._pages
        if self._pictures is None:
            offer = self._offer
            settings = recognition_pool(offer.store.folder, offer.scratch, memory_mib=offer.ocr_mib)
            self._pictures = WorkerPool(settings)
        self._pictures_until = Deadline.after(_PICTURES_IDLE_S)
        return self._pictures

    def submit(self, work: Work, task: HostTask, document: Path, limit_s: float) -> None:
        """Have a task done.

        Args:
            work: The daemon's order.
            task: That is in it.
            document: Its file here.
            limit_s: Seconds that it may take.

        Raises:
            OSError: What it needs beside its document cannot be written.
        """
        own = self._with_own_paths(task, work, document)
        if isinstance(own, PageTask) and own.settings.save_answers is not None:
            own.settings.save_answers.mkdir(exist_ok=True)
        self._pool(work.lane).submit(str(work.attempt), own, Deadline.after(limit_s))

    def prepare(self, attempt: int, following: Work, document: Path) -> None:
        """Tell the worker that has an attempt what may come next."""
        with suppress(OSError, ValueError):  # a hint may fail: its task comes all the same
            task = self._with_own_paths(work_to_task(following), following, document)
            self._pages.prepare(str(attempt), task, next_key=str(following.attempt))

    def limit(self, work: Work, seconds: float) -> None:
        """Set a new limit for a task that a worker has."""
        self._pool(work.lane).limit(str(work.attempt), Deadline.after(seconds))

    def kill(self, work: Work) -> None:
        """Kill the worker that has a task."""
        self._pool(work.lane).cancel(str(work.attempt))

    def _with_own_paths(self, task: HostTask, work: Work, path: Path) -> HostTask:
        """The task with this machine's paths.

        Raises:
            OSError: What it needs beside its document cannot be written.
        """
        if isinstance(task, InspectTask):
            return replace(task, path=path)
        if isinstance(task, RecogniseTask):
            return replace(task, path=path, out=self._out(work))
        text = task.picture_text
        if text is not None and work.picture is not None:
            self._picture(work).write_bytes(work.picture)
            text = replace(text, path=self._picture(work))
        kept = None if task.settings.save_answers is None else self._answers(work)
        settings = replace(task.settings, save_answers=kept)
        return replace(task, path=path, out=self._out(work), picture_text=text, settings=settings)

    def _out(self, work: Work) -> Path:
        return self._offer.scratch / f"{work.attempt}.json"

    def _picture(self, work: Work) -> Path:
        return self._offer.scratch / f"{work.attempt}.picture"

    def _answers(self, work: Work) -> Path:
        return self._offer.scratch / f"{work.attempt}.answers"

    def read_result(self, work: Work, value: object) -> bytes | None:
        """The file that belongs to a task's result; without it the daemon does not take the result."""
        if isinstance(value, PageResult | Recognised):
            with suppress(OSError):
                found = read_regular(self._out(work))
                return found if len(found) <= LARGEST_FILE_BYTES else None
        return None

    def read_answers(self, work: Work) -> Iterator[bytes]:
        """The answers that were saved for a task, in their order."""
        with suppress(OSError):
            for path in sorted(self._answers(work).iterdir()):
                found = read_regular(path)
                if len(found) <= LARGEST_FILE_BYTES:
                    yield found

    def forget(self, work: Work) -> None:
        """Remove the files of a task that has ended."""
        shutil.rmtree(self._answers(work), ignore_errors=True)
        with suppress(OSError):
            self._out(work).unlink(missing_ok=True)
            self._picture(work).unlink(missing_ok=True)

    def rest(self, *, reading: bool) -> None:
        """End the engine of text recognition where it has had nothing to do for long; ``reading``: it has."""
        if reading:
            self._pictures_until = Deadline.after(_PICTURES_IDLE_S)
        elif self._pictures is not None and self._pictures_until.expired:
            self._pictures.close(Deadline.after(0))
            self._pictures = None

    def close(self) -> None:
        """Kill all workers."""
        for pool in (self._pages, self._pictures):
            if pool is not None:
                pool.close(Deadline.after(0))
