"""The gateway's connection with one host: its actor, and a stream to it for both directions."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from distributed import Client
from distributed.comm.core import Comm, connect

from pipeline.cluster.actor import TALK, HostActor
from pipeline.cluster.messages import TERMS, FromHost, Gone, Joined, Terms
from pipeline.errors import PoolError

# Seconds for a host to be taken on: its workers are started then.
_TAKE_ON_S = 20.0
# Files that must be free before a host is taken on: dask opens two for it, the rest is for those that are there.
_FREE_FILES = 8
_TOO_MANY = (
    "is one more than a daemon takes: its gateway may open no more files, which are enough for about 100 hosts; "
    "start fewer, with more slots each"
)


class HostConnection:
    """One engagement of a host, until either side is lost."""

    def __init__(
        self, client: Client, address: str, name: str, terms: Terms, *, tell: Callable[[object], None]
    ) -> None:
        """Prepare.

        Args:
            client: Connected.
            address: Of the host's dask worker.
            name: Of the host.
            terms: For this engagement.
            tell: Sends a message to the daemon.
        """
        self.boot = terms.boot
        self.ended = False
        self._client = client
        self._address = address
        self._name = name
        self._terms = terms
        self._tell = tell
        self._orders: list[bytes] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Take the host on."""
        self._task = asyncio.create_task(self._run())

    def send(self, orders: Sequence[bytes] = ()) -> None:
        """Send orders; none are a sign of life, which a host needs twice a second."""
        self._orders.extend(orders)
        self._news.set()

    def end(self, detail: str) -> None:
        """Have done with the host, and say so."""
        if not self.ended:
            self.ended = True
            self._tell(Gone(boot=self.boot, name=self._name, detail=detail[:4000]))
            if self._task is not None and self._task is not asyncio.current_task():
                self._task.cancel()

    async def _run(self) -> None:
        try:
            await self._engage()
        except asyncio.CancelledError:
            raise
        except TimeoutError:
            self.end("does not answer")
        except PoolError as error:  # the host's own words
            self.end(str(error))
        except Exception as error:  # noqa: BLE001 — whatever dask raises: the host cannot be used any more
            self.end(f"its connection has broken ({type(error).__name__})")

    async def _engage(self) -> None:
        _check_room()
        future = self._client.submit(
            HostActor,
            TERMS.encode(self._terms),
            workers=[self._address],
            allow_other_workers=False,
            actor=True,
            pure=False,
            retries=0,
            key=f"dropleaf-{self.boot}",
        )
        try:
            await asyncio.wait_for(future, _TAKE_ON_S)
            comm = await connect(self._address, **self._client.connection_args)
            try:
                await comm.write({"op": TALK, "boot": self.boot, "reply": False})
                self._tell(Joined(boot=self.boot, name=self._name))
                await self._exchange_messages(comm)
            finally:
                comm.abort()
        finally:
            future.release()

    async def _exchange_messages(self, comm: Comm) -> None:
        """Carry words both ways.

        Raises:
            OSError: The connection has ended.
        """
        directions = {asyncio.create_task(self._tell_orders(comm)), asyncio.create_task(self._hear(comm))}
        try:
            done, _ = await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            for each in directions:
                each.cancel()
            await asyncio.gather(*directions, return_exceptions=True)

    async def _hear(self, comm: Comm) -> None:
        while True:
            self._tell(FromHost(boot=self.boot, reports=tuple(await comm.read())))

    async def _tell_orders(self, comm: Comm) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            orders, self._orders = self._orders, []
            await comm.write(orders)


def _check_room() -> None:
    """Make sure that files are left: what dask says when there are none is that the host does not answer.

    Raises:
        PoolError: There are none.
    """
    try:
        with ExitStack() as trial:
            for _ in range(_FREE_FILES):
                trial.enter_context(socket.socket())
    except OSError:
        raise PoolError(_TOO_MANY) from None
