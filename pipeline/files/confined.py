"""Opens files below a folder without ever leaving that folder."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path, PurePosixPath

from pipeline.files.name_rules import is_windows_name
from pipeline.host.files import HAS_DEVICE_NAMES, open_below


def open_confined(root: Path, relative: str) -> BufferedReader:
    """Open a regular file below a folder; no part of the path may be a link.

    Args:
        root: The folder.
        relative: The path from there.

    Raises:
        OSError: The file is missing, is not a regular file, or is outside of the folder.
    """
    parts = PurePosixPath(relative).parts
    if not parts or ".." in parts or parts[0] == "/" or (HAS_DEVICE_NAMES and not all(map(is_windows_name, parts))):
        raise OSError(errno.EINVAL, "Not inside", relative)
    handle = open_below(root, parts)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "Not a regular file", relative)
    return os.fdopen(handle, "rb")
