"""A folder that is held open (openat(2) and related calls), and renames that never replace a file, with hard links."""

import errno
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe without a writer would block for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

# Error codes of kernels and file systems without hard links (link(2)).
_NO_SECOND_NAMES = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EMLINK})

Folder = int | None


class RenameToFree(Protocol):
    """Renames without replacing a file; see :func:`rename_to_free`."""

    def __call__(
        self, source: str | Path, target: str | Path, *, source_folder: Folder = None, target_folder: Folder = None
    ) -> None:
        """Rename."""


class HeldFolder:
    """A folder held by its descriptor: all names are those in this folder, even if its path changes meanwhile."""

    def __init__(self, root: Path, parts: Sequence[str], rename: RenameToFree | None = None) -> None:
        """Open it.

        Args:
            root: May be a link.
            parts: Names of the folders from there; none of them may be a link.
            rename: The system's own function for this, where it has one.

        Raises:
            OSError: It does not exist, or a part of its path is a link.
        """
        self._rename = rename or rename_to_free
        self._handle = os.open(root, _FOLDER)
        try:
            for part in parts:
                inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=self._handle)
                os.close(self._handle)
                self._handle = inner
        except BaseException:
            os.close(self._handle)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._handle)

    def open(self, name: str) -> int:
        """A descriptor for reading the file of this name, without any waiting; a link is refused."""
        return os.open(name, _FILE, dir_fd=self._handle)

    def stat(self, name: str) -> os.stat_result:
        """The status of the file of this name; of a link itself."""
        return os.stat(name, dir_fd=self._handle, follow_symlinks=False)

    def rename(self, name: str, new: str) -> None:
        """Rename a file of ours within the folder; the new name must be free."""
        self._rename(name, new, source_folder=self._handle, target_folder=self._handle)

    def hide(self, name: str, hidden: str) -> None:
        """Give a file a name that nobody else uses: in one step on every file system."""
        os.rename(name, hidden, src_dir_fd=self._handle, dst_dir_fd=self._handle)

    def move_out(self, name: str, target: Path) -> None:
        """Move a file out of the folder, to a path that nobody else uses: in one step on every file system."""
        os.rename(name, target, src_dir_fd=self._handle)

    def move_in(self, source: Path, name: str) -> None:
        """Move a file into the folder, under a name that must be free."""
        self._rename(source, name, target_folder=self._handle)

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(name, dir_fd=self._handle)


class KeptFolder:
    """A folder of our own that is found again after it was renamed."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            OSError: It does not exist.
        """
        self._handle = os.open(path, _FOLDER)

    def close(self) -> None:
        """Close the descriptor."""
        os.close(self._handle)

    def is_at(self, path: Path) -> bool:
        """Whether it still has this path.

        Raises:
            OSError: Nothing is there.
        """
        return os.path.samestat(os.fstat(self._handle), path.stat())

    def empty_into(self, target: Path) -> Iterator[str]:
        """Move what is in it into another folder; yields the name of each. What cannot be moved stays."""
        for name in os.listdir(self._handle):  # noqa: PTH208 — of an open folder, which may have no path
            with suppress(OSError):
                os.rename(name, target / name, src_dir_fd=self._handle)
                yield name


def rename_to_free(
    source: str | Path, target: str | Path, *, source_folder: Folder = None, target_folder: Folder = None
) -> None:
    """Rename without replacing a file, even one that is created at the last instant.

    Args:
        source: What is renamed; a name that nobody else knows, since some file systems need two steps.
        target: Its new name.
        source_folder: Descriptor of the folder that ``source`` is relative to.
        target_folder: The same for ``target``.

    Raises:
        FileExistsError: The name exists, and is no empty folder in place of a folder; nothing is changed.
        OSError: It cannot be renamed.
    """
    try:
        os.link(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder, follow_symlinks=False)
    except FileExistsError:
        ours = os.stat(source, dir_fd=source_folder, follow_symlinks=False)
        if stat.S_ISDIR(ours.st_mode) or not os.path.samestat(
            ours, os.stat(target, dir_fd=target_folder, follow_symlinks=False)
        ):
            raise
        os.unlink(source, dir_fd=source_folder)  # a process died between the two steps
    except OSError as error:
        if error.errno not in _NO_SECOND_NAMES:
            raise
        _rename_alone(source, target, source_folder, target_folder)
    else:
        os.unlink(source, dir_fd=source_folder)


def _rename_alone(source: str | Path, target: str | Path, source_folder: Folder, target_folder: Folder) -> None:
    """Rename a folder, or a file that cannot have a second name."""
    if stat.S_ISDIR(os.stat(source, dir_fd=source_folder, follow_symlinks=False).st_mode):
        try:  # in one step; the kernel lets a folder replace nothing but an empty folder
            os.rename(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder)
        except OSError as error:
            if error.errno in {errno.ENOTDIR, errno.ENOTEMPTY}:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
            raise
        return
    # First create an empty file of ours under the name. Accepted: if somebody overwrites that file within the next
    # instant, their text is lost, on a file system that offers nothing better.
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, dir_fd=target_folder))
    try:
        os.rename(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder)
    except OSError:
        os.unlink(target, dir_fd=target_folder)
        raise
