"""Pictures of a page: for text recognition, and for results in which nothing of the page could be read."""

import base64
from collections.abc import Sequence

from pipeline.errors import RenderError
from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.coloured import rgb_to_uncoloured
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.sharpness import sharpened
from pipeline.extraction.readers.ocr.skew import DPI, picture_to_skew
from pipeline.extraction.readers.ocr.upright import Draw, DrawUncoloured, Stance
from pipeline.pictures.png import Pixels, lines_to_png
from pipeline.pictures.render import ImageSize, PdfFile

#: The size limit of a picture in a result; the picture is drawn smaller until it fits.
MAX_FIGURE_BYTES = 150_000
_FIGURE_SIDES = (1100, 800, 560)
_FEW_SHADES = bytes(round(shade / 51) * 51 for shade in range(256))
#: The largest picture that is read; an A3 page at 200 dpi has 7.7 million pixels.
MAX_PIXELS = 16_000_000


def page_to_skew(pdf: PdfFile, number: int, turn: int) -> float:
    """Degrees, clockwise, by which a scanned page must be turned to be level, found from its lines of text.

    Args:
        pdf: An open file.
        number: Number of the page, from 1.
        turn: Degrees, clockwise, by which it is turned first.

    Raises:
        RenderError: It cannot be drawn.
    """
    return picture_to_skew(page_to_drawer(pdf, number)(DPI, Stance(turn=turn)))


def page_to_figure(pdf: PdfFile, number: int) -> str:
    """The page's picture as HTML, for a page of which nothing could be read; empty where it cannot be drawn.

    It has few shades of grey and few pixels, since nobody asked for it. It is left out if it is too large even so.

    Args:
        pdf: An open file.
        number: Number of the page, from 1.
    """
    try:
        for side in _FIGURE_SIDES:
            pixels = pdf.pixels(number, ImageSize(longest_side_px=side))
            lines = bytes(pixels.lines)
            # The zero before each row stays zero.
            data = lines_to_png(lines.translate(_FEW_SHADES), width=pixels.width, height=pixels.height, channels=1)
            if len(data) <= MAX_FIGURE_BYTES:
                source = base64.b64encode(data).decode()
                return f'<figure><img alt="Page {number} as a picture" src="data:image/png;base64,{source}"></figure>'
    except RenderError:
        return ""
    return ""


def page_to_drawer(pdf: PdfFile, number: int) -> Draw:
    """A function that draws a page for :func:`pipeline.extraction.readers.ocr.upright.page_to_recognition`.

    Args:
        pdf: An open file.
        number: Number of the page, from 1.
    """

    def draw(dpi: float, stance: Stance) -> Picture:
        packed, pixels = _draw(pdf, number, dpi, stance, colour=False)
        picture = _to_picture(packed, pixels, max(pdf.size(number)))
        return sharpened(picture) if stance.skew else picture

    return draw


def page_to_uncoloured_drawer(pdf: PdfFile, number: int) -> DrawUncoloured:
    """The same without its coloured marks.

    Args:
        pdf: An open file.
        number: Number of the page, from 1.
    """

    def draw(dpi: float, stance: Stance) -> tuple[Picture, Sequence[BBox]] | None:
        packed, pixels = _draw(pdf, number, dpi, stance, colour=True)
        found = rgb_to_uncoloured(packed, pixels.width, pixels.height)
        if found is None:
            return None
        picture = _to_picture(found.pixels, pixels, max(pdf.size(number)))
        return sharpened(picture) if stance.skew else picture, found.boxes

    return draw


def _draw(pdf: PdfFile, number: int, dpi: float, stance: Stance, *, colour: bool) -> tuple[bytes, Pixels]:
    """The page, and its bytes without those between the rows."""
    longest = max(1, round(max(pdf.size(number)) * dpi / 72))
    size = ImageSize(longest_side_px=longest, max_pixels=MAX_PIXELS, colour=colour)
    pixels = pdf.pixels(number, size, turn=stance.turn, skew=stance.skew)
    rows = memoryview(pixels.lines)
    step = pixels.stride
    return b"".join(rows[start + 1 : start + step] for start in range(0, len(rows), step)), pixels


def _to_picture(grey: bytes, drawn: Pixels, longest_points: float) -> Picture:
    dpi = max(drawn.width, drawn.height) * 72 / longest_points
    return Picture(pixels=grey, width=drawn.width, height=drawn.height, dpi=dpi)
