"""The ways through a document: its headings, its pages, the next one that fell back, the next one with a doubt."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.document import OutlineEntry
from pipeline.results.shown_html import Heading, doubt_name

#: More headings than these are a page read badly, or a book whose pages are found by their numbers.
MOST_HEADINGS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWays:
    """Where a reader can go from a page; None where there is no such page.

    Attributes:
        number: Of the page.
        before: The page before.
        after: The page after.
        fallback: The next page that fell back.
        doubt: The next page with a doubt.
        doubt_name: Of the place there that the link leads to.
    """

    number: int
    before: int | None
    after: int | None
    fallback: int | None
    doubt: int | None
    doubt_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentGuide:
    """What is known of all pages before the first one is written.

    Attributes:
        numbers: Of the pages, in order.
        fallbacks: Of those that fell back.
        doubts: Of those with a doubt.
        marked: Of those in which a place is marked as doubted.
        headings: In order.
        original: File name of the original beside the result; empty where there is none.
    """

    numbers: Sequence[int] = ()
    fallbacks: Sequence[int] = ()
    doubts: Sequence[int] = ()
    marked: frozenset[int] = frozenset()
    headings: Sequence[Heading] = ()
    original: str = ""

    @property
    def contents(self) -> Sequence[Heading]:
        """The headings, where they are a help."""
        return self.headings if 1 < len(self.headings) <= MOST_HEADINGS else ()

    def ways_from(self, number: int) -> PageWays | None:
        """Where to go from a page; None for a document of one page."""
        if len(self.numbers) < 2:  # noqa: PLR2004 — there is nowhere to go
            return None
        place = bisect_left(self.numbers, number)
        doubt = _after(self.doubts, number)
        return PageWays(
            number=number,
            before=self.numbers[place - 1] if place else None,
            after=_after(self.numbers, number),
            fallback=_after(self.fallbacks, number),
            doubt=doubt,
            doubt_name=doubt_name(doubt) if doubt in self.marked else f"page-{doubt}",
        )


def outline_to_headings(
    outline: Sequence[OutlineEntry], headings: Sequence[Heading], numbers: Collection[int]
) -> tuple[Heading, ...]:
    """The contents: the PDF's own where it has some, since a model may take any large text for a heading.

    Args:
        outline: The PDF's own contents.
        headings: Those of the pages, to which the entries lead where they have the same text.
        numbers: Of the pages that there are.
    """
    there = [entry for entry in outline if entry.page in numbers]
    if len(there) < 2:  # noqa: PLR2004 — one entry is the document's name
        return tuple(headings)
    named = {(heading.ident.split("-")[1], _squeezed(heading.text)): heading.ident for heading in headings}
    return tuple(
        Heading(
            ident=named.get((str(entry.page), _squeezed(entry.text)), f"page-{entry.page}"),
            level=entry.level,
            text=entry.text,
        )
        for entry in there
    )


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _after(numbers: Sequence[int], number: int) -> int | None:
    place = bisect_right(numbers, number)
    return numbers[place] if place < len(numbers) else None
