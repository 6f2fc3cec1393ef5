"""Messages from other threads to the one that owns the state, with a descriptor that it can wait on."""

import queue
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.host.waker import Waker

Message = TypeVar("Message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something does not work at present, and its log line is written; or it works again.

    Attributes:
        what: Names it.
        detail: A sentence for people; None where it is over.
    """

    what: str
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A thread of the daemon has ended by an error that nobody foresaw, and its log line is written.

    Attributes:
        thread: Its name.
        detail: The error.
    """

    thread: str
    detail: str


class Mailbox(Generic[Message]):
    """Many post, one drains."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._waker = Waker()

    def fileno(self) -> int:
        """Readable while there may be messages."""
        return self._waker.fileno()

    def post(self, message: Message) -> None:
        """Add a message; safe in any thread and in a signal handler.  A closed mailbox takes none."""
        self._queue.put(message)
        self._waker.wake()

    def drain(self) -> list[Message]:
        """Take all messages, oldest first."""
        self._waker.clear()
        messages = []
        while not self._queue.empty():
            messages.append(self._queue.get())
        return messages

    def close(self) -> None:
        """Give the descriptor back; no other thread may post any more, but a signal may still come."""
        self._waker.close()
