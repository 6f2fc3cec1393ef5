"""Renames and removals on any Unix, where no open file prevents them."""

import shutil
from pathlib import Path


def is_held(error: OSError) -> bool:
    """Whether an error says that another program has the file open: never."""
    del error
    return False


def move(source: Path, target: Path) -> None:
    """Rename a file or folder; a file with the new name is replaced.

    Raises:
        OSError: It cannot be renamed.
    """
    source.replace(target)


def remove(path: Path, *, missing_ok: bool = False) -> None:
    """Remove a file.

    Raises:
        OSError: It cannot be removed, or is gone while that is not allowed.
    """
    path.unlink(missing_ok=missing_ok)


def remove_tree(folder: Path) -> None:
    """Remove a folder and everything in it; what is gone already is no error.

    Raises:
        OSError: Where something cannot be removed.
    """
    if folder.is_dir():
        shutil.rmtree(folder)
