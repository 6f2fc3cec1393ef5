"""How many files in the inbox are left where they are, because of their kinds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipeline.inbox.file_names import is_left_alone
from pipeline.kinds import Kind, name_to_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """How many files are left alone.

    Attributes:
        pictures: That would be read if the settings had their kind.
        unknown: Of kinds that are never read, or without an ending.
    """

    pictures: int = 0
    unknown: int = 0

    def __add__(self, other: "LeftAlone") -> "LeftAlone":
        return LeftAlone(pictures=self.pictures + other.pictures, unknown=self.unknown + other.unknown)

    def __bool__(self) -> bool:
        return bool(self.pictures or self.unknown)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What people are told of them."""
        unknown, pictures = self.unknown, self.pictures
        said = (f"{unknown} file{'s' * (unknown != 1)} that Dropleaf does not read",) if unknown else ()
        if not pictures:
            return said
        waits = f"{pictures} picture{'s wait' if pictures != 1 else ' waits'} in the inbox"
        return (*said, f"{waits} and {'are' if pictures != 1 else 'is'} left alone (watch.kinds)")


def count_left_alone(names: Iterable[str], kinds: Collection[Kind]) -> LeftAlone:
    """How many files of these names are left alone where only these kinds are read."""
    left = [name_to_kind(name) for name in names if is_left_alone(name, kinds)]
    pictures = sum(kind is not None for kind in left)
    return LeftAlone(pictures=pictures, unknown=len(left) - pictures)
