"""Reads pages with pdfium, through the raw interface of pypdfium2."""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Self

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction.errors import ExtractionError
from pipeline.extraction.geometry import PageFrame, visible_area_to_frame
from pipeline.extraction.model import PageContent, Title
from pipeline.extraction.readers.outline import nodes_to_entries, outline_to_titles
from pipeline.extraction.readers.pdfium.annotations import annotations_to_text, has_texts, page_to_ticks
from pipeline.extraction.readers.pdfium.drawn_parts import DrawnPart, page_to_drawn_parts
from pipeline.extraction.readers.pdfium.links import page_to_links
from pipeline.extraction.readers.pdfium.objects import page_to_clips, page_to_marks
from pipeline.extraction.readers.pdfium.outline import Bookmark
from pipeline.extraction.readers.pdfium.structure import page_to_tags
from pipeline.extraction.readers.pdfium.text import TextObjects, page_to_chars
from pipeline.extraction.readers.source import Source, open_path
from pipeline.extraction.readers.visible import PageGlyphs, PageMarks, visible_content
from pipeline.extraction.text.words import GAP

#: The meaning of pdfium's error codes.
_REASONS = {
    pdfium_c.FPDF_ERR_FORMAT: "it is no PDF, or too broken to be opened",
    pdfium_c.FPDF_ERR_PASSWORD: "it asks for a password",
    pdfium_c.FPDF_ERR_SECURITY: "it is protected in a way that is not supported",
}
#: Spacing accents, which TeX draws over letters.
_ACCENTS = frozenset("\u00b4\u00a8\u0060\u005e\u02c6\u02dc\u00b8\u02c7\u02d8\u02d9\u02da\u02dd\u00af")
_NOT_SHOWN = "The page has no readable size."


class PdfiumReader:
    """A document opened with pdfium; see :class:`pipeline.extraction.readers.reader.Reader`."""

    def __init__(self, path: Path, password: str | None = None, source: Source = open_path) -> None:
        self._reopen = partial(_open, path, password, source)
        try:
            self._document = self._reopen()
        except pdfium.PdfiumError as error:
            reason = _REASONS.get(error.err_code, "it is too broken to be opened")
            raise ExtractionError(f"{path.name} cannot be read: {reason}.") from error
        except OSError as error:
            raise ExtractionError(f"{path.name} cannot be opened: {error.strerror or error}.") from error

    @property
    def page_count(self) -> int:
        """The number of pages."""
        return len(self._document)

    @cached_property
    def _titles(self) -> dict[int, tuple[Title, ...]]:
        return outline_to_titles(list(nodes_to_entries(Bookmark.first(self._document.raw))))

    def read(self, number: int, *, deadline: float | None = None) -> PageContent:
        """Read a page; see :meth:`pipeline.extraction.readers.reader.Reader.read`."""
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
        tags, owners = page_to_tags(page)
        text = page_to_chars(page, frame, deadline, TextObjects(clips=marks.clips, owners=owners))
        marks.titles = (*self._titles.get(number, ()), *tags.to_titles(text.marked))
        marks.tagged = tags.to_tables(text.marked)
        return visible_content(
            number=number,
            reader="pdfium",
            frame=frame,
            text=_with_annotations(text, page, self._reopen, number, frame, deadline),
            marks=marks,
            links=page_to_links(self._document.raw, page.raw, frame),
        )

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._document.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _open(path: Path, password: str | None, source: Source) -> pdfium.PdfDocument:
    return pdfium.PdfDocument(source(path), password=password, autoclose=True)


def page_to_pieces(
    page: pdfium.PdfPage, reopen: Callable[[], pdfium.PdfDocument], number: int, *, deadline: float | None = None
) -> PageContent:
    """The text of a loaded page, with only words and their places, in a third of the time of a full read.

    Rulings, fills, pictures and links are not read, and glyphs close together become one character.

    Args:
        page: Of an open document.
        reopen: Opens the same document again, where the page has annotations with text.
        number: Number of the page, from 1.
        deadline: Seconds of ``time.thread_time()``; after it, what was read so far is returned.

    Raises:
        ExtractionError: The page cannot be read.
    """
    try:
        frame = _page_to_frame(page)
        clips = page_to_clips(page.raw, frame)
        text = page_to_chars(page, frame, deadline, TextObjects(clips=clips), pieces=GAP)
        if not _ACCENTS.isdisjoint(char.text for char in text.shown):
            # Accents drawn as separate glyphs are within the pieces that they belong to.
            text = page_to_chars(page, frame, deadline, TextObjects(clips=clips))
    except pdfium.PdfiumError as error:
        raise ExtractionError(f"Page {number} cannot be read: its text is too broken.") from error
    text = _with_annotations(text, page, reopen, number, frame, deadline)
    return visible_content(
        number=number, reader="pdfium", frame=frame, text=text, marks=PageMarks(complete=True), links=()
    )


def page_to_parts(page: pdfium.PdfPage, most: int) -> list[DrawnPart]:
    """The pictures, lines and shapes of a loaded page, as the page is shown.

    Args:
        page: Of an open document.
        most: The most pictures that are told; of more paths than ten times as many, only some are.

    Raises:
        ExtractionError: The page shows nothing.
    """
    return page_to_drawn_parts(page.raw, _page_to_frame(page), most)


def _with_annotations(
    text: PageGlyphs,
    page: pdfium.PdfPage,
    reopen: Callable[[], pdfium.PdfDocument],
    number: int,
    frame: PageFrame,
    deadline: float | None,
) -> PageGlyphs:
    """The text of a page, and the text of its annotations."""
    if has_texts(page.raw):
        added = annotations_to_text(reopen, number, frame, deadline)
        text.added, text.complete = added.shown, text.complete and added.complete
    text.added += page_to_ticks(page.raw, frame.matrix)
    return text


def _page_to_frame(page: pdfium.PdfPage) -> PageFrame:
    area = pdfium_c.FS_RECTF()
    if not pdfium_c.FPDF_GetPageBoundingBox(page.raw, area):
        raise ExtractionError(_NOT_SHOWN)
    turns = pdfium_c.FPDFPage_GetRotation(page.raw)
    return visible_area_to_frame(area.left, area.bottom, area.right, area.top, turns)
