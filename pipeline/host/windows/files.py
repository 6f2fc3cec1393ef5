"""Opening, keeping and marking files, with what Python has everywhere."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISREG

_BINARY = getattr(os, "O_BINARY", 0)


def sync_folder(folder: Path) -> None:
    """As on Linux, where the system lets a folder be opened; else renames are the file system's own affair.

    Raises:
        OSError: Where the folder is gone or its file system cannot do it.
    """
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        if not folder.is_dir():
            raise
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_unfollowed(path: Path) -> int:
    """As on Linux, but for regular files only; a name that changes hands meanwhile is found out.

    Raises:
        OSError: It is a link, no regular file, or cannot be opened.
    """
    before = path.lstat()
    if not S_ISREG(before.st_mode):  # looked at first: opening a pipe would block
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    handle = os.open(path, os.O_RDONLY | _BINARY)
    if not os.path.samestat(before, os.fstat(handle)):
        os.close(handle)
        raise OSError(errno.EINVAL, "Replaced while it was opened", str(path))
    return handle


def open_below(root: Path, parts: Sequence[str]) -> int:
    """As on Linux, but for a folder that is exchanged for a link between the look and the opening.

    Raises:
        OSError: It is not there, lies behind a link, or cannot be opened.
    """
    folder = root
    for part in parts[:-1]:
        folder /= part
        if not S_ISDIR(folder.lstat().st_mode):
            raise OSError(errno.ENOTDIR, "Not a folder", str(folder))
    return open_unfollowed(folder / parts[-1])


def is_written_to(handle: int) -> bool | None:
    """Whether some program has an open file open for writing: nothing tells, so None."""
    del handle
    return None


def take_rights(handle: int, *, user: int, group: int, mode: int) -> None:
    """Nothing: there are no permissions that every system has; a file has those of its folder."""
    del handle, user, group, mode


def write_attribute(path: Path, name: str, value: str) -> None:
    """Always fails: there are no attributes that every file system keeps.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"{name}={value} cannot be kept with the file", str(path))


def read_attribute(handle: int, name: str) -> str:
    """Always fails, since a file can carry nothing.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"{name} is not kept with the file", str(handle))


def remove_attribute(path: Path, name: str) -> None:
    """Always fails, since a file can carry nothing.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"{name} is not kept with the file", str(path))
