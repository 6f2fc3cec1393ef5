"""Asking a daemon by events with names, and noticing that its console is closed or its user logs off.

Source of the method: CreateEvent, WaitForMultipleObjects and SetConsoleCtrlHandler in Microsoft's documentation.
"""

import ctypes
import errno
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ctypes import wintypes

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

from pipeline.host.request_kinds import Request
from pipeline.host.windows.kernel import KERNEL

__all__ = ["Request", "listen", "send_request"]

_MODIFY = 0x0002  # EVENT_MODIFY_STATE
_FOREVER = 0xFFFFFFFF
_CLOSE, _LOGOFF, _SHUTDOWN = 2, 5, 6
# Windows ends the process five seconds after its console was closed, or when the handler returns.
_LONGEST_S = 4.5

_ConsoleHandler = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.DWORD)
KERNEL.SetConsoleCtrlHandler.argtypes = (_ConsoleHandler, wintypes.BOOL)
KERNEL.WaitForMultipleObjects.argtypes = (
    wintypes.DWORD,
    ctypes.POINTER(wintypes.HANDLE),
    wintypes.BOOL,
    wintypes.DWORD,
)


def send_request(pid: int, request: Request) -> None:
    """Ask a daemon.

    Args:
        pid: Of the daemon.
        request: For what.

    Raises:
        OSError: It does not listen, or it is another user's.
    """
    event = KERNEL.OpenEventW(_MODIFY, False, _name(pid, request))  # noqa: FBT003 — the signature is Windows'
    if not event:
        raise OSError(errno.ESRCH, "It does not listen", str(pid))
    KERNEL.SetEvent(event)
    KERNEL.CloseHandle(event)


@contextmanager
def listen(handlers: Mapping[Request, Callable[[], None]]) -> Iterator[None]:
    """Call a handler, in another thread, for each request that comes meanwhile.

    Args:
        handlers: That for ``STOP`` is also called when the console is closed, or its user logs off.

    Raises:
        OSError: No events can be had.
    """
    ended = threading.Event()
    requests = list(handlers)
    names: list[str | None] = [None, *(_name(os.getpid(), request) for request in requests)]
    events = (wintypes.HANDLE * len(names))(*(KERNEL.CreateEventW(None, False, False, name) for name in names))  # noqa: FBT003 — the signature is Windows'
    if not all(events):
        raise ctypes.WinError(ctypes.get_last_error())

    def wait() -> None:
        while number := KERNEL.WaitForMultipleObjects(len(names), events, False, _FOREVER):  # noqa: FBT003 — as above
            if number >= len(names):
                return
            handlers[requests[number - 1]]()

    def at_close(kind: int) -> bool:
        if kind not in {_CLOSE, _LOGOFF, _SHUTDOWN} or Request.STOP not in handlers:
            return False
        handlers[Request.STOP]()
        ended.wait(_LONGEST_S)
        return True

    handler = _ConsoleHandler(at_close)
    KERNEL.SetConsoleCtrlHandler(handler, True)  # noqa: FBT003 — as above
    thread = threading.Thread(target=wait, name="requests", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        KERNEL.SetConsoleCtrlHandler(handler, False)  # noqa: FBT003 — as above
        KERNEL.SetEvent(events[0])
        thread.join()
        for event in events:
            KERNEL.CloseHandle(event)


def _name(pid: int, request: Request) -> str:
    """Within the session of one user."""
    return f"Local\\dropleaf-{pid}-{request}"
