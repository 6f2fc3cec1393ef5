"""A folder that is held open (openat(2) and its kin), and renames that replace nothing (renameat2(2))."""

import ctypes
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# O_NONBLOCK: else opening a pipe without a writer would block for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
# Errors of kernels and file systems without the flag of renameat2(2), or without hard links (link(2)).
_UNKNOWN = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})
_NO_SECOND_NAMES = _UNKNOWN | {errno.EPERM, errno.EMLINK}

Folder = int | None

_LIBRARY = ctypes.CDLL(None, use_errno=True)


class HeldFolder:
    """Every operation happens in this very folder, even if its path leads elsewhere meanwhile."""

    def __init__(self, root: Path, parts: Sequence[str]) -> None:
        """Open it.

        Args:
            root: May be a link.
            parts: Names of the folders from there; none of them may be a link.

        Raises:
            OSError: It is missing, or a part of its path is a link.
        """
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
        """Close it."""
        os.close(self._handle)

    def open(self, name: str) -> int:
        """A descriptor for reading what has this name, opened without waiting; a link is refused."""
        return os.open(name, _FILE, dir_fd=self._handle)

    def stat(self, name: str) -> os.stat_result:
        """The facts of what has this name; for a link those of the link."""
        return os.stat(name, dir_fd=self._handle, follow_symlinks=False)

    def rename(self, name: str, new: str) -> None:
        """Give one of our files another name in the folder, which must be free."""
        rename_to_free(name, new, source_folder=self._handle, target_folder=self._handle)

    def hide(self, name: str, hidden: str) -> None:
        """Give a file a name that nobody else uses: in one step on every file system."""
        os.rename(name, hidden, src_dir_fd=self._handle, dst_dir_fd=self._handle)

    def move_out(self, name: str, target: Path) -> None:
        """Move a file out of the folder, to a path that nobody else uses: in one step on every file system."""
        os.rename(name, target, src_dir_fd=self._handle)

    def move_in(self, source: Path, name: str) -> None:
        """Move a file into the folder, to a name that must be free."""
        rename_to_free(source, name, target_folder=self._handle)

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(name, dir_fd=self._handle)


def rename_to_free(
    source: str | Path, target: str | Path, *, source_folder: Folder = None, target_folder: Folder = None
) -> None:
    """Rename without replacing anything, not even a file that appears at the last moment.

    Args:
        source: What is renamed; nobody else may use this name, since some file systems need two steps.
        target: Its new name.
        source_folder: Descriptor of the folder to which ``source`` is relative.
        target_folder: The same for ``target``.

    Raises:
        FileExistsError: The name is taken; nothing is changed.
        OSError: It cannot be renamed.
    """
    number = _rename_no_replace(source, target, source_folder, target_folder)
    if number in _UNKNOWN:
        _rename_by_link(source, target, source_folder, target_folder)
    elif number:
        raise OSError(number, os.strerror(number), str(source), None, str(target))


def _rename_no_replace(source: str | Path, target: str | Path, source_folder: Folder, target_folder: Folder) -> int:
    """The error number; 0 for none."""
    call = getattr(_LIBRARY, "renameat2", None)  # glibc has it since 2.28
    if call is None:
        return errno.ENOSYS
    # As os.rename does: audit hooks see this rename, too.
    sys.audit("os.rename", source, target, _handle(source_folder), _handle(target_folder))
    done = call(
        ctypes.c_int(_handle(source_folder)),
        ctypes.c_char_p(os.fsencode(source)),
        ctypes.c_int(_handle(target_folder)),
        ctypes.c_char_p(os.fsencode(target)),
        ctypes.c_uint(_RENAME_NOREPLACE),
    )
    return ctypes.get_errno() if done else 0


def _handle(folder: Folder) -> int:
    return _AT_FDCWD if folder is None else folder


def _rename_by_link(source: str | Path, target: str | Path, source_folder: Folder, target_folder: Folder) -> None:
    try:
        os.link(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_SECOND_NAMES:
            raise
        # First an empty file of ours takes the name. Accepted risk on a file system that offers nothing better: a
        # program that writes into that file before the rename loses what it has written.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, dir_fd=target_folder))
        try:
            os.rename(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder)
        except OSError:  # a folder cannot replace a file
            os.unlink(target, dir_fd=target_folder)
            raise
    else:
        os.unlink(source, dir_fd=source_folder)
