"""The kernel's file events, used as hints; what they miss is found by listing the folders (inbox.py)."""

import errno
import logging
import os
import threading
from collections.abc import Callable, Collection
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

from pipeline.files.folders import walk_folders
from pipeline.host.folder_events import new_observer
from pipeline.inbox.file_names import is_candidate
from pipeline.kinds import ALL_KINDS, Kind
from pipeline.threads.thread_deaths import DeathNotices

# The library finds folders by recursion, and fails where they are nested deeper than Python's limit of a thousand.
_DEEPEST = 400

# A hint: a path to which something happened, and whether that completed the file; None for "look at everything".
Hint = tuple[Path, bool] | None


class _Hints(FileSystemEventHandler):
    """Turns events into hints; an exception here would end the observer's thread, so nothing in it may fail."""

    def __init__(self, give: Callable[[Hint], None], kinds: Collection[Kind]) -> None:
        self._give = give
        self._kinds = kinds

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Pass on what may concern a document."""
        if isinstance(event, DirCreatedEvent | DirMovedEvent | DirDeletedEvent):
            # Files that came inside a folder have no events of their own; and the inbox itself may be gone.
            self._give(None)
        elif isinstance(event, FileMovedEvent):
            self._hint(event.dest_path, finished=True)
        elif isinstance(event, FileClosedEvent):
            self._hint(event.src_path, finished=True)
        elif isinstance(event, FileCreatedEvent | FileModifiedEvent):
            self._hint(event.src_path, finished=False)

    def _hint(self, raw: str | bytes, *, finished: bool) -> None:
        path = Path(os.fsdecode(raw))
        if is_candidate(path.name, self._kinds):
            self._give((path, finished))


class _Overflow(logging.Handler):
    """The only sign of a full event queue is a warning in watchdog's log (watchdog 7.1, inotify_c)."""

    def __init__(self, give: Callable[[Hint], None]) -> None:
        super().__init__(logging.WARNING)
        self._give = give

    def emit(self, record: logging.LogRecord) -> None:
        """Treat every warning as a sign that events were lost."""
        del record
        self._give(None)


class Watcher:
    """Watches one folder and all below it, until it is closed or its folder is replaced."""

    def __init__(self, root: Path, give: Callable[[Hint], None], kinds: Collection[Kind] = ALL_KINDS) -> None:
        """Begin to watch.

        Args:
            root: An existing folder.
            give: Called with hints, from the observer's threads.
            kinds: Of files that are read.

        Raises:
            OSError: The folder is gone, the kernel's limits for watches are reached, or folders lie too deep within
                each other.
        """
        _check_depth(root)
        self._identity = _identity_of(root)
        self._root = root
        others = set(threading.enumerate())
        self._observer = new_observer()
        self._deaths = DeathNotices(_is_of_library, lambda: give(None))
        try:
            self._observer.schedule(_Hints(give, kinds), str(root), recursive=True)
            self._observer.start()
        except BaseException:
            self._deaths.close()
            self._observer.stop()  # it has a thread and descriptors of its own before it is started
            raise
        # The library does not name all of its threads: the one that reads from the kernel is found by its class.
        self._threads = [each for each in threading.enumerate() if each not in others and _is_of_library(each)]
        self._overflow = _Overflow(give)
        library = logging.getLogger("watchdog")
        library.addHandler(self._overflow)
        library.setLevel(logging.WARNING)  # else ``log.level: error`` would suppress its warnings here, too

    @property
    def healthy(self) -> bool:
        """Whether events still come: every thread is alive, and the folder is the one that is watched."""
        return all(each.is_alive() for each in self._threads) and _identity_of(self._root) == self._identity

    def close(self) -> None:
        """End the observer's threads."""
        self._deaths.close()
        logging.getLogger("watchdog").removeHandler(self._overflow)
        self._observer.stop()
        self._observer.join()


class FolderWatch:
    """Replaces a watcher that has failed or whose folder was replaced; to be used by one thread at a time."""

    def __init__(self, root: Path, give: Callable[[Hint], None], kinds: Collection[Kind]) -> None:
        """Prepare.

        Args:
            root: The folder, which may come and go.
            give: Called with hints, from the threads of the watcher.
            kinds: Of files that are read.
        """
        self._root = root
        self._give = give
        self._kinds = kinds
        self._watcher: Watcher | None = None

    def mend(self) -> bool:
        """Make sure that events come; returns whether some may have been missed.

        Raises:
            OSError: No events can be got.
        """
        if self._watcher is not None and self._watcher.healthy:
            return False
        self.close()
        self._watcher = Watcher(self._root, self._give, self._kinds)
        return True

    def close(self) -> None:
        """End the threads."""
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None


def _is_of_library(thread: threading.Thread) -> bool:
    return type(thread).__module__.startswith("watchdog.")


def _check_depth(root: Path) -> None:
    """Make sure that the library can watch folders as deep as these.

    Raises:
        OSError: It cannot.
    """
    begin = str(root).count(os.sep)
    for listing in walk_folders(root):
        if listing.folder.count(os.sep) - begin > _DEEPEST:
            raise OSError(errno.ENAMETOOLONG, "Folders lie too deep within each other to be watched", str(root))


def _identity_of(folder: Path) -> tuple[int, int] | None:
    try:
        facts = folder.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
