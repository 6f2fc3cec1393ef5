"""Opens and syncs files as on any Unix: openat, permissions, fsync of folders."""

import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from pipeline.host.portable import no_attributes

assert sys.platform != "win32"  # noqa: S101 — tells type checkers for Windows to stop here

#: Characters of a path that every program accepts; None where there is no limit to mind.
LONGEST_PATH: int | None = None
#: Whether names such as ``nul.pdf`` are devices.
HAS_DEVICE_NAMES = False
# O_NONBLOCK: opening a pipe without a writer would block for ever.
_UNFOLLOWED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def sync_folder(folder: Path) -> None:
    """Make renames within a folder survive a power cut.

    Raises:
        OSError: The folder does not exist, or its file system cannot do it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_unfollowed(path: Path) -> int:
    """A descriptor for reading the file of this name, without any waiting; a link is refused.

    Raises:
        OSError: It is a link, or cannot be opened.
    """
    return os.open(path, _UNFOLLOWED)


def open_below(root: Path, parts: Sequence[str]) -> int:
    """The same for a file below a folder; no folder on the path between them may be a link.

    Args:
        root: The folder.
        parts: Names of folders, and last of the file; none of them is ``..`` or contains a separator.

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


def take_rights(handle: int, *, user: int, group: int, mode: int) -> None:
    """Remove from an open file the permissions that are not in these bits; set this owner and group where we may.

    If the group cannot be kept, our group gets at most the permissions that everybody has.

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


def pdf_input(path: Path) -> Path | bytes | BufferedReader:
    """What a PDF library opens: the path itself, since an open file prevents no rename and no removal."""
    return path


def is_elsewhere(path: Path) -> bool:
    """Whether only a cloud service has the file's bytes, and reading it would have them fetched: not known here."""
    del path
    return False


def is_written_to(handle: int) -> bool | None:
    """None: this is not known here."""
    del handle
    return None


read_attribute = no_attributes.read_attribute
remove_attribute = no_attributes.remove_attribute
write_attribute = no_attributes.write_attribute
