"""Scans made of PDFs: pages drawn, spoilt as scanners spoil them, and put into a PDF that has nothing but pictures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pypdfium2
from pdfs import Canvas, Image, write_pdf
from scipy import ndimage  # type: ignore[import-untyped]  # it has no stubs

DPI = 200
_PAPER = 255
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way of spoiling a page.

    Attributes:
        spoil: Makes of a page drawn well a page as it comes from the scanner.
    """

    name: str
    spoil: Callable[[Grey], Grey]


def clean(page: Grey) -> Grey:
    """As drawn."""
    return page


def noisy(page: Grey) -> Grey:
    """Out of focus, on grey paper, with noise and specks; the same each time."""
    random = np.random.default_rng(page.shape[0])
    soft = ndimage.gaussian_filter(page.astype(np.float32) * 0.85 + 25, 0.8)
    spoilt = soft + random.normal(0, 14, page.shape)
    specks = random.random(page.shape) < 0.0006
    return np.where(specks, 40, np.clip(spoilt, 0, _PAPER)).astype(np.uint8)


def bilevel(page: Grey) -> Grey:
    """Black and white, as a fax."""
    return np.where(page < 150, 0, _PAPER).astype(np.uint8)


def skewed(degrees: float) -> Callable[[Grey], Grey]:
    """Laid on the glass at an angle, counter-clockwise."""

    def spoil(page: Grey) -> Grey:
        turned = ndimage.rotate(page, degrees, reshape=False, order=1, cval=_PAPER)
        return np.asarray(turned, np.uint8)

    return spoil


def turned(degrees: int) -> Callable[[Grey], Grey]:
    """Put in with another edge first, counter-clockwise."""

    def spoil(page: Grey) -> Grey:
        return np.ascontiguousarray(np.rot90(page, degrees // 90))

    return spoil


VARIANTS = (
    Variant(name="clean", spoil=clean),
    Variant(name="noisy", spoil=noisy),
    Variant(name="skewed 3", spoil=skewed(3)),
    Variant(name="turned 90", spoil=turned(90)),
    Variant(name="turned 180", spoil=turned(180)),
    Variant(name="turned 270", spoil=turned(270)),
    Variant(name="bilevel", spoil=bilevel),
)


def draw_page(path: Path, number: int, *, dpi: float = DPI) -> Grey:
    """A page of a PDF as grey pixels.

    Args:
        path: Of the PDF.
        number: Of the page, from 1.
        dpi: Pixels of an inch.
    """
    document = pypdfium2.PdfDocument(path)
    try:
        bitmap = document[number - 1].render(scale=dpi / 72, grayscale=True)
        pixels: Grey = np.array(bitmap.to_numpy(), np.uint8)
        return pixels.reshape(pixels.shape[:2])
    finally:
        document.close()


def write_scan(path: Path, pages: Iterable[Grey], *, dpi: float = DPI) -> Path:
    """A PDF whose pages are these pictures, edge to edge, as scanners write it.

    Args:
        path: Of the PDF.
        pages: One picture each.
        dpi: Pixels of an inch.
    """
    return write_pdf(path, [_picture_to_page(page, dpi) for page in pages])


def scan_of(source: Path, target: Path, numbers: Sequence[int], spoil: Callable[[Grey], Grey] = clean) -> Path:
    """A scan of some pages of a PDF.

    Args:
        source: Of the PDF.
        target: Of the scan.
        numbers: Of the pages, from 1.
        spoil: What the scanner does to them.
    """
    return write_scan(target, [spoil(draw_page(source, number)) for number in numbers])


def _picture_to_page(page: Grey, dpi: float) -> Canvas:
    height, width = page.shape
    canvas = Canvas(width=width * 72 / dpi, height=height * 72 / dpi)
    canvas.image(Image(width, height, 1, page.tobytes()), 0, 0, canvas.width, canvas.height)
    return canvas
