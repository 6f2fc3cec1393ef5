"""Asking a daemon by signals, which it handles itself."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from pipeline.host.request_kinds import Request

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

__all__ = ["Request", "listen", "send_request"]

_SIGNALS = {Request.STOP: signal.SIGTERM, Request.RELOAD: signal.SIGHUP}


def send_request(pid: int, request: Request) -> None:
    """Ask a daemon.

    Args:
        pid: Of the daemon.
        request: For what.

    Raises:
        OSError: There is no such process, or it is somebody else's.
    """
    os.kill(pid, _SIGNALS[request])


@contextmanager
def listen(handlers: Mapping[Request, Callable[[], None]]) -> Iterator[None]:
    """Call a handler for each request that comes meanwhile: nothing, since requests come as signals here."""
    del handlers
    yield
