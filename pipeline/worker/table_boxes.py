"""Where the cells of tables are on the page as shown, in whichever direction it was read."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from pipeline.extraction import PageExtraction
from pipeline.extraction.model import Cell as DrawnCell
from pipeline.page_result import Content
from pipeline.table import Box, Cell, Table
from pipeline.vision.faithfulness.page_text import PlacedWord
from pipeline.worker.text_layer import TextLayer, turned

_Turn: TypeAlias = Callable[[tuple[float, float, float, float]], Box]


def with_drawn_boxes(tables: Sequence[Table], found: PageExtraction) -> tuple[Table, ...]:
    """The tables of a page from basic extraction, with the boxes of their cells.

    Args:
        tables: The tables in its HTML.
        found: The tables from which these were made; cells that the sanitiser has moved get no box.
    """
    if len(tables) != len(found.tables):
        return tuple(tables)
    back = _back(found.turned, *found.size)
    drawn = ({(cell.row, cell.column): cell for cell in table.cells} for table in found.tables)
    boxed = (
        tuple(_with_drawn_box(cell, places.get((cell.row, cell.column)), back) for cell in table.cells)
        for table, places in zip(tables, drawn, strict=True)
    )
    return tuple(replace(table, cells=cells) for table, cells in zip(tables, boxed, strict=True))


def _with_drawn_box(cell: Cell, drawn: DrawnCell | None, back: _Turn) -> Cell:
    if drawn is None or (drawn.rowspan, drawn.colspan) != (cell.rowspan, cell.colspan):
        return cell
    return replace(cell, box=back(drawn.box))


def as_shown(content: Content, layer: TextLayer, turn: int) -> Content:
    """A page from the model with its size, and with the boxes of its tables converted to the page as shown.

    Args:
        content: Its boxes are in coordinates of the page as it was drawn for the model.
        layer: What was found on the page.
        turn: Degrees, clockwise, by which the page was turned to be drawn: 0, 90, 180 or 270.
    """
    if layer.content is None:
        return content
    size = layer.content.width, layer.content.height
    if not turn:
        return replace(content, size=size)
    back = _back(turn, *size)
    tables = (
        replace(
            table,
            cells=tuple(replace(cell, box=back(cell.box)) if cell.box is not None else cell for cell in table.cells),
        )
        for table in content.tables
    )
    return replace(content, size=size, tables=tuple(tables))


def _back(degrees: int, width: float, height: float) -> _Turn:
    """Convert from a page that was turned clockwise to the page as shown, whose size is given in points."""
    turned_size = (height, width) if degrees in {90, 270} else (width, height)

    def turn_back(box: tuple[float, float, float, float]) -> Box:
        _, *places = turned(PlacedWord("", *box), -degrees % 360, *turned_size)
        return Box(*(round(place, 2) for place in places))

    return turn_back
