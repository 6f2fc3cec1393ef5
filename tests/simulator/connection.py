"""One TCP connection: requests in, bytes out, exactly as told.

Written on asyncio's protocols rather than on ``http.server``, since faults need what a library hides: single bytes,
RST and FIN at a chosen place, exact headers, and to learn at once that a client has gone.  One thread serves
thousands of idle connections, which keeps the CPU time that the program under test shares with the simulator small.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine
from typing import Protocol

from simulator.wire import CONTINUE, MalformedRequestError, Request, RequestReader

_LINGER_NOT = struct.pack("ii", 1, 0)


class Owner(Protocol):
    """Who answers the requests."""

    keep_alive: float | None

    def opened(self, connection: "Connection") -> int:
        """A connection was made; returns its number."""

    def answer(self, request: Request, connection: "Connection") -> Coroutine[None, None, None]:
        """Answer one request."""

    def left(self, connection: "Connection") -> None:
        """The connection is gone, whoever ended it."""


class Connection(asyncio.Protocol):
    """Carries one request after the other; what comes early waits.

    Attributes:
        number: From 1, over all connections of the server.
        served: How many requests were answered before the present one.
        gone: Whether nothing can be sent any more.
        task: Answers the present request; None between two requests.
    """

    def __init__(self, owner: Owner) -> None:
        self.number = 0
        self.served = 0
        self.gone = False
        self.task: asyncio.Task[None] | None = None
        self.on_write: Callable[[int], None] | None = None
        self._owner = owner
        self._reader = RequestReader()
        self._transport: asyncio.Transport | None = None
        self._idle: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self.number = self._owner.opened(self)
        self._rest()

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request."""
        self._reader.feed(data)
        if self.task is None:
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side has gone, or this one has closed."""
        del exc
        self.gone = True
        self._stop_resting()
        self._owner.left(self)

    def write(self, data: bytes) -> None:
        """Send bytes; lost where the client has gone."""
        if self._transport is None or self.gone:
            return
        self._transport.write(data)
        if self.on_write is not None:
            self.on_write(len(data))

    def close(self) -> None:
        """Send what is still to be sent, then FIN."""
        if self._transport is not None:
            self._transport.close()

    def half_close(self) -> None:
        """Send FIN but go on reading."""
        if self._transport is not None and not self.gone:
            self._transport.write_eof()

    def reset(self) -> None:
        """Send RST; bytes that have not left yet are lost."""
        if self._transport is None:
            return
        peer = self._transport.get_extra_info("socket")
        if peer is not None and not self.gone:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self._transport.abort()

    def _next(self) -> None:
        try:
            request = self._reader.next_request()
        except MalformedRequestError:
            self.close()
            return
        if request is None:
            if self._reader.expects_continue:
                self.write(CONTINUE)
            return
        self._stop_resting()
        self.task = asyncio.get_running_loop().create_task(self._owner.answer(request, self))
        self.task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self.task = None
        self.on_write = None
        self.served += 1
        if not task.cancelled() and (error := task.exception()) is not None:
            asyncio.get_running_loop().call_exception_handler({"message": "in the simulator", "exception": error})
            self.reset()
        elif not self.gone and self._transport is not None and not self._transport.is_closing():
            self._rest()
            self._next()

    def _rest(self) -> None:
        if self._owner.keep_alive is not None:
            self._idle = asyncio.get_running_loop().call_later(self._owner.keep_alive, self.close)

    def _stop_resting(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
