"""The tables of one document, either from its file or from pages that are being published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.document import DocumentFacts
from pipeline.outputs.tables_file import DocumentTable, PageFacts, TablesFile


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTables:
    """A document's tables, from which spreadsheets are made.

    Attributes:
        name: Of the results, without file name extension.
        pages: In order.
        tables: In order; can be iterated once.
    """

    name: str
    document: DocumentFacts
    pages: Sequence[PageFacts]
    tables: Iterable[DocumentTable]


def file_to_document_tables(name: str, file: TablesFile) -> DocumentTables:
    """The tables of a file that was read.

    Args:
        name: Of the results, without file name extension.
        file: The tables file of these results.
    """
    return DocumentTables(name=name, document=file.document, pages=file.pages, tables=file.tables)
