"""uvicorn's connection with limits that it does not have: how many there are, and how long one may dawdle.

Few connections would not protect us: a browser keeps up to six, and each page that watches holds one of them for good,
so a limit of eight would lock out the second browser.  What costs something has a small limit of its own instead:
files that come in (``uploads.AT_ONCE``), pictures that are drawn or wait to be (``pictures``), and streams of events
(``events.WATCHERS``, half of all connections, so that watchers never keep others out).  What is left of a connection
then is a socket and some kilobytes, and it is had for a limited time: whoever does not ask, does not read what was
asked for, or goes on sending what nobody wants, is cut off.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

#: Of all kinds: twenty browsers and some scripts are more than anybody has.
CONNECTIONS = 128
#: Seconds for a request's head.
HEAD_S = 10.0
#: Seconds that a connection may be idle between two requests.
IDLE_S = 60.0
#: Seconds in which what was sent last must have been read.
UNREAD_S = 60.0
#: Seconds for the rest of a body that came with a request which is answered already.
REST_S = 10.0
#: Bytes of a request's head; a little more is taken where it ends in the piece that comes last.
HEAD_BYTES = 16 * 1024
# h11 minds its limit only between two pieces, and the system gives up to 256 KiB in one.
_HEAD_PIECE = 1024

_FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\nretry-after: 5\r\n\r\n"


class CarefulProtocol(H11Protocol):
    """Refuses connections over the limit, and cuts off those that take too long."""

    _incoming: asyncio.TimerHandle | None = None
    _outgoing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the parent
        """Take the connection, or say that there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.write(_FULL)
            transport.close()
        else:
            # One piece at a time is kept for somebody who reads slowly, and it is known when it has been read.
            transport.set_write_buffer_limits(high=0)
            self._await_incoming(HEAD_S)

    def data_received(self, data: bytes) -> None:
        """Pass the bytes on, and mind the head."""
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
        """Wait for the next request, but not for long for the rest of this one."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and self._is_answered():
            self._await_incoming(REST_S)

    def pause_writing(self) -> None:
        """Something waits to be read."""
        super().pause_writing()
        self._outgoing = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It has been read."""
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
