"""What a service does with the system, where there is no systemd."""

import errno
import getpass
import os
import signal
import sys
from pathlib import Path

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

#: None: a daemon is told by an event with a name (``requests``).
RELOAD_SIGNAL: signal.Signals | None = None
#: Ctrl-C and Ctrl-Break; SIGTERM is never sent by another process here.
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGBREAK)
#: Whether Windows' Task Scheduler starts services, in place of systemd.
HAS_TASKS = True
#: Ending of the file name of a program.
PROGRAM_END = ".exe"


def send_datagram(address: str, data: bytes) -> None:
    """Fail always: sockets with a name do not exist on every system.

    Raises:
        OSError: Always.
    """
    del data
    raise OSError(errno.ENOTSUP, "No sockets with a name", address)


def owner_of(path: Path) -> str | None:
    """None: the name of a file's owner is not needed here.

    Raises:
        OSError: The file cannot be examined.
    """
    path.stat()
    return None


def current_user() -> str | None:
    """The name of the user who runs this process."""
    return getpass.getuser()


def settings_folders() -> tuple[Path, ...]:
    """Where a user may have a settings file."""
    local = os.environ.get("LOCALAPPDATA")
    return (Path(local) / "Dropleaf",) if local else ()


def default_base() -> Path:
    """The folder of inbox and outbox where there is no settings file: in the user's documents."""
    return Path.home() / "Documents" / "Dropleaf"
