"""Messages from other threads to the one that owns the state, with a file descriptor on which it can wait."""

import queue
from dataclasses import dataclass
from typing import Generic, TypeVar

from pipeline.host.waker import Waker

Message = TypeVar("Message")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something does not work at present (its log line is written), or it works again.

    Attributes:
        what: Its name.
        detail: A sentence for people; None where it is over.
        harmless: People are told, and nothing is wrong.
    """

    what: str
    detail: str | None
    harmless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A thread of the daemon has ended by an unexpected error (its log line is written).

    Attributes:
        thread: Its name.
        detail: The error.
    """

    thread: str
    detail: str


class Mailbox(Generic[Message]):
    """Many threads post, one drains."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._waker = Waker()

    def fileno(self) -> int:
        """The descriptor, which is readable while there may be messages."""
        return self._waker.fileno()

    def post(self, message: Message) -> None:
        """Add a message; safe in any thread and in a signal handler.  A closed mailbox ignores it."""
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
        """Close the descriptor; no other thread may post any more, but a signal handler may."""
        self._waker.close()
