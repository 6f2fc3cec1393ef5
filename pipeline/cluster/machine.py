"""A machine that works for daemons: what it offers, and for which daemon it works now."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.cluster.document_store import DocumentStore
from pipeline.cluster.host_work import HostWork
from pipeline.cluster.host_workers import Offer
from pipeline.cluster.messages import Terms
from pipeline.errors import PoolError
from pipeline.log.log import logger
from pipeline.release import RELEASE

_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSettings:
    """What a machine offers.

    Attributes:
        slots: Worker processes, and so pages at once.
        folder: For documents and scratch files; its own, and emptied at the start.
        cache_mib: Most that documents may take.
        worker_mib: Limit of a worker's address space.
        ocr_mib: Limit of the address space of the process that holds an engine of text recognition.
        reads_pictures: Whether such an engine is installed.
    """

    slots: int
    folder: Path
    cache_mib: int
    worker_mib: int
    ocr_mib: int
    reads_pictures: bool


class Machine:
    """Works for one daemon at a time; a daemon that takes it on again ends what it did before."""

    def __init__(self, settings: MachineSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()  # dask calls from whichever thread constructs an actor
        self._work: HostWork | None = None
        self._owner = ""
        self._alone_s = 0.0

    def engage(self, terms: Terms, post: Callable[[list[bytes]], None]) -> HostWork:
        """Begin to work for a daemon.

        Args:
            terms: Its terms.
            post: Called, in another thread, with what there is to say.

        Raises:
            PoolError: It has another release, or this machine works for another daemon.
            OSError: The folder cannot be written.
        """
        if terms.release != RELEASE:
            raise PoolError(f"has Dropleaf {RELEASE}; the daemon has {terms.release}: install the same on both")
        with self._lock:
            work = self._work
            if work is not None and terms.owner != self._owner and time.monotonic() - work.heard_at < self._alone_s:
                raise PoolError("works for another daemon: a host works for one at a time")
            if work is not None:
                work.stop()
            self._owner, self._alone_s = terms.owner, terms.alone_s
            self._work = HostWork(self._offer(), terms, post=post)
            self._work.start()
            logger().info("taken_on", by=terms.owner, slots=self._settings.slots)
            return self._work

    def _offer(self) -> Offer:
        settings = self._settings
        return Offer(
            slots=settings.slots,
            pictures=int(settings.reads_pictures),
            worker_mib=settings.worker_mib,
            ocr_mib=settings.ocr_mib,
            scratch=settings.folder / "scratch",
            store=DocumentStore(settings.folder / "documents", settings.cache_mib * _MIB),
        )

    def release(self) -> None:
        """End what is done for a daemon."""
        with self._lock:
            if self._work is not None:
                self._work.stop()
                self._work = None
