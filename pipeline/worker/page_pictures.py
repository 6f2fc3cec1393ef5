"""The page's picture as text recognition wants it."""

from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.upright import Draw, Stance
from pipeline.pictures.render import ImageSize, PdfFile

#: The largest picture that is read: an A3 page at 200 dpi has 7.7 million pixels.
MAX_PIXELS = 16_000_000


def page_to_draw(pdf: PdfFile, number: int) -> Draw:
    """What draws a page for :func:`pipeline.extraction.readers.ocr.upright.page_to_recognition`.

    Args:
        pdf: An open file.
        number: Of the page, from 1.
    """

    def draw(dpi: float, stance: Stance) -> Picture:
        longest = max(pdf.size(number))
        size = ImageSize(longest_side_px=max(1, round(longest * dpi / 72)), max_pixels=MAX_PIXELS)
        pixels = pdf.pixels(number, size, turn=stance.turn, skew=stance.skew)
        rows = memoryview(pixels.lines)
        step = pixels.stride
        packed = b"".join(rows[start + 1 : start + step] for start in range(0, len(rows), step))
        drawn_dpi = max(pixels.width, pixels.height) * 72 / longest
        return Picture(pixels=packed, width=pixels.width, height=pixels.height, dpi=drawn_dpi)

    return draw
