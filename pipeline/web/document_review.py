"""What a user can check and settle in a delivered document: its doubts, and each place of one of its pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.markup.table import UNSEEN
from pipeline.results.doubts import ReviewCounts, add_counts, page_to_counts
from pipeline.results.page_places import Found, html_to_places
from pipeline.results.page_record import PageRecord
from pipeline.results.published import PublishedDocument
from pipeline.results.review_file import Place
from pipeline.results.settled_page import reading_at
from pipeline.table import Box, Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtedPage:
    """A page with doubts, and how many it has."""

    number: int
    doubts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReview:
    """A cell, or a doubted or settled place in running text; numbered as in ``NAME.review.json``.

    Attributes:
        text: What it says.
        doubted: Whether it is to be looked at.
        page_reading: What the page's own text has there; None where that is not known.
        box: Where it is on the page, in points from the top left; None where that is not known.
    """

    table: int | None
    row: int | None
    column: int | None
    mark: int | None
    text: str
    doubted: bool
    page_reading: str | None
    box: Box | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReview:
    """A page.

    Attributes:
        size: Width and height as it is shown, in points; None where they are not known.
        places: In the order of the page.
    """

    number: int
    size: tuple[float, float] | None
    places: tuple[PlaceReview, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReview:
    """What is to be checked in a document.

    Attributes:
        review: The counts of its manifest.
        doubted: Its pages with doubts, in order.
        page: The page that was asked for; None where there is none.
    """

    review: ReviewCounts
    doubted: tuple[DoubtedPage, ...]
    page: PageReview | None


def published_to_review(published: PublishedDocument, number: int) -> DocumentReview:
    """What is to be checked.

    Args:
        published: The document.
        number: Of the page that is wanted.

    Raises:
        UsageError: The result is gone, or was changed.
    """
    records = list(published.pages())
    counts = [(record.page.number, page_to_counts(record.page, record.html)) for record in records]
    return DocumentReview(
        review=published.manifest.review or add_counts(count for _, count in counts),
        doubted=tuple(DoubtedPage(number=page, doubts=count.doubts) for page, count in counts if count.doubts),
        page=next((_record_to_page(record) for record in records if record.page.number == number), None),
    )


def _record_to_page(record: PageRecord) -> PageReview:
    places = sorted(html_to_places(record.html, record.page.number).values(), key=lambda found: found.start)
    return PageReview(number=record.page.number, size=record.size, places=tuple(_with_cells(record, places)))


def _with_cells(record: PageRecord, places: Sequence[Found]) -> Iterator[PlaceReview]:
    cells = {
        Place(page=record.page.number, table=table, row=cell.row + 1, column=cell.column + 1): cell
        for table, found in enumerate(record.tables, 1)
        for cell in found.cells
    }
    for found in places:
        place, cell = found.place, cells.get(found.place)
        yield PlaceReview(
            table=place.table or None,
            row=place.row or None,
            column=place.column or None,
            mark=place.mark or None,
            text=reading_at(record.html, found),
            doubted=_is_doubted(record.html, found, cell),
            page_reading=cell.doubt.page_reading if cell and cell.doubt else None,
            box=cell.box if cell else None,
        )


def _is_doubted(html: str, found: Found, cell: Cell | None) -> bool:
    if found.place.mark:
        return UNSEEN in html[found.start : found.inner]
    return cell is not None and cell.doubt is not None
