"""A folder, used by its path, and renames that never replace a file.

Accepted: between the check of a path and its use, somebody may put a link in its place.
"""

import errno
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

from pipeline.host.windows.files import is_link, open_unfollowed
from pipeline.host.windows.moving import move, remove

_NOT_SAME_DEVICE = 17  # ERROR_NOT_SAME_DEVICE


class HeldFolder:
    """A folder below another one; no folder on the path between them is a link."""

    def __init__(self, root: Path, parts: Sequence[str]) -> None:
        """Check the folder.

        Args:
            root: May be a link.
            parts: Names of the folders from there; none of them may be a link.

        Raises:
            OSError: It does not exist, or is behind a link.
        """
        self._path = root
        for part in parts:
            self._path /= part
            if is_link(self._path):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(self._path))
        if not self._path.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Do nothing: no descriptor is held."""

    def open(self, name: str) -> int:
        """A descriptor for reading the file of this name; a link is refused."""
        return open_unfollowed(self._path / name)

    def stat(self, name: str) -> os.stat_result:
        """The status of the file of this name; of a link itself."""
        return (self._path / name).lstat()

    def rename(self, name: str, new: str) -> None:
        """Rename a file of ours within the folder; the new name must be free."""
        rename_to_free(self._path / name, self._path / new)

    def hide(self, name: str, hidden: str) -> None:
        """Give a file a name that nobody else uses."""
        move(self._path / name, self._path / hidden)

    def move_out(self, name: str, target: Path) -> None:
        """Move a file out of the folder, to a path that nobody else uses.

        Raises:
            OSError: With the number EXDEV where the target is on another disk.
        """
        try:
            (self._path / name).rename(target)
        except OSError as error:
            if error.winerror == _NOT_SAME_DEVICE:
                raise OSError(errno.EXDEV, error.strerror, str(target)) from error
            raise

    def move_in(self, source: Path, name: str) -> None:
        """Move a file into the folder, under a name that must be free."""
        rename_to_free(source, self._path / name)

    def remove(self, name: str) -> None:
        """Remove a file."""
        remove(self._path / name)


class KeptFolder:
    """A folder of our own; a file in it that we hold open keeps it, and all around it, from being renamed."""

    def __init__(self, path: Path) -> None:
        """Note which folder it is.

        Raises:
            OSError: It does not exist.
        """
        self._facts = path.stat()

    def close(self) -> None:
        """Do nothing: no descriptor is held."""

    def is_at(self, path: Path) -> bool:
        """Whether it still has this path.

        Raises:
            OSError: Nothing is there.
        """
        return os.path.samestat(self._facts, path.stat())

    def empty_into(self, target: Path) -> Iterator[str]:
        """Nothing: a folder that has gone from its path is not found again."""
        del target
        yield from ()


def rename_to_free(source: Path, target: Path) -> None:
    """Rename without replacing anything: Windows itself refuses a name that exists.

    Raises:
        FileExistsError: The name exists; nothing is changed.
        OSError: It cannot be renamed.
    """
    source.rename(target)
