"""Gives a new interpreter its end of a private socket over stdin, since sockets cannot be inherited on Windows.

The process is put into a job object before it gets its socket, and so before it gets any work. When the job is ended,
or its holder ends, the process ends with all that it has started.
"""

import ctypes
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from ctypes import wintypes

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

_KILL_ON_JOB_CLOSE, _PROCESS_MEMORY, _DIE_ON_UNHANDLED = 0x2000, 0x100, 0x400
_EXTENDED_LIMITS = 9
_TERMINATE_AND_SET_QUOTA = 0x0001 | 0x0100
_ENDED_BY_FORCE = 1

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel32.CreateJobObjectW.restype = wintypes.HANDLE
_kernel32.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
_kernel32.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD)
_kernel32.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
_kernel32.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
_kernel32.OpenProcess.restype = wintypes.HANDLE
_kernel32.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
_kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("per_process_time", ctypes.c_int64),
        ("per_job_time", ctypes.c_int64),
        ("flags", wintypes.DWORD),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("most_processes", wintypes.DWORD),
        ("affinity", ctypes.c_size_t),
        ("priority", wintypes.DWORD),
        ("scheduling", wintypes.DWORD),
    )


class _ExtendedLimits(ctypes.Structure):
    _fields_ = (
        ("basic", _BasicLimits),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class _Child(subprocess.Popen[bytes]):
    """A process in a job of its own, which ends with the process that holds this object, or earlier."""

    _job: int | None = None

    def enter_job(self, memory: int | None) -> None:
        """Put the process into a new job.

        Raises:
            OSError: This is not possible.
        """
        self._job = _kernel32.CreateJobObjectW(None, None)
        if not self._job:
            raise ctypes.WinError(ctypes.get_last_error())
        limits = _ExtendedLimits()
        limits.basic.flags = _KILL_ON_JOB_CLOSE | _DIE_ON_UNHANDLED | (_PROCESS_MEMORY if memory else 0)
        limits.process_memory = memory or 0
        kept = _kernel32.SetInformationJobObject(
            self._job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        if not kept or not self._assign():
            raise ctypes.WinError(ctypes.get_last_error())

    def _assign(self) -> bool:
        # Its pid cannot be reused while this object lives, since the object keeps the process open.
        process = _kernel32.OpenProcess(_TERMINATE_AND_SET_QUOTA, False, self.pid)  # noqa: FBT003 — the signature is Windows'
        try:
            return bool(process) and bool(_kernel32.AssignProcessToJobObject(self._job, process))
        finally:
            _kernel32.CloseHandle(process)

    def kill(self) -> None:
        """End the process and all that it has started."""
        if self._job:
            _kernel32.TerminateJobObject(self._job, _ENDED_BY_FORCE)
        else:
            super().kill()

    def __del__(self) -> None:
        if self._job:
            _kernel32.CloseHandle(self._job)
            self._job = None
        super().__del__()


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
    child = _Child(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        env=environment,
        creationflags=subprocess.CREATE_NO_WINDOW,
    )
    try:
        child.enter_job(memory)
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
