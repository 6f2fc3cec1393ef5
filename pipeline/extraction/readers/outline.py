"""A file's own headings, from its outline (bookmarks): which page says what, and how deep."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.extraction.model import Title

#: More entries than this are a register, and deeper ones no headings.
MAX_ENTRIES = 5_000
MAX_DEPTH = 6


class Entry(NamedTuple):
    """One entry of an outline.

    Attributes:
        depth: From 0.
        page: Its target, from 1.
    """

    text: str
    depth: int
    page: int


def outline_to_titles(entries: Sequence[Entry]) -> dict[int, tuple[Title, ...]]:
    """The titles of each page; the level of an outline's only root, the document's title, is 1, of others' roots 2.

    Args:
        entries: In the order of the outline.
    """
    roots = sum(entry.depth == 0 for entry in entries)
    base = 1 if roots == 1 and len(entries) > 1 else 2
    titles: dict[int, list[Title]] = defaultdict(list)
    for entry in entries:
        text = " ".join(entry.text.split())
        if text:
            titles[entry.page].append(Title(text=text, level=min(MAX_DEPTH, base + entry.depth)))
    return {page: tuple(found) for page, found in titles.items()}
