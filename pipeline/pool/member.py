"""One worker as the pool sees it: its process, the private socket to it, its lifeline, and its task."""

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pipeline.deadline import Deadline
from pipeline.host.processes import WatchedProcess, kill_process_group
from pipeline.pool.channel import Frame, FrameBuffer, Kind

_CHUNK_BYTES = 256 * 1024
_FRAME_OVERHEAD_BYTES = 1024


class State(Enum):
    """The state of a worker; only :meth:`Member.become` changes it."""

    STARTING = "starting"
    """Launched; it has not said that it is ready."""
    READY = "ready"
    """Takes a task, or has one."""
    LEAVING = "leaving"
    """Told to end; it finishes its task first."""
    KILLED = "killed"
    """Killed; its end has not been seen yet."""


class ProcessEnd(Enum):
    """Why the pool killed a worker that had a task."""

    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(slots=True, kw_only=True)
class Assignment:
    """A task and its state.

    Attributes:
        body: The task as it is sent.
        started: Whether a worker has said that it has begun.
        tries: To how many workers it was sent.
        ending: Why the pool killed its worker; None if it did not.
    """

    key: str
    body: bytes
    deadline: Deadline
    started: bool = False
    tries: int = 0
    ending: ProcessEnd | None = None


class Member:
    """One worker.  Nothing in here waits: what cannot be sent now is kept, and what has not come is read later."""

    def __init__(self, serial: int, ready_by: Deadline, result_bytes: int) -> None:
        self.serial = serial
        self.state = State.STARTING
        self.until = ready_by
        self.assignment: Assignment | None = None
        self.hinted: str | None = None
        self.tasks_done = 0
        self.was_ready = False
        self.retiring = False
        self.detail = ""
        self.process: WatchedProcess | None = None
        self._their_lifeline, lifeline = os.pipe()
        self._lifeline: int | None = lifeline
        try:
            ours, self._theirs = socket.socketpair()
        except OSError:
            os.close(self._their_lifeline)
            os.close(lifeline)
            raise
        ours.settimeout(0)
        self.socket: socket.socket | None = ours
        self._buffer = FrameBuffer(result_bytes + _FRAME_OVERHEAD_BYTES)
        self._outgoing = bytearray()

    @property
    def ends(self) -> tuple[socket.socket, int]:
        """The worker's ends of the socket and the lifeline, open until :meth:`close_ends`."""
        return self._theirs, self._their_lifeline

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None until it is known to exist."""
        return None if self.process is None else self.process.pid

    @property
    def idle(self) -> bool:
        """Whether it can take a task now; it may report that it is ready before its process is known."""
        return self.state is State.READY and self.assignment is None and self.process is not None

    @property
    def sending(self) -> bool:
        """Whether something is kept until the worker reads again."""
        return bool(self._outgoing) and self.socket is not None

    def become(self, state: State, until: Deadline) -> None:
        """Change the state, and set until when it may last."""
        self.state = state
        self.until = until

    def close_ends(self) -> None:
        """Close our copies of the worker's ends, so that the end of the worker can be seen."""
        self._theirs.close()
        os.close(self._their_lifeline)

    def note_birth(self, process: WatchedProcess | None, detail: str) -> None:
        """Note that the process exists.

        Raises:
            ProcessLookupError: It does not exist; ``detail`` says why.
        """
        if process is None:
            raise ProcessLookupError(detail)
        self.process = process
        if self.state is State.KILLED:
            self.kill()

    def assign(self, assignment: Assignment) -> None:
        """Give it a task."""
        assignment.tries += 1
        self.assignment = assignment
        self.hinted = None
        self.send(Frame(kind=Kind.TASK, body=assignment.body))

    def send(self, frame: Frame) -> None:
        """Send what the socket takes now, and keep the rest for :meth:`flush`."""
        self._outgoing += frame.to_bytes()
        self.flush()

    def flush(self) -> None:
        """Send what was kept; the other side's death is noticed elsewhere, by its process descriptor."""
        with contextlib.suppress(OSError):
            while self._outgoing and self.socket is not None:
                sent = self.socket.send(self._outgoing)
                del self._outgoing[:sent]

    def receive(self) -> bool:
        """Read once; False when nothing has come, and when nothing can come any more."""
        if self.socket is None:
            return False
        try:
            data = self.socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return False
        except OSError:  # a reset: it died with unread data
            data = b""
        if not data:
            self.close_socket()
            return False
        self._buffer.feed(data)
        return True

    def frames(self) -> Iterator[Frame]:
        """The frames that are complete; raises as :meth:`FrameBuffer.frames` does."""
        return self._buffer.frames()

    def close_socket(self) -> None:
        """Receive nothing more from it."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def kill(self) -> None:
        """Send SIGKILL to the process, and through the lifeline to all that it has started."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        """Close everything; to be called before the process is reaped, so that its process group is still its own."""
        if self.process is not None:
            kill_process_group(self.process.pid)
            self.process.close()
            self.process = None
        self.close_socket()
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
