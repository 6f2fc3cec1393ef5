"""The simulator as tests use it: a server in a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Self

from simulator.chat import Ask
from simulator.connection import Connection
from simulator.journal import Record
from simulator.latency import Latency
from simulator.rules import Rule
from simulator.service import Service
from simulator.setups import Setup


class Simulator:
    """A simulated model server on loopback; a context manager that serves between entering and leaving."""

    def __init__(self, setup: Setup | None = None) -> None:
        self.setup = setup or Setup()
        self.service = Service(self.setup)
        self.service.on_death = self._go_down
        self.port = self.setup.port
        self._watching = False  # the server's thread may need the lock that a watcher holds
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to serve; the port is bound when this returns."""
        self._thread.start()
        self.revive()

    def stop(self) -> None:
        """Reset all connections and end the thread."""
        self._call(self._shut_down())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def die(self) -> None:
        """End like a killed server: every connection is reset, new ones are refused."""
        self._loop.call_soon_threadsafe(self._go_down)
        self.wait_until(lambda sim: sim.open_connections == 0 and self._server is None)

    def revive(self) -> None:
        """Serve again on the same port, after :meth:`die`."""
        self._call(self._listen())

    def retire(self, grace: float) -> None:
        """End as llama.cpp does on SIGTERM; returns when nothing is in flight any more.

        No new connections; streams fall silent and are cut after ``grace`` seconds; plain requests are answered.
        """
        asyncio.run_coroutine_threadsafe(self._retire(grace), self._loop).result()

    # -- where --------------------------------------------------------------------------------------------------

    @property
    def root(self) -> str:
        """The address without a path."""
        return f"http://{self.setup.host}:{self.port}"

    @property
    def url(self) -> str:
        """The base address of the OpenAI interface, as settings.yaml wants it."""
        return f"{self.root}/v1"

    # -- what happened ------------------------------------------------------------------------------------------

    @property
    def requests(self) -> tuple[Record, ...]:
        """Every request so far, in order of arrival; one whose response has been read whole is shown as over."""
        if not self._watching and self._loop.is_running():
            self._call(asyncio.sleep(0))
        return self.service.journal.records

    @property
    def chats(self) -> tuple[Record, ...]:
        """The requests that asked the model for something."""
        return tuple(record for record in self.requests if record.chat)

    @property
    def in_flight(self) -> int:
        """Requests that have a slot now."""
        return len(self.service.slots.running)

    @property
    def peak_in_flight(self) -> int:
        """The most that ever had a slot at once."""
        return self.service.slots.peak

    @property
    def waiting(self) -> int:
        """Requests in line for a slot now."""
        return self.service.slots.waiting

    @property
    def connections(self) -> int:
        """Connections opened so far."""
        return self.service.journal.connections

    @property
    def open_connections(self) -> int:
        """Connections open now."""
        return self.service.journal.open_connections

    @property
    def loads(self) -> int:
        """How often a model was loaded on demand."""
        return self.service.shelf.loads

    def wait_until(self, true: Callable[["Simulator"], bool], timeout: float = 90.0) -> None:
        """Wait for a state of affairs; it is looked at whenever something changes.

        Raises:
            TimeoutError: It did not come.
        """
        with self.service.journal.changed:
            self._watching = True
            found = self.service.journal.changed.wait_for(lambda: true(self), timeout)
            self._watching = False
            if not found:
                raise TimeoutError(f"not within {timeout:g} s; in flight {self.in_flight}, waiting {self.waiting}")

    # -- what is to happen --------------------------------------------------------------------------------------

    def set_rules(self, *rules: Rule) -> None:
        """Put these rules in force instead of the present ones."""
        self.service.rules.replace(rules)

    def set_answer(self, answer: Callable[[Ask], str]) -> None:
        """Let the model say something else from now on."""
        self.service.answer_text = answer

    def set_latency(self, latency: Latency) -> None:
        """Let requests that start from now on take other times."""
        self.service.latency = latency

    def unload(self, model: str) -> None:
        """Take a model out of memory."""
        self._loop.call_soon_threadsafe(self.service.shelf.unload, model)

    # -- inside -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            lambda: Connection(self.service), self.setup.host, self.port, backlog=512
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _retire(self, grace: float) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self.service.slots.silent = True
        running = [(connection, connection.task) for connection in self.service.connections if connection.task]
        streams = [(connection, task) for connection, task in running if self.service.streams(connection)]
        plain = [task for connection, task in running if not self.service.streams(connection)]
        if streams:
            await asyncio.wait([task for _, task in streams], timeout=grace)
        for connection, task in streams:
            task.cancel()
            connection.close()
        await asyncio.gather(*plain, return_exceptions=True)

    def _go_down(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self.service.connections):
            if connection.task is not None:
                connection.task.cancel()
            connection.reset()
        self.service.journal.notify()

    async def _shut_down(self) -> None:
        self._go_down()
        others = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # lets the closed transports say goodbye
