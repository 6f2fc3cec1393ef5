"""A tagged file's own headings: which elements of its structure are headings, and of which level."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.extraction.model import Title

#: Structures with more elements than this, or nested deeper, are not walked to the end.
MAX_ELEMENTS, MAX_DEPTH = 100_000, 60
#: The standard's kinds of headings (ISO 32000-2, 14.8.4) and the levels that they stand for: 1 is the document's title,
#: which most files leave without a kind of its own.
LEVELS: Mapping[str, int] = {"Title": 1, "H": 3, **{f"H{number}": min(6, number + 1) for number in range(1, 7)}}


class TaggedHeading(NamedTuple):
    """A heading of the structure.

    Attributes:
        marks: The numbers of the marked content, on one page, that it consists of.
    """

    level: int
    marks: tuple[int, ...]


def headings_to_titles(headings: Iterable[TaggedHeading], texts: Mapping[int, Sequence[str]]) -> tuple[Title, ...]:
    """The headings with their texts; those without any are left out.

    Args:
        headings: Of one page.
        texts: What was drawn under each number of marked content.
    """
    titles = (
        Title(text="".join(text for mark in heading.marks for text in texts.get(mark, ())), level=heading.level)
        for heading in headings
    )
    return tuple(title for title in titles if title.text.strip())
