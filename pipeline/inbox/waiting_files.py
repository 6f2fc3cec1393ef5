"""The files of the inbox that may become complete."""

import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.inbox.completeness import (
    Sighting,
    Stamp,
    files_below,
    is_visible_folder,
    look_again,
    seconds_until_complete,
    stamp_of,
)
from pipeline.log.log import logger

_KINDS = {
    stat.S_IFLNK: "symbolic link",
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}

#: Seconds after which what could not be done with a file, or with the whole inbox, is tried again.
RETRY_S = 2.0


class WaitingFiles:
    """Keeps the state of each file between two looks."""

    def __init__(self, root: Path, *, settle: float) -> None:
        """Wait for nothing yet.

        Args:
            root: The inbox.
            settle: Seconds of no change that make a file complete where no event says so.
        """
        self._root = root
        self._settle = settle
        self._sightings: dict[Path, Sighting] = {}
        self._left: dict[Path, Stamp] = {}
        self._refused: set[Path] = set()
        self._unreadable: set[Path] = set()
        self._failed = False

    def look(self) -> bool:
        """Look at the whole inbox; whether all of it could be seen."""
        self._failed = False
        for path in self._unreadable:  # a permission may come without a change of the file
            self._left.pop(path, None)
        self.note(files_below(self._root, self._fail))
        return not self._failed

    def _fail(self, error: OSError) -> None:
        """A lasting fault (a full table of files, a broken disk) must not look like a file that is gone."""
        self._failed = self._failed or not _is_gone(error)

    def __bool__(self) -> bool:
        return bool(self._sightings)

    def __iter__(self) -> Iterator[Path]:
        return iter(list(self._sightings))

    def note(self, paths: Iterable[Path], *, finished: bool = False) -> None:
        """Look at files; those that may become complete are waited for, those that are none of our business refused.

        Args:
            paths: In the inbox.
            finished: An event said that they were closed or renamed in.
        """
        for path in filter(self._is_visible, paths):
            try:
                stamp = stamp_of(path)
                if stamp is None:
                    self._refuse(path)
            except OSError as error:
                self._fail(error)
                self.forget(path)
                continue
            if stamp is not None and self._left.get(path) != stamp:
                self._sightings[path] = look_again(
                    self._sightings.get(path), stamp, finished=finished, now=time.monotonic()
                )

    def seconds_until_complete(self, path: Path) -> float | None:
        """0.0 for a file that is complete, else the seconds after which to look again; None where it is gone."""
        self.note([path])
        sighting = self._sightings.get(path)
        if sighting is None:
            return None
        try:
            return seconds_until_complete(path, sighting, settle=self._settle, now=time.monotonic())
        except PermissionError as error:
            if path not in self._unreadable:
                logger().warning(
                    "unreadable", file=str(path), error=error.strerror, advice="make it readable for the daemon"
                )
            self._unreadable.add(path)
            self.leave(path)
        except OSError as error:
            if not _is_gone(error):
                return RETRY_S
            self.forget(path)
        return None

    def forget(self, path: Path) -> None:
        """The file is gone or claimed."""
        self._sightings.pop(path, None)
        self._left.pop(path, None)
        self._refused.discard(path)
        self._unreadable.discard(path)

    def leave(self, path: Path) -> None:
        """Do not wait for the file until its bytes change."""
        sighting = self._sightings.pop(path, None)
        if sighting:
            self._left[path] = sighting.stamp

    def _is_visible(self, path: Path) -> bool:
        return all(is_visible_folder(part) for part in path.relative_to(self._root).parts[:-1])

    def _refuse(self, path: Path) -> None:
        self._sightings.pop(path, None)
        if path not in self._refused:
            kind = _KINDS.get(stat.S_IFMT(path.lstat().st_mode), "special file")
            self._refused.add(path)
            if kind != "folder":
                logger().warning("refused", file=str(path), kind=kind, advice="drop the file itself")


def _is_gone(error: OSError) -> bool:
    return isinstance(error, FileNotFoundError | NotADirectoryError)
