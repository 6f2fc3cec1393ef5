"""Opens files so that other programs may rename and remove them meanwhile, which Python's own functions do not."""

import errno
import os
import stat
import sys
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

from pipeline.host.portable import no_attributes
from pipeline.host.windows.kernel import (
    ANY_KIND,
    KERNEL,
    OPEN_EXISTING,
    READ,
    SHARE_ALL,
    WRITE,
    handle_to_descriptor,
    is_open_for_writing,
    open_file,
)

#: Characters of a path that every program accepts; None where there is no limit to mind.
LONGEST_PATH: int | None = 259
#: Whether names such as ``nul.pdf`` are devices.
HAS_DEVICE_NAMES = True
# Of a file that only a cloud service has: opening it would have it fetched (FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS).
_RECALLED = 0x00400000
# Up to this size a PDF is read into memory, so that no open file keeps its folder from being renamed.
_IN_MEMORY = 32 << 20


def sync_folder(folder: Path) -> None:
    """Make renames within a folder survive a power cut (FlushFileBuffers), where the file system can do that.

    Raises:
        OSError: The folder does not exist.
    """
    try:
        handle = open_file(folder, access=WRITE, share=SHARE_ALL, creation=OPEN_EXISTING, flags=ANY_KIND)
    except PermissionError:  # a network share may refuse it
        if not folder.is_dir():
            raise
        return
    KERNEL.FlushFileBuffers(handle)
    KERNEL.CloseHandle(handle)


def is_link(path: Path) -> bool:
    """Whether it is a symbolic link, or a junction, which is one for folders.

    Raises:
        OSError: It does not exist.
    """
    return path.lstat().st_reparse_tag in {stat.IO_REPARSE_TAG_SYMLINK, stat.IO_REPARSE_TAG_MOUNT_POINT}


def open_unfollowed(path: Path) -> int:
    """As on Linux, but for regular files only; if the file is replaced meanwhile, this is detected.

    Raises:
        OSError: It is a link or no regular file, or cannot be opened.
    """
    before = path.lstat()
    if not stat.S_ISREG(before.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    handle = handle_to_descriptor(open_file(path, access=READ, share=SHARE_ALL, creation=OPEN_EXISTING))
    if not os.path.samestat(before, os.fstat(handle)):
        os.close(handle)
        raise OSError(errno.EINVAL, "Replaced while it was opened", str(path))
    return handle


def open_below(root: Path, parts: Sequence[str]) -> int:
    """As on Linux, but a folder that is replaced by a link between the check and the opening is not detected.

    Raises:
        OSError: It does not exist, is behind a link, or cannot be opened; or a part is no name of a file on Windows.
    """
    folder = root
    for part in parts:
        if {":", "\\", "/"} & set(part) or part in {"", ".", ".."}:
            raise OSError(errno.EINVAL, "Not a name", part)
    for part in parts[:-1]:
        folder /= part
        if not folder.is_dir() or is_link(folder):
            raise OSError(errno.ENOTDIR, "Not a folder", str(folder))
    return open_unfollowed(folder / parts[-1])


def pdf_input(path: Path) -> Path | bytes | BufferedReader:
    """What a PDF library opens: the file's bytes, or for a large one an open file that may be renamed and removed.

    Raises:
        OSError: It cannot be read.
    """
    file = os.fdopen(handle_to_descriptor(open_file(path, access=READ, share=SHARE_ALL, creation=OPEN_EXISTING)), "rb")
    if os.fstat(file.fileno()).st_size > _IN_MEMORY:
        return file
    with file:
        return file.read()


def is_elsewhere(path: Path) -> bool:
    """Whether only a cloud service has the file's bytes; reading it would have them fetched.

    Raises:
        OSError: It is gone.
    """
    return bool(path.lstat().st_file_attributes & (stat.FILE_ATTRIBUTE_OFFLINE | _RECALLED))


def is_written_to(handle: int) -> bool | None:
    """Whether some program has an open file open for writing; None where the file system does not say."""
    return is_open_for_writing(handle)


def take_rights(handle: int, *, user: int, group: int, mode: int) -> None:
    """Do nothing: a new file has the rights of its folder."""
    del handle, user, group, mode


read_attribute = no_attributes.read_attribute
remove_attribute = no_attributes.remove_attribute
write_attribute = no_attributes.write_attribute
