"""The engine that was chosen for one file, carried by the file itself on its way through the inbox.

It is an extended attribute: it is set before the file gets its name, moves with every rename, and is gone with the
file, so it can neither be left behind nor be taken for another file's.
"""

import os
from contextlib import suppress
from pathlib import Path

from pipeline.document import Engine

_ATTRIBUTE = "user.dropleaf.engine"


def write_choice(path: Path, engine: Engine) -> None:
    """Let a file carry the choice.

    Raises:
        OSError: The file system keeps no such attributes (tmpfs before Linux 6.6, some network shares).
    """
    os.setxattr(path, _ATTRIBUTE, engine.value.encode())


def read_choice(path: Path) -> Engine | None:
    """The engine that was chosen for a file; None where none was, or none that we know."""
    with suppress(OSError, ValueError):
        return Engine(os.getxattr(path, _ATTRIBUTE, follow_symlinks=False).decode())
    return None


def remove_choice(path: Path) -> None:
    """Let a file carry it no longer."""
    with suppress(OSError):
        os.removexattr(path, _ATTRIBUTE, follow_symlinks=False)
