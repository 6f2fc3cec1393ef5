"""Pictures on a page, cut out of it and put beside their captions, so that the result shows them."""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from pipeline.choices import FigureChoice
from pipeline.errors import RenderError
from pipeline.extraction import BBox, ExtractionError
from pipeline.extraction.readers.pdfium.reader import page_to_pictures
from pipeline.log.log import logger
from pipeline.page_result import Content, Method
from pipeline.pictures.png import lines_to_png
from pipeline.pictures.render import PDFIUM, ImageSize, PdfFile
from pipeline.vision.faithfulness.page_text import PlacedWord

#: The most pictures of a page that are shown, the largest first; and that are looked at.
MOST = 6
_LOOKED_AT = 300
# Smaller ones are logos and bullets; one that is nearly the page is a scan. In points, and in shares of the page.
_LEAST_SIDE, _LEAST_SHARE, _MOST_SHARE = 40.0, 0.01, 0.8
# What stands in the upper or lower tenth of a page and has no caption is a sign of its publisher.
_MARGIN = 0.1
# Strips of one picture lie closer to each other, in points.
_APART = 3.0
# A caption is at most so far from its picture, in points.
_FAR = 90.0
_MAX_PIXELS = 12_000_000
_SHADES: Final = bytes(min(255, round(shade / 17) * 17) for shade in range(256))
_LABEL: Final = re.compile(r"(?:figures?|figs?\.?|abb(?:ildung|\.)?|exhibit|photo|chart|plate)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\(?([0-9]{1,3}(?:[.\-][0-9]{1,2})?|[A-Z]\.?[0-9]{1,2})")
_BLOCK: Final = re.compile(r"<(figcaption|p|h[1-6])\b[^>]*>(?:<(?:b|strong|i|em|span)\b[^>]*>)*([^<]{1,40})")
_LONGEST_ALT: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    """How large a picture may be.

    Attributes:
        sides: Pixels of its longer side, tried in this order until it fits.
        most: Bytes of its file.
    """

    sides: tuple[int, ...]
    most: int


_BOUNDS: Final = {
    FigureChoice.SMALL: _Bounds(sides=(480, 360, 240, 160), most=60_000),
    FigureChoice.FULL: _Bounds(sides=(1200, 900, 640, 480, 320, 240), most=400_000),
}


def with_figures(
    content: Content, pdf: PdfFile, number: int, words: Sequence[PlacedWord], choice: FigureChoice
) -> Content:
    """The content with the pictures of its page; as it was where there are none, or they cannot be drawn.

    A page without content has its own picture already, and a blank one none.

    Args:
        content: Of an upright page.
        pdf: The open file.
        number: Of the page, from 1.
        words: Of the page, with their places, for the captions.
        choice: How large pictures are.
    """
    bounds = _BOUNDS.get(choice)
    if bounds is None or content.method not in {Method.VISION, Method.TEXT_LAYER}:
        return content
    try:
        boxes = _page_to_boxes(pdf, number)
        if not boxes:
            return content
        height = pdf.size(number)[1]
        labelled = [(box, _label_of(box, words)) for box in boxes]
        shown = [(box, label) for box, label in labelled if label or not _is_in_margin(box, height)]
        drawn = [(label, _draw(pdf, number, box, bounds)) for box, label in shown]
    except (RenderError, ExtractionError) as error:
        logger().info("no_figures", error=str(error))
        return content
    figures = [(label, source) for label, source in drawn if source is not None]
    return replace(content, html=place_figures(content.html, figures, number))


def place_figures(html: str, figures: Sequence[tuple[str, str]], number: int) -> str:
    """The HTML with each picture before its caption; one without a caption at the end.

    Args:
        html: Clean.
        figures: The label of the caption ("Figure 3", or nothing) and the picture's address, in the page's order.
        number: Of the page.
    """
    captions = {_squeezed(found[2]): found for found in reversed(list(_BLOCK.finditer(html)))}
    at: dict[int, str] = {}
    for label, source in figures:
        caption = next((found for text, found in captions.items() if label and _begins(text, label)), None)
        image = f'<img alt="{escape(label or f"Picture on page {number}")}" src="{source}">'
        if caption is None:
            at[len(html)] = at.get(len(html), "") + f"\n<figure>{image}</figure>"
        elif caption[1] == "figcaption":
            at[caption.start()] = at.get(caption.start(), "") + image
        else:
            at[caption.start()] = at.get(caption.start(), "") + f"<figure>{image}</figure>\n"
    pieces, end = [], 0
    for place in sorted(at):
        pieces += [html[end:place], at[place]]
        end = place
    return "".join([*pieces, html[end:]])


def _begins(text: str, label: str) -> bool:
    wanted = _squeezed(label)
    return text.startswith(wanted) and not text[len(wanted) : len(wanted) + 1].isdigit()


def _squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def _page_to_boxes(pdf: PdfFile, number: int) -> list[BBox]:
    """Where pictures worth showing stand, from the top; strips of one picture are one."""
    width, height = pdf.size(number)
    with PDFIUM:
        found = page_to_pictures(pdf.page(number), _LOOKED_AT)
    page = BBox(0, 0, width, height)
    boxes = _joined([box for each in found if (box := _within(each, page)) is not None])
    area = width * height
    shown = [box for box in boxes if _is_figure(box) and _LEAST_SHARE <= _area(box) / area <= _MOST_SHARE]
    largest = sorted(shown, key=_area, reverse=True)[:MOST]
    return sorted(largest, key=lambda box: (box.top, box.x0))


def _within(box: BBox, page: BBox) -> BBox | None:
    inner = BBox(max(box.x0, page.x0), max(box.top, page.top), min(box.x1, page.x1), min(box.bottom, page.bottom))
    return inner if inner.x0 < inner.x1 and inner.top < inner.bottom else None


def _is_figure(box: BBox) -> bool:
    return min(box.x1 - box.x0, box.bottom - box.top) >= _LEAST_SIDE


def _is_in_margin(box: BBox, height: float) -> bool:
    """Whether it stands where journals and firms have their signs."""
    return box.bottom <= height * _MARGIN or box.top >= height * (1 - _MARGIN)


def _area(box: BBox) -> float:
    return (box.x1 - box.x0) * (box.bottom - box.top)


def _joined(boxes: Sequence[BBox]) -> list[BBox]:
    """Boxes that touch or overlap as one; quadratic in a number that is limited."""
    joined: list[BBox] = []
    for new in boxes:
        box, others = new, joined
        while True:
            near = [each for each in others if _touches(each, box)]
            if not near:
                break
            others = [each for each in others if not _touches(each, box)]
            near.append(box)
            box = BBox(
                min(each.x0 for each in near),
                min(each.top for each in near),
                max(each.x1 for each in near),
                max(each.bottom for each in near),
            )
        joined = [*others, box]
    return joined


def _touches(one: BBox, other: BBox) -> bool:
    across = one.x0 - _APART <= other.x1 and other.x0 - _APART <= one.x1
    return across and one.top - _APART <= other.bottom and other.top - _APART <= one.bottom


def _label_of(box: BBox, words: Sequence[PlacedWord]) -> str:
    """The beginning of the caption that is nearest to a picture, below it or above; empty where none is near."""
    near = [(distance, label) for label, distance in _labels(box, words) if distance <= _FAR]
    return min(near, default=(0.0, ""))[1]


def _labels(box: BBox, words: Sequence[PlacedWord]) -> Iterator[tuple[str, float]]:
    for index, word in enumerate(words[:-1]):
        text, x0, top, x1, bottom = word
        number = _NUMBER.match(words[index + 1][0])
        if _LABEL.fullmatch(text) is None or number is None or x1 < box.x0 - _FAR or x0 > box.x1:
            continue
        below, above = top - box.bottom, box.top - bottom
        # A caption below its picture is the rule.
        yield (
            f"{text} {number[1]}"[:_LONGEST_ALT],
            below if below > -_APART * 3 else above + _APART if above > 0 else _FAR + 1,
        )


def _draw(pdf: PdfFile, number: int, box: BBox, bounds: _Bounds) -> str | None:
    """A part of the page as the address of a picture; None where it is too large even when it is small."""
    width, height = pdf.size(number)
    longest, own = max(width, height), max(box.x1 - box.x0, box.bottom - box.top)
    for side in bounds.sides:
        size = ImageSize(longest_side_px=max(1, round(side * longest / own)), max_pixels=_MAX_PIXELS, colour=True)
        pixels = pdf.pixels(number, size)
        across, down = pixels.width / width, pixels.height / height
        left, right = int(box.x0 * across), max(int(box.x0 * across) + 1, int(box.x1 * across))
        rows, step = memoryview(pixels.lines), pixels.stride
        cut = b"".join(
            b"\0" + rows[start + 1 + 3 * left : start + 1 + 3 * right]
            for start in range(
                step * int(box.top * down), step * max(int(box.top * down) + 1, int(box.bottom * down)), step
            )
        )
        high = len(cut) // (1 + 3 * (right - left))
        for lines in (cut, cut.translate(_SHADES)):  # the zero before each row stays zero
            data = lines_to_png(lines, width=right - left, height=high, channels=3)
            if len(data) <= bounds.most:
                return f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return None
