"""What a service has to do with the system, where it has no systemd."""

import errno
import getpass
import signal
import sys
from contextlib import suppress
from pathlib import Path

#: There is none that every system has.
RELOAD_SIGNAL: signal.Signals | None = None


def send_datagram(address: str, data: bytes) -> None:
    """Always fails: there are no sockets with a name that every system has.

    Raises:
        OSError: Always.
    """
    del data
    raise OSError(errno.ENOTSUP, "No sockets with a name", address)


def owner_of(path: Path) -> str | None:
    """The name of the user whose file this is; None where it has none, or the system does not say.

    Raises:
        OSError: It cannot be looked at.
    """
    if sys.platform != "win32":
        with suppress(KeyError):
            return path.owner()
    return None


def current_user() -> str | None:
    """The name of the user that this process runs for."""
    return getpass.getuser()
