"""Converts glyphs, as pdfium places them, to characters on the page as shown."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice, repeat
from operator import eq, sub
from typing import NamedTuple

from pipeline.extraction.bidi import is_right_to_left
from pipeline.extraction.geometry import Matrix
from pipeline.extraction.model import ASCENT, DESCENT, BBox, Char, Colour
from pipeline.extraction.readers.pdfium.styles import FontLook

_BLANKS = re.compile(" +")
#: The linear part of the matrix of a page that is not turned.
_AS_STORED = (1.0, 0.0, 0.0, -1.0)
#: Directions of writing in which the page's coordinates decrease.
_BACKWARDS = frozenset({90, 180})

#: Where pdfium puts a glyph: origin (x, y) and box (left, top, right, bottom) in the PDF's own coordinates.
_Place = tuple[float, ...]
#: Start and end along the baseline in the direction of writing, place across it, and the box of slanted glyphs.
_Extent = tuple[float, float, float, BBox | None]

# Made of tuples, which takes a third of the time of a call with every field, and these are made for every glyph.
_tuple_to_box = partial(tuple.__new__, BBox)
_tuple_to_char = partial(tuple.__new__, Char)


class Legend(NamedTuple):
    """The texts of a font's codes, as far as they have been seen.

    Attributes:
        texts: Text by code; empty where the code shows nothing.
        unknown: Codes for which the font gives no text: their text is the code itself, or U+FFFD.
        plain: Codes that are their own text, as most are.
    """

    texts: dict[str, str]
    unknown: set[str]
    plain: set[str]


class Glyphs(NamedTuple):
    """The glyphs of one text object.

    Attributes:
        letters: The text of each glyph.
        known: Whether the font gives this text.
        xs: Of its origin, in the PDF's own coordinates.
        ys: Of its origin.
        rights: Right end of its box.
        boxes: Gives the box of each glyph (left, top, right, bottom); called if needed, since it asks pdfium again.
    """

    letters: list[str]
    known: list[bool]
    xs: list[float]
    ys: list[float]
    rights: list[float]
    boxes: Callable[[], list[tuple[float, ...]]]


class Style(NamedTuple):
    """What all glyphs of a text object have in common.

    Attributes:
        legend: Of the font.
    """

    face: FontLook
    size: float
    angle: int
    colour: Colour | None
    hidden: bool
    legend: Legend


def glyphs_to_chars(glyphs: Glyphs, style: Style, matrix: Matrix) -> Iterator[Char]:
    """The characters of a text object on the page as shown.

    Where pdfium has divided a ligature, all parts have the glyph's place, and are joined again. Where it has replaced
    glyphs by the author's text (ActualText), all characters have one origin, and divide the box.

    Args:
        glyphs: At least one.
        style: Of all of them.
        matrix: Of the page's frame.
    """
    angle = style.angle
    boxes = _row_to_boxes(glyphs, style.size, matrix) if angle == 0 and matrix[:4] == _AS_STORED else None
    if boxes is None:
        glyphs, boxes = _one_by_one(glyphs, style, matrix)
    name, bold, italic = style.face
    look = repeat(name), repeat(style.size), repeat(bold), repeat(italic), repeat(angle == 0), repeat(style.colour)
    return map(_tuple_to_char, zip(glyphs.letters, boxes, *look, glyphs.known, repeat(angle), strict=False))


def glyphs_to_pieces(glyphs: Glyphs, style: Style, matrix: Matrix, gap: float) -> Iterable[Char]:
    """As :func:`glyphs_to_chars`, but glyphs close together become one character with several letters.

    Words are made of these as of single glyphs, in a third of the time. A piece ends at every blank, and
    before every gap wider than ``gap`` (a share of the type size). Text that is turned, has unreadable glyphs, runs
    from right to left or leaves its line is not joined.
    """
    pieces = None
    if False not in glyphs.known:
        pieces = row_to_pieces("".join(glyphs.letters), glyphs.xs, glyphs.ys, glyphs.rights, style, matrix, gap)
    return glyphs_to_chars(glyphs, style, matrix) if pieces is None else pieces


def row_to_pieces(  # noqa: PLR0913, PLR0917 — the columns of a run, for whose sake no object is made
    text: str,
    xs: list[float],
    ys: list[float],
    rights: list[float],
    style: Style,
    matrix: Matrix,
    gap: float,
) -> Iterable[Char] | None:
    """The same of glyphs whose texts are all known; None where they must be looked at one by one.

    Args:
        text: One letter for each glyph.
        xs: Of their origins, in the PDF's own coordinates.
        ys: Of their origins.
        rights: Right ends of their boxes.
        style: Of all of them.
        matrix: Of the page's frame.
        gap: As above.
    """
    plain = style.angle == 0 and matrix[:4] == _AS_STORED and ys.count(ys[0]) == len(ys) and len(text) == len(xs)
    if not plain or not (text.isascii() or not is_right_to_left(text)) or _has_equals(xs):
        return None
    name, size, left = style.face.name, style.size, matrix.e
    foot = matrix.f - ys[0]
    top, bottom = foot - ASCENT * size, foot + DESCENT * size
    begins, lasts = _row_to_cuts(text, xs, rights, gap * size)
    starts = [xs[begin] + left for begin in begins]
    following = [*xs[1:], math.inf]
    ends = [
        left + (after if start < after < end else max(end, start))
        for start, after, end in ((xs[last], following[last], rights[last]) for last in lasts)
    ]
    letters = [text[begin : last + 1].strip() or " " for begin, last in zip(begins, lasts, strict=True)]
    look = repeat(name), repeat(size), repeat(style.face.bold), repeat(style.face.italic), repeat(object=True)
    boxes = map(_tuple_to_box, zip(starts, repeat(top), ends, repeat(bottom), strict=False))
    return map(
        _tuple_to_char,
        zip(letters, boxes, *look, repeat(style.colour), repeat(object=True), repeat(0), strict=False),
    )


def _row_to_cuts(text: str, starts: list[float], ends: list[float], widest: float) -> tuple[list[int], list[int]]:
    """The first and last glyph of each piece of a row. A piece ends at blanks, at wide gaps, and at steps backwards."""
    gaps = list(map(sub, islice(starts, 1, None), ends))
    cuts = set[int]()
    if gaps and not -widest <= min(gaps) <= max(gaps) <= widest:
        cuts = {index for index, gap in enumerate(gaps, 1) if not -widest <= gap <= widest}
    if " " in text:
        for blanks in _BLANKS.finditer(text):
            cuts.update(blanks.span())
    ordered = sorted(cuts - {0, len(text)})
    return [0, *ordered], [*(cut - 1 for cut in ordered), len(text) - 1]


def _has_equals(xs: list[float]) -> bool:
    """Whether two neighbours are equal."""
    return len(set(xs)) < len(xs) and True in map(eq, xs, islice(xs, 1, None))


def _row_to_boxes(glyphs: Glyphs, size: float, matrix: Matrix) -> Iterable[BBox] | None:
    """The boxes of upright glyphs on an upright page (the usual case); None where two have the same origin."""
    edges = _row_to_edges(glyphs, matrix.e)
    if edges is None:
        return None
    starts, ends = edges
    ys, foot = glyphs.ys, matrix.f
    up, down = ASCENT * size, DESCENT * size
    if ys.count(ys[0]) == len(ys):
        tops: Iterable[float] = repeat(foot - ys[0] - up)
        bottoms: Iterable[float] = repeat(foot - ys[0] + down)
    else:
        tops, bottoms = [foot - y - up for y in ys], [foot - y + down for y in ys]
    return map(_tuple_to_box, zip(starts, tops, ends, bottoms, strict=False))


def _row_to_edges(glyphs: Glyphs, left: float) -> tuple[list[float], list[float]] | None:
    """Where upright glyphs begin and end; None where two have the same origin."""
    starts = [x + left for x in glyphs.xs]
    following = [*islice(starts, 1, None), math.inf]
    if True in map(eq, starts, following):
        return None
    ends = [
        after if start < after < end else end if end > start else start  # noqa: FURB136 — a third of the time of max()
        for start, after, end in zip(starts, following, [right + left for right in glyphs.rights], strict=True)
    ]
    return starts, ends


def _one_by_one(glyphs: Glyphs, style: Style, matrix: Matrix) -> tuple[Glyphs, list[BBox]]:
    """The glyphs without parts of other glyphs, and their boxes."""
    kept = glyphs._replace(letters=[], known=[])
    extents: list[_Extent] = []
    last: _Place | None = None
    columns = zip(glyphs.letters, glyphs.known, glyphs.xs, glyphs.ys, glyphs.boxes(), strict=True)
    for letter, is_known, x, y, box in columns:
        place = x, y, *box
        shared = last is not None and last[:2] == place[:2]
        if shared and last == place:
            right_to_left = is_right_to_left(kept.letters[-1] + letter)  # then pdfium gives the parts from the last one
            kept.letters[-1] = letter + kept.letters[-1] if right_to_left else kept.letters[-1] + letter
            continue
        extent = _place_to_extent(place, style.angle, matrix, from_box=shared)
        if extents:
            start, end, across, slanted = extents[-1]
            if start < extent[0] < end:
                extents[-1] = start, extent[0], across, slanted
        kept.letters.append(letter)
        kept.known.append(is_known)
        extents.append(extent)
        last = place
    return kept, [_extent_to_box(extent, style) for extent in extents]


def _place_to_extent(place: _Place, angle: int, matrix: Matrix, *, from_box: bool) -> _Extent:
    """The extent of the glyph.

    pdfium's box begins before the origin where the ink does, and ends after the advance. So the start is the origin,
    and the end is limited by the next glyph.
    """
    x, y, left, top, right, bottom = place
    a, b, c, d, e, f = matrix
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


def _extent_to_box(extent: _Extent, style: Style) -> BBox:
    start, end, across, slanted = extent
    end = max(start, end)
    size = style.size
    match style.angle:
        case _ if slanted is not None:
            return slanted
        case 0:
            return BBox(start, across - ASCENT * size, end, across + DESCENT * size)
        case 90:
            return BBox(across - ASCENT * size, -end, across + DESCENT * size, -start)
        case 180:
            return BBox(-end, across - DESCENT * size, -start, across + ASCENT * size)
        case _:
            return BBox(across - DESCENT * size, start, across + ASCENT * size, end)
