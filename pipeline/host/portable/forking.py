"""There is no fork server on other systems: each function raises an error."""

import errno
import socket
from collections.abc import Sequence

#: Whether workers can be forked from a process that has already loaded the modules.
HAS_FORK_SERVER = False


def _refusal() -> OSError:
    return OSError(errno.ENOTSUP, "This system has no fork server; workers must be started one by one")


def packet_pair() -> tuple[socket.socket, socket.socket]:
    """Raise OSError."""
    raise _refusal()


def send_descriptors(connection: socket.socket, message: bytes, descriptors: Sequence[int]) -> None:
    """Raise OSError."""
    del connection, message, descriptors
    raise _refusal()


def receive_descriptors(connection: socket.socket, largest: int, count: int) -> tuple[bytes, list[int]]:
    """Raise OSError."""
    del connection, largest, count
    raise _refusal()


def fork() -> int:
    """Raise OSError."""
    raise _refusal()
