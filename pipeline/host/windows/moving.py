"""Renames and removals that are tried again while another program has the file open: antivirus, indexer, a browser.

Source of the error numbers: ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION and ERROR_DIR_NOT_EMPTY
in Microsoft's list of system error codes. An open file that is removed keeps its name until it is closed on older
Windows, so its folder is not empty at once.
"""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

_DENIED, _NOT_EMPTY = 5, 145
_HELD = frozenset({_DENIED, 32, 33})
#: Seconds between tries, 1.3 in all: virus scanners hold a new file for some hundred milliseconds.
_PAUSES_S = (0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.35, 0.4)


def is_held(error: OSError) -> bool:
    """Whether an error says that another program has the file open in a way that does not allow ours."""
    return error.winerror in _HELD - {_DENIED}


def move(source: Path, target: Path) -> None:
    """Rename a file or folder; a file with the new name is replaced. Tried again for about a second.

    Raises:
        OSError: It cannot be renamed.
    """
    _patiently(lambda: source.replace(target))


def remove(path: Path, *, missing_ok: bool = False) -> None:
    """Remove a file; tried again for about a second.

    Raises:
        OSError: It cannot be removed, or is gone while that is not allowed.
    """
    _patiently(lambda: path.unlink(missing_ok=missing_ok))


def remove_tree(folder: Path) -> None:
    """Remove a folder and everything in it; what is gone already is no error. Tried again for about a second.

    Raises:
        OSError: Where something cannot be removed.
    """

    def attempt() -> None:
        if folder.is_dir():
            shutil.rmtree(folder)

    _patiently(attempt)


def _patiently(attempt: Callable[[], object]) -> None:
    for pause in _PAUSES_S:
        try:
            attempt()
        except OSError as error:
            if error.winerror not in _HELD | {_NOT_EMPTY}:
                raise
            time.sleep(pause)
        else:
            return
    attempt()
