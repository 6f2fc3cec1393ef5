"""Pictures on a page, cut out of it and put beside their captions, so that the result shows them."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from pipeline.choices import FigureChoice
from pipeline.errors import RenderError
from pipeline.extraction import BBox, ExtractionError
from pipeline.extraction.geometry import box_to_area, boxes_to_box
from pipeline.extraction.readers.pdfium.drawn_parts import DrawnPart
from pipeline.extraction.readers.pdfium.reader import page_to_parts
from pipeline.log.log import logger
from pipeline.page_result import Content, Method
from pipeline.pictures.png import lines_to_png
from pipeline.pictures.render import PDFIUM, PdfFile
from pipeline.table import Table
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord
from pipeline.worker.figure_captions import box_to_label, place_figures
from pipeline.worker.figure_regions import parts_to_regions
from pipeline.worker.text_layer import TextLayer

#: The most pictures of a page that are shown, the largest first; and that are looked at.
MOST = 6
_LOOKED_AT = 300
# What stands in the upper or lower tenth of a page and has no caption is a sign of its publisher.
_MARGIN = 0.1
_SHADES: Final = bytes(min(255, round(shade / 17) * 17) for shade in range(256))


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


def with_figures(content: Content, pdf: PdfFile, number: int, layer: TextLayer, choice: FigureChoice) -> Content:
    """The content with the pictures of its page; as it was where there are none, or they cannot be drawn.

    A page without content has its own picture already, and a blank one none. What an image or a drawing shows stays
    in the text too, where it is text.

    Args:
        content: Of an upright page.
        pdf: The open file.
        number: Of the page, from 1.
        layer: Of the page: its words are the captions and the labels of drawings.
        choice: How large pictures are.
    """
    bounds = _BOUNDS.get(choice)
    if bounds is None or content.method not in {Method.VISION, Method.TEXT_LAYER}:
        return content
    try:
        parts = _page_to_parts(pdf, number)
        if not parts:
            return content
        width, height = pdf.size(number)
        lines = cache(lambda: _text_to_lines(layer.page_text))
        boxes = _parts_to_boxes(parts, BBox(0, 0, width, height), lines, content.tables)
        words = [word for line in lines() for word in line] if boxes else []
        labelled = [(box, box_to_label(box, words)) for box in boxes]
        shown = [(box, label) for box, label in labelled if label or not _is_in_margin(box, height)]
        drawn = [(label, _draw(pdf, number, box, bounds)) for box, label in shown]
    except (RenderError, ExtractionError) as error:
        logger().info("no_figures", error=str(error))
        return content
    figures = [(label, source) for label, source in drawn if source is not None]
    return replace(content, html=place_figures(content.html, figures, number))


def _page_to_parts(pdf: PdfFile, number: int) -> list[DrawnPart]:
    """The pictures, lines and shapes of a page."""
    with PDFIUM:
        return page_to_parts(pdf.page(number), _LOOKED_AT)


def _parts_to_boxes(
    parts: Sequence[DrawnPart], page: BBox, lines: Callable[[], Sequence[Sequence[PlacedWord]]], tables: Sequence[Table]
) -> list[BBox]:
    """Where the largest things worth showing stand, from the top."""
    regions = parts_to_regions(parts, page, lines, [*_tables_to_boxes(tables)])
    largest = sorted(regions, key=box_to_area, reverse=True)[:MOST]
    return sorted(largest, key=lambda box: (box.top, box.x0))


def _text_to_lines(text: PageText) -> list[list[PlacedWord]]:
    return [
        [PlacedWord(word, *box) for word, box in zip(line, boxes, strict=True)]
        for line, boxes in zip(text.lines, text.boxes, strict=True)
    ]


def _tables_to_boxes(tables: Sequence[Table]) -> Iterator[BBox]:
    """Where tables are, as far as their cells' places are known."""
    for table in tables:
        if cells := [BBox(*cell.box) for cell in table.cells if cell.box is not None]:
            yield boxes_to_box(cells)


def _is_in_margin(box: BBox, height: float) -> bool:
    """Whether it stands where journals and firms have their signs."""
    return box.bottom <= height * _MARGIN or box.top >= height * (1 - _MARGIN)


def _draw(pdf: PdfFile, number: int, box: BBox, bounds: _Bounds) -> str | None:
    """A part of the page as the address of a picture; None where it is too large even when it is small."""
    for side in bounds.sides:
        pixels = pdf.area(number, box, side)
        for lines in (pixels.lines, bytes(pixels.lines).translate(_SHADES)):  # the zero before each row stays zero
            data = lines_to_png(lines, width=pixels.width, height=pixels.height, channels=pixels.channels)
            if len(data) <= bounds.most:
                return f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return None
