"""The kernel's events for changes in folders: inotify."""

import sys
from pathlib import Path

from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyObserver

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

_INOTIFY = Path("/proc/sys/fs/inotify")


def new_observer() -> BaseObserver:
    """An observer that has not been started."""
    # Full events: else a file that is renamed in from elsewhere looks like one that is still being written.
    return InotifyObserver(generate_full_events=True)


def read_limits() -> tuple[int, int] | None:
    """How many folders, and by how many watchers, this user may watch; None where there are no such events."""
    try:
        return int((_INOTIFY / "max_user_watches").read_text()), int((_INOTIFY / "max_user_instances").read_text())
    except (OSError, ValueError):
        return None
