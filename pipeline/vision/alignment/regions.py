"""Parts of a page where tables of two answers are: tables that share words are two readings of the same part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.vision.alignment.laid_table import Hull, LaidTable

#: Two tables are readings of the same part where they share this share of the smaller one's words.
_LEAST_SHARED: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Tables that are in one part of a page.

    Attributes:
        ours: Numbers of tables of the first answer.
        theirs: Numbers of tables of the second answer.
    """

    ours: tuple[int, ...]
    theirs: tuple[int, ...]


def laid_to_regions(ours: Sequence[LaidTable], theirs: Sequence[LaidTable]) -> tuple[Region, ...]:
    """The parts of the page that have tables, in the order of the first answer's tables; each table is in one part."""
    shared = [
        (one, other)
        for one, mine in enumerate(ours)
        for other, second in enumerate(theirs)
        if len(mine.taken & second.taken) > _LEAST_SHARED * min(len(mine.taken), len(second.taken))
    ]
    open_ours, open_theirs = list(range(len(ours))), list(range(len(theirs)))
    regions: list[Region] = []
    while open_ours or open_theirs:
        first = {open_ours[0]} if open_ours else set[int]()
        second = set[int]() if open_ours else {open_theirs[0]}
        size = 0
        while size < len(first) + len(second):
            size = len(first) + len(second)
            second |= {other for one, other in shared if one in first}
            first |= {one for one, other in shared if other in second}
        open_ours = [one for one in open_ours if one not in first]
        open_theirs = [other for other in open_theirs if other not in second]
        regions.append(Region(ours=tuple(sorted(first)), theirs=tuple(sorted(second))))
    return tuple(regions)


def laid_to_hulls(tables: Sequence[LaidTable]) -> list[Hull]:
    """The areas of those tables that are on the page."""
    return [laid.hull for laid in tables if laid.hull is not None]
