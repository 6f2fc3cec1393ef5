"""Processes: a job object ends all that a worker has started with the worker, and the worker with the daemon."""

import ctypes
import errno
import os
import signal
import sys
from ctypes import wintypes
from typing import NoReturn

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

from pipeline.host.portable.watched_process import WatchedProcess, watch_child
from pipeline.host.windows.job import Job
from pipeline.host.windows.kernel import KERNEL

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

_FIRST = 1  # of the handlers
_GO_ON_SEARCHING = 0
#: Access violation, illegal instruction, corrupted heap, stack overflow.
_CRASHES = frozenset({0xC0000005, 0xC000001D, 0xC0000374, 0xC00000FD})
_OURSELVES = wintypes.HANDLE(-1)
# What must live as long as this process.
_kept: list[object] = []


class _Record(ctypes.Structure):
    _fields_ = (("code", wintypes.DWORD),)


class _Pointers(ctypes.Structure):
    _fields_ = (("record", ctypes.POINTER(_Record)),)


_Handler = ctypes.WINFUNCTYPE(ctypes.c_long, ctypes.POINTER(_Pointers))
KERNEL.AddVectoredExceptionHandler.argtypes = (wintypes.ULONG, _Handler)
KERNEL.TerminateProcess.argtypes = (wintypes.HANDLE, wintypes.UINT)


def name_thread(name: str) -> None:
    """Do nothing: no list of processes shows the name."""
    del name


def lead_process_group() -> None:
    """Have a crash end this process at once. It has a job of its own since its start.

    Without that ctypes turns a crash inside a library into an OSError, and the process goes on with a broken heap; or
    Windows shows a dialog, for which the process would wait.
    """
    KERNEL.SetErrorMode(_NO_DIALOGS)
    handler = _Handler(_end_at_crash)
    KERNEL.AddVectoredExceptionHandler(_FIRST, handler)
    _kept.append(handler)


def _end_at_crash(pointers: "ctypes._Pointer[_Pointers]") -> int:
    code = pointers.contents.record.contents.code
    if code in _CRASHES:
        KERNEL.TerminateProcess(_OURSELVES, code)
    return _GO_ON_SEARCHING


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
    """Limit this process for the rest of its life, by a job; Windows limits neither files nor their number."""
    del file_bytes, open_files
    if memory is not None or cpu_s is not None:
        job = Job(memory=memory, cpu_s=cpu_s)
        job.take(os.getpid())
        _kept.append(job)


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
