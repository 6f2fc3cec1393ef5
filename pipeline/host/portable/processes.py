"""Processes and threads on any Unix. Where Linux has a descriptor or a signal, a thread is used.

Looking at an exit code that another process will collect is possible on Linux only, and missing here.
"""

import errno
import os
import resource
import select
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from pipeline.host.portable.watched_process import WatchedProcess, watch_child

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

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

#: Exit code of a process that was killed.
KILLED = -int(signal.SIGKILL)
# A worker is guarded right after its start, when few descriptors are open.
_HIGHEST_DESCRIPTOR = 256


def name_thread(name: str) -> None:
    """Do nothing: only Linux shows the names of threads in its lists of processes."""
    del name


def lead_process_group() -> None:
    """Make this process the leader of a new group, which all processes that it starts belong to."""
    os.setpgid(0, 0)


def end_process_group() -> NoReturn:
    """End this process and all that it has started, at once."""
    os.killpg(0, signal.SIGKILL)
    os._exit(1)


def kill_process_group(pid: int) -> None:
    """Kill everything that the process has started. Call this before its exit code is collected."""
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def guard_process_group(lifeline: int) -> None:
    """End this process group when the other end of the lifeline closes, even while C code holds the interpreter's lock.

    A second process waits for that, and for the end of this one. Call this while there is only one thread.

    Args:
        lifeline: Read end of a pipe.
    """
    ours, alive = os.pipe()
    if os.fork():
        os.close(ours)
        os.set_inheritable(alive, False)  # noqa: FBT003 — the signature is Python's
        return
    try:
        for descriptor in range(_HIGHEST_DESCRIPTOR):
            if descriptor not in {lifeline, ours}:
                with suppress(OSError):
                    os.close(descriptor)
        select.select([lifeline, ours], [], [])
    finally:
        end_process_group()


def find_guards() -> list[int]:
    """None: lifelines cannot be told from other pipes here."""
    return []


def ignore_signals_of_the_parent() -> None:
    """Ignore signals that terminals and service managers send to the whole group; the parent ends this process."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def limit_resources(
    *,
    memory: int | None = None,
    file_bytes: int | None = None,
    open_files: int | None = None,
    cpu_s: int | None = None,
) -> None:
    """Limit this process for the rest of its life; it also writes no core dump.

    Args:
        memory: Bytes of address space; some systems (macOS) accept the limit and do not enforce it.
        file_bytes: Largest size of a file that it writes.
        open_files: Number of open descriptors.
        cpu_s: Seconds of CPU time.
    """
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CPU: cpu_s,
    }
    for limit, wanted in limits.items():
        if wanted is not None:
            hard = resource.getrlimit(limit)[1]
            value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(limit, (value, value))


def watch_process(pid: int) -> WatchedProcess:
    """Fail always: there is no descriptor for any process that every system has.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"The process {pid} cannot be watched on this system")


def collect_exit_code(pid: int) -> int | None:
    """None: this is not known, since another process collects the exit code."""
    del pid
    return None
