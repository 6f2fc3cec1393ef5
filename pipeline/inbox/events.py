"""The kernel's file events, as hints; what they leave out is found by looking (inbox.py)."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)

from pipeline.host.folder_events import new_observer
from pipeline.inbox.completeness import is_candidate

# A hint: a path that something happened to and whether that finished the file; None for "look at everything".
Hint = tuple[Path, bool] | None


class _Hints(FileSystemEventHandler):
    """Turns events into hints; an exception here would kill the observer's thread, so nothing in it can fail."""

    def __init__(self, give: Callable[[Hint], None]) -> None:
        self._give = give

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Pass on what may concern a PDF."""
        if isinstance(event, DirCreatedEvent | DirMovedEvent | DirDeletedEvent):
            # Files that came with a folder have no events of their own; and the inbox itself may be gone.
            self._give(None)
        elif isinstance(event, FileMovedEvent):
            self._hint(event.dest_path, finished=True)
        elif isinstance(event, FileClosedEvent):
            self._hint(event.src_path, finished=True)
        elif isinstance(event, FileCreatedEvent | FileModifiedEvent):
            self._hint(event.src_path, finished=False)

    def _hint(self, raw: str | bytes, *, finished: bool) -> None:
        path = Path(os.fsdecode(raw))
        if is_candidate(path.name):
            self._give((path, finished))


class _Overflow(logging.Handler):
    """The only sign of a full event queue is a warning in watchdog's log (watchdog 7.1, inotify_c)."""

    def __init__(self, give: Callable[[Hint], None]) -> None:
        super().__init__(logging.WARNING)
        self._give = give

    def emit(self, record: logging.LogRecord) -> None:
        """Take any warning as a doubt."""
        del record
        self._give(None)


class Watcher:
    """Watches one folder and all below it, until it is closed or its folder is replaced."""

    def __init__(self, root: Path, give: Callable[[Hint], None]) -> None:
        """Begin to watch.

        Args:
            root: An existing folder.
            give: Called with hints, from the observer's threads.

        Raises:
            OSError: The folder is gone, or the kernel's limits for watches are reached.
        """
        self._identity = _identity_of(root)
        self._root = root
        self._observer = new_observer()
        try:
            self._observer.schedule(_Hints(give), str(root), recursive=True)
            self._observer.start()
        except OSError:
            self._observer.stop()  # it has a thread and descriptors of its own before it is started
            raise
        self._overflow = _Overflow(give)
        library = logging.getLogger("watchdog")
        library.addHandler(self._overflow)
        library.setLevel(logging.WARNING)  # else ``log.level: error`` would keep its warnings from us, too

    @property
    def healthy(self) -> bool:
        """Whether events still come: every thread lives, and the folder is the one that was watched."""
        threads_live = self._observer.is_alive() and all(emitter.is_alive() for emitter in self._observer.emitters)
        return threads_live and _identity_of(self._root) == self._identity

    def close(self) -> None:
        """End the observer's threads."""
        logging.getLogger("watchdog").removeHandler(self._overflow)
        self._observer.stop()
        self._observer.join()


def _identity_of(folder: Path) -> tuple[int, int] | None:
    try:
        facts = folder.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
