"""The text of a page that a command names: of a PDF, a scan or a picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import DocumentError, PageError, UsageError
from pipeline.extraction import ExtractionError
from pipeline.extraction.readers.ocr.engine import choose_engines, load_engine
from pipeline.extraction.readers.ocr.upright import page_to_recognition
from pipeline.kinds import Kind, name_to_kind
from pipeline.page_result import Against
from pipeline.pictures.wrapping import Wrapper
from pipeline.settings.settings import Settings
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.page_pictures import page_to_drawer, page_to_uncoloured_drawer
from pipeline.worker.recognised_page import recognition_to_page
from pipeline.worker.tasks import WRAP_S
from pipeline.worker.text_layer import recognised_to_page_text
from pipeline.worker.wrapping import LARGER


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPage:
    """A page, as far as an answer can be held against it.

    Attributes:
        against: Where its text comes from; NONE where it has none, and nobody can read its picture.
    """

    text: PageText
    against: Against


def spec_to_page(spec: str, settings: Settings) -> NamedPage:
    """The page that ``FILE:N`` names; a page without text that can be used is read by text recognition.

    Raises:
        UsageError: There is no such page, or it cannot be read.
    """
    name, _, number = spec.rpartition(":")
    if not (name and number.isascii() and number.isdecimal()):
        raise UsageError(f"--page {spec}: write the file and the page's number, for example report.pdf:3")
    path = Path(name)
    try:
        with _opened(path, settings) as pdf:
            if not 1 <= int(number[:9]) <= pdf.page_count:
                raise UsageError(f"{path} has {pdf.page_count} pages, and no page {number}")
            return _read(pdf, int(number), settings)
    except (DocumentError, PageError, ExtractionError) as error:
        raise UsageError(f"{path}: {error}") from None


@contextmanager
def _opened(path: Path, settings: Settings) -> Iterator[OpenPdf]:
    """The open file; a picture is put into a PDF first, as a dropped one is."""
    with TemporaryDirectory() as folder:
        shown = path
        if name_to_kind(path.name) is Kind.IMAGES:
            shown = Path(folder, "wrapped.pdf")
            limits = settings.limits
            wrapper = Wrapper(max_pixels=LARGER * limits.page_pixels, max_pages=limits.pages, seconds=WRAP_S)
            wrapper.wrap(path, shown)
        pdf = OpenPdf(shown, settings.passwords)
        try:
            yield pdf
        finally:
            pdf.close()


def _read(pdf: OpenPdf, number: int, settings: Settings) -> NamedPage:
    layer = pdf.layer(number)
    if layer.usable:
        return NamedPage(text=layer.page_text, against=Against.TEXT_LAYER)
    for name in choose_engines(settings.ocr.engine)[:1]:
        engine = load_engine(name, settings.ocr.fixed_languages)
        draw, uncoloured = page_to_drawer(pdf.file, number), page_to_uncoloured_drawer(pdf.file, number)
        page = recognition_to_page(*page_to_recognition(draw, engine, number=number, draw_uncoloured=uncoloured))
        if page.makes_sense:
            return NamedPage(text=recognised_to_page_text(page), against=Against.OCR)
    return NamedPage(text=PageText(), against=Against.NONE)
