"""The values of extraction, from characters to blocks; lengths in PDF points, origin at the page's top left."""

from dataclasses import dataclass
from typing import NamedTuple

#: Height of a character's box above its baseline, as a share of the font size.
ASCENT = 0.78
#: Depth of a character's box below its baseline, as a share of the font size.
DESCENT = 0.22

#: Red, green and blue, each 0 to 1.
Colour = tuple[float, float, float]


class BBox(NamedTuple):
    """A rectangle with x0 <= x1 and top <= bottom."""

    x0: float
    top: float
    x1: float
    bottom: float


class Char(NamedTuple):
    """One glyph as it stands on the page (the page's own rotation is already undone).

    A tuple rather than a dataclass: a page has thousands, and a frozen dataclass takes five times as long to make.

    Across the baseline the box does not follow the ink or the font's own (often wrong) metrics: it reaches ``ASCENT *
    size`` above and ``DESCENT * size`` below the baseline, so that glyphs of one size on one baseline have the same top
    and bottom with every reader.  Along the baseline it is the glyph's advance width.

    Attributes:
        text: Its Unicode text: one character, or several for a ligature; a blank for a blank that the file draws.
        size: Font size in points after all transformations.
        upright: False where the glyph's baseline is not horizontal on the page as shown.
        angle: Degrees, counter-clockwise from 0 to 359, that the baseline is turned on the page as shown.
        colour: Fill colour as (r, g, b), each 0 to 1; None where unknown.
        mapped: False where the font has no Unicode map for the glyph; ``text`` is then U+FFFD.
    """

    text: str
    box: BBox
    font: str
    size: float
    bold: bool = False
    italic: bool = False
    upright: bool = True
    colour: Colour | None = None
    mapped: bool = True
    angle: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A drawn line, or a rectangle thin enough to be one; exactly horizontal or vertical.

    Attributes:
        box: Of the line's middle, so without extent across the line.
        width: Of the stroke, or the thin side of the rectangle.
        colour: Of the stroke or the rectangle; None where unknown.
    """

    box: BBox
    width: float
    colour: Colour | None = None

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
    colour: Colour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An annotation that points to an address or to another page of the file.

    Attributes:
        target: An http, https or mailto address, or ``#page-N``.
    """

    box: BBox
    target: str


class Title(NamedTuple):
    """A heading that the file itself names, in its outline or its structure.

    Attributes:
        level: From 1, that of the document's title.
    """

    text: str
    level: int


class TaggedCell(NamedTuple):
    """A cell of a table that the file itself names, in its structure.

    Attributes:
        row: Of its upper left corner, from 0.
        column: Of its upper left corner, from 0.
        header: Whether the file calls it one.
        boxes: Of the runs of its text; none for a blank cell.
    """

    row: int
    column: int
    rowspan: int
    colspan: int
    header: bool
    boxes: tuple[BBox, ...]


#: The cells of a table that the file itself names; they do not overlap, but may leave places out.
TaggedTable = tuple[TaggedCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What a reader found on one page; the input of everything else, wherever it came from (a reader or OCR).

    Attributes:
        width: Of the page as shown.
        height: Of the page as shown.
        reader: Who read the characters: ``pdfium``, ``pdfminer`` or the OCR engine's name.
        chars: In the order of the file; with the blanks that the file draws.
        images: Where pictures stand.
        titles: The headings that the file itself names for this page.
        tagged: The tables that the file itself names; outer ones come before those within their cells.
        hidden: Whether ``chars`` are an invisible text layer (mostly an OCR program's, behind a scan).
        complete: False where the deadline or a limit ended the reading early.
        warnings: Sentences for a reader of the page.
        words: Given by OCR, which sees words rather than glyphs; where it is not empty it takes the place of ``chars``.
        doubts: Boxes of those words that OCR was not sure of.
    """

    number: int
    width: float
    height: float
    reader: str
    chars: tuple[Char, ...]
    rulings: tuple[Ruling, ...]
    fills: tuple[Fill, ...]
    links: tuple[Link, ...] = ()
    images: tuple[BBox, ...] = ()
    titles: tuple[Title, ...] = ()
    tagged: tuple[TaggedTable, ...] = ()
    hidden: bool = False
    complete: bool = True
    warnings: tuple[str, ...] = ()
    words: "tuple[Word, ...]" = ()
    doubts: tuple[BBox, ...] = ()


class Word(NamedTuple):
    """Characters of one line without a gap between them; a tuple for the same reason as :class:`Char`.

    Attributes:
        size: The largest type size in it, in points; 0 where it was not noted (see ``lines.word_to_size``).
    """

    text: str
    box: BBox
    chars: tuple[Char, ...]
    size: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Words on one baseline in reading order.

    Attributes:
        size: The type size of most of its letters, in points; 0 where it was not noted (see ``lines.line_to_size``).
        baseline: From the page's top, in points; noted together with the size.
    """

    box: BBox
    words: tuple[Word, ...]
    size: float = 0.0
    baseline: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table; ``lines`` top to bottom, empty for a blank cell.

    Attributes:
        row: Of its upper left corner, from 0.
        column: Of its upper left corner, from 0.
        header: Whether it labels others: a header row's cell or a row's label.
        indent: How deep the label of a row is indented, 0 to 4.
    """

    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    box: BBox
    lines: tuple[Line, ...] = ()
    header: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A rectangular grid: every (row, column) belongs to exactly one cell.

    Attributes:
        header_rows: How many of the first rows are ``<thead>``.
        kind: ``lattice`` (with rulings), ``stream`` (without) or ``tagged`` (named by the file).
        caption: Lines that name it, above or below the grid.
    """

    box: BBox
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    header_rows: int = 0
    kind: str = "lattice"
    caption: tuple[Line, ...] = ()
