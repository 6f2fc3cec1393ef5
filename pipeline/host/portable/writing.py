"""Writes to a descriptor without waiting for the reader, by checking first whether it is writable."""

import math
import os
import socket
import stat
import sys
from collections.abc import Callable

from pipeline.host.polling import wait_for_any

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

# At most this much goes into a writable pipe without waiting: the least value of PIPE_BUF that POSIX allows.
_PIECE = 512


def new_writer(descriptor: int) -> Callable[[bytes], int]:
    """A function that writes some bytes, and raises BlockingIOError instead of waiting."""
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISSOCK(mode):
        connection = socket.socket(fileno=os.dup(descriptor))
        return lambda data: connection.send(data, socket.MSG_DONTWAIT)
    if stat.S_ISREG(mode):
        return lambda data: os.write(descriptor, data)
    return lambda data: _write_if_writable(descriptor, data)


def wait_for_reader(writer: Callable[[bytes], int], descriptor: int) -> None:
    """Wait until the writer takes bytes again.

    Args:
        writer: Of :func:`new_writer`.
        descriptor: For which it was made.

    Raises:
        OSError: This cannot be waited for.
    """
    del writer
    wait_for_any((), {descriptor}, math.inf)


def _write_if_writable(descriptor: int, data: bytes) -> int:
    """Accepted: another writer may fill the pipe between the two calls; nothing better exists on every system."""
    if not wait_for_any((), (descriptor,), 0):
        raise BlockingIOError
    return os.write(descriptor, data[:_PIECE])
