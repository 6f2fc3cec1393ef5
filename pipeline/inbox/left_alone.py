"""The files in the inbox that are left where they are, because of their kinds: how many, and the names of some."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pipeline.conditions import files_not_read, pictures_not_read
from pipeline.inbox.file_names import is_left_alone
from pipeline.kinds import Kind, name_to_kind
from pipeline.printable import printable

#: So many files are named, and so many letters of a name are shown.
NAMED, _LETTERS = 3, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFiles:
    """Some files.

    Attributes:
        count: How many there are.
        names: Paths of the first ones, relative to the inbox, in order.
    """

    count: int = 0
    names: tuple[str, ...] = ()

    def __add__(self, other: "NamedFiles") -> "NamedFiles":
        names = sorted((*self.names, *other.names))[:NAMED]
        return NamedFiles(count=self.count + other.count, names=tuple(names))

    def __str__(self) -> str:
        more = self.count - len(self.names)
        return ", ".join(map(_cropped, self.names)) + (f" and {more:,} more" if more else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """The files that are left alone.

    Attributes:
        pictures: That would be read if the settings had their kind.
        unknown: Of kinds that are never read, or without an ending.
    """

    pictures: NamedFiles = field(default_factory=NamedFiles)
    unknown: NamedFiles = field(default_factory=NamedFiles)

    def __add__(self, other: "LeftAlone") -> "LeftAlone":
        return LeftAlone(pictures=self.pictures + other.pictures, unknown=self.unknown + other.unknown)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What people are told of them."""
        unknown, pictures = self.unknown, self.pictures
        return (
            *((files_not_read(unknown.count, str(unknown)),) if unknown.count else ()),
            *((pictures_not_read(pictures.count, str(pictures)),) if pictures.count else ()),
        )


def find_left_alone(folder: PurePosixPath, names: Iterable[str], kinds: Collection[Kind]) -> LeftAlone:
    """The files of a folder that are left alone where only these kinds are read.

    Args:
        folder: Its path, relative to the inbox.
        names: Of its files.
        kinds: That are read.
    """
    left = sorted(name for name in names if is_left_alone(name, kinds))
    pictures = [name for name in left if name_to_kind(name) is not None]
    unknown = [name for name in left if name_to_kind(name) is None]
    return LeftAlone(pictures=_named(folder, pictures), unknown=_named(folder, unknown))


def _named(folder: PurePosixPath, names: Collection[str]) -> NamedFiles:
    return NamedFiles(count=len(names), names=tuple(str(folder / name) for name in list(names)[:NAMED]))


def _cropped(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= _LETTERS else f"{shown[:_LETTERS]}…"
