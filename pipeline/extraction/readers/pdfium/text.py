"""Reads characters from pdfium's text page."""

import ctypes
import math
import re
from collections.abc import Container, Iterable, Mapping
from functools import partial
from itertools import compress
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.extraction.geometry import PageFrame, direction_to_angle, is_middle_in
from pipeline.extraction.model import ASCENT, BBox, Char, Colour
from pipeline.extraction.readers.glyphs import UNMAPPED, code_point_to_text
from pipeline.extraction.readers.pdfium.calls import (
    Address,
    Room,
    get_fill_colour,
    get_font,
    get_font_size,
    get_ink_box,
    get_render_mode,
    get_stroke_colour,
    get_stroke_width,
    get_text_matrix,
    handle_to_argument,
    has_no_map,
)
from pipeline.extraction.readers.pdfium.glyphs import (
    Glyphs,
    Legend,
    Style,
    glyphs_to_chars,
    glyphs_to_pieces,
    row_to_pieces,
)
from pipeline.extraction.readers.pdfium.runs import GlyphRun, RunReader, indexes_to_boxes
from pipeline.extraction.readers.pdfium.styles import FontLook, Palette, font_to_look
from pipeline.extraction.readers.stroking import FILL_AND_STROKE, outline_is_bold
from pipeline.extraction.readers.visible import PageGlyphs

_INVISIBLE_MODES = frozenset({3, 7})
#: The two halves of a character beyond U+FFFF; and a joiner, which has no shape.
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_NO_SHAPE = "\u200d"
#: If a glyph's ink is this much taller than the font's size, the size is wrong (Type 3 fonts).
_INK_OVER_SIZE = 1.6
#: From one glyph of vertical writing to the next, x differs by at most and y by at least these shares of the type size.
SIDEWAYS, DOWNWARDS = 0.1, 0.4
#: Glyphs of vertical writing begin this share of the type size above their baseline.
VERTICAL_ASCENT = 0.88


class TextObjects(NamedTuple):
    """What is known about the text objects of a page.

    Attributes:
        only: Those to be read; None for all.
        clips: Where they can be seen; objects not listed are completely visible.
        owners: The number of their marked content, where their characters are asked for by it.
    """

    only: Container[Address] | None = None
    clips: Mapping[Address, BBox] = {}
    owners: Mapping[Address, int] = {}


#: For a page of which nothing is known.
NOTHING_KNOWN = TextObjects()


class _TextPage:
    """Goes through one text page."""

    def __init__(self, page: pdfium.PdfTextPage, frame: PageFrame, gap: float | None) -> None:
        self._page = page.raw
        self._argument = handle_to_argument(page.raw)
        self._gap = gap
        self._matrix = frame.matrix
        self._styles: dict[Address, Style] = {}
        self._faces: dict[Address | None, tuple[FontLook, Legend]] = {}
        self._palette = Palette()
        self._text_matrix = Room(ctypes.c_float, 6)
        self._ink = Room(ctypes.c_double, 4)
        self._width = Room(ctypes.c_float, 1)

    def read(self, deadline: float | None, known: TextObjects) -> PageGlyphs:
        """Every glyph with a shape."""
        text = PageGlyphs()
        reader = RunReader(self._page)
        for run in reader.read(deadline):
            if known.only is not None and run.owner not in known.only:
                continue
            style = self._styles.get(run.owner)
            if style is None:
                style = self._styles[run.owner] = self._style(run.indexes[0], run.owner)
            clip = known.clips.get(run.owner)
            codes = self._run_to_codes(run, style.legend)
            chars = None
            if self._gap is not None and clip is None and style.legend.plain.issuperset(codes):
                chars = row_to_pieces(codes, run.xs, run.ys, run.rights, style, self._matrix, self._gap)
            if chars is None:
                glyphs = self._run_to_glyphs(run, codes, style.legend)
                if not glyphs.letters:
                    continue
                chars = self._to_chars(glyphs, style, clip)
            mark = known.owners.get(run.owner)
            if mark is not None:
                chars = list(chars)
                text.marked.setdefault(mark, []).extend(chars)
            (text.hidden if style.hidden else text.shown).extend(chars)
        text.complete = reader.complete
        return text

    def _to_chars(self, glyphs: Glyphs, style: Style, clip: BBox | None) -> Iterable[Char]:
        downwards = _run_downwards(glyphs, style)
        if clip is not None or downwards:
            chars: Iterable[Char] = glyphs_to_chars(glyphs, style, self._matrix)
            if downwards:
                chars = map(_char_to_vertical, chars)
            return [char for char in chars if clip is None or is_middle_in(char.box, clip)]
        if self._gap is None:
            return glyphs_to_chars(glyphs, style, self._matrix)
        return glyphs_to_pieces(glyphs, style, self._matrix, self._gap)

    def _run_to_codes(self, run: GlyphRun, legend: Legend) -> str:
        """The code of each glyph; the first one of each code in a font is examined further."""
        if legend.plain.issuperset(run.text):  # as of nearly all runs
            return run.text
        codes = _HALVES.sub(_halves_to_whole, run.text)
        for code in set(codes) - legend.texts.keys():
            self._explain(code, run.indexes[codes.index(code)], legend)
        return codes

    def _run_to_glyphs(self, run: GlyphRun, codes: str, legend: Legend) -> Glyphs:
        """The glyphs with a shape."""
        letters = [legend.texts[code] for code in codes]
        are_known = [code not in legend.unknown for code in codes] if legend.unknown else [True] * len(codes)
        xs, ys, rights, indexes = run.xs, run.ys, run.rights, run.indexes
        if "" in letters:
            xs, ys, rights = (list(compress(column, letters)) for column in (xs, ys, rights))
            are_known, indexes = list(compress(are_known, letters)), list(compress(indexes, letters))
            letters = [letter for letter in letters if letter]
        return Glyphs(letters, are_known, xs, ys, rights, partial(indexes_to_boxes, self._page, indexes))

    def _explain(self, code: str, index: int, legend: Legend) -> None:
        """Store what a code shows: pdfium gives the code itself where the font has no map."""
        text = code_point_to_text(ord(code))
        if text == UNMAPPED and pdfium_c.FPDFText_IsHyphen(self._page, index) == 1:
            text = "-"
        elif has_no_map(self._argument, index) == 1:
            text = code
            legend.unknown.add(code)
        elif text == UNMAPPED:
            legend.unknown.add(code)
        legend.texts[code] = text
        if text == code and code not in legend.unknown:
            legend.plain.add(code)

    def _style(self, index: int, owner: Address) -> Style:
        get_text_matrix(self._argument, index, self._text_matrix.references[0])
        a, b, c, d, _, _ = self._text_matrix.whole()
        frame = self._matrix
        angle = direction_to_angle(a * frame.a + b * frame.c, a * frame.b + b * frame.d)
        size = self._true_size(index, abs(get_font_size(self._argument, index)) * math.hypot(c, d))
        key = get_font(owner)
        if key not in self._faces:
            item = pdfium_c.FPDFText_GetTextObject(self._page, index)
            self._faces[key] = font_to_look(pdfium_c.FPDFTextObj_GetFont(item)), Legend({}, set(), set())
        face, legend = self._faces[key]
        colour, shows = self._palette.object_to_colour(owner, get_fill_colour)
        mode = get_render_mode(owner)
        if mode in FILL_AND_STROKE and self._is_outlined(owner, size, colour):
            face = face._replace(bold=True)
        hidden = not shows or mode in _INVISIBLE_MODES
        return Style(face, size, angle, colour, hidden, legend)

    def _is_outlined(self, owner: Address, size: float, colour: Colour | None) -> bool:
        stroked, shows = self._palette.object_to_colour(owner, get_stroke_colour)
        get_stroke_width(owner, self._width.references[0])
        return shows and outline_is_bold(self._width.read(1)[0], size, stroked, colour)

    def _true_size(self, index: int, size: float) -> float:
        if not get_ink_box(self._argument, index, *self._ink.references):
            return size
        left, right, bottom, top = self._ink.whole()
        ink = max(right - left, top - bottom)
        return ink if ink > _INK_OVER_SIZE * size else size


def _halves_to_whole(halves: re.Match[str]) -> str:
    """The character of two UTF-16 halves, followed by a character without a shape."""
    return halves[0].encode("utf-16", "surrogatepass").decode("utf-16") + _NO_SHAPE


def _run_downwards(glyphs: Glyphs, style: Style) -> bool:
    """Whether upright glyphs of one text object are below each other: pdfium does not report vertical writing."""
    xs, ys = glyphs.xs, glyphs.ys
    if style.angle or ys[0] == ys[-1]:  # a single glyph has no direction
        return False
    return all(
        abs(right - left) <= SIDEWAYS * style.size and upper - lower >= DOWNWARDS * style.size
        for left, right, upper, lower in zip(xs, xs[1:], ys, ys[1:], strict=False)
    )


def _char_to_vertical(char: Char) -> Char:
    """The glyph in vertical writing: its line runs down, and its box begins where the one above ends."""
    up = VERTICAL_ASCENT * char.size - ASCENT * char.size
    box = char.box._replace(top=char.box.top - up, bottom=char.box.bottom - up)
    return char._replace(box=box, angle=270, upright=False)


def page_to_chars(
    page: pdfium.PdfPage,
    frame: PageFrame,
    deadline: float | None,
    known: TextObjects = NOTHING_KNOWN,
    *,
    pieces: float | None = None,
) -> PageGlyphs:
    """Every character of a page.

    Args:
        page: Of the open document.
        frame: How it is shown.
        deadline: Seconds of ``time.thread_time()``.
        known: About its text objects.
        pieces: Glyphs of one text object with gaps smaller than this share of their size become one character with
            several letters; None to keep every glyph separate.
    """
    text_page = page.get_textpage()
    try:
        return _TextPage(text_page, frame, pieces).read(deadline, known)
    finally:
        text_page.close()
