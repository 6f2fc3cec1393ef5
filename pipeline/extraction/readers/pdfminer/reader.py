"""Reads pages with pdfminer.six, without its layout analysis."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser

from pipeline.extraction.deadline import expired
from pipeline.extraction.errors import DeadlineExceeded, ExtractionError
from pipeline.extraction.geometry import PageFrame, visible_area_to_frame
from pipeline.extraction.model import Char, PageContent, Title
from pipeline.extraction.readers.outline import nodes_to_entries, outline_to_titles
from pipeline.extraction.readers.page_tags import PageTags, structure_to_tags
from pipeline.extraction.readers.pdfminer.annotations import page_to_appearances, page_to_ticks
from pipeline.extraction.readers.pdfminer.damage import page_to_damage
from pipeline.extraction.readers.pdfminer.device import LeanDevice
from pipeline.extraction.readers.pdfminer.interpreter import LeanInterpreter
from pipeline.extraction.readers.pdfminer.links import PageLinks
from pipeline.extraction.readers.pdfminer.outline import OutlineItem
from pipeline.extraction.readers.pdfminer.structure import document_to_structure
from pipeline.extraction.readers.source import Source, open_path, to_file
from pipeline.extraction.readers.structure import Structure
from pipeline.extraction.readers.visible import visible_content

# For a broken file it would log a line per glyph, which takes longer than reading.
logging.getLogger("pdfminer").setLevel(logging.ERROR)


@contextmanager
def translated(what: str) -> Iterator[None]:
    """The only place where pdfminer.six's exceptions are converted to ours.

    It raises any exception that its code meets: 317 of 5,879 bad files gave 16 types, its own and
    Python's (AttributeError, IndexError, RecursionError, struct.error, ...), so Exception must be caught.

    Args:
        what: Subject of the sentence, for example ``Page 3``.

    Raises:
        ExtractionError: Instead of every Exception.
    """
    try:
        yield
    except ExtractionError:
        raise
    except Exception as error:
        raise ExtractionError(f"{what} cannot be read by pdfminer.six.") from error


@contextmanager
def _kept_secret(name: str, password: str | None) -> Iterator[None]:
    """Keep a password out of errors: if pdfminer.six cannot encode a character, the error contains that character."""
    try:
        yield
    except Exception as error:
        if password is None:
            raise
        kind = type(error).__name__
        raise ExtractionError(f"{name} cannot be opened by pdfminer.six with its password ({kind}).") from None


class PdfminerReader:
    """A document opened with pdfminer.six; see :class:`pipeline.extraction.readers.reader.Reader`."""

    def __init__(self, path: Path, password: str | None = None, source: Source = open_path) -> None:
        with translated(path.name):
            self._file = to_file(source(path))
        try:
            with translated(path.name), _kept_secret(path.name, password):
                self._document = PDFDocument(PDFParser(self._file), password or "")
        except ExtractionError:
            self._file.close()
            raise
        self._manager = PDFResourceManager()
        self._rest = PDFPage.create_pages(self._document)
        self._pages: list[PDFPage] = []
        self._tags: dict[object, PageTags] | None = None

    @property
    def page_count(self) -> int:
        """The number of pages that pdfminer.six finds; it can differ from pdfium's."""
        with translated("The document"):
            self._pages.extend(self._rest)
        return len(self._pages)

    def read(self, number: int, *, deadline: float | None = None) -> PageContent:
        """Read a page; see :meth:`pipeline.extraction.readers.reader.Reader.read`."""
        with translated(f"Page {number}"):
            page = self._number_to_page(number)
            frame = _page_to_frame(page)
            device = LeanDevice(self._manager)
            tags = self._page_to_tags(page, deadline)
            device.wanted = tags.numbers()
            try:
                LeanInterpreter(self._manager, device, deadline).render_contents(
                    page.resources, page.contents, ctm=frame.matrix
                )
                device.text.added = self._annotations_to_chars(page, frame, deadline)
            except DeadlineExceeded:
                device.text.complete = False
            device.marks.titles = (*self._titles.get(number, ()), *tags.to_titles(device.text.marked))
            device.marks.tagged = tags.to_tables(device.text.marked)
            return visible_content(
                number=number,
                reader="pdfminer",
                frame=frame,
                text=device.text,
                marks=device.marks,
                links=PageLinks(self._document, self._pages).page_to_links(page, frame),
            )

    @cached_property
    def _titles(self) -> dict[int, tuple[Title, ...]]:
        """Titles by page; none where the outline is broken."""
        with suppress(ExtractionError), translated("The outline"):
            links = PageLinks(self._document, self._pages[: self.page_count])
            return outline_to_titles(list(nodes_to_entries(OutlineItem.first(self._document, links.entry_to_page))))
        return {}

    def _page_to_tags(self, page: PDFPage, deadline: float | None) -> PageTags:
        """What the structure says of the page; nothing where it is broken, or has not been read at the deadline."""
        if self._tags is None:
            structure = Structure()
            with suppress(ExtractionError), translated("The structure"):
                structure = document_to_structure(self._document, deadline)
            if expired(deadline):
                return PageTags()
            self._tags = structure_to_tags(structure)
        return self._tags.get(page.pageid, PageTags())

    def _annotations_to_chars(self, page: PDFPage, frame: PageFrame, deadline: float | None) -> list[Char]:
        device = LeanDevice(self._manager)
        for stream, resources, matrix in page_to_appearances(page):
            interpreter = LeanInterpreter(self._manager, device, deadline)
            interpreter.render_contents(resources, [stream], ctm=matrix.then(frame.matrix))
        return [*device.text.shown, *page_to_ticks(page, frame.matrix)]

    def damage(self, number: int) -> str | None:
        """Why a page may show nothing although it has content, as a clause; None where it is really empty."""
        try:
            with translated(f"Page {number}"):
                return page_to_damage(self._number_to_page(number))
        except ExtractionError:
            return "its content cannot be decoded"

    def _number_to_page(self, number: int) -> PDFPage:
        while len(self._pages) < number:
            page = next(self._rest, None)
            if page is None:
                break
            self._pages.append(page)
        if not 1 <= number <= len(self._pages):
            raise ExtractionError(f"There is no page {number}: pdfminer.six finds {len(self._pages)}.")
        return self._pages[number - 1]

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _page_to_frame(page: PDFPage) -> PageFrame:
    """The box that is shown; where crop box and media box do not overlap, the media box, as in pdfium."""
    left, bottom, right, top = _sorted_box(page.mediabox)
    crop = _sorted_box(page.cropbox)
    inner = max(left, crop[0]), max(bottom, crop[1]), min(right, crop[2]), min(top, crop[3])
    if inner[0] < inner[2] and inner[1] < inner[3]:
        left, bottom, right, top = inner
    return visible_area_to_frame(left, bottom, right, top, page.rotate // 90)


def _sorted_box(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])
