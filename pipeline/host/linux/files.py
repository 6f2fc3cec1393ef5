"""Opening, keeping and marking files: read leases and extended attributes; the rest is that of any Unix."""

import fcntl
import os
import signal
import sys
from pathlib import Path

from pipeline.host.portable import files as unix

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

__all__ = [
    "HAS_DEVICE_NAMES",
    "LONGEST_PATH",
    "is_elsewhere",
    "is_written_to",
    "open_below",
    "open_unfollowed",
    "pdf_input",
    "read_attribute",
    "remove_attribute",
    "sync_folder",
    "take_rights",
    "write_attribute",
]

_ATTRIBUTES = "user."

LONGEST_PATH = unix.LONGEST_PATH
HAS_DEVICE_NAMES = unix.HAS_DEVICE_NAMES
sync_folder = unix.sync_folder
open_unfollowed = unix.open_unfollowed
open_below = unix.open_below
take_rights = unix.take_rights
pdf_input = unix.pdf_input
is_elsewhere = unix.is_elsewhere


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
