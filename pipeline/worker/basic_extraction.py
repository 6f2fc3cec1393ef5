"""Basic extraction of one page by a chain of readers; what the model did not give comes from here."""

import time
from collections.abc import Callable, Sequence
from html import escape

from pipeline.document import Content, Method
from pipeline.errors import RenderError
from pipeline.extraction import ExtractionError, PageExtraction, extract_page
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.log.log import logger
from pipeline.markup.sanitise import TooMuchMarkup, sanitise
from pipeline.pictures.render import PDFIUM, ImageSize
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.tasks import READER_LIMITS_S, ReaderName

#: A page without text whose picture has less ink than this is blank: a speck, a scanner's dust.
BLANK_INK = 0.0005
_LOOK = ImageSize(longest_side_px=640)


def is_blank(pdf: OpenPdf, number: int) -> bool:
    """Whether there is nothing to be seen on a page.

    Raises:
        RenderError: pdfium cannot load or draw this page.
    """
    return pdf.render(number, _LOOK).ink < BLANK_INK


def read_page(
    pdf: OpenPdf, number: int, readers: Sequence[ReaderName], announce: Callable[[ReaderName], None]
) -> Content:
    """What basic extraction makes of a page: text and tables, a blank page, or nothing, with the reasons as warnings.

    Args:
        pdf: An open file.
        number: Of the page, from 1.
        readers: To be tried, first come first served.
        announce: Told the name of each reader before it begins.
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
        except Exception as error:  # noqa: BLE001 — unattended: what trips one reader over is a case for the next one
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
    """Whether a letter of it can be read: glyphs whose font says nothing are no text."""
    return any(letter != UNMAPPED and not letter.isspace() for letter in found.text)


def _extract(pdf: OpenPdf, number: int, kind: ReaderName) -> PageExtraction:
    # The lock is held for all of it: another thread may be drawing the next page, and pdfium knows no threads.
    with PDFIUM:
        reader = pdf.reader(kind)
        if reader.page_count != pdf.page_count:
            raise ExtractionError(f"sees {reader.page_count} pages where pdfium sees {pdf.page_count}")
        return extract_page(reader, number, deadline=time.monotonic() + READER_LIMITS_S[kind])


def _extraction_to_content(found: PageExtraction) -> Content:
    try:
        html = sanitise(found.html).html
    except TooMuchMarkup:
        html = f"<pre>{escape(found.text)}</pre>"
    return Content(
        method=Method.TEXT_LAYER,
        html=html,
        reader=found.reader,
        tables=len(found.tables),
        warnings=found.warnings,
    )


def _without_text(pdf: OpenPdf, number: int, failures: tuple[str, ...]) -> Content:
    """A page on which no reader found a word: blank, or a picture."""
    try:
        if is_blank(pdf, number):
            damage = pdf.damage(number)
            return Content(method=Method.NONE, warnings=(damage,)) if damage else Content(method=Method.BLANK)
    except RenderError as error:
        return Content(method=Method.NONE, warnings=(*failures, str(error)))
    return Content(method=Method.NONE, warnings=failures)
