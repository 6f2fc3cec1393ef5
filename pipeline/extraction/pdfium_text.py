"""Characters from pdfium's text page."""

import ctypes
import math
from collections.abc import Callable
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction import clock
from pipeline.extraction.geometry import PageFrame, direction_to_angle
from pipeline.extraction.glyphs import UNMAPPED, code_point_to_text, font_to_name, name_is_bold, name_is_italic
from pipeline.extraction.model import ASCENT, DESCENT, BBox, Char, Colour
from pipeline.extraction.visible import PageText

_CHECK_EVERY = 512
_BOLD_WEIGHT = 600
_ITALIC_FLAG = 1 << 6
_FORCE_BOLD_FLAG = 1 << 18
_INVISIBLE_MODES = frozenset({3, 7})
#: Where a glyph's ink is this much taller than the font's size, the size cannot be true (Type 3 fonts).
_INK_OVER_SIZE = 1.6


def _address_of(function: object) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0  # type: ignore[arg-type]  # any C function will do


#: FPDFText_GetTextObject with the pointer as a plain number: that is what makes it a key.
_text_object: Callable[[int, int], int | None] = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(
    _address_of(pdfium_c.FPDFText_GetTextObject)
)


class _Style(NamedTuple):
    """What all glyphs of one text object share."""

    font: str
    size: float
    bold: bool
    italic: bool
    angle: int
    colour: Colour | None
    hidden: bool


class _TextPage:
    """The walk over one text page."""

    def __init__(self, page: pdfium.PdfTextPage, frame: PageFrame) -> None:
        self._page = page.raw
        self._handle = ctypes.cast(page.raw, ctypes.c_void_p).value or 0
        self._frame = frame
        self._styles: dict[int, _Style] = {}
        self._fonts: dict[int, tuple[str, bool, bool]] = {}
        self._loose = pdfium_c.FS_RECTF()
        self._matrix = pdfium_c.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def read(self, deadline: float | None) -> PageText:
        text = PageText()
        page = self._page
        for index in range(pdfium_c.FPDFText_CountChars(page)):
            if index % _CHECK_EVERY == 0 and clock.expired(deadline):
                text.complete = False
                break
            if pdfium_c.FPDFText_IsGenerated(page, index) == 1:
                continue
            key = _text_object(self._handle, index)
            if key is None:
                continue
            style = self._styles.get(key)
            if style is None:
                style = self._styles[key] = self._style(index)
            char = self._char(index, style)
            (text.hidden if style.hidden else text.shown).append(char)
        return text

    def _char(self, index: int, style: _Style) -> Char:
        page = self._page
        text = code_point_to_text(pdfium_c.FPDFText_GetUnicode(page, index))
        if text == UNMAPPED and pdfium_c.FPDFText_IsHyphen(page, index) == 1:
            text = "-"
        elif text != " " and pdfium_c.FPDFText_HasUnicodeMapError(page, index) == 1:
            text = UNMAPPED
        return Char(
            text=text,
            box=self._box(index, style),
            font=style.font,
            size=style.size,
            bold=style.bold,
            italic=style.italic,
            upright=style.angle == 0,
            colour=style.colour,
            mapped=text != UNMAPPED,
            angle=style.angle,
        )

    def _box(self, index: int, style: _Style) -> BBox:
        loose = self._loose
        pdfium_c.FPDFText_GetLooseCharBox(self._page, index, loose)
        matrix = self._frame.matrix
        box = matrix.box(loose.left, loose.bottom, loose.right, loose.top)
        if style.angle % 90:
            return box
        pdfium_c.FPDFText_GetCharOrigin(self._page, index, self._x, self._y)
        x, y = matrix.point(self._x.value, self._y.value)
        above, below = ASCENT * style.size, DESCENT * style.size
        match style.angle:
            case 0:
                return BBox(box.x0, y - above, box.x1, y + below)
            case 90:
                return BBox(x - above, box.top, x + below, box.bottom)
            case 180:
                return BBox(box.x0, y - below, box.x1, y + above)
            case _:
                return BBox(x - below, box.top, x + above, box.bottom)

    def _style(self, index: int) -> _Style:
        item = pdfium_c.FPDFText_GetTextObject(self._page, index)
        pdfium_c.FPDFText_GetMatrix(self._page, index, self._matrix)
        a, b, c, d = self._matrix.a, self._matrix.b, self._matrix.c, self._matrix.d
        frame = self._frame.matrix
        angle = direction_to_angle(a * frame.a + b * frame.c, a * frame.b + b * frame.d)
        size = abs(pdfium_c.FPDFText_GetFontSize(self._page, index)) * math.hypot(c, d)
        font, bold, italic = self._font(pdfium_c.FPDFTextObj_GetFont(item))
        colour, alpha = _object_to_colour(item)
        hidden = alpha == 0 or pdfium_c.FPDFTextObj_GetTextRenderMode(item) in _INVISIBLE_MODES
        return _Style(font, self._true_size(index, size), bold, italic, angle, colour, hidden)

    def _true_size(self, index: int, size: float) -> float:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not pdfium_c.FPDFText_GetCharBox(self._page, index, left, right, bottom, top):
            return size
        ink = max(right.value - left.value, top.value - bottom.value)
        return ink if ink > _INK_OVER_SIZE * size else size

    def _font(self, handle: object) -> tuple[str, bool, bool]:
        key = ctypes.cast(handle, ctypes.c_void_p).value or 0  # type: ignore[arg-type]  # a pointer of the bindings
        if key not in self._fonts:
            self._fonts[key] = _font_to_traits(handle)
        return self._fonts[key]


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


def _object_to_colour(item: object) -> tuple[Colour | None, int]:
    """Fill colour and alpha (0 to 255)."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium_c.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        return None, 255
    return (red.value / 255, green.value / 255, blue.value / 255), alpha.value


def _font_to_traits(handle: object) -> tuple[str, bool, bool]:
    """Name, bold, italic."""
    if not handle:
        return "", False, False
    buffer = ctypes.create_string_buffer(256)
    length = pdfium_c.FPDFFont_GetBaseFontName(handle, buffer, len(buffer))
    name = font_to_name(buffer.value.decode("utf-8", "replace")) if 0 < length <= len(buffer) else ""
    flags = max(0, pdfium_c.FPDFFont_GetFlags(handle))
    bold = name_is_bold(name) or bool(flags & _FORCE_BOLD_FLAG)
    italic = name_is_italic(name) or bool(flags & _ITALIC_FLAG)
    return name, bold, italic
