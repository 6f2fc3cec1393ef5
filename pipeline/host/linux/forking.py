"""What a fork server needs: ``fork``, and packets over a Unix socket that carry descriptors."""

import os
import socket
import sys
from collections.abc import Sequence

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

#: Whether workers can be forked from a process that has the modules loaded.
HAS_FORK_SERVER = True


def packet_pair() -> tuple[socket.socket, socket.socket]:
    """Two connected sockets for two processes; each message stays whole."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send_descriptors(connection: socket.socket, message: bytes, descriptors: Sequence[int]) -> None:
    """Send a message with descriptors; raises OSError as ``send`` does."""
    socket.send_fds(connection, [message], list(descriptors))


def receive_descriptors(connection: socket.socket, largest: int, count: int) -> tuple[bytes, list[int]]:
    """A message of at most ``largest`` bytes, and the descriptors that came with it, at most ``count``.

    Programs that this process starts do not inherit them.
    """
    message, descriptors, _, _ = socket.recv_fds(connection, largest, count)
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 — the signature is Python's
    return message, descriptors


def fork() -> int:
    """Fork this process; returns 0 in the new one, and its pid in the first."""
    return os.fork()
