"""What a service does with its manager and with Unix: sockets with names, signals, users."""

import getpass
import os
import pwd
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

#: Tells a daemon to read its settings again; a closing terminal sends the same signal.
RELOAD_SIGNAL: signal.Signals | None = signal.SIGHUP
#: Tell a daemon to end.
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
#: Whether Windows' Task Scheduler starts services, in place of systemd.
HAS_TASKS = False
#: Ending of the file name of a program.
PROGRAM_END = ""


def send_datagram(address: str, data: bytes) -> None:
    """Send data to a socket with a name, without waiting.

    Args:
        address: A path, or ``@`` and a name in the abstract namespace, which only Linux has.
        data: The data.

    Raises:
        BlockingIOError: The receiver is too slow.
        OSError: Nobody listens there, or the data is too large.
    """
    address = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)  # noqa: FBT003 — the signature is Python's
        sock.sendto(data, address)


def owner_of(path: Path) -> str | None:
    """The name of the user who owns this file; None where there is none.

    Raises:
        OSError: The file cannot be examined.
    """
    try:
        return pwd.getpwuid(path.stat().st_uid).pw_name
    except KeyError:
        return None


def current_user() -> str | None:
    """The name of the user who runs this process; None for the superuser."""
    return getpass.getuser() if os.getuid() else None


def settings_folders() -> tuple[Path, ...]:
    """Where a user, and then the whole machine, may have a settings file."""
    folders = [Path("/etc/dropleaf")]
    with suppress(RuntimeError):  # a service's user may have no home
        folders.insert(0, Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "dropleaf")
    return tuple(folders)


def default_base() -> Path:
    """The folder of inbox and outbox where there is no settings file: the working directory."""
    return Path.cwd()
