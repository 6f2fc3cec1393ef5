"""Job objects: limits for processes, which end with the last handle of the job.

Source of the method: Job Objects and JOBOBJECT_EXTENDED_LIMIT_INFORMATION in Microsoft's documentation of Win32.
"""

import ctypes
import sys
from ctypes import wintypes

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

from pipeline.host.windows.kernel import KERNEL

_PROCESS_TIME, _PROCESS_MEMORY, _DIE_ON_UNHANDLED, _KILL_ON_CLOSE = 0x2, 0x100, 0x400, 0x2000
_EXTENDED_LIMITS = 9
_TERMINATE_AND_SET_QUOTA = 0x0001 | 0x0100
_ENDED_BY_FORCE = 1
_TICKS = 10_000_000  # of 100 ns in a second

KERNEL.CreateJobObjectW.restype = wintypes.HANDLE
KERNEL.CreateJobObjectW.argtypes = (wintypes.LPVOID, wintypes.LPCWSTR)
KERNEL.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, wintypes.LPVOID, wintypes.DWORD)
KERNEL.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
KERNEL.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
KERNEL.OpenProcess.restype = wintypes.HANDLE
KERNEL.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)


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


class Job:
    """A job of this process. It and its processes end when it is closed, or this process ends in any way."""

    def __init__(self, *, memory: int | None = None, cpu_s: int | None = None) -> None:
        """Make it.

        Args:
            memory: Bytes that each of its processes may have.
            cpu_s: Seconds of CPU time that each may use.

        Raises:
            OSError: This is not possible.
        """
        self._handle: int | None = KERNEL.CreateJobObjectW(None, None)
        limits = _ExtendedLimits()
        limits.basic.flags = _KILL_ON_CLOSE | _DIE_ON_UNHANDLED
        if memory is not None:
            limits.basic.flags |= _PROCESS_MEMORY
            limits.process_memory = memory
        if cpu_s is not None:
            limits.basic.flags |= _PROCESS_TIME
            limits.basic.per_process_time = cpu_s * _TICKS
        _check(
            KERNEL.SetInformationJobObject(self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
        )

    def take(self, pid: int) -> None:
        """Put a process into the job; what it starts from then on is in it, too.

        Raises:
            OSError: It has ended, or cannot be put there.
        """
        process = KERNEL.OpenProcess(_TERMINATE_AND_SET_QUOTA, False, pid)  # noqa: FBT003 — the signature is Windows'
        _check(process)
        try:
            _check(KERNEL.AssignProcessToJobObject(self._handle, process))
        finally:
            KERNEL.CloseHandle(process)

    def end(self) -> None:
        """End all of its processes now."""
        KERNEL.TerminateJobObject(self._handle, _ENDED_BY_FORCE)

    def __del__(self) -> None:
        if self._handle:
            KERNEL.CloseHandle(self._handle)
            self._handle = None


def _check(result: int | None) -> None:
    if not result:
        raise ctypes.WinError(ctypes.get_last_error())
