"""The pages of one document as its results need them: read one by one, never all in memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

from pipeline.document import DocumentFacts, PageResult
from pipeline.outputs.document_tables import DocumentTables
from pipeline.outputs.figures import Evidence
from pipeline.outputs.markdown import MarkdownPage
from pipeline.outputs.tables_file import DocumentTable, PageFacts, page_to_facts, table_to_document_table
from pipeline.results.page_record import PageRecord
from pipeline.results.reasons import notice_for
from pipeline.results.table_ids import TableNames, with_names


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What is kept in memory of a page."""

    page: PageResult
    size: tuple[float, float] | None


class DocumentContents:
    """The finished pages of a document.

    Attributes:
        facts: Of the document.
        pages: Those that have been read for the HTML, in order.
    """

    def __init__(self, facts: DocumentFacts, read: Callable[[], Iterable[PageRecord]]) -> None:
        """Read nothing yet.

        Args:
            facts: Of the document.
            read: Gives the pages that were wanted, in order, each time anew; a ValueError where one is gone.
        """
        self.facts = facts
        self.pages: list[ReadPage] = []
        self._read = read
        self._evidence = Evidence()

    @property
    def name(self) -> str:
        """Of the document, without ending."""
        name = PurePath(self.facts.name)
        return name.stem if name.suffix else name.name

    def named_pages(self) -> Iterator[tuple[PageResult, str]]:
        """The pages with their HTML, in which each table has its name; noted on the way.

        Raises:
            ValueError: A record is damaged or gone.
        """
        self.pages.clear()
        self._evidence = Evidence()
        names = TableNames()
        for record in self._read():
            given = names.of_page(record.page.number, record.tables)
            page = replace(record.page, continues=given[0].continues if given else None)
            self.pages.append(ReadPage(page=page, size=record.size))
            for table in record.tables:
                self._evidence.add(table)
            yield page, with_names(record.html, given)

    def read_all(self) -> None:
        """Read the pages for nothing else than what all of them show together.

        Raises:
            ValueError: A record is damaged or gone.
        """
        for _ in self.named_pages():
            pass

    def document_tables(self) -> DocumentTables:
        """The tables, once the pages have been read for the HTML.

        Raises:
            ValueError: A record is damaged or gone; when the tables are gone through.
        """
        pages = tuple(page_to_facts(each.page, each.size) for each in self.pages)
        tables = (table for _, found in self._pages_with_tables() for table in found)
        return DocumentTables(name=self.name, document=self.facts, pages=pages, tables=tables)

    def markdown_pages(self) -> Iterator[MarkdownPage]:
        """The pages for the Markdown, once they have been read for the HTML.

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

    def _pages_with_tables(self) -> Iterator[tuple[PageRecord, list[DocumentTable]]]:
        names, decimal = TableNames(), self._evidence.decimal
        for record in self._read():
            page: PageFacts = page_to_facts(record.page, record.size)
            called = names.of_page(page.number, record.tables)
            yield (
                record,
                [
                    table_to_document_table(table, page, ident=name.ident, continues=name.continues, decimal=decimal)
                    for table, name in zip(record.tables, called, strict=True)
                ],
            )
