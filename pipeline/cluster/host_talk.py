"""The gateway's talk with one host: two calls of its actor, one for each direction."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from distributed import Client

from pipeline.cluster.actor import HostActor
from pipeline.cluster.messages import TERMS, FromHost, Gone, Joined, Terms

# Seconds after which a host that has nothing to say answers all the same: its beat, and the daemon's.
_WAIT_S = 0.5
# Seconds for a host to be taken on: its workers are started then.
_TAKE_ON_S = 20.0
# Seconds in which further orders may come that need not go at once.
_BUNDLE_S = 0.1
# Seconds for which even urgent orders wait: the loop gives several pages in one turn.
_GATHER_S = 0.002


class HostTalk:
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
        self._urgent = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Take the host on."""
        self._task = asyncio.create_task(self._run())

    def send(self, order: bytes, *, urgent: bool) -> None:
        """Send an order, now or with the next one."""
        self._orders.append(order)
        self._news.set()
        if urgent:
            self._urgent.set()

    def end(self, detail: str) -> None:
        """Have done with the host, and say so."""
        if not self.ended:
            self.ended = True
            self._tell(Gone(boot=self.boot, name=self._name, detail=detail[:4000]))
            if self._task is not None and self._task is not asyncio.current_task():
                self._task.cancel()

    async def _run(self) -> None:
        try:
            await self._talk()
        except asyncio.CancelledError:
            raise
        except TimeoutError:
            self.end("does not answer")
        except Exception as error:  # noqa: BLE001 — whatever dask raises: the host cannot be used any more
            self.end(str(error) or type(error).__name__)

    async def _talk(self) -> None:
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
            actor = await asyncio.wait_for(future, _TAKE_ON_S)
            self._tell(Joined(boot=self.boot, name=self._name))
            telling = asyncio.create_task(self._tell_orders(actor))
            hearing = asyncio.create_task(self._hear(actor))
            try:
                done, _ = await asyncio.wait({telling, hearing}, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    each.result()
            finally:
                telling.cancel()
                hearing.cancel()
        finally:
            future.release()

    async def _hear(self, actor: HostActor) -> None:
        while True:
            reports = await actor.hear(_WAIT_S)
            self._tell(FromHost(boot=self.boot, reports=tuple(reports)))

    async def _tell_orders(self, actor: HostActor) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._urgent.wait(), _BUNDLE_S)
            await asyncio.sleep(_GATHER_S)
            self._urgent.clear()
            orders, self._orders = self._orders, []
            if orders:
                await actor.tell(orders)
