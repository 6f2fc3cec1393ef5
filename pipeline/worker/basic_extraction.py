"""Basic extraction of one page, trying several readers in order; used where there is no page from the model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from pipeline.errors import RenderError
from pipeline.extraction import ExtractionError, PageContent, PageExtraction, content_to_extraction, deadline_after
from pipeline.extraction.memory import uncollected
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.extraction.readers.ocr.legible import (
    content_to_unread_pictures,
    is_confirmed,
    is_whole_page,
    text_fault,
)
from pipeline.extraction.readers.ocr.merging import LEAST_WORDS, contents_to_content
from pipeline.log.log import logger
from pipeline.markup.sanitise import TooMuchMarkup, sanitise
from pipeline.markup.table import blocks_to_tables
from pipeline.page_result import Content, Method
from pipeline.pictures.render import PDFIUM, ImageSize
from pipeline.vision.alignment.settling import EnginePage
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.page_pictures import page_to_figure
from pipeline.worker.recognised_page import RecognisedPage
from pipeline.worker.recognition import NO_RECOGNITION, NeedsRecognition, PageRecognition
from pipeline.worker.table_boxes import with_drawn_boxes
from pipeline.worker.tasks import READER_LIMITS_S, ReaderName

#: A page without text is blank if its picture has less ink than this; a little ink is dust on a scanner, for example.
BLANK_INK = 0.0005
_LOOK = ImageSize(longest_side_px=640)
#: For how many seconds of processor time tables are looked for in recognised text.
_TABLES_S = 10.0


def is_blank(pdf: OpenPdf, number: int) -> bool:
    """Whether a page shows nothing.

    Raises:
        RenderError: pdfium cannot load or draw this page.
    """
    return pdf.render(number, _LOOK).ink < BLANK_INK


def read_page(
    pdf: OpenPdf,
    number: int,
    readers: Sequence[ReaderName],
    announce: Callable[[ReaderName, bool], None],
    recognition: PageRecognition = NO_RECOGNITION,
) -> Content:
    """Read a page: text and tables, a blank page, or nothing, with the reasons as warnings.

    Args:
        pdf: An open file.
        number: Number of the page, from 1.
        readers: Readers to try, in this order; the first that succeeds is used.
        announce: Called before each reader begins: its name, and whether one before it gave a part of the page.
        recognition: What is known about the text in the page's picture.

    Raises:
        NeedsRecognition: The page's picture, or a part of it, must be read first.
    """
    own = _read_own(pdf, number, readers, announce)
    if own.best is not None and own.fault is None and _says_something(own.best):
        return _with_pictures(pdf, number, own.content, own.best, recognition)
    # A page without text, or whose own text cannot be used, is blank or a picture.
    blank = _blank_content(pdf, number, own.failures) if own.says_blank else None
    if blank is not None:
        return blank
    if recognition.possible:
        raise NeedsRecognition
    if recognition.page is not None:
        if own.best is not None and own.is_confirmed_by(recognition.page):
            return _extraction_to_content(own.best)
        read = _recognised_to_content(recognition.page)
        if read is not None:
            return read
    problems = (*own.failures, *recognition.problems, *_recognition_to_problem(recognition.page))
    problems += (own.fault,) if own.fault else ()
    return _unread(pdf, number, own.best, problems)


def _unread(pdf: OpenPdf, number: int, own: PageExtraction | None, problems: Sequence[str]) -> Content:
    """The page's picture, since its text cannot be had; what there is of its own text stands before it."""
    found = Content(method=Method.NONE, warnings=own.warnings if own else ())
    if own is not None and _says_something(own):
        found = replace(_extraction_to_content(own), method=Method.NONE, reader=None)
    html = found.html + page_to_figure(pdf.file, number)
    return replace(found, html=html, warnings=(*problems, *found.warnings))


@dataclass(slots=True)
class _OwnText:
    """The result of the readers for a page's own text.

    Attributes:
        content: The content from which ``best`` was made.
        fault: Why it cannot be used.
    """

    best: PageExtraction | None = None
    content: PageContent | None = None
    fault: str | None = None
    failures: list[str] = field(default_factory=list)

    @property
    def says_blank(self) -> bool:
        """Whether a reader has read the page and there is no glyph on it: only then may the page be blank."""
        return self.best is not None and self.best.complete and not self.best.text.strip()

    def is_confirmed_by(self, page: RecognisedPage) -> bool:
        """Whether its text is what text recognition has seen, although it cannot be used by itself."""
        return self.content is not None and is_confirmed(self.content, page.content.words)


def _read_own(
    pdf: OpenPdf, number: int, readers: Sequence[ReaderName], announce: Callable[[ReaderName, bool], None]
) -> _OwnText:
    own = _OwnText()
    for kind in readers:
        announce(kind, own.best is not None and bool(own.best.text.strip()))
        try:
            content, found = _extract(pdf, number, kind)
        except ExtractionError as error:
            own.failures.append(f"{kind}: {error}")
            continue
        except Exception:  # noqa: BLE001 — unattended: after any fault of one reader the next one is tried
            logger().exception("reader_failed", reader=kind)
            own.failures.append(f"{kind}: a fault of the program, which is in its log")
            continue
        if own.best is None or len(found.text) > len(own.best.text):
            own.best, own.content, own.fault = found, content, text_fault(content)
        if found.complete and found.words and own.fault is None:
            break
    return own


def read_for_comparison(pdf: OpenPdf, number: int) -> EnginePage | None:
    """A page by the fastest reader, to compare a model's tables with; None where it gives none.

    Args:
        pdf: An open file.
        number: Number of the page, from 1.
    """
    try:
        own, found = _extract(pdf, number, "pdfium")
        content = _extraction_to_content(found)
    except Exception:  # noqa: BLE001 — unattended: without a second reading the model's page is used
        logger().exception("no_second_reading")
        return None
    if text_fault(own) is not None or not found.complete:
        return None
    return EnginePage(blocks=sanitise(content.html).blocks, method=content.method) if content.html else None


def _says_something(found: PageExtraction) -> bool:
    """Whether any of its letters can be read: glyphs without known characters are no text."""
    return any(letter != UNMAPPED and not letter.isspace() for letter in found.text)


def _extract(pdf: OpenPdf, number: int, kind: ReaderName) -> tuple[PageContent, PageExtraction]:
    # The lock is held throughout: another thread may be drawing the next page, and pdfium is not thread-safe.
    with PDFIUM, uncollected():
        reader = pdf.reader(kind)
        if reader.page_count != pdf.page_count:
            raise ExtractionError(f"sees {reader.page_count} pages where pdfium sees {pdf.page_count}")
        deadline = deadline_after(READER_LIMITS_S[kind])
        content = reader.read(number, deadline=deadline)
        return content, content_to_extraction(content, deadline=deadline)


def _with_pictures(
    pdf: OpenPdf, number: int, content: PageContent | None, found: PageExtraction, recognition: PageRecognition
) -> Content:
    """The page's own text, together with the text of pictures on it.

    Raises:
        NeedsRecognition: These pictures must be read first.
    """
    assert content is not None  # noqa: S101 — it was found before
    pictures = content_to_unread_pictures(content)
    if recognition.possible and pictures:
        raise NeedsRecognition(pictures)
    if recognition.page is None:
        if any(is_whole_page(picture, content) for picture in pictures):
            # A scan with a stamp.
            return _unread(pdf, number, found, recognition.problems)
        return _extraction_to_content(found)
    merged = contents_to_content(content, recognition.page.content, pictures)
    if merged is content:
        if any(is_whole_page(picture, content) for picture in pictures) and _is_handwriting(recognition.page):
            return _unread(pdf, number, found, _recognition_to_problem(recognition.page))
        return _extraction_to_content(found)
    with uncollected():
        whole = content_to_extraction(merged, deadline=deadline_after(_TABLES_S))
    return replace(_extraction_to_content(whole), ocr=recognition.page.facts)


def _is_handwriting(page: RecognisedPage) -> bool:
    """Whether there is much that looks like words, and none of it makes sense; a photograph has little."""
    return not page.makes_sense and len(page.content.words) >= LEAST_WORDS


def _recognition_to_problem(page: RecognisedPage | None) -> tuple[str, ...]:
    """Why recognised text cannot be used, as a sentence."""
    if page is None:
        return ()
    if not page.content.words:
        return ("Text recognition found no text in the page's picture.",)
    sure = f"{page.confidence:.0%}"
    return (f"Text recognition made no sense of it ({sure} sure): handwriting, a drawing, an unknown script?",)


def _recognised_to_content(page: RecognisedPage) -> Content | None:
    """The page from its recognised text; None where that makes no sense."""
    if not page.makes_sense:
        return None
    with uncollected():
        found = content_to_extraction(page.content, deadline=deadline_after(_TABLES_S))
    if not _says_something(found):
        return None
    size = (found.size[1], found.size[0]) if page.stance.turn in {90, 270} else found.size
    found = replace(found, turned=page.stance.turn, size=size)
    return replace(_extraction_to_content(found), method=Method.OCR, ocr=page.facts)


def _extraction_to_content(found: PageExtraction) -> Content:
    try:
        clean = sanitise(found.html)
        html, tables = clean.html, with_drawn_boxes(blocks_to_tables(clean.blocks), found)
    except TooMuchMarkup:
        html, tables = f"<pre>{escape(found.text)}</pre>", ()
    return Content(
        method=Method.TEXT_LAYER,
        html=html,
        reader=found.reader,
        tables=tables,
        warnings=found.warnings,
        size=found.size,
    )


def _blank_content(pdf: OpenPdf, number: int, failures: Sequence[str]) -> Content | None:
    """The result for a page without text that shows nothing; None where it shows something."""
    try:
        if not is_blank(pdf, number):
            return None
    except RenderError as error:
        return Content(method=Method.NONE, warnings=(*failures, str(error)))
    damage = pdf.damage(number)
    return Content(method=Method.NONE, warnings=(damage,)) if damage else Content(method=Method.BLANK)
