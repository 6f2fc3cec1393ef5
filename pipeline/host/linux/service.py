"""What a service needs from systemd and Unix: named sockets, signals, users."""

import getpass
import os
import pwd
import signal
import socket
import sys
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

#: Asks a daemon to read its settings again; a terminal that is closed sends the same signal.
RELOAD_SIGNAL: signal.Signals | None = signal.SIGHUP


def send_datagram(address: str, data: bytes) -> None:
    """Send to a named socket, and never wait.

    Args:
        address: A path, or ``@`` and a name of the abstract name space.
        data: To be sent.

    Raises:
        BlockingIOError: The other side reads too slowly.
        OSError: Nobody listens there, or the data is too large.
    """
    address = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
        sock.sendto(data, address)


def owner_of(path: Path) -> str | None:
    """The name of the file's owner; None where the owner has no name.

    Raises:
        OSError: It cannot be looked at.
    """
    try:
        return pwd.getpwuid(path.stat().st_uid).pw_name
    except KeyError:
        return None


def current_user() -> str | None:
    """The name of the user of this process; None for the superuser."""
    return getpass.getuser() if os.getuid() else None
