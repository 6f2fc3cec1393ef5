"""Basic extraction of one page by several readers, one after the other; used where the model gave no page."""

import time
from collections.abc import Callable, Sequence
from html import escape

from pipeline.document import Content, Method
from pipeline.errors import RenderError
from pipeline.extraction import ExtractionError, PageExtraction, extract_page
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.log.log import logger
from pipeline.markup.sanitise import TooMuchMarkup, sanitise
from pipeline.markup.table import blocks_to_tables
from pipeline.pictures.render import PDFIUM, ImageSize
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.table_boxes import with_drawn_boxes
from pipeline.worker.tasks import READER_LIMITS_S, ReaderName

#: A page without text is blank where its picture has less ink than this: dust on a scanner, for example.
BLANK_INK = 0.0005
_LOOK = ImageSize(longest_side_px=640)


def is_blank(pdf: OpenPdf, number: int) -> bool:
    """Whether a page shows nothing.

    Raises:
        RenderError: pdfium cannot load or draw this page.
    """
    return pdf.render(number, _LOOK).ink < BLANK_INK


def read_page(
    pdf: OpenPdf, number: int, readers: Sequence[ReaderName], announce: Callable[[ReaderName], None]
) -> Content:
    """Read a page: text and tables, a blank page, or nothing, with the reasons as warnings.

    Args:
        pdf: An open file.
        number: Of the page, from 1.
        readers: To be tried in this order; the first that succeeds is used.
        announce: Called with the name of each reader before it begins.
    """
    failures: list[str] = []
    best: PageExtraction | None = None
    for kind in readers:
        announce(kind)
        try:
            found = _extract(pdf, number, kind)
        except ExtractionError as error:
            failures.append(f"{kind}: {error}")
            continue
        except Exception as error:  # noqa: BLE001 — unattended: after any fault of one reader the next one is tried
            logger().exception("reader_failed", reader=kind)
            failures.append(f"{kind}: {type(error).__name__}: {error}")
            continue
        if best is None or len(found.text) > len(best.text):
            best = found
        if found.complete and found.words:
            break
    if best is not None and _says_something(best):
        return _extraction_to_content(best)
    return _without_text(pdf, number, (*failures, *(best.warnings if best else ())))


def _says_something(found: PageExtraction) -> bool:
    """Whether any letter of it can be read: glyphs that their font gives no character are no text."""
    return any(letter != UNMAPPED and not letter.isspace() for letter in found.text)


def _extract(pdf: OpenPdf, number: int, kind: ReaderName) -> PageExtraction:
    # The lock is held all the time: another thread may be drawing the next page, and pdfium is not thread-safe.
    with PDFIUM:
        reader = pdf.reader(kind)
        if reader.page_count != pdf.page_count:
            raise ExtractionError(f"sees {reader.page_count} pages where pdfium sees {pdf.page_count}")
        return extract_page(reader, number, deadline=time.monotonic() + READER_LIMITS_S[kind])


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


def _without_text(pdf: OpenPdf, number: int, failures: tuple[str, ...]) -> Content:
    """A page on which no reader found a word: it is blank, or a picture."""
    try:
        if is_blank(pdf, number):
            damage = pdf.damage(number)
            return Content(method=Method.NONE, warnings=(damage,)) if damage else Content(method=Method.BLANK)
    except RenderError as error:
        return Content(method=Method.NONE, warnings=(*failures, str(error)))
    return Content(method=Method.NONE, warnings=failures)
