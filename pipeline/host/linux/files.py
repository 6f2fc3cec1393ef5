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

# O_NONBLOCK: opening a pipe without a writer would block for ever.
_UNFOLLOWED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ATTRIBUTES = "user."


def sync_folder(folder: Path) -> None:
    """Make renames within a folder survive a power cut.

    Raises:
        OSError: Where the folder is gone or its file system cannot do it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_unfollowed(path: Path) -> int:
    """A descriptor to read from whatever has this name, without waiting for anything; a link is refused.

    Raises:
        OSError: It is a link, or cannot be opened.
    """
    return os.open(path, _UNFOLLOWED)


def open_below(root: Path, parts: Sequence[str]) -> int:
    """The same for what lies below a folder; no part of the way below it may be a link.

    Args:
        root: The folder.
        parts: Names of folders, and of the file at last; none of them ``..`` or a way of its own.

    Raises:
        OSError: It is not there, lies behind a link, or cannot be opened.
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

    A read lease is granted only while nobody has (fcntl(2), F_SETLEASE).

    Args:
        handle: Open for reading alone.

    Returns:
        None where the kernel does not tell: of another user's file, or on a network share.
    """
    try:
        # Whoever opens the file for writing in this instant makes the kernel send us a signal: not SIGIO, which kills.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    return False


def take_rights(handle: int, *, user: int, group: int, mode: int) -> None:
    """Take from an open file what these permission bits do not give; owner and group become these where we may.

    Where the group cannot be kept, a group of ours may do what everybody may.

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
    """Let a file carry a word, through every rename and until it is gone.

    Raises:
        OSError: The file system keeps no attributes (tmpfs before Linux 6.6, some network shares).
    """
    os.setxattr(path, _ATTRIBUTES + name, value.encode())


def read_attribute(handle: int, name: str) -> str:
    """The word that an open file carries.

    Raises:
        OSError: It carries none.
        UnicodeError: It is no text.
    """
    return os.getxattr(handle, _ATTRIBUTES + name).decode()


def remove_attribute(path: Path, name: str) -> None:
    """Let a file carry the word no longer.

    Raises:
        OSError: It carries none.
    """
    os.removexattr(path, _ATTRIBUTES + name, follow_symlinks=False)
