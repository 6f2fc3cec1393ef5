"""A folder, used by its path, and renames that never replace a file.

Accepted: between the check of a path and its use, somebody may put a link in its place.
"""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self


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
        """Do nothing: no descriptor is held."""

    def open(self, name: str) -> int:
        """A descriptor for reading the file of this name; a link is refused."""
        path = self._path / name
        if path.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))

    def stat(self, name: str) -> os.stat_result:
        """The status of the file of this name; of a link itself."""
        return (self._path / name).lstat()

    def rename(self, name: str, new: str) -> None:
        """Rename a file of ours within the folder; the new name must be free."""
        rename_to_free(self._path / name, self._path / new)

    def hide(self, name: str, hidden: str) -> None:
        """Give a file a name that nobody else uses."""
        (self._path / name).rename(self._path / hidden)

    def move_out(self, name: str, target: Path) -> None:
        """Move a file out of the folder, to a path that nobody else uses."""
        (self._path / name).rename(target)

    def move_in(self, source: Path, name: str) -> None:
        """Move a file into the folder, under a name that must be free."""
        rename_to_free(source, self._path / name)

    def remove(self, name: str) -> None:
        """Remove a file."""
        (self._path / name).unlink()


def rename_to_free(source: Path, target: Path) -> None:
    """Rename without replacing anything.

    Raises:
        FileExistsError: The name exists; nothing is changed.
        OSError: It cannot be renamed.
    """
    # Windows itself refuses an existing name; on other systems this check comes first.
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    source.rename(target)
