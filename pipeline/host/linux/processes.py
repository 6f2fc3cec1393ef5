"""Processes and threads: pidfds, and the lifeline that the kernel itself watches; the rest is that of any Unix."""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from pipeline.host.portable import processes as unix

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

__all__ = [
    "KILLED",
    "WatchedProcess",
    "collect_exit_code",
    "end_process_group",
    "find_guards",
    "guard_process_group",
    "ignore_signals_of_the_parent",
    "kill_process_group",
    "lead_process_group",
    "limit_resources",
    "name_thread",
    "watch_child",
    "watch_process",
]

KILLED = unix.KILLED
lead_process_group = unix.lead_process_group
end_process_group = unix.end_process_group
kill_process_group = unix.kill_process_group
ignore_signals_of_the_parent = unix.ignore_signals_of_the_parent
limit_resources = unix.limit_resources

_EXIT_CODE_FIELD = 52
#: Descriptors below this number are searched: a process gets its first ones at its start.
_LOWEST_DESCRIPTORS = 256


def name_thread(name: str) -> None:
    """Set the name that ``ps`` and ``top`` show: of the first thread for the process, of others in ``top -H``."""
    with contextlib.suppress(OSError):
        Path("/proc/thread-self/comm").write_text(name, encoding="ascii")


def guard_process_group(lifeline: int) -> None:
    """Have the kernel kill this process group, children included, when the lifeline's other end closes.

    A thread that reads the pipe would do as well, were it not for C code that never lets go of the interpreter's
    lock; and ``PR_SET_PDEATHSIG`` looks at the parent, which is the fork server and not the daemon.  Source of the
    method: ``F_SETOWN``, ``F_SETSIG`` and ``O_ASYNC`` in fcntl(2); a hang-up of the pipe counts as input.

    Args:
        lifeline: Read end of a pipe.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)
    poll = select.poll()
    poll.register(lifeline)
    if poll.poll(0):  # it was closed before the guard was set
        end_process_group()


def find_guards() -> list[int]:
    """The lifelines that guard this process: descriptors for which the kernel sends SIGKILL when they are closed."""
    found = []
    for descriptor in range(_LOWEST_DESCRIPTORS):
        with contextlib.suppress(OSError):  # there is no descriptor with this number
            if fcntl.fcntl(descriptor, fcntl.F_GETSIG) == signal.SIGKILL:
                found.append(descriptor)
    return found


class WatchedProcess:
    """A process that another thread or process may have started, by a descriptor that never stands for another one."""

    def __init__(self, pid: int) -> None:
        """Begin to watch it.

        Raises:
            OSError: There is no such process.
        """
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def fileno(self) -> int:
        """Readable once the process has ended."""
        return self._descriptor

    def kill(self) -> None:
        """End the process; one that has ended is left alone."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def close(self) -> None:
        """Watch it no more."""
        os.close(self._descriptor)


def watch_process(pid: int) -> WatchedProcess:
    """Watch a process that any other one has started.

    Raises:
        OSError: There is no such process.
    """
    return WatchedProcess(pid)


def watch_child(child: subprocess.Popen[bytes]) -> WatchedProcess:
    """Watch a process that this one has started.

    Raises:
        OSError: There are too many descriptors.
    """
    return WatchedProcess(child.pid)


def collect_exit_code(pid: int) -> int | None:
    """Exit code of an ended process that another process will reap, negative for a signal; None if it is not known.

    Source of the method: field 52 of ``/proc/PID/stat``, see proc(5).
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        code = os.waitstatus_to_exitcode(int(fields[_EXIT_CODE_FIELD - 3]))
    except (OSError, ValueError, IndexError):
        code = None
    with contextlib.suppress(ChildProcessError):  # it is our child only where we are the init process of a container
        os.waitpid(pid, os.WNOHANG)
    return code
