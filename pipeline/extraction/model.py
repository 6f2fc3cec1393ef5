"""The values of extraction, from characters to blocks; lengths in PDF points, origin at the page's top left."""

from dataclasses import dataclass
from typing import NamedTuple


class BBox(NamedTuple):
    """A rectangle with x0 <= x1 and top <= bottom."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Char:
    """One visible glyph as it stands on the page (the page's own rotation is already undone).

    Attributes:
        text: Its Unicode text: one character, or several for a ligature.
        size: Font size in points after all transformations.
        upright: False where the glyph's baseline is not horizontal on the page as shown.
        colour: Fill colour as (r, g, b), each 0 to 1; None where unknown.
        mapped: False where the font has no Unicode map for the glyph and ``text`` is a guess.
    """

    text: str
    box: BBox
    font: str
    size: float
    bold: bool = False
    italic: bool = False
    upright: bool = True
    colour: tuple[float, float, float] | None = None
    mapped: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A drawn line, or a rectangle thin enough to be one; exactly horizontal or vertical.

    Attributes:
        width: Of the stroke, or the thin side of the rectangle.
    """

    box: BBox
    width: float

    @property
    def horizontal(self) -> bool:
        """Whether it runs from left to right."""
        return self.box.x1 - self.box.x0 >= self.box.bottom - self.box.top


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A filled rectangle that is no ruling: shading of a row, a header, a frame.

    Attributes:
        colour: As (r, g, b), each 0 to 1; None where unknown.
    """

    box: BBox
    colour: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An annotation that points to an address or to another page of the file.

    Attributes:
        target: An http, https or mailto address, or ``#page-N``.
    """

    box: BBox
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What a reader found on one page; the input of everything else, wherever it came from (a reader or OCR)."""

    number: int
    width: float
    height: float
    reader: str
    chars: tuple[Char, ...]
    rulings: tuple[Ruling, ...]
    fills: tuple[Fill, ...]
    links: tuple[Link, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Characters of one line without a gap between them."""

    text: str
    box: BBox
    chars: tuple[Char, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words on one baseline in reading order."""

    box: BBox
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table; ``lines`` top to bottom, empty for a blank cell.

    Attributes:
        row: Of its upper left corner, from 0.
        column: Of its upper left corner, from 0.
        header: Whether it labels others: a header row's cell or a row's label.
    """

    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    box: BBox
    lines: tuple[Line, ...] = ()
    header: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A rectangular grid: every (row, column) belongs to exactly one cell.

    Attributes:
        header_rows: How many of the first rows are ``<thead>``.
        kind: ``lattice`` (with rulings) or ``stream`` (without).
    """

    box: BBox
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    header_rows: int = 0
    kind: str = "lattice"
