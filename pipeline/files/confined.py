"""Files below a folder, opened without ever leaving it."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path, PurePosixPath


def open_inside(root: Path, relative: str) -> BufferedReader:
    """Open a regular file below a folder; no part of the way may be a link.

    Args:
        root: The folder.
        relative: The way from there.

    Raises:
        OSError: The file is not there, is no regular file, or lies elsewhere.
    """
    parts = PurePosixPath(relative).parts
    if not parts or ".." in parts or parts[0] == "/":
        raise OSError(errno.EINVAL, "Not inside", relative)
    # O_NONBLOCK: opening a pipe without a writer would block for ever.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for number, part in enumerate(parts, start=1):
            kind = os.O_DIRECTORY if number < len(parts) else 0
            inner = os.open(part, flags | kind, dir_fd=handle)
            os.close(handle)
            handle = inner
    except BaseException:
        os.close(handle)
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "Not a regular file", relative)
    return os.fdopen(handle, "rb")
