"""Opening, keeping and marking files: openat, read leases, extended attributes, fsync of folders."""

import fcntl
import os
import signal
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

# O_NONBLOCK: else opening a pipe without a writer would block for ever.
_UNFOLLOWED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ATTRIBUTES = "user."


def sync_folder(folder: Path) -> None:
    """Make renames within a folder survive a power cut.

    Raises:
        OSError: The folder is gone, or its file system cannot do it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_unfollowed(path: Path) -> int:
    """A descriptor for reading what has this name, opened without waiting; a link is refused.

    Raises:
        OSError: It is a link, or cannot be opened.
    """
    return os.open(path, _UNFOLLOWED)


def open_below(root: Path, parts: Sequence[str]) -> int:
    """The same for a file below a folder; no part of the path below it may be a link.

    Args:
        root: The folder.
        parts: Names of the folders and of the file; none of them ``..`` or a path.

    Raises:
        OSError: It is missing, a part of its path is a link, or it cannot be opened.
    """
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for number, part in enumerate(parts, start=1):
            kind = os.O_DIRECTORY if number < len(parts) else 0
            inner = os.open(part, _UNFOLLOWED | kind, dir_fd=handle)
            os.close(handle)
            handle = inner
    except BaseException:
        os.close(handle)
        raise
    return handle


def is_written_to(handle: int) -> bool | None:
    """Whether some program has an open file open for writing.

    The kernel grants a read lease only while no program has (fcntl(2), F_SETLEASE).

    Args:
        handle: Open only for reading.

    Returns:
        None where the kernel does not say: for another user's file, or on a network share.
    """
    try:
        # A program that opens the file for writing just now makes the kernel send us a signal: not SIGIO, which would
        # kill.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False


def take_rights(handle: int, *, user: int, group: int, mode: int) -> None:
    """Restrict an open file to these permission bits; owner and group are set where that is allowed.

    Where the group cannot be set, the file's group gets only the rights of everybody.

    Raises:
        OSError: The permissions cannot be changed.
    """
    kept = stat.S_IMODE(os.fstat(handle).st_mode) & mode
    for owner in (user, -1):
        with suppress(OSError):
            os.fchown(handle, owner, group)
            break
    if os.fstat(handle).st_gid != group:
        kept &= ~0o070 | (kept & 0o007) << 3
    os.fchmod(handle, kept)


def write_attribute(path: Path, name: str, value: str) -> None:
    """Store a word with a file; it stays through renames until the file is removed.

    Raises:
        OSError: The file system has no attributes (tmpfs before Linux 6.6, some network shares).
    """
    os.setxattr(path, _ATTRIBUTES + name, value.encode())


def read_attribute(handle: int, name: str) -> str:
    """The word that is stored with an open file.

    Raises:
        OSError: It carries none.
        UnicodeError: It is no text.
    """
    return os.getxattr(handle, _ATTRIBUTES + name).decode()


def remove_attribute(path: Path, name: str) -> None:
    """Remove the word from a file.

    Raises:
        OSError: It carries none.
    """
    os.removexattr(path, _ATTRIBUTES + name, follow_symlinks=False)
