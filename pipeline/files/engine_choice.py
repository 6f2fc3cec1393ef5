"""The engine that a user chose for one file; the file itself carries the choice through the inbox.

It is an extended attribute: it is set before the file gets its name, moves with every rename, and is removed with the
file. So it can neither be left behind nor apply to another file.
"""

from contextlib import suppress
from pathlib import Path

from pipeline.choices import Engine
from pipeline.host.files import read_attribute, remove_attribute, write_attribute

_ATTRIBUTE = "dropleaf.engine"


def write_choice(path: Path, engine: Engine) -> None:
    """Mark a file with the choice.

    Raises:
        OSError: The file system has no such attributes (tmpfs before Linux 6.6, some network shares).
    """
    write_attribute(path, _ATTRIBUTE, engine.value)


def read_choice(handle: int) -> Engine | None:
    """The engine that was chosen for an open file; None where none was, or an unknown one."""
    with suppress(OSError, ValueError):
        return Engine(read_attribute(handle, _ATTRIBUTE))
    return None


def remove_choice(path: Path) -> None:
    """Remove the mark from a file."""
    with suppress(OSError):
        remove_attribute(path, _ATTRIBUTE)
