"""What a service has to do with its manager and with Unix: sockets by name, signals, users."""

import getpass
import os
import pwd
import signal
import socket
import sys
from pathlib import Path

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

#: Asks a daemon to read its settings again; a terminal that closes sends the same.
RELOAD_SIGNAL: signal.Signals | None = signal.SIGHUP


def send_datagram(address: str, data: bytes) -> None:
    """Send to a socket with a name, and never wait.

    Args:
        address: A path, or ``@`` and a name of the abstract name space, which only Linux has.
        data: To be sent.

    Raises:
        BlockingIOError: The other side does not keep up.
        OSError: Nobody listens there, or the data is too large.
    """
    address = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)  # noqa: FBT003 — the signature is Python's
        sock.sendto(data, address)


def owner_of(path: Path) -> str | None:
    """The name of the user whose file this is; None where it has none.

    Raises:
        OSError: It cannot be looked at.
    """
    try:
        return pwd.getpwuid(path.stat().st_uid).pw_name
    except KeyError:
        return None


def current_user() -> str | None:
    """The name of the user that this process runs for; None where that is the superuser."""
    return getpass.getuser() if os.getuid() else None
