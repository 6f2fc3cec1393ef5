"""The interface of the readers, and the function that opens one."""

from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self

from pipeline.extraction.model import PageContent
from pipeline.extraction.readers.pdfium.reader import PdfiumReader
from pipeline.extraction.readers.pdfminer.reader import PdfminerReader
from pipeline.extraction.readers.source import Source, open_path

#: The existing readers.
ReaderKind = Literal["pdfium", "pdfminer"]


class Reader(Protocol):
    """An open document whose pages can be read one by one; a context manager closes it."""

    @property
    def page_count(self) -> int:
        """The number of pages, as this reader counts them."""

    def read(self, number: int, *, deadline: float | None = None) -> PageContent:
        """Read a page.

        Args:
            number: Number of the page, from 1.
            deadline: Seconds of ``time.thread_time()``; after it, what was read so far is returned with
                ``complete=False``.

        Raises:
            ExtractionError: There is no such page, or it cannot be read.
        """

    def close(self) -> None:
        """Close the file; may be called twice."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_reader(
    path: Path,
    kind: ReaderKind = "pdfium",
    *,
    password: str | None = None,
    source: Source = open_path,
) -> Reader:
    """Open a PDF for reading.

    Args:
        path: The file.
        kind: ``pdfium`` (fast, tolerant) or ``pdfminer`` (pure Python).
        password: Its password; None where it needs none.
        source: Gives what is read for the path, where that is not to be opened itself; called for each opening.

    Raises:
        ExtractionError: The file is no PDF, needs another password, or is too broken to be opened.
    """
    return (PdfiumReader if kind == "pdfium" else PdfminerReader)(path, password, source)
