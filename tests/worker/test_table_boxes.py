"""Boxes of cells on the page as it is shown, however it was read."""

from pathlib import Path

import pytest
from pdfs import LETTER, numbered_pdf
from shared_files import TABLES, needs_shared

from pipeline.extraction import extract_page
from pipeline.extraction.readers.reader import open_reader
from pipeline.markup.sanitise import sanitise
from pipeline.markup.table import blocks_to_tables
from pipeline.page_result import Content, Method
from pipeline.table import Box, Table
from pipeline.vision.alignment.cell_places import tables_to_placed
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.table_boxes import as_shown, with_drawn_boxes


def both_ways(path: Path, number: int = 1) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """The page's tables with the boxes of the built-in engine, and with those that an answer like it gets."""
    pdf = OpenPdf(path)
    with open_reader(path, "pdfium") as reader:
        found = extract_page(reader, number)
    tables = blocks_to_tables(sanitise(found.html).blocks)
    layer = pdf.layer(number)
    placed = as_shown(
        Content(method=Method.VISION, tables=tables_to_placed(tables, layer.page_text)), layer, layer.turn
    )
    assert placed.size == found.size
    pdf.close()
    return with_drawn_boxes(tables, found), placed.tables


def agreement(drawn: tuple[Table, ...], placed: tuple[Table, ...]) -> tuple[int, int]:
    """Of how many cells with text the words stand within the drawn cell, and how many there are."""
    pairs = [
        (one.box, other.box)
        for first, second in zip(drawn, placed, strict=True)
        for one, other in zip(first.cells, second.cells, strict=True)
        if one.box is not None and any(map(str.isalnum, one.text))
    ]
    return sum(other is not None and _is_within(other, one) for one, other in pairs), len(pairs)


def _is_within(words: Box, cell: Box) -> bool:
    x, y = (words.x0 + words.x1) / 2, (words.top + words.bottom) / 2
    return cell.x0 - 2 <= x <= cell.x1 + 2 and cell.top - 3 <= y <= cell.bottom + 3


def test_the_models_cells_stand_where_the_page_draws_them(tmp_path: Path) -> None:
    drawn, placed = both_ways(numbered_pdf(tmp_path / "r.pdf", 1))

    found, cells = agreement(drawn, placed)
    assert found == cells > 0


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_on_a_page_that_lies_on_its_side_boxes_are_those_of_the_page_as_it_is_shown(
    tmp_path: Path, degrees: int
) -> None:
    path = numbered_pdf(tmp_path / "r.pdf", 1)
    [upright], _ = both_ways(path)
    path.write_bytes(path.read_bytes().replace(b"/Rotate 0 ", b"/Rotate %-3d" % degrees))

    drawn, placed = both_ways(path)

    found, cells = agreement(drawn, placed)
    assert found == cells > 0
    [table] = drawn
    boxes = [cell.box for cell in table.cells]
    assert boxes == [_turned(cell.box, degrees) for cell in upright.cells if cell.box]


def _turned(box: Box, degrees: int) -> Box:
    """A box of an upright page once the page is shown turned clockwise."""
    width, height = LETTER
    x0, top, x1, bottom = {
        90: (height - box.bottom, box.x0, height - box.top, box.x1),
        180: (width - box.x1, height - box.bottom, width - box.x0, height - box.top),
        270: (box.top, width - box.x1, box.bottom, width - box.x0),
    }[degrees]
    return Box(*(round(place, 2) for place in (x0, top, x1, bottom)))


@needs_shared
@pytest.mark.parametrize(("name", "share"), [("eu-001", 0.9), ("us-001", 0.95)])
def test_on_real_pages_nearly_all_do(name: str, share: float) -> None:
    found, cells = agreement(*both_ways(TABLES / f"{name}.pdf"))

    assert cells > 20
    assert found >= share * cells
