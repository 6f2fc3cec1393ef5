"""A folder that is held open, as on any Unix, and renames that replace nothing in one step (renameat2(2))."""

import ctypes
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline.host.portable import held_folder as unix

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
# What kernels and file systems say that do not know the flag (renameat2(2)).
_UNKNOWN = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})

Folder = int | None

_LIBRARY = ctypes.CDLL(None, use_errno=True)


KeptFolder = unix.KeptFolder


class HeldFolder(unix.HeldFolder):
    """As on any Unix, but for its renames."""

    def __init__(self, root: Path, parts: Sequence[str]) -> None:
        """As on any Unix."""
        super().__init__(root, parts, rename_to_free)


def rename_to_free(
    source: str | Path, target: str | Path, *, source_folder: Folder = None, target_folder: Folder = None
) -> None:
    """Rename without replacing anything, not even a file that appears at the last moment.

    Args:
        source: What is renamed; nobody else may use this name, since some file systems need two steps.
        target: Its new name.
        source_folder: Descriptor of the folder to which ``source`` is relative.
        target_folder: The same for ``target``.

    Raises:
        FileExistsError: The name is taken; nothing is changed.
        OSError: It cannot be renamed.
    """
    number = _rename_no_replace(source, target, source_folder, target_folder)
    if number in _UNKNOWN:
        unix.rename_to_free(source, target, source_folder=source_folder, target_folder=target_folder)
    elif number:
        raise OSError(number, os.strerror(number), str(source), None, str(target))


def _rename_no_replace(source: str | Path, target: str | Path, source_folder: Folder, target_folder: Folder) -> int:
    """The error number; 0 for none."""
    call = getattr(_LIBRARY, "renameat2", None)  # glibc has it since 2.28
    if call is None:
        return errno.ENOSYS
    # As os.rename does: audit hooks see this rename, too.
    sys.audit("os.rename", source, target, _handle(source_folder), _handle(target_folder))
    done = call(
        ctypes.c_int(_handle(source_folder)),
        ctypes.c_char_p(os.fsencode(source)),
        ctypes.c_int(_handle(target_folder)),
        ctypes.c_char_p(os.fsencode(target)),
        ctypes.c_uint(_RENAME_NOREPLACE),
    )
    return ctypes.get_errno() if done else 0


def _handle(folder: Folder) -> int:
    return _AT_FDCWD if folder is None else folder
