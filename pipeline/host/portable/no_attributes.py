"""Extended attributes where no file system is sure to have them: each use fails, and callers do without."""

import errno
from pathlib import Path


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
