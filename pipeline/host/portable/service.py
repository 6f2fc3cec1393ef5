"""What a service needs from a system without systemd."""

import errno
import getpass
import signal
import sys
from contextlib import suppress
from pathlib import Path

#: No such signal exists on every system.
RELOAD_SIGNAL: signal.Signals | None = None


def send_datagram(address: str, data: bytes) -> None:
    """Always fails: named sockets do not exist on every system.

    Raises:
        OSError: Always.
    """
    del data
    raise OSError(errno.ENOTSUP, "No sockets with a name", address)


def owner_of(path: Path) -> str | None:
    """The name of the file's owner; None where there is none, or the system does not say.

    Raises:
        OSError: It cannot be looked at.
    """
    if sys.platform != "win32":
        with suppress(KeyError):
            return path.owner()
    return None


def current_user() -> str | None:
    """The name of the user of this process."""
    return getpass.getuser()
