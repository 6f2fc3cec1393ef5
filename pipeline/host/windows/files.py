"""Opens, syncs and marks files, only with what Python has everywhere."""

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISREG

_BINARY = getattr(os, "O_BINARY", 0)


def sync_folder(folder: Path) -> None:
    """As on Linux, where the system can open a folder; elsewhere the file system itself must keep renames.

    Raises:
        OSError: The folder does not exist, or its file system cannot do it.
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
    """As on Linux, but for regular files only; if the file is replaced meanwhile, this is detected.

    Raises:
        OSError: It is a link or no regular file, or cannot be opened.
    """
    before = path.lstat()
    if not S_ISREG(before.st_mode):  # checked first: opening a pipe would block
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    handle = os.open(path, os.O_RDONLY | _BINARY)
    if not os.path.samestat(before, os.fstat(handle)):
        os.close(handle)
        raise OSError(errno.EINVAL, "Replaced while it was opened", str(path))
    return handle


def open_below(root: Path, parts: Sequence[str]) -> int:
    """As on Linux, but a folder that is replaced by a link between the check and the opening is not detected.

    Raises:
        OSError: It does not exist, is behind a link, or cannot be opened.
    """
    folder = root
    for part in parts[:-1]:
        folder /= part
        if not S_ISDIR(folder.lstat().st_mode):
            raise OSError(errno.ENOTDIR, "Not a folder", str(folder))
    return open_unfollowed(folder / parts[-1])


def is_written_to(handle: int) -> bool | None:
    """Whether some program has an open file open for writing: None, since this is not known here."""
    del handle
    return None


def take_rights(handle: int, *, user: int, group: int, mode: int) -> None:
    """Do nothing: there are no permissions that every system has. A file gets those of its folder."""
    del handle, user, group, mode


def write_attribute(path: Path, name: str, value: str) -> None:
    """Fail always: there are no attributes that every file system has.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"{name}={value} cannot be kept with the file", str(path))


def read_attribute(handle: int, name: str) -> str:
    """Fail always, since no attributes can be written.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"{name} is not kept with the file", str(handle))


def remove_attribute(path: Path, name: str) -> None:
    """Fail always, since no attributes can be written.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"{name} is not kept with the file", str(path))
