"""The gateway: a process between the daemon and dask, like a worker with a private socket, a lifeline and a sandbox.

It holds the client, takes on every host that the scheduler knows, and carries bytes both ways without reading them.  It
keeps no state that matters: where it dies, the daemon starts another one, which takes all hosts on anew.
"""

import asyncio
import os
import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn
from urllib.parse import urlsplit

from distributed import Client

from pipeline.cluster.dask_settings import authority_stamp, configure_dask, tls_to_security
from pipeline.cluster.host_connection import HostConnection
from pipeline.cluster.messages import FROM_GATEWAY, TO_GATEWAY, Connect, ForHost, GatewayBeat, GiveUp
from pipeline.errors import os_error_to_words
from pipeline.pool.codec import Codec
from pipeline.pool.process import end_process
from pipeline.printable import printable
from pipeline.sandbox import policy

_BEAT_S = 0.5
_LOOK_S = 1.0
_CONNECT_S = 5.0
# Seconds before a host that could not be taken on is asked again.
_REST_S = 3.0

# Made before the sandbox, in which no pipe and no epoll can be made any more.
_LOOPS: list[asyncio.AbstractEventLoop] = []
_ADDRESSES: dict[str, str] = {}


def enter(text: str, scheduler: str) -> None:
    """Do what the sandbox forbids, and enter it; the pool calls this while the process has one thread.

    Args:
        text: Of the policy.
        scheduler: The address, whose name is looked up now, since no look-up leaves the sandbox.
    """
    configure_dask()
    _LOOPS.append(asyncio.SelectorEventLoop(selectors.SelectSelector()))
    with suppress(OSError):
        _ADDRESSES[scheduler] = _resolved(scheduler)
    policy.enter(text)


def _resolved(scheduler: str) -> str:
    parts = urlsplit(scheduler)
    found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    ip = str(found[0][4][0])
    return f"{parts.scheme}://{f'[{ip}]' if ':' in ip else ip}:{parts.port}"


def create() -> "Gateway":
    """Make the handler; the pool calls this in the new process."""
    return Gateway(_LOOPS[0])


class Gateway:
    """The handler: its one task lasts as long as the process."""

    tasks: Codec = TO_GATEWAY
    answers: Codec = FROM_GATEWAY

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._connections: dict[str, HostConnection] = {}
        self._rests: dict[str, float] = {}
        self._tell: Callable[[object], None] = lambda _: None
        self._trouble = "the scheduler is being looked for"
        self._authority = (0, 0)

    def run(self, task: object, report: Callable[[object], None]) -> NoReturn:
        """Carry words until the process is ended, or the authority has revoked a machine.

        Raises:
            TypeError: The task is none for a gateway.
        """
        if not isinstance(task, Connect):
            raise TypeError(f"no task for a gateway: {task!r}")
        self._tell = report
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(task))
        end_process(0)

    def prepare(self, task: object) -> None:
        """Do nothing: there is no next task."""

    def hear(self, word: object) -> None:
        """Take what the daemon says, in its order; in the thread that reads the socket."""
        self._loop.call_soon_threadsafe(self._take, word)

    def close(self) -> None:
        """Do nothing: what is open ends with the process."""

    def _take(self, message: object) -> None:
        if isinstance(message, ForHost) and (connection := self._connection_of(message.boot)) is not None:
            connection.send(message.orders)
        elif isinstance(message, GiveUp) and (connection := self._connection_of(message.boot)) is not None:
            connection.end("given up")

    def _connection_of(self, boot: str) -> HostConnection | None:
        return next((connection for connection in self._connections.values() if connection.boot == boot), None)

    async def _serve(self, task: Connect) -> None:
        beat = asyncio.create_task(self._beat())
        self._authority = authority_stamp(task.tls)
        try:
            # A new file of the authority cannot be read in this sandbox, which knows the old one.
            while authority_stamp(task.tls) == self._authority:
                with suppress(OSError, TimeoutError):
                    await self._hold_client(task)
                for connection in list(self._connections.values()):
                    connection.end("the scheduler is gone")
                self._connections.clear()
                self._trouble = self._trouble or "the scheduler is gone"
                await asyncio.sleep(_LOOK_S)
        finally:
            beat.cancel()

    async def _beat(self) -> None:
        while True:
            self._tell(GatewayBeat(trouble=self._trouble))
            for connection in self._connections.values():
                connection.send()
            await asyncio.sleep(_BEAT_S)

    async def _hold_client(self, task: Connect) -> None:
        """Connect, and look for hosts until the scheduler is gone.

        Raises:
            OSError: It cannot be reached.
        """
        address = _ADDRESSES.get(task.scheduler, task.scheduler)
        client = Client(
            address,
            asynchronous=True,
            security=tls_to_security(task.tls),
            timeout=_CONNECT_S,
            direct_to_workers=True,
            name="dropleaf-gateway",
            set_as_default=True,
        )
        try:
            await client
            self._trouble = ""
            while client.status == "running" and authority_stamp(task.tls) == self._authority:
                try:
                    await self._look(client, task)
                    self._trouble = ""
                except TimeoutError:  # the hosts that are known go on without it
                    self._trouble = f"the scheduler at {task.scheduler} does not answer"
                await asyncio.sleep(_LOOK_S)
            self._trouble = f"the scheduler at {task.scheduler} is gone"
        except Exception as error:
            self._trouble = f"the scheduler at {task.scheduler} cannot be used: {_error_to_words(error)}"[:1000]
            raise OSError(self._trouble) from error
        finally:
            with suppress(Exception):  # whatever dask raises: another client is made
                await client.close(timeout=1)

    async def _look(self, client: Client, task: Connect) -> None:
        if client.scheduler is None:
            raise OSError("the scheduler is gone")
        identity = await asyncio.wait_for(client.scheduler.identity(n_workers=-1), _CONNECT_S)
        now = self._loop.time()
        for address, connection in list(self._connections.items()):
            if connection.ended:
                del self._connections[address]
                self._rests[address] = now + _REST_S
            elif address not in identity["workers"]:
                connection.end("has left the scheduler")
        for address, facts in identity["workers"].items():
            if address not in self._connections and now >= self._rests.get(address, now):
                name = printable(str(facts["name"]).partition("/")[0])[:100] or address
                boot = os.urandom(8).hex()
                connection = HostConnection(client, address, name, replace(task.terms, boot=boot), tell=self._tell)
                self._connections[address] = connection
                connection.start()


def _error_to_words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, OSError) and error.errno:
        return os_error_to_words(error)
    return f"it does not answer as it should ({type(error).__name__})"
