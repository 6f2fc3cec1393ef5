"""Gives a new interpreter its end of a private socket over stdin, since sockets cannot be inherited on Windows.

The process is put into a job object before it gets its socket, and so before it gets any work. When the job is ended,
or its holder ends, the process ends with all that it has started.
"""

import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

from pipeline.host.windows.job import Job


class _Child(subprocess.Popen[bytes]):
    """A process in a job of its own, which ends with the process that holds this object, or earlier."""

    job: Job | None = None

    def kill(self) -> None:
        """End the process and all that it has started."""
        if self.job is not None:
            self.job.end()
        else:
            super().kill()


def start_with_ends(
    command: Sequence[str],
    *,
    connection: socket.socket,
    lifeline: int,
    stderr: int | None,
    environment: Mapping[str, str],
    memory: int | None,
) -> subprocess.Popen[bytes]:
    """As on other systems, but the lifeline is not passed on: the job replaces it.

    Raises:
        OSError: No process can be started now.
    """
    del lifeline
    program, *arguments = command
    child = _Child(
        [_real_interpreter(program), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        env={**environment, "__PYVENV_LAUNCHER__": program},
        creationflags=subprocess.CREATE_NO_WINDOW,
    )
    try:
        # Its pid cannot be used again while this object lives, since the object keeps the process open.
        job = Job(memory=memory)
        job.take(child.pid)
        child.job = job
        assert child.stdin is not None  # noqa: S101 — it is a pipe
        with child.stdin:
            child.stdin.write(connection.share(child.pid))
    except OSError:
        child.kill()
        child.wait()
        raise
    return child


def take_connection(number: int) -> socket.socket:
    """In the new process: take its end of the socket, from stdin."""
    del number
    return socket.fromshare(sys.stdin.buffer.read())


def _real_interpreter(program: str) -> str:
    """The interpreter behind a virtual environment's program, which would start it as a second process.

    Source of the method: ``multiprocessing.popen_spawn_win32`` of CPython, which does the same.
    """
    return str(getattr(sys, "_base_executable", program)) if program == sys.executable else program
