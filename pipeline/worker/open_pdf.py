"""The PDF that a worker has open: the last one used, with its readers and the pages drawn ahead."""

from collections import OrderedDict
from itertools import islice
from pathlib import Path

from pipeline.document import LONGEST_TITLE, MOST_ENTRIES, OutlineEntry
from pipeline.errors import RenderError
from pipeline.extraction import (
    ExtractionError,
    PageContent,
    PdfminerReader,
    Reader,
    ReaderKind,
    deadline_after,
    open_reader,
)
from pipeline.extraction.readers.outline import nodes_to_entries, outline_to_titles
from pipeline.extraction.readers.pdfium.outline import Bookmark
from pipeline.extraction.readers.pdfium.reader import page_to_pieces
from pipeline.host.files import pdf_input
from pipeline.log.log import logger
from pipeline.pictures.render import PDFIUM, ImageSize, PageImage, PdfFile
from pipeline.printable import printable
from pipeline.worker.text_layer import TextLayer

# The libraries keep fonts and parsed objects of every page in memory. On real pages a worker holds 16 MiB of its own
# with ten, 21 with 25, and its CPU is the same: to open a file again takes about a millisecond.
_PAGES_BEFORE_REOPENING = 12

# One page in work and one ahead.
_PAGES_AT_HAND = 2

# Seconds of processor time. pdfium mostly gives the text within milliseconds; where it does not, the request to the
# model must not wait long.
_LAYER_S = 5.0


class OpenPdf:
    """One open file; each path has its own object."""

    def __init__(self, path: Path, passwords: tuple[str, ...] = ()) -> None:
        """Open the file; passwords are tried in order where it needs one.

        Raises:
            DocumentError: It cannot be opened as a PDF.
        """
        self.path = path
        self._file = PdfFile(path, passwords)
        self._readers: dict[str, Reader] = {}
        self._drawn: OrderedDict[tuple[int, ImageSize, int, float], PageImage] = OrderedDict()
        self._layers: OrderedDict[int, TextLayer] = OrderedDict()
        self._uses = 0

    @property
    def page_count(self) -> int:
        """The number of pages as pdfium counts them, which is the number that counts."""
        return self._file.page_count

    @property
    def worn(self) -> bool:
        """Whether it is time to open the file again."""
        return self._uses >= _PAGES_BEFORE_REOPENING

    @property
    def outlasts_a_page(self) -> bool:
        """Whether a page that is drawn now is still at hand when it is asked for, and not drawn in vain."""
        return self._uses + 1 < _PAGES_BEFORE_REOPENING

    @property
    def file(self) -> PdfFile:
        """The file as pdfium has it."""
        return self._file

    def render(self, number: int, size: ImageSize, *, turn: int = 0, skew: float = 0.0) -> PageImage:
        """A page's picture, drawn now or ahead of time; ``turn`` and ``skew`` in degrees, clockwise.

        Raises:
            RenderError: pdfium cannot load or draw this page.
        """
        with PDFIUM:
            image = self._drawn.get((number, size, turn, skew))
            if image is None:
                self._uses += 1
                image = self._drawn[number, size, turn, skew] = self._file.render(number, size, turn=turn, skew=skew)
                while len(self._drawn) > _PAGES_AT_HAND:
                    self._drawn.popitem(last=False)
            return image

    def layer(self, number: int) -> TextLayer:
        """A page's own text by pdfium, read now or ahead of time; empty where it cannot be read."""
        with PDFIUM:
            if number not in self._layers:
                self._layers[number] = TextLayer(self._read_layer(number))
                while len(self._layers) > _PAGES_AT_HAND:
                    self._layers.popitem(last=False)
            return self._layers[number]

    def _read_layer(self, number: int) -> PageContent | None:
        try:
            page = self._file.page(number)
            return page_to_pieces(page, self._file.reopen, number, deadline=deadline_after(_LAYER_S))
        except (ExtractionError, RenderError):
            return None

    def outline(self) -> tuple[OutlineEntry, ...]:
        """The file's own contents; nothing where they cannot be read, since a document is read without them, too."""
        try:
            with PDFIUM:
                entries = list(islice(nodes_to_entries(Bookmark.first(self._file.handle)), MOST_ENTRIES))
            titles = outline_to_titles(entries)
        except Exception:  # noqa: BLE001 — unattended: an outline is as hostile as the rest of a file
            logger().exception("fault_in_outline")
            return ()
        return tuple(
            OutlineEntry(text=text[:LONGEST_TITLE], level=title.level, page=page)
            for page, found in sorted(titles.items())
            if page <= self.page_count
            for title in found
            if (text := printable(title.text).strip())
        )

    def reader(self, kind: ReaderKind) -> Reader:
        """A reader of the same file.

        Raises:
            ExtractionError: This reader cannot open the file.
        """
        self._uses += 1
        if kind not in self._readers:
            self._readers[kind] = open_reader(self.path, kind, password=self._file.password, source=pdf_input)
        return self._readers[kind]

    def damage(self, number: int) -> str | None:
        """Why a page that shows nothing may be damaged rather than blank, as a sentence; None where it looks sound."""
        try:
            reader = self.reader("pdfminer")
        except ExtractionError:
            return None
        if not isinstance(reader, PdfminerReader) or reader.page_count != self.page_count:
            return None
        clause = reader.damage(number)
        return clause and f"Page {number} shows nothing, but {clause}."

    def close(self) -> None:
        """Close the file and free all that was kept of it."""
        with PDFIUM:
            for reader in self._readers.values():
                reader.close()
            self._file.close()
            self._drawn.clear()
