"""A tagged file's own headings: the elements of its structure that are headings, with their levels."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.extraction.model import Title

#: Of structures with more elements, or deeper ones, the rest is not read.
MAX_ELEMENTS, MAX_DEPTH = 100_000, 60
#: The kinds of headings in the standard (ISO 32000-2, 14.8.4) and their levels; level 1 is the document's title, for
#: which most files have no kind of its own.
LEVELS: Mapping[str, int] = {"Title": 1, "H": 3, **{f"H{number}": min(6, number + 1) for number in range(1, 7)}}


class TaggedHeading(NamedTuple):
    """A heading of the structure.

    Attributes:
        marks: The numbers of its marked content, all on one page.
    """

    level: int
    marks: tuple[int, ...]


def headings_to_titles(headings: Iterable[TaggedHeading], texts: Mapping[int, Sequence[str]]) -> tuple[Title, ...]:
    """The headings with their texts; headings without a text are left out.

    Args:
        headings: Of one page.
        texts: The text drawn for each number of marked content.
    """
    titles = (
        Title(text="".join(text for mark in heading.marks for text in texts.get(mark, ())), level=heading.level)
        for heading in headings
    )
    return tuple(title for title in titles if title.text.strip())
