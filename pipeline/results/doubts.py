"""What a person should look at in a page: cells and words that its own text contradicts, and pages without a check."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.markup import tags
from pipeline.markup.table import UNSEEN, is_doubted
from pipeline.markup.tokens import html_to_tokens
from pipeline.markup.tree import Node, tokens_to_tree
from pipeline.page_result import Against, Method, PageResult
from pipeline.quantities import Count

_READ_BY_ONE = frozenset({Method.VISION, Method.OCR})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCounts:
    """What is to be looked at in a document.

    Attributes:
        cells: Doubted cells of tables.
        texts: Doubted places in running text.
        pages: Pages with a doubted cell or place.
        unchecked_pages: Pages that only the model or text recognition has read: nothing could check them.
        outdated: Places that a user has settled, and that have another reading since their page was read anew.
    """

    cells: Count = 0
    texts: Count = 0
    pages: Count = 0
    unchecked_pages: Count = 0
    outdated: Count = 0

    @property
    def doubts(self) -> int:
        """Cells and places together."""
        return self.cells + self.texts


def add_counts(counts: Iterable[ReviewCounts]) -> ReviewCounts:
    """The sum of the counts of several pages or documents."""
    every = list(counts)
    return ReviewCounts(
        cells=sum(each.cells for each in every),
        texts=sum(each.texts for each in every),
        pages=sum(each.pages for each in every),
        unchecked_pages=sum(each.unchecked_pages for each in every),
        outdated=sum(each.outdated for each in every),
    )


def counts_to_words(counts: ReviewCounts | None) -> str:
    """For example ``3 marked places to check, 2 pages that only one reader has read``; empty where nothing is to do."""
    if counts is None:
        return ""
    pages = counts.unchecked_pages
    words = [f"{counts.doubts:,} marked place{'s' if counts.doubts > 1 else ''} to check"] if counts.doubts else []
    words += [f"{counts.outdated:,} settled before and read otherwise since"] if counts.outdated else []
    words += [f"{pages:,} page{'s' if pages > 1 else ''} that only one reader has read"] if pages else []
    return ", ".join(words)


def page_to_counts(page: PageResult, html: str) -> ReviewCounts:
    """The counts of one page.

    Args:
        page: Its result.
        html: Clean.
    """
    unchecked = int(page.method in _READ_BY_ONE and page.checks.against is Against.NONE)
    if UNSEEN not in html:
        return ReviewCounts(unchecked_pages=unchecked)
    doubted = [node.tag in tags.CELLS for node in doubted_nodes(tokens_to_tree(html_to_tokens(html, set()), set()))]
    cells = sum(doubted)
    return ReviewCounts(cells=cells, texts=len(doubted) - cells, pages=int(bool(doubted)), unchecked_pages=unchecked)


def doubted_nodes(node: Node) -> Iterator[Node]:
    """The doubted elements below one: cells with a mark on them or in them, and marks outside of cells.

    A cell whose only marks are in a table inside of it is not one of them; the cells of that table are.
    """
    for child in node.children:
        if not isinstance(child, Node):
            continue
        if child.tag in tags.CELLS:
            if is_doubted(child):
                yield child
            yield from (inner for inner in doubted_nodes(child) if inner.tag in tags.CELLS)
        elif UNSEEN in child.attributes:
            yield child
        else:
            yield from doubted_nodes(child)
