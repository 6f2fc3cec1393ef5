"""Writing to a descriptor without waiting for its reader: O_NONBLOCK on an open file of our own."""

import os
import socket
import stat
import sys
from collections.abc import Callable

from pipeline.host.polling import wait_for_any

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

# So many bytes can be written without waiting to a pipe that poll(2) calls writable (PIPE_BUF, pipe(7)).
_PIECE = 4096


def new_writer(descriptor: int) -> Callable[[bytes], int]:
    """A function that writes some bytes, and raises BlockingIOError instead of waiting."""
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISSOCK(mode):
        connection = socket.socket(fileno=os.dup(descriptor))
        return lambda data: connection.send(data, socket.MSG_DONTWAIT)
    if stat.S_ISREG(mode):
        return lambda data: os.write(descriptor, data)
    try:
        # O_NONBLOCK belongs to the open file, which parent and children share: so the file is opened again (open(2)).
        own = os.open(
            f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        )
    except OSError:  # in a sandbox, or another user's
        return lambda data: _write_if_writable(descriptor, data)
    return lambda data: os.write(own, data)


def _write_if_writable(descriptor: int, data: bytes) -> int:
    """Write if that needs no waiting.  Accepted risk: another writer may fill the pipe between the two calls."""
    if not wait_for_any((), (descriptor,), 0):
        raise BlockingIOError
    return os.write(descriptor, data[:_PIECE])
