"""A folder by its path, and renames that replace nothing where the system's rename does not.

Accepted: between a look at the path and what is done there, somebody may put a link in its place.
"""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self


class HeldFolder:
    """A folder below another one, none of them a link."""

    def __init__(self, root: Path, parts: Sequence[str]) -> None:
        """Look at it.

        Args:
            root: May be a link.
            parts: Names of the folders from there; none of them may be a link.

        Raises:
            OSError: It is not there, or lies behind a link.
        """
        self._path = root
        for part in parts:
            self._path /= part
            if self._path.is_symlink():
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
        """Nothing is held."""

    def open(self, name: str) -> int:
        """A descriptor to read from whatever has this name; a link is refused."""
        path = self._path / name
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))

    def stat(self, name: str) -> os.stat_result:
        """The facts of whatever has this name, of a link itself."""
        return (self._path / name).lstat()

    def rename(self, name: str, new: str) -> None:
        """Give a file of ours another name in the folder, which must be free."""
        rename_to_free(self._path / name, self._path / new)

    def hide(self, name: str, hidden: str) -> None:
        """Give a file a name that nobody else takes."""
        (self._path / name).rename(self._path / hidden)

    def move_out(self, name: str, target: Path) -> None:
        """Take a file out of the folder, to a path that nobody else takes."""
        (self._path / name).rename(target)

    def move_in(self, source: Path, name: str) -> None:
        """Put a file into the folder, under a name that must be free."""
        rename_to_free(source, self._path / name)

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self._path / name).unlink()


def rename_to_free(source: Path, target: Path) -> None:
    """Rename without replacing anything.

    Raises:
        FileExistsError: The name is taken; nothing is changed.
        OSError: It cannot be renamed.
    """
    # Windows refuses a name that is taken by itself; elsewhere a look comes before it.
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    source.rename(target)
