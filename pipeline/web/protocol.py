"""uvicorn's connection with two limits more: the number of connections, and the time that each may take.

A small limit for connections would be wrong: a browser keeps up to six, and each page that watches holds one of them
all the time, so a limit of eight would lock out the second browser. Instead everything expensive has its own small
limit: uploads (``uploads.AT_ONCE``), pictures that are drawn or wait to be (``pictures``), and streams of events
(``events.WATCHERS``, half of all connections, so that watchers never lock out others). Any other connection costs a
socket and some kilobytes, and only for a limited time: a client that sends no request, does not read the answer, or
goes on sending a body that is not needed, is cut off.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

#: Connections of all kinds: enough for twenty browsers and some scripts.
CONNECTIONS = 128
#: Seconds for a request's head.
HEAD_S = 10.0
#: Seconds that a connection may be idle between two requests.
IDLE_S = 60.0
#: Seconds in which a client must read what was sent.
UNREAD_S = 60.0
#: Seconds for the rest of a request's body once the request is answered.
REST_S = 10.0
#: The most bytes of a request's head; a little more is accepted if it ends within the last piece.
HEAD_BYTES = 16 * 1024
# h11 checks its limit only between two pieces, and one piece may have up to 256 KiB.
_HEAD_PIECE = 1024

_FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\nretry-after: 5\r\n\r\n"


class LimitedProtocol(H11Protocol):
    """Refuses connections over the limit, and cuts off those that take too long."""

    _incoming: asyncio.TimerHandle | None = None
    _outgoing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the parent
        """Accept the connection, or answer that there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.write(_FULL)
            transport.close()
        else:
            # For a slow reader only one piece is buffered, and we are told when it has been read.
            transport.set_write_buffer_limits(high=0)
            self._await_incoming(HEAD_S)

    def data_received(self, data: bytes) -> None:
        """Pass the bytes on, and check the size of the head."""
        while data and self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            super().data_received(data[:_HEAD_PIECE])
            data = data[_HEAD_PIECE:]
        if data and not self.transport.is_closing():
            super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            if self._incoming is None:
                self._await_incoming(HEAD_S)
        elif not self._is_answered():
            self._forget_incoming()

    def on_response_complete(self) -> None:
        """Wait for the next request; but for the rest of this one only for a short time."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and self._is_answered():
            self._await_incoming(REST_S)

    def pause_writing(self) -> None:
        """Start the time in which the client must read."""
        super().pause_writing()
        self._outgoing = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop that time: the client has read."""
        self._forget_outgoing()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget_incoming()
        self._forget_outgoing()
        super().connection_lost(exc)

    def _is_answered(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        return cycle is not None and cycle.response_complete

    def _await_incoming(self, seconds: float) -> None:
        self._forget_incoming()
        self._incoming = self.loop.call_later(seconds, self.transport.abort)

    def _forget_incoming(self) -> None:
        if self._incoming is not None:
            self._incoming.cancel()
            self._incoming = None

    def _forget_outgoing(self) -> None:
        if self._outgoing is not None:
            self._outgoing.cancel()
            self._outgoing = None
