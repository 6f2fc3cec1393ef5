"""What a service does with the system, where there is no systemd."""

import errno
import getpass
import signal
import sys
from contextlib import suppress
from pathlib import Path

#: None: no such signal exists on every system.
RELOAD_SIGNAL: signal.Signals | None = None


def send_datagram(address: str, data: bytes) -> None:
    """Fail always: sockets with a name do not exist on every system.

    Raises:
        OSError: Always.
    """
    del data
    raise OSError(errno.ENOTSUP, "No sockets with a name", address)


def owner_of(path: Path) -> str | None:
    """The name of the user who owns this file; None where there is none, or the system does not say.

    Raises:
        OSError: The file cannot be examined.
    """
    if sys.platform != "win32":
        with suppress(KeyError):
            return path.owner()
    return None


def current_user() -> str | None:
    """The name of the user who runs this process."""
    return getpass.getuser()
