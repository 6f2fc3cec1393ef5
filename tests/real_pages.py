"""Pages as users have them: real ones of ../shared/tables-dev, or dense ones of our own where that is absent."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from pdfs import Canvas, write_pdf
from shared_files import SHARED
from simulator import Ask, picture_name
from simulator.answers import default_answer, front_matter

from pipeline.extraction import content_to_extraction, open_reader
from pipeline.pictures.render import ImageSize, PdfFile

#: How many different pages there are; a longer document has them again and again.
DISTINCT = 40
#: The model that is asked in benchmarks, and the longest side of the pictures that its profile sends.
MODEL = "olmocr-2-7b"
SIDE_PX = 1288
_PDFS = SHARED / "tables-dev" / "pdf"


def real_pdf(path: Path, count: int) -> Path:
    """Write a PDF of so many pages, the same ones again after :data:`DISTINCT` of them."""
    if not _PDFS.is_dir():
        return write_pdf(path, [_dense_page(number % DISTINCT) for number in range(count)])
    target = pypdfium2.PdfDocument.new()
    sources = [pypdfium2.PdfDocument(each) for each in sorted(_PDFS.glob("*.pdf"))]
    try:
        places = _spread(sources)
        for number in range(count):
            source, page = places[number % len(places)]
            target.import_pages(source, [page])
        target.save(path)
    finally:
        target.close()
        for source in sources:
            source.close()
    return path


def _spread(sources: Sequence[pypdfium2.PdfDocument]) -> list[tuple[pypdfium2.PdfDocument, int]]:
    """So many pages, taken from all documents in turn, so that no layout counts more than another."""
    longest = max(len(source) for source in sources)
    pages = [(source, page) for page in range(longest) for source in sources if page < len(source)]
    return pages[:DISTINCT]


def _dense_page(number: int) -> Canvas:
    """A page of 2,400 characters with a ruled table."""
    canvas = Canvas()
    for line in range(26):
        canvas.text(
            50, 770 - 14 * line, f"Line {line} of page {number}: the ledger of the harbour, its cranes and sums."
        )
    for row in range(12):
        canvas.line(50, 380 - 20 * row, 520, 380 - 20 * row)
        for column in range(6):
            canvas.text(56 + 78 * column, 366 - 20 * row, str(number * 97 + row * 31 + column))
    return canvas


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Which picture is which page: the page's own text is the answer to it."""

    by_picture: dict[str, str]

    def __call__(self, ask: Ask) -> str:
        """What the model says."""
        if not ask.pictures or ask.pictures[0].name not in self.by_picture:
            return default_answer(ask)
        return front_matter() + self.by_picture[ask.pictures[0].name]


def answers_of(path: Path) -> Answers:
    """The answers to every page of a PDF, told by their pictures."""
    size = ImageSize(longest_side_px=SIDE_PX, max_pixels=4_000_000)
    with PdfFile(path) as pdf, open_reader(path, "pdfium") as reader:
        return Answers(
            by_picture={
                picture_name(pdf.render(number, size).data): content_to_extraction(reader.read(number)).html
                for number in range(1, min(DISTINCT, pdf.page_count) + 1)
            }
        )
