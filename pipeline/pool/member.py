"""One worker as the pool sees it: a process, the private socket to it, its lifeline, and the task that it has."""

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pipeline.deadline import Deadline
from pipeline.host.processes import kill_process, kill_process_group, open_process
from pipeline.pool.channel import Frame, FrameBuffer, Kind

_CHUNK_BYTES = 256 * 1024
_FRAME_OVERHEAD_BYTES = 1024


class State(Enum):
    """The life of a worker; only :meth:`Member.become` changes it."""

    STARTING = "starting"
    """Asked for; it has not said that it is ready."""
    READY = "ready"
    """Takes a task, or has one."""
    LEAVING = "leaving"
    """Told to end; it finishes what it has."""
    KILLED = "killed"
    """Killed; its death has not been seen yet."""


class ProcessEnd(Enum):
    """Why the pool killed a worker that had a task."""

    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(slots=True, kw_only=True)
class Assignment:
    """A task and where it stands.

    Attributes:
        body: The task as it travels.
        started: Whether a worker has said that it works on it.
        tries: How many workers it was sent to.
        ending: Why its worker was killed, if the pool did it.
    """

    key: str
    body: bytes
    deadline: Deadline
    started: bool = False
    tries: int = 0
    ending: ProcessEnd | None = None


class Member:
    """One worker.  Nothing in here waits: what cannot be sent now is kept, what has not come is not missed."""

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
        self.pid: int | None = None
        self.pidfd: int | None = None
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
    def ends(self) -> tuple[int, int]:
        """The worker's ends of socket and lifeline, open until :meth:`close_ends`."""
        return self._theirs.fileno(), self._their_lifeline

    @property
    def idle(self) -> bool:
        """Whether it can take a task now; it may say that it is ready before the launcher has said who it is."""
        return self.state is State.READY and self.assignment is None and self.pid is not None

    @property
    def sending(self) -> bool:
        """Whether something waits until the worker reads again."""
        return bool(self._outgoing) and self.socket is not None

    def become(self, state: State, until: Deadline) -> None:
        """Change the state, and set how long it may last."""
        self.state = state
        self.until = until

    def close_ends(self) -> None:
        """Close what the worker has by now, so that its end can be seen."""
        self._theirs.close()
        os.close(self._their_lifeline)

    def note_birth(self, pid: int | None, detail: str) -> None:
        """The process exists.  Its pid stays its own until the launcher reaps it, so no signal can hit another.

        Raises:
            ProcessLookupError: It does not; ``detail`` says why.
        """
        if pid is None:
            raise ProcessLookupError(detail)
        self.pidfd = open_process(pid)
        self.pid = pid
        if self.state is State.KILLED:
            self.kill()

    def assign(self, assignment: Assignment) -> None:
        """Give it a task."""
        assignment.tries += 1
        self.assignment = assignment
        self.hinted = None
        self.send(Frame(kind=Kind.TASK, body=assignment.body))

    def send(self, frame: Frame) -> None:
        """Send now what the socket takes, keep the rest for :meth:`flush`."""
        self._outgoing += frame.to_bytes()
        self.flush()

    def flush(self) -> None:
        """Send what waits; the death of the other side is not noticed here but by its process descriptor."""
        with contextlib.suppress(OSError):
            while self._outgoing and self.socket is not None:
                sent = self.socket.send(self._outgoing)
                del self._outgoing[:sent]

    def receive(self) -> bool:
        """Read once; False when nothing has come and when nothing will come any more."""
        if self.socket is None:
            return False
        try:
            data = self.socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return False
        except OSError:  # a reset: it died with something unread
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
        """Hear nothing more from it."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def kill(self) -> None:
        """SIGKILL to the process, and through the lifeline to whatever it has started."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        if self.pidfd is not None:
            kill_process(self.pidfd)

    def close(self) -> None:
        """Close everything; to be called while the zombie is there, so that its group is still its own."""
        if self.pid is not None:
            kill_process_group(self.pid)
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None
        self.close_socket()
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
