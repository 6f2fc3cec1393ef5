"""The interface of the readers, and the way to get one."""

from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from pipeline.extraction.model import PageContent
from pipeline.extraction.readers.pdfium.reader import PdfiumReader
from pipeline.extraction.readers.pdfminer.reader import PdfminerReader

#: The readers that there are.
ReaderKind = Literal["pdfium", "pdfminer"]


class Reader(Protocol):
    """An open document whose pages can be read one by one; a context manager that closes it."""

    @property
    def page_count(self) -> int:
        """How many pages the document has, by this reader's judgement."""

    def read(self, number: int, *, deadline: float | None = None) -> PageContent:
        """What stands on a page.

        Args:
            number: Of the page, from 1.
            deadline: Seconds of ``time.monotonic()``; when it passes, what was read so far comes back with
                ``complete=False``.

        Raises:
            ExtractionError: There is no such page, or it cannot be read.
        """

    def close(self) -> None:
        """Give the file back; harmless when done twice."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_reader(path: Path, kind: ReaderKind = "pdfium", *, password: str | None = None) -> Reader:
    """Open a PDF for reading.

    Args:
        path: Of the file.
        kind: ``pdfium`` (fast, forgiving) or ``pdfminer`` (pure Python).
        password: Of the file; None where it needs none.

    Raises:
        ExtractionError: The file is no PDF, asks for another password, or is too broken to be opened.
    """
    return PdfiumReader(path, password) if kind == "pdfium" else PdfminerReader(path, password)
