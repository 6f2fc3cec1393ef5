"""Characters from pdfium's text page."""

import ctypes
import math
from dataclasses import dataclass
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction import clock
from pipeline.extraction.geometry import PageFrame, direction_to_angle
from pipeline.extraction.glyphs import UNMAPPED, code_point_to_text
from pipeline.extraction.model import ASCENT, DESCENT, BBox, Char
from pipeline.extraction.pdfium_calls import (
    get_loose_box,
    get_origin,
    get_text_object,
    get_unicode,
    handle_to_number,
)
from pipeline.extraction.pdfium_styles import Face, font_to_face, object_to_colour
from pipeline.extraction.visible import PageText

_CHECK_EVERY = 512
_BLANK = 0x20
#: Directions of writing along which the page's coordinates shrink.
_BACKWARDS = frozenset({90, 180})
_INVISIBLE_MODES = frozenset({3, 7})
#: Where a glyph's ink is this much taller than the font's size, the size cannot be true (Type 3 fonts).
_INK_OVER_SIZE = 1.6


class _Style(NamedTuple):
    """What all glyphs of one text object share."""

    face: Face
    size: float
    angle: int
    colour: tuple[float, float, float] | None
    hidden: bool


@dataclass(slots=True)
class _Glyph:
    """A glyph whose end is not certain before the next one is known.

    Attributes:
        owner: Address of its text object.
        start: Of the origin along the baseline, in the direction of writing.
        inked: The same of the box, which may begin elsewhere.
        end: The same, of the box's end.
        across: Where the baseline is.
        slanted: The box where the baseline is neither horizontal nor vertical.
    """

    text: str
    mapped: bool
    owner: int
    style: _Style
    origin: tuple[float, float]
    start: float
    inked: float
    end: float
    across: float
    slanted: BBox | None

    def char(self) -> Char:
        style = self.style
        return Char(
            text=self.text,
            box=self.slanted or self._box(),
            font=style.face.name,
            size=style.size,
            bold=style.face.bold,
            italic=style.face.italic,
            upright=style.angle == 0,
            colour=style.colour,
            mapped=self.mapped,
            angle=style.angle,
        )

    def _box(self) -> BBox:
        start, end, across = self.start, max(self.start, self.end), self.across
        above, below = ASCENT * self.style.size, DESCENT * self.style.size
        match self.style.angle:
            case 0:
                return BBox(start, across - above, end, across + below)
            case 90:
                return BBox(across - above, -end, across + below, -start)
            case 180:
                return BBox(-end, across - below, -start, across + above)
            case _:
                return BBox(across - below, start, across + above, end)


class _TextPage:
    """The walk over one text page."""

    def __init__(self, page: pdfium.PdfTextPage, frame: PageFrame) -> None:
        self._page = page.raw
        self._handle = handle_to_number(page.raw)
        self._matrix = frame.matrix
        self._styles: dict[int, _Style] = {}
        self._faces: dict[int, Face] = {}
        self._unread: dict[tuple[str, int], bool] = {}
        self._loose = pdfium_c.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._to_loose, self._to_x, self._to_y = map(ctypes.byref, (self._loose, self._x, self._y))

    def read(self, deadline: float | None) -> PageText:
        """Every character.

        Where pdfium has taken a ligature apart, all parts are where the glyph is: they become one again.  Where it has
        put a text of the author's (ActualText) in the place of glyphs, all share an origin and divide the box.
        """
        text = PageText()
        last: _Glyph | None = None
        for index in range(pdfium_c.FPDFText_CountChars(self._page)):
            if index % _CHECK_EVERY == 0 and clock.expired(deadline):
                text.complete = False
                break
            glyph = self._glyph(index)
            if glyph is None or not glyph.text:
                continue
            if last is not None and last.owner == glyph.owner and last.origin == glyph.origin:
                if last.end == glyph.end and last.slanted == glyph.slanted:
                    last.text += glyph.text
                    continue
                glyph.start = glyph.inked
            if last is not None:
                _keep(text, last, glyph)
            last = glyph
        if last is not None:
            _keep(text, last, None)
        return text

    def _glyph(self, index: int) -> _Glyph | None:
        """The glyph, None for the blanks and line ends that pdfium makes up."""
        handle = self._handle
        code = get_unicode(handle, index)
        if code <= _BLANK and pdfium_c.FPDFText_IsGenerated(self._page, index) == 1:
            return None
        owner = get_text_object(handle, index)
        if owner is None:
            return None
        style = self._styles.get(owner)
        if style is None:
            style = self._styles[owner] = self._style(index)
        get_loose_box(handle, index, self._to_loose)
        get_origin(handle, index, self._to_x, self._to_y)
        text, mapped = self._text(index, code, style)
        return _Glyph(text, mapped, owner, style, *self._extent(style.angle))

    def _extent(self, angle: int) -> tuple[tuple[float, float], float, float, float, float, BBox | None]:
        """Origin, start, box's start, end and place across the baseline of the glyph just asked for.

        pdfium's box reaches back over the origin where the ink does, and beyond the advance; so the start is the
        origin, and the caller cuts the end at the next glyph.
        """
        a, b, c, d, e, f = self._matrix
        x, y = self._x.value, self._y.value
        x, y = a * x + c * y + e, b * x + d * y + f
        loose = self._loose
        left, bottom, right, top = loose.left, loose.bottom, loose.right, loose.top
        if angle % 90:
            return (x, y), 0.0, 0.0, 0.0, 0.0, self._matrix.box(left, bottom, right, top)
        if angle % 180:
            along, across = y, x
            first, last = sorted((b * left + d * bottom + f, b * right + d * top + f))
        else:
            along, across = x, y
            first, last = sorted((a * left + c * bottom + e, a * right + c * top + e))
        if angle in _BACKWARDS:
            return (x, y), -along, -last, -first, across, None
        return (x, y), along, first, last, across, None

    def _text(self, index: int, code: int, style: _Style) -> tuple[str, bool]:
        """The glyph's text, and whether it is known: pdfium gives the bare code where the font has no map."""
        text = code_point_to_text(code)
        if text == UNMAPPED and pdfium_c.FPDFText_IsHyphen(self._page, index) == 1:
            return "-", True
        key = (style.face.name, code)
        unread = self._unread.get(key)
        if unread is None:
            unread = self._unread[key] = pdfium_c.FPDFText_HasUnicodeMapError(self._page, index) == 1
        if unread:
            return chr(code), False
        return text, text != UNMAPPED

    def _style(self, index: int) -> _Style:
        item = pdfium_c.FPDFText_GetTextObject(self._page, index)
        matrix = pdfium_c.FS_MATRIX()
        pdfium_c.FPDFText_GetMatrix(self._page, index, matrix)
        frame = self._matrix
        angle = direction_to_angle(matrix.a * frame.a + matrix.b * frame.c, matrix.a * frame.b + matrix.b * frame.d)
        size = abs(pdfium_c.FPDFText_GetFontSize(self._page, index)) * math.hypot(matrix.c, matrix.d)
        font = pdfium_c.FPDFTextObj_GetFont(item)
        key = handle_to_number(font)
        if key not in self._faces:
            self._faces[key] = font_to_face(font)
        colour, shows = object_to_colour(item, pdfium_c.FPDFPageObj_GetFillColor)
        hidden = not shows or pdfium_c.FPDFTextObj_GetTextRenderMode(item) in _INVISIBLE_MODES
        return _Style(self._faces[key], self._true_size(index, size), angle, colour, hidden)

    def _true_size(self, index: int, size: float) -> float:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not pdfium_c.FPDFText_GetCharBox(self._page, index, left, right, bottom, top):
            return size
        ink = max(right.value - left.value, top.value - bottom.value)
        return ink if ink > _INK_OVER_SIZE * size else size


def _keep(text: PageText, glyph: _Glyph, following: _Glyph | None) -> None:
    if following is not None and following.owner == glyph.owner and glyph.start < following.start < glyph.end:
        glyph.end = following.start
    (text.hidden if glyph.style.hidden else text.shown).append(glyph.char())


def page_to_chars(page: pdfium.PdfPage, frame: PageFrame, deadline: float | None) -> PageText:
    """Every character of a page.

    Args:
        page: Of the open document.
        frame: How it is shown.
        deadline: Seconds of ``time.monotonic()``.
    """
    text_page = page.get_textpage()
    try:
        return _TextPage(text_page, frame).read(deadline)
    finally:
        text_page.close()
