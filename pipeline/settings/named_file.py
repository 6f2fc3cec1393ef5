"""Reads files that a user names in the settings, without ever waiting: a daemon's one loop reads them at a reload."""

import errno
import stat
from pathlib import Path

from pipeline.files.atomic import open_regular


def read_named(path: Path, most_bytes: int) -> bytes:
    """All bytes of a regular file; links to one are followed.

    A pipe or a device is refused: it may block, gives its content only once, and may never end.

    Args:
        path: Of the file.
        most_bytes: A larger file is refused.

    Raises:
        OSError: It cannot be read, is no regular file, or is too large.
    """
    kind = path.stat().st_mode
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(errno.EISDIR, "It is a folder", str(path))
    if not stat.S_ISREG(kind):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))
    with open_regular(path.resolve()) as file:
        found = file.read(most_bytes + 1)
    if len(found) > most_bytes:
        raise OSError(errno.EFBIG, f"it has more than {most_bytes >> 10} KiB", str(path))
    return found
