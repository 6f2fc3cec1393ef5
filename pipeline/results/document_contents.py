"""The pages of one document as its results need them: read one by one, never all in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from pipeline.document import DocumentFacts, OutlineEntry
from pipeline.outputs.cell_numbers import Evidence
from pipeline.outputs.document_tables import DocumentTables
from pipeline.outputs.markdown import MarkdownPage
from pipeline.outputs.tables_file import DocumentTable, PageFacts, page_to_facts, table_to_document_table
from pipeline.page_result import PageResult
from pipeline.results.doubts import ReviewCounts, add_counts, page_to_counts
from pipeline.results.guide import MOST_HEADINGS, DocumentGuide, outline_to_headings
from pipeline.results.page_record import PageRecord
from pipeline.results.reasons import notice_for
from pipeline.results.review_file import Settled
from pipeline.results.settled_page import settle_page
from pipeline.results.shown_html import Heading, has_doubt, page_to_headings, page_to_shown
from pipeline.results.table_ids import TableNames


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What is kept in memory of a page.

    Attributes:
        review: What is to be looked at in it.
        marked: Whether a place in it is marked as doubted.
    """

    page: PageResult
    size: tuple[float, float] | None
    review: ReviewCounts
    marked: bool


class DocumentContents:
    """The finished pages of a document.

    Attributes:
        facts: Of the document.
        pages: Those that have been read, in order.
        settled: What a user has said of places in them; whether it fits is known once they have been read.
    """

    def __init__(
        self,
        facts: DocumentFacts,
        read: Callable[[], Iterable[PageRecord]],
        *,
        outline: Sequence[OutlineEntry] = (),
    ) -> None:
        """Read nothing yet.

        Args:
            facts: Of the document.
            read: Gives the pages that were wanted, in order, each time anew; a ValueError where one is gone.
            outline: The PDF's own contents.
        """
        self._outline = outline
        self.facts = facts
        self.pages: list[ReadPage] = []
        self.settled: tuple[Settled, ...] = ()
        self._settled: dict[int, list[Settled]] = {}
        self._read = read
        self._evidence = Evidence()
        self._headings: list[Heading] = []

    @property
    def name(self) -> str:
        """Of the document, without ending."""
        name = PurePath(self.facts.name)
        return name.stem if name.suffix else name.name

    def settle(self, settled: Sequence[Settled]) -> None:
        """Give the pages with what a user has said of them; before they are read."""
        self.settled = tuple(settled)
        self._settled = {
            page: [each for each in settled if each.page == page] for page in {each.page for each in settled}
        }

    def read_all(self) -> None:
        """Read the pages for what all of them show together; before anything is made of them.

        Raises:
            ValueError: A record is damaged or gone.
        """
        self.pages.clear()
        self._headings.clear()
        self._evidence = Evidence()
        told: list[Settled] = []
        names = TableNames()
        for record, settled in self._records():
            told += settled
            given = names.of_page(record.page.number, record.tables)
            page = replace(record.page, continues=given[0].continues if given else None)
            self.pages.append(
                ReadPage(
                    page=page, size=record.size, review=page_to_counts(page, record.html), marked=has_doubt(record.html)
                )
            )
            if len(self._headings) <= MOST_HEADINGS:
                self._headings += page_to_headings(record.html, page.number)
            for table in record.tables:
                self._evidence.add(table)
        read = {each.page.number for each in self.pages}
        left = (replace(each, fits=False) for each in self.settled if each.page not in read)
        self.settled = (*told, *left)

    @property
    def review(self) -> ReviewCounts:
        """What is to be looked at, once the pages have been read."""
        outdated = sum(not each.fits for each in self.settled)
        return replace(add_counts(each.review for each in self.pages), outdated=outdated)

    @property
    def guide(self) -> DocumentGuide:
        """The ways through the document, once the pages have been read."""
        return DocumentGuide(
            numbers=[each.page.number for each in self.pages],
            fallbacks=[each.page.number for each in self.pages if each.page.fell_back],
            doubts=[each.page.number for each in self.pages if each.review.pages],
            marked=frozenset(each.page.number for each in self.pages if each.marked),
            headings=outline_to_headings(self._outline, self._headings, {each.page.number for each in self.pages}),
        )

    def shown_pages(self) -> Iterator[tuple[PageResult, str]]:
        """The pages with their HTML as the document shows it, once they have been read.

        Raises:
            ValueError: A record is damaged or gone.
        """
        names = TableNames()
        for (record, _), read in zip(self._records(), self.pages, strict=True):
            given = names.of_page(record.page.number, record.tables)
            yield read.page, page_to_shown(record.html, record.page.number, record.tables, given)

    def document_tables(self) -> DocumentTables:
        """The tables, once they have been read.

        Raises:
            ValueError: A record is damaged or gone; when the tables are gone through.
        """
        pages = tuple(page_to_facts(each.page, each.size) for each in self.pages)
        tables = (table for _, found in self._pages_with_tables() for table in found)
        return DocumentTables(name=self.name, document=self.facts, pages=pages, tables=tables)

    def markdown_pages(self) -> Iterator[MarkdownPage]:
        """The pages for the Markdown, once they have been read.

        Raises:
            ValueError: A record is damaged or gone.
        """
        for record, tables in self._pages_with_tables():
            yield MarkdownPage(
                number=record.page.number,
                notice=notice_for(record.page) or "",
                html=record.html,
                tables=[table.table for table in tables],
            )

    def _records(self) -> Iterator[tuple[PageRecord, list[Settled]]]:
        """The pages as their user has settled them."""
        for record in self._read():
            settled = self._settled.get(record.page.number)
            yield settle_page(record, settled) if settled else (record, [])

    def _pages_with_tables(self) -> Iterator[tuple[PageRecord, list[DocumentTable]]]:
        names, decimal = TableNames(), self._evidence.decimal
        for record, _ in self._records():
            page: PageFacts = page_to_facts(record.page, record.size)
            called = names.of_page(page.number, record.tables)
            yield (
                record,
                [
                    table_to_document_table(table, page, ident=name.ident, continues=name.continues, decimal=decimal)
                    for table, name in zip(record.tables, called, strict=True)
                ],
            )
