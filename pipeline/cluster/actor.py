"""The one dask actor of a host: it carries words between the gateway and the host's work, and does nothing else."""

import asyncio
from collections import deque

from pipeline.cluster.machine import Machine
from pipeline.cluster.messages import TERMS, Terms, bytes_to_orders
from pipeline.errors import PoolError

#: The machine that this process is; set once by ``dropleaf worker``.
_MACHINES: list[Machine] = []


def offer(machine: Machine) -> None:
    """Let daemons take this machine on."""
    _MACHINES.append(machine)


class HostActor:
    """Made by dask in the host's process; one for each time that a daemon takes the host on."""

    def __init__(self, terms: bytes) -> None:
        """Begin.

        Args:
            terms: The daemon's, as :data:`pipeline.cluster.messages.TERMS` encodes them.

        Raises:
            PoolError: This machine cannot be taken on.
        """
        if not _MACHINES:
            raise PoolError("this dask worker was not started by `dropleaf worker`")
        value = TERMS.decode(terms)
        if not isinstance(value, Terms):
            raise PoolError("the daemon's terms are not understood")
        self._reports: deque[bytes] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._work = _MACHINES[-1].engage(value, self._post)

    def _post(self, reports: list[bytes]) -> None:
        """In the thread of the work."""
        self._reports.extend(reports)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def tell(self, orders: list[bytes]) -> None:
        """Give the host its orders."""
        self._work.heard(bytes_to_orders(orders))

    async def hear(self, wait_s: float) -> list[bytes]:
        """What the host has to say, at once or within so many seconds."""
        self._loop = asyncio.get_running_loop()
        if not self._work.alive:
            raise PoolError("the host's work has ended")
        self._work.heard([])
        if not self._reports:
            try:
                await asyncio.wait_for(self._news.wait(), wait_s)
            except TimeoutError:
                return []
        self._news.clear()
        reports = []
        while self._reports:
            reports.append(self._reports.popleft())
        return reports

    async def leave(self) -> None:
        """End the work."""
        self._work.stop()
