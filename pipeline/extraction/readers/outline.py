"""A file's own headings, from its outline (bookmarks): the page and depth of each title."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple, Protocol, Self

from pipeline.extraction.model import Title

# Longer outlines are indexes, and deeper entries are no headings.
_MAX_ENTRIES = 5_000
_MAX_DEPTH = 6


class Entry(NamedTuple):
    """One entry of an outline.

    Attributes:
        depth: From 0.
        page: Its target, from 1.
    """

    text: str
    depth: int
    page: int


class OutlineNode(Protocol):
    """An entry as a reader finds it in the file; any of its values may be invalid."""

    @property
    def key(self) -> Hashable:
        """An identifier of the entry; None where there is no entry."""

    def text(self) -> str:
        """Its title; empty where there is none."""

    def page(self) -> int | None:
        """The number of its target page, from 1; None where it leads to no page of the file."""

    def next(self) -> Self:
        """The entry after it on the same level."""

    def first_child(self) -> Self:
        """The first entry below it."""


def nodes_to_entries(first: OutlineNode) -> Iterator[Entry]:
    """The entries that lead to a page of the file, in order, without repeated entries.

    Args:
        first: The first entry of the outline.
    """
    waiting = [(first, 0)]
    seen: set[Hashable] = set()
    while waiting and len(seen) < _MAX_ENTRIES:
        node, depth = waiting.pop()
        if node.key is None or node.key in seen:
            continue
        seen.add(node.key)
        page = node.page()
        if page is not None:
            yield Entry(node.text(), depth, page)
        waiting.append((node.next(), depth))
        if depth < _MAX_DEPTH:
            waiting.append((node.first_child(), depth + 1))


def outline_to_titles(entries: Sequence[Entry]) -> dict[int, tuple[Title, ...]]:
    """The titles of each page. An outline's only root, the document's title, has level 1; several roots have level 2.

    Args:
        entries: In the order of the outline.
    """
    roots = sum(entry.depth == 0 for entry in entries)
    base = 1 if roots == 1 and len(entries) > 1 else 2
    titles: dict[int, list[Title]] = defaultdict(list)
    for entry in entries:
        text = " ".join(entry.text.split())
        if text:
            titles[entry.page].append(Title(text=text, level=min(_MAX_DEPTH, base + entry.depth)))
    return {page: tuple(found) for page, found in titles.items()}
