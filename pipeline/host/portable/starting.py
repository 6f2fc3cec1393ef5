"""Gives a new interpreter its ends of a private socket and of a lifeline: it inherits their descriptors."""

import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here


def start_with_ends(
    command: Sequence[str],
    *,
    connection: socket.socket,
    lifeline: int,
    stderr: int | None,
    environment: Mapping[str, str],
    memory: int | None,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own.

    Args:
        command: Its arguments contain the result of :func:`end_to_number` for both ends.
        connection: The program's end of the socket.
        lifeline: Read end of the pipe.
        stderr: Descriptor that the program writes to; None for stderr of this process.
        environment: All environment variables of the program.
        memory: Limit in bytes, for systems where a process cannot limit itself; not used here.

    Raises:
        OSError: No process can be started now.
    """
    del memory
    return subprocess.Popen(  # noqa: S603 — the caller's own program
        command,
        stdin=subprocess.DEVNULL,
        stderr=stderr,
        env=environment,
        pass_fds=(connection.fileno(), lifeline),
        process_group=0,
    )


def take_connection(number: int) -> socket.socket:
    """In the new process: take its end of the socket.

    Args:
        number: Number of the descriptor.
    """
    return socket.socket(fileno=number)
