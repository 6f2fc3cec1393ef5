"""uvicorn's connection with limits that it does not have: how many there are, and how long a request may dawdle."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

#: A browser opens up to six connections; twenty browsers and some scripts are more than anybody has.
CONNECTIONS = 128
#: Seconds for a request's head.
HEAD_S = 10.0
#: Seconds that a connection may be idle between two requests.
IDLE_S = 60.0
#: Bytes of a request's head.
HEAD_BYTES = 16 * 1024

_FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\nretry-after: 5\r\n\r\n"


class CarefulProtocol(H11Protocol):
    """Refuses connections over the limit, and closes those whose head does not come."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the parent
        """Take the connection, or say that there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.write(_FULL)
            transport.close()
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Pass the bytes on, and mind the head."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._forget_head()
        elif self._head_timer is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget_head()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_S, self._give_up)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        self.transport.abort()
