"""The tables of one document, from wherever they come: the file, or the pages that are being published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.document import DocumentFacts
from pipeline.outputs.tables_file import DocumentTable, PageFacts, TablesFile


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTables:
    """What spreadsheets are made of.

    Attributes:
        name: Of the results, without ending.
        pages: In order.
        tables: In order; can be gone through once.
    """

    name: str
    document: DocumentFacts
    pages: Sequence[PageFacts]
    tables: Iterable[DocumentTable]


def file_to_document_tables(name: str, file: TablesFile) -> DocumentTables:
    """The tables of a file that has been read.

    Args:
        name: Of the results, without ending.
        file: Beside them.
    """
    return DocumentTables(name=name, document=file.document, pages=file.pages, tables=file.tables)
