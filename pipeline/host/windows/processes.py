"""Processes: a job object ends all that a worker has started with the worker, and the worker with the daemon.

Source of the method: Job Objects and JOBOBJECT_EXTENDED_LIMIT_INFORMATION in Microsoft's documentation of Win32.
"""

import ctypes
import errno
import os
import signal
import sys
from typing import NoReturn

from pipeline.host.portable.watched_process import WatchedProcess, watch_child

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

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

#: Exit code of a process that was ended by force; ``Popen.kill`` passes this one to TerminateProcess.
KILLED = 1
_NO_DIALOGS = 0x0001 | 0x0002 | 0x8000  # SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX


def name_thread(name: str) -> None:
    """Do nothing: no list of processes shows the name."""
    del name


def lead_process_group() -> None:
    """Turn off error dialogs, for which a crash would wait. The worker has a job of its own since its start."""
    ctypes.windll.kernel32.SetErrorMode(_NO_DIALOGS)


def end_process_group() -> NoReturn:
    """End this process at once; its job ends all that it has started."""
    os._exit(KILLED)


def kill_process_group(pid: int) -> None:
    """Do nothing: the job ends all that the process has started."""
    del pid


def guard_process_group(lifeline: int) -> None:
    """Do nothing: the job ends with the daemon."""
    del lifeline


def find_guards() -> list[int]:
    """None: a job needs no guard within the process."""
    return []


def ignore_signals_of_the_parent() -> None:
    """Ignore Ctrl-C, which a console sends to all of its processes; the parent ends this one."""
    for number in (signal.SIGINT, signal.SIGBREAK):
        signal.signal(number, signal.SIG_IGN)


def limit_resources(
    *,
    memory: int | None = None,
    file_bytes: int | None = None,
    open_files: int | None = None,
    cpu_s: int | None = None,
) -> None:
    """Do nothing: a process cannot limit itself; the job has those limits that exist."""
    del memory, file_bytes, open_files, cpu_s


def watch_process(pid: int) -> WatchedProcess:
    """Fail always: only processes that this one has started can be watched.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"The process {pid} cannot be watched on this system")


def collect_exit_code(pid: int) -> int | None:
    """None: another process collects the exit code."""
    del pid
    return None
