"""Basic extraction: text and tables of a PDF page without a model.

    from pipeline.extraction import extract_page, open_reader

    with open_reader(Path("report.pdf")) as reader:
        page = extract_page(reader, 1)
    print(page.html, page.tables)

Modules of this package import each other by their full names and never this one, so the names below cost no cycle.
"""

from pipeline.extraction.deadline import deadline_after
from pipeline.extraction.errors import ExtractionError
from pipeline.extraction.model import (
    BBox,
    Cell,
    Char,
    Fill,
    Line,
    Link,
    PageContent,
    Ruling,
    Table,
    Word,
)
from pipeline.extraction.page import PageExtraction, content_to_extraction, extract_page
from pipeline.extraction.readers.pdfminer.reader import PdfminerReader
from pipeline.extraction.readers.reader import Reader, ReaderKind, open_reader

__all__ = [
    "BBox",
    "Cell",
    "Char",
    "ExtractionError",
    "Fill",
    "Line",
    "Link",
    "PageContent",
    "PageExtraction",
    "PdfminerReader",
    "Reader",
    "ReaderKind",
    "Ruling",
    "Table",
    "Word",
    "content_to_extraction",
    "deadline_after",
    "extract_page",
    "open_reader",
]
