"""The dask actor of a host: it owns the host's work for one daemon, and passes messages between it and the gateway.

An actor's own calls cost the gateway a millisecond each, so the messages have a connection of their own between the
same two processes.  It ends with the engagement, and the engagement with it.
"""

import asyncio
from contextlib import suppress

from distributed.comm.core import Comm
from distributed.core import Status

from pipeline.cluster.machine import Machine
from pipeline.cluster.messages import TERMS, Terms, bytes_to_orders
from pipeline.errors import PoolError

#: The operation of a dask worker that is the daemon's connection.
TALK = "dropleaf_talk"

#: The machine that this process is; set once by ``dropleaf worker``.
_MACHINES: list[Machine] = []
_ACTORS: "dict[str, HostActor]" = {}


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
        self._reports: list[bytes] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._work = _MACHINES[-1].engage(value, self._post)
        _ACTORS.clear()  # what came before has just been ended
        _ACTORS[value.boot] = self

    def _post(self, reports: list[bytes]) -> None:
        """In the thread of the work."""
        self._reports.extend(reports)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def serve(self, comm: Comm) -> None:
        """Carry words both ways until the connection or the work ends; then end the other one, too."""
        self._loop = asyncio.get_running_loop()
        self._news.set()
        directions = {asyncio.create_task(self._hear(comm)), asyncio.create_task(self._tell(comm))}
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in directions:
                each.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
            comm.abort()
            self._work.stop_soon()

    async def _hear(self, comm: Comm) -> None:
        while True:
            self._work.heard(bytes_to_orders(await comm.read()))

    async def _tell(self, comm: Comm) -> None:
        while self._work.alive:
            await self._news.wait()
            self._news.clear()
            reports, self._reports = self._reports, []
            await comm.write(reports)


async def talk(comm: Comm, boot: str) -> Status:
    """The connection of a daemon's gateway to the actor that it has made; called by dask."""
    actor = _ACTORS.get(boot)
    if actor is not None:
        await actor.serve(comm)
    with suppress(OSError):
        comm.abort()
    return Status.dont_reply
