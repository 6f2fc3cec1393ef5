"""What a user chose for one file; the file itself carries the choice through the inbox.

It is an extended attribute for each choice: it is set before the file gets its name, moves with every rename, and is
removed with the file. So it can neither be left behind nor apply to another file.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pipeline.choices import Engine, UnreachableAction
from pipeline.host.files import read_attribute, remove_attribute, write_attribute

_ENGINE, _WHEN_UNREACHABLE = "dropleaf.engine", "dropleaf.when_unreachable"

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChoice:
    """Choices for one file; None for what the settings say.

    Attributes:
        engine: That reads it.
        when_unreachable: What is done while no server can be reached.
    """

    engine: Engine | None = None
    when_unreachable: UnreachableAction | None = None

    @property
    def patient(self) -> bool | None:
        """Whether its pages wait for a server; None for what the settings say."""
        return None if self.when_unreachable is None else self.when_unreachable is UnreachableAction.WAIT

    def attributes(self) -> Iterator[tuple[str, str]]:
        """Names and values of what the file carries."""
        chosen = {_ENGINE: self.engine, _WHEN_UNREACHABLE: self.when_unreachable}
        return ((name, value.value) for name, value in chosen.items() if value is not None)


def write_choice(path: Path, choice: FileChoice) -> None:
    """Mark a file with choices.

    Raises:
        OSError: The file system has no such attributes (tmpfs before Linux 6.6, some network shares).
    """
    for name, value in choice.attributes():
        write_attribute(path, name, value)


def read_choice(handle: int) -> FileChoice:
    """What was chosen for an open file; unknown choices count for none."""
    return FileChoice(
        engine=_read(handle, _ENGINE, Engine),
        when_unreachable=_read(handle, _WHEN_UNREACHABLE, UnreachableAction),
    )


def remove_choice(path: Path) -> None:
    """Remove the marks from a file."""
    for name in (_ENGINE, _WHEN_UNREACHABLE):
        with suppress(OSError):
            remove_attribute(path, name)


def _read(handle: int, name: str, kind: type[Choice]) -> Choice | None:
    with suppress(OSError, ValueError):
        return kind(read_attribute(handle, name))
    return None
