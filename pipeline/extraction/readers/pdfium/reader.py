"""Reading pages with pdfium, through the raw interface of pypdfium2."""

from pathlib import Path
from types import TracebackType
from typing import Self

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction.errors import ExtractionError
from pipeline.extraction.geometry import PageFrame, visible_area_to_frame
from pipeline.extraction.model import PageContent
from pipeline.extraction.readers.pdfium.annotations import annotations_to_text, has_texts, page_to_ticks
from pipeline.extraction.readers.pdfium.links import page_to_links
from pipeline.extraction.readers.pdfium.objects import page_to_marks
from pipeline.extraction.readers.pdfium.text import page_to_chars
from pipeline.extraction.readers.visible import visible_content

#: What pdfium's error codes mean.
_REASONS = {
    pdfium_c.FPDF_ERR_FORMAT: "it is no PDF, or too broken to be opened",
    pdfium_c.FPDF_ERR_PASSWORD: "it asks for a password",
    pdfium_c.FPDF_ERR_SECURITY: "it is protected in a way that is not supported",
}
_NOT_SHOWN = "The page has no readable size."


class PdfiumReader:
    """A document opened with pdfium; see :class:`pipeline.extraction.readers.reader.Reader`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError as error:
            reason = _REASONS.get(error.err_code, "it is too broken to be opened")
            raise ExtractionError(f"{path.name} cannot be read: {reason}.") from error
        except OSError as error:
            raise ExtractionError(f"{path.name} cannot be opened: {error.strerror or error}.") from error

    @property
    def page_count(self) -> int:
        """How many pages the document has."""
        return len(self._document)

    def read(self, number: int, *, deadline: float | None = None) -> PageContent:
        """What stands on a page; see :meth:`pipeline.extraction.readers.reader.Reader.read`."""
        if not 1 <= number <= self.page_count:
            raise ExtractionError(f"There is no page {number}: the document has {self.page_count}.")
        try:
            page = self._document[number - 1]
        except pdfium.PdfiumError as error:
            raise ExtractionError(f"Page {number} cannot be loaded: it is too broken.") from error
        try:
            return self._page_to_content(page, number, deadline)
        except pdfium.PdfiumError as error:
            raise ExtractionError(f"Page {number} cannot be read: its text is too broken.") from error
        finally:
            page.close()

    def _page_to_content(self, page: pdfium.PdfPage, number: int, deadline: float | None) -> PageContent:
        frame = _page_to_frame(page)
        marks = page_to_marks(page.raw, frame, deadline)
        text = page_to_chars(page, frame, deadline)
        if has_texts(page.raw):
            added = annotations_to_text(self._path, number, frame, deadline)
            text.added, text.complete = added.shown, text.complete and added.complete
        text.added += page_to_ticks(page.raw, frame.matrix)
        return visible_content(
            number=number,
            reader="pdfium",
            frame=frame,
            text=text,
            marks=marks,
            links=page_to_links(self._document.raw, page.raw, frame),
        )

    def close(self) -> None:
        """Give the file back; harmless when done twice."""
        self._document.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _page_to_frame(page: pdfium.PdfPage) -> PageFrame:
    area = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDF_GetPageBoundingBox(page.raw, area):
        raise ExtractionError(_NOT_SHOWN)
    turns = pdfium_c.FPDFPage_GetRotation(page.raw)
    return visible_area_to_frame(area.left, area.bottom, area.right, area.top, turns)
