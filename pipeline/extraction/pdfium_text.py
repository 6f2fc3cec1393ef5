"""Characters from pdfium's text page."""

import ctypes
import math
from collections.abc import Sequence
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction import clock
from pipeline.extraction.bidi import is_right_to_left
from pipeline.extraction.geometry import Matrix, PageFrame, direction_to_angle
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
#: The linear part of the matrix of a page that is not turned.
_AS_STORED = (1, 0, 0, -1)
#: Directions of writing along which the page's coordinates shrink.
_BACKWARDS = frozenset({90, 180})
_INVISIBLE_MODES = frozenset({3, 7})
#: Where a glyph's ink is this much taller than the font's size, the size cannot be true (Type 3 fonts).
_INK_OVER_SIZE = 1.6


class _Style(NamedTuple):
    """What all glyphs of one text object share.

    Attributes:
        texts: Of the codes seen so far in the font, and whether they are known.
    """

    face: Face
    size: float
    angle: int
    colour: tuple[float, float, float] | None
    hidden: bool
    texts: dict[int, tuple[str, bool]]


#: A glyph as pdfium gives it: text, whether it is known, address of its text object, style, origin (x, y) and box
#: (left, bottom, right, top) in the PDF's own coordinates.  A bare tuple, since it is made for every glyph.
_Raw = tuple[str, bool, int, _Style, float, float, float, float, float, float]


class _TextPage:
    """The walk over one text page."""

    def __init__(self, page: pdfium.PdfTextPage, frame: PageFrame) -> None:
        self._page = page.raw
        self._handle = handle_to_number(page.raw)
        self._matrix = frame.matrix
        self._styles: dict[int, _Style] = {}
        self._faces: dict[int, tuple[Face, dict[int, tuple[str, bool]]]] = {}

    def read(self, deadline: float | None) -> PageText:
        """Every character."""
        raws: list[_Raw] = []
        count = pdfium_c.FPDFText_CountChars(self._page)
        done = 0
        while done < count and not clock.expired(deadline):
            self._read_glyphs(range(done, min(count, done + _CHECK_EVERY)), raws)
            done += _CHECK_EVERY
        return _raws_to_text(raws, self._matrix, complete=done >= count)

    def _read_glyphs(self, indexes: range, raws: list[_Raw]) -> None:
        """The glyphs, without the blanks and line ends that pdfium makes up, and without what has no shape."""
        handle, styles = self._handle, self._styles
        loose, x, y = pdfium_c.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
        to_loose, to_x, to_y = ctypes.byref(loose), ctypes.byref(x), ctypes.byref(y)
        for index in indexes:
            code = get_unicode(handle, index)
            if code <= _BLANK and pdfium_c.FPDFText_IsGenerated(self._page, index) == 1:
                continue
            owner = get_text_object(handle, index)
            if owner is None:
                continue
            style = styles.get(owner)
            if style is None:
                style = styles[owner] = self._style(index)
            known = style.texts.get(code)
            if known is None:
                known = style.texts[code] = self._text(index, code)
            text, mapped = known
            if text:
                get_loose_box(handle, index, to_loose)
                get_origin(handle, index, to_x, to_y)
                box = loose.left, loose.bottom, loose.right, loose.top
                raws.append((text, mapped, owner, style, x.value, y.value, *box))

    def _text(self, index: int, code: int) -> tuple[str, bool]:
        """The glyph's text, and whether it is known: pdfium gives the bare code where the font has no map."""
        text = code_point_to_text(code)
        if text == UNMAPPED and pdfium_c.FPDFText_IsHyphen(self._page, index) == 1:
            return "-", True
        if pdfium_c.FPDFText_HasUnicodeMapError(self._page, index) == 1:
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
            self._faces[key] = (font_to_face(font), {})
        face, texts = self._faces[key]
        colour, shows = object_to_colour(item, pdfium_c.FPDFPageObj_GetFillColor)
        hidden = not shows or pdfium_c.FPDFTextObj_GetTextRenderMode(item) in _INVISIBLE_MODES
        return _Style(face, self._true_size(index, size), angle, colour, hidden, texts)

    def _true_size(self, index: int, size: float) -> float:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        if not pdfium_c.FPDFText_GetCharBox(self._page, index, left, right, bottom, top):
            return size
        ink = max(right.value - left.value, top.value - bottom.value)
        return ink if ink > _INK_OVER_SIZE * size else size


def _raws_to_text(raws: Sequence[_Raw], matrix: Matrix, *, complete: bool) -> PageText:
    """The characters on the page as shown.

    Where pdfium has taken a ligature apart, all parts are where the glyph is: they become one again.  Where it has put
    a text of the author's (ActualText) in the place of glyphs, all share an origin and divide the box.
    """
    text = PageText(complete=complete)
    as_stored = matrix[:4] == _AS_STORED
    last: tuple[_Raw, str, _Extent] | None = None
    for raw in raws:
        if as_stored and raw[3].angle == 0:  # the shortest way for nearly all glyphs there are
            extent: _Extent = raw[4] + matrix.e, raw[8] + matrix.e, matrix.f - raw[5], None
        else:
            extent = _raw_to_extent(raw, matrix)
        if last is not None:
            before, letters, (start, end, across, slanted) = last
            same = before[2] == raw[2]
            if same and before[4:6] == raw[4:6]:
                if before[6:] == raw[6:]:
                    right_to_left = is_right_to_left(letters + raw[0])  # then pdfium gives the parts from the last one
                    last = before, raw[0] + letters if right_to_left else letters + raw[0], last[2]
                    continue
                extent = _raw_to_extent(raw, matrix, from_box=True)
            if same and start < extent[0] < end:
                end = extent[0]
            _keep(text, before, letters, (start, end, across, slanted))
        last = raw, raw[0], extent
    if last is not None:
        _keep(text, *last)
    return text


#: Start and end along the baseline in the direction of writing, place across it, and the box of slanted glyphs.
_Extent = tuple[float, float, float, BBox | None]


def _raw_to_extent(raw: _Raw, matrix: Matrix, *, from_box: bool = False) -> _Extent:
    """Where the glyph is.

    pdfium's box reaches back over the origin where the ink does, and beyond the advance; so the start is the origin,
    and the end is cut at the next glyph.
    """
    _, _, _, style, x, y, left, bottom, right, top = raw
    a, b, c, d, e, f = matrix
    angle = style.angle
    if angle % 90:
        return 0.0, 0.0, 0.0, matrix.box(left, bottom, right, top)
    if angle % 180:
        along, across = b * x + d * y + f, a * x + c * y + e
        first, last = b * left + d * bottom + f, b * right + d * top + f
    else:
        along, across = a * x + c * y + e, b * x + d * y + f
        first, last = a * left + c * bottom + e, a * right + c * top + e
    if first > last:
        first, last = last, first
    if angle in _BACKWARDS:
        along, first, last = -along, -last, -first
    return (first if from_box else along), last, across, None


def _keep(text: PageText, raw: _Raw, letters: str, extent: _Extent) -> None:
    """Take the glyph in."""
    style = raw[3]
    face, size, angle = style.face, style.size, style.angle
    start, end, across, slanted = extent
    end = end if end > start else start  # noqa: FURB136 — a third of the time of max(), and this runs for every glyph
    if slanted is not None:
        box = slanted
    elif angle == 0:
        box = BBox(start, across - ASCENT * size, end, across + DESCENT * size)
    elif angle == 90:  # noqa: PLR2004 — degrees
        box = BBox(across - ASCENT * size, -end, across + DESCENT * size, -start)
    elif angle == 180:  # noqa: PLR2004 — degrees
        box = BBox(-end, across - DESCENT * size, -start, across + ASCENT * size)
    else:
        box = BBox(across - DESCENT * size, start, across + ASCENT * size, end)
    char = Char(letters, box, face.name, size, face.bold, face.italic, angle == 0, style.colour, raw[1], angle)
    (text.hidden if style.hidden else text.shown).append(char)


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
