"""What happened, request by request, for tests to look at while the server runs."""

import dataclasses
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.jsons import JsonObject
from simulator.mark import Mark

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True, kw_only=True)
class Record:
    """One request; moments are seconds of ``time.monotonic()``, None for what has not happened.

    Attributes:
        number: In order of arrival, from 1.
        connection: Number of the connection that carried it, from 1.
        chat: Whether it asked the model for something.
        page: Which page its picture shows, None where it carries no mark.
        document: Which document that page belongs to, by its mark.
        picture: The name of its first picture, as :func:`simulator.picture_name` gives it.
        attempt: Which attempt at this page it is, from 1.
        arrived: The request was complete.
        started: It got its slot.
        first_byte: The first byte of the response was written.
        ended: The server was done with it, and its slot free.
        left: The client was gone before that.
        outcome: ``running``, ``completed`` (the response was written whole), ``refused`` (an error in the ordinary
            course), ``disconnected`` (the client left first), ``fault`` (a rule's fault was carried out).
        fault: The name of the fault that a rule chose.
        received: The bytes of the request's body, where the setup keeps them.
    """

    number: int
    connection: int
    method: str
    path: str
    headers: dict[str, str]
    size: int = 0
    chat: bool = False
    stream: bool = False
    model: str = ""
    max_tokens: int | None = None
    page: int | None = None
    document: int | None = None
    picture: str = ""
    attempt: int = 1
    arrived: float = 0.0
    started: float | None = None
    first_byte: float | None = None
    ended: float | None = None
    left: float | None = None
    status: int | None = None
    sent: int = 0
    outcome: str = "running"
    fault: str = ""
    received: bytes = b""

    @property
    def mark(self) -> Mark | None:
        """Document and page in one."""
        return None if self.page is None or self.document is None else Mark(self.document, self.page)

    @property
    def waited(self) -> float | None:
        """Seconds in line before a slot was free."""
        return None if self.started is None else self.started - self.arrived


def record_to_json(record: Record, zero: float) -> JsonObject:
    """The record with its moments counted from ``zero``; without headers' secrets and bodies."""
    shown: JsonObject = {}
    for field in dataclasses.fields(Record):
        value = getattr(record, field.name)
        if field.name in ("received", "headers"):
            continue
        is_moment = field.name in ("arrived", "started", "first_byte", "ended", "left")
        shown[field.name] = round(value - zero, 4) if is_moment and value is not None else value
    return shown


class Journal:
    """All requests since the start; written by the server's thread, read by any.

    Attributes:
        changed: Notified at every change.
        on_end: Called in the server's thread with every request that is over.
    """

    def __init__(self, *, keep_bodies: bool) -> None:
        self.changed = threading.Condition()
        self.on_end: Callable[[Record], None] | None = None
        self.connections = 0
        self.open_connections = 0
        self.chats = 0
        self.zero = time.monotonic()
        self._records: list[Record] = []
        self._keep_bodies = keep_bodies

    @property
    def records(self) -> tuple[Record, ...]:
        """Copies of all records, in order of arrival."""
        with self.changed:
            return tuple(dataclasses.replace(record) for record in self._records)

    def opened(self) -> int:
        """A connection was opened; returns its number."""
        self.connections += 1
        self.open_connections += 1
        self.notify()
        return self.connections

    def closed(self) -> None:
        """A connection is gone."""
        self.open_connections -= 1
        self.notify()

    def began(self, record: Record, body: bytes) -> Record:
        """A request is complete."""
        record.number, record.arrived, record.size = len(self._records) + 1, time.monotonic(), len(body)
        if self._keep_bodies:
            record.received = body
        with self.changed:
            self._records.append(record)
            self.changed.notify_all()
        return record

    def ended(self, record: Record, outcome: str) -> None:
        """The server is done with a request."""
        record.ended = time.monotonic()
        record.outcome = outcome
        self.notify()
        if self.on_end is not None:
            self.on_end(record)

    def notify(self) -> None:
        """Wake whoever waits for a change."""
        with self.changed:
            self.changed.notify_all()
