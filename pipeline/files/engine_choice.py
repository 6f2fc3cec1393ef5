"""The engine that was chosen for one file, carried by the file itself on its way through the inbox.

It is an extended attribute: it is set before the file gets its name, moves with every rename, and is gone with the
file, so it can neither be left behind nor be taken for another file's.
"""

from contextlib import suppress
from pathlib import Path

from pipeline.document import Engine
from pipeline.host.files import read_attribute, remove_attribute, write_attribute

_ATTRIBUTE = "dropleaf.engine"


def write_choice(path: Path, engine: Engine) -> None:
    """Let a file carry the choice.

    Raises:
        OSError: The file system keeps no such attributes (tmpfs before Linux 6.6, some network shares).
    """
    write_attribute(path, _ATTRIBUTE, engine.value)


def read_choice(handle: int) -> Engine | None:
    """The engine that was chosen for an open file; None where none was, or none that we know."""
    with suppress(OSError, ValueError):
        return Engine(read_attribute(handle, _ATTRIBUTE))
    return None


def remove_choice(path: Path) -> None:
    """Let a file carry it no longer."""
    with suppress(OSError):
        remove_attribute(path, _ATTRIBUTE)
