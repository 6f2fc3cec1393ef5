"""The tables of one document, of which spreadsheets are made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.document import DocumentFacts
from pipeline.outputs.tables_file import DocumentTable, PageFacts


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
