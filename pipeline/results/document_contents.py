"""The pages of one document as its results need them: read from their records one by one, never all in memory."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pipeline.document import Document, PageResult, document_to_facts
from pipeline.outputs.figures import Evidence
from pipeline.outputs.tables_file import DocumentTable, page_to_facts, table_to_document_table, tables_to_pieces
from pipeline.results.journal import Journal
from pipeline.results.page_record import PageRecord, read_record
from pipeline.results.table_ids import TableNames, with_names


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What is kept in memory of a page.

    Attributes:
        tables: How many it has.
    """

    page: PageResult
    size: tuple[float, float] | None
    tables: int


class DocumentContents:
    """The finished pages of a document.

    Attributes:
        pages: Those that have been read for the HTML, in order.
    """

    def __init__(self, document: Document, numbers: Sequence[int], journal: Journal) -> None:
        """Read nothing yet.

        Args:
            document: In work.
            numbers: Of the pages that were wanted, in order.
            journal: That has their records.
        """
        self.pages: list[ReadPage] = []
        self._document = document
        self._numbers = numbers
        self._journal = journal
        self._evidence = Evidence()

    def named_pages(self) -> Iterator[tuple[PageResult, str]]:
        """The pages with their HTML, in which each table has its name; noted on the way.

        Raises:
            ValueError: A record is damaged or gone.
        """
        self.pages.clear()
        self._evidence = Evidence()
        names = TableNames()
        for record in map(self._read, self._numbers):
            given = names.of_page(record.page.number, record.tables)
            page = replace(record.page, continues=given[0].continues if given else None)
            self.pages.append(ReadPage(page=page, size=record.size, tables=len(record.tables)))
            for table in record.tables:
                self._evidence.add(table)
            yield page, with_names(record.html, given)

    def tables(self, page_count: int) -> Iterator[bytes]:
        """The pieces of ``NAME.tables.json``, once the pages have been read.

        Args:
            page_count: Of the PDF.

        Raises:
            ValueError: A record is damaged or gone.
        """
        facts = (page_to_facts(each.page, each.size) for each in self.pages)
        return tables_to_pieces(document_to_facts(self._document, page_count), facts, self._document_tables())

    def _document_tables(self) -> Iterator[DocumentTable]:
        names, decimal = TableNames(), self._evidence.decimal
        for each in self.pages:
            tables = self._read(each.page.number).tables if each.tables else ()
            page = page_to_facts(each.page, each.size)
            for table, name in zip(tables, names.of_page(page.number, tables), strict=True):
                yield table_to_document_table(table, page, ident=name.ident, continues=name.continues, decimal=decimal)

    def _read(self, number: int) -> PageRecord:
        with suppress(FileNotFoundError):
            record = read_record(self._journal.page_file(self._document, number))
            if record is not None and record.page.number == number:
                return record
        message = f"the record of page {number} is damaged or gone"
        raise ValueError(message)
