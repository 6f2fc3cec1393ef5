"""Takes coloured strokes that lie across black print out of a scan: stamps, signatures, pens.

What is coloured may be text itself, so this makes a second picture; which of the two is right shows when both are read
(``upright.py``).  What is coloured and solid, as a shaded cell, stays.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extraction.model import BBox

if TYPE_CHECKING:
    from PIL import Image

#: The least difference of a pixel's strongest and weakest colour; below it are JPEG's fringes around black letters.
_COLOURED = 64
#: A pixel whose strongest colour is darker than this is print, if it is not coloured.
_BLACK = 110
#: The side of a cell, in pixels; strokes are looked for in cells, of which they cover at least this share (of 255).
_CELL, _LEAST = 16, 10
#: Cells belong together also across one that is all print.
_NEAR = range(-2, 3)
#: Marks are at least so many cells high, which lines of text are not; solid ones cover this share (of 255), on average.
_HIGH, _SOLID = 4, 150
#: At least this share of a mark's cells has black print, too.
_ACROSS = 0.1
#: The edges of strokes are pale: so many pixels beside them go, too.
_EDGE = 1


class Uncoloured(NamedTuple):
    """A page without its coloured marks.

    Attributes:
        pixels: Grey, row by row from the top.
        boxes: Where the marks were, in pixels.
    """

    pixels: bytes
    boxes: tuple[BBox, ...]


def rgb_to_uncoloured(rgb: bytes, width: int, height: int) -> Uncoloured | None:
    """The page without coloured marks across its print; None where it has none.

    Args:
        rgb: Its pixels, three bytes each, row by row from the top.
        width: In pixels.
        height: The same.
    """
    from PIL import Image, ImageChops, ImageFilter  # noqa: PLC0415 — a library that most pages do not need

    page = Image.frombytes("RGB", (width, height), rgb)
    red, green, blue = page.split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    weakest = ImageChops.darker(ImageChops.darker(red, green), blue)
    coloured = ImageChops.subtract(strongest, weakest).point(lambda shade: 255 * (shade >= _COLOURED))
    if coloured.getbbox() is None:
        return None
    black = ImageChops.subtract(strongest.point(lambda shade: 255 * (shade < _BLACK)), coloured)
    boxes = tuple(_cells_to_box(cells) for cells in _marks(_reduced(coloured), _reduced(black)))
    if not boxes:
        return None
    mask = Image.new("L", page.size)
    for box in boxes:
        strokes = coloured.crop(box).filter(ImageFilter.MaxFilter(2 * _EDGE + 1))
        mask.paste(strokes, (int(box.x0), int(box.top)))
    grey = page.convert("L")
    grey.paste(255, mask=ImageChops.subtract(mask, black))
    return Uncoloured(grey.tobytes(), boxes)


def _reduced(mask: "Image.Image") -> list[list[int]]:
    """For each cell the share of its pixels that are in the mask, of 255."""
    cells = mask.reduce(_CELL)
    flat = cells.tobytes()
    return [list(flat[start : start + cells.width]) for start in range(0, len(flat), cells.width)]


def _marks(coloured: list[list[int]], black: list[list[int]]) -> Iterator[list[tuple[int, int]]]:
    """The cells (row, column) of each mark that lies across print."""
    for cells in _connected(coloured):
        rows = [row for row, _ in cells]
        if max(rows) - min(rows) + 1 < _HIGH or sum(coloured[row][at] for row, at in cells) > _SOLID * len(cells):
            continue
        if sum(black[row][at] >= _LEAST for row, at in cells) >= _ACROSS * len(cells):
            yield cells


def _connected(shares: list[list[int]]) -> Iterator[list[tuple[int, int]]]:
    left = {(row, at) for row, line in enumerate(shares) for at, share in enumerate(line) if share >= _LEAST}
    while left:
        found = [left.pop()]
        for row, at in found:
            beside = {(row + down, at + across) for down in _NEAR for across in _NEAR} & left
            left -= beside
            found.extend(beside)
        yield found


def _cells_to_box(cells: Iterable[tuple[int, int]]) -> BBox:
    rows, columns = zip(*cells, strict=True)
    # The ends of strokes may be in the cells beside.
    left, top, right, bottom = max(0, min(columns) - 1), max(0, min(rows) - 1), max(columns) + 2, max(rows) + 2
    return BBox(left * _CELL, top * _CELL, right * _CELL, bottom * _CELL)
