"""The device on which pdfminer.six's interpreter draws: it stores glyphs, lines, fills and places of pictures."""

import math
from collections.abc import Container, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from pdfminer.pdfcolor import PDFColorSpace
from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import PDFGraphicState, PDFResourceManager, PDFTextState
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.utils import PathSegment, decode_text

from pipeline.extraction.geometry import IDENTITY, Matrix, boxes_to_common, direction_to_angle, is_middle_in
from pipeline.extraction.model import ASCENT, DESCENT, BBox, Char, Colour
from pipeline.extraction.readers.glyphs import chars_with_text
from pipeline.extraction.readers.paths import Paint, Subpath
from pipeline.extraction.readers.pdfminer.colour import operands_to_colour
from pipeline.extraction.readers.pdfminer.fonts import FontGlyphs, Glyph
from pipeline.extraction.readers.stroking import FILL_AND_STROKE, outline_is_bold
from pipeline.extraction.readers.visible import PageGlyphs, PageMarks

_INVISIBLE_MODES = frozenset({3, 7})
_BLANK_CODE = 32


# Made from a tuple, which takes a quarter of the time of a call with every field; this runs for every glyph.
_tuple_to_char = partial(tuple.__new__, Char)


class _Run(NamedTuple):
    """What all glyphs of one string have in common."""

    face: FontGlyphs
    matrix: Matrix
    size: float
    angle: int
    colour: Colour | None
    bold: bool


def _is_outlined(state: PDFGraphicState, size: float, colour: Colour | None) -> bool:
    return outline_is_bold(state.linewidth, size, operands_to_colour(state.scolor, state.scs.name), colour)


class LeanDevice(PDFDevice):
    """Stores what a page shows; the interpreter's matrices must lead to the page as shown."""

    def __init__(self, manager: PDFResourceManager) -> None:
        super().__init__(manager)
        self.text = PageGlyphs()
        self.marks = PageMarks()
        self._matrix = IDENTITY
        self._faces: dict[int, FontGlyphs] = {}
        self._tags: list[tuple[str | None, int, int | None]] = []
        #: The requested numbers of marked content.
        self.wanted: Container[int] = frozenset()
        #: The part of the page that is visible at the moment; None for all of it.
        self._clip: BBox | None = None
        self._clips: list[BBox | None] = []

    def save_clip(self) -> None:
        """Save the clip, at the operator q or the beginning of a form."""
        self._clips.append(self._clip)

    def restore_clip(self) -> None:
        """Restore the clip that was saved last."""
        if self._clips:
            self._clip = self._clips.pop()

    def clip_to(self, points: Iterable[tuple[float, float]], matrix: Matrix = IDENTITY) -> None:
        """Limit what is visible to the box around the points; the rest of that box counts as visible."""
        placed = [matrix.then(self._matrix).point(x, y) for x, y in points]
        if placed:
            xs, ys = zip(*placed, strict=True)
            box = BBox(min(xs), min(ys), max(xs), max(ys))
            nothing = BBox(0.0, 0.0, 0.0, 0.0)
            self._clip = box if self._clip is None else boxes_to_common(box, self._clip) or nothing

    def begin_figure(
        self,
        name: str,  # noqa: ARG002 — only its box is of interest
        bbox: tuple[float, float, float, float],
        matrix: tuple[float, float, float, float, float, float],
    ) -> None:
        """Begin a form, which shows what is within its box."""
        self.save_clip()
        numbers = [value for value in map(resolve1, bbox) if isinstance(value, int | float)]
        if len(numbers) == len(bbox):
            left, bottom, right, top = numbers
            self.clip_to(((left, bottom), (left, top), (right, bottom), (right, top)), Matrix(*matrix))

    def end_figure(self, name: str) -> None:  # noqa: ARG002 — as above
        """End the form."""
        self.restore_clip()

    def set_ctm(self, ctm: tuple[float, float, float, float, float, float]) -> None:
        """Set the interpreter's matrix."""
        self._matrix = Matrix(*ctm)

    def begin_tag(self, tag: object, props: object = None) -> None:  # noqa: ARG002 — the tag's name does not matter
        """Remember the beginning of content for which the author gives another text."""
        actual = resolve1(props.get("ActualText")) if isinstance(props, dict) else None
        text = decode_text(actual) if isinstance(actual, bytes) else None
        mark = resolve1(props.get("MCID")) if isinstance(props, dict) else None
        self._tags.append((text, len(self.text.shown), mark if isinstance(mark, int) else None))

    def end_tag(self) -> None:
        """Replace what was drawn since then by the author's text."""
        if self._tags:
            text, start, mark = self._tags.pop()
            if text is not None:
                self.text.shown[start:] = chars_with_text(self.text.shown[start:], text)
            if mark is not None and mark in self.wanted:
                self.text.marked.setdefault(mark, []).extend(self.text.shown[start:])

    def render_image(self, name: str, stream: PDFStream) -> None:  # noqa: ARG002 — only the place is of interest
        """Store the place of the picture."""
        box = self._matrix.box(0, 0, 1, 1)
        shown = box if self._clip is None else boxes_to_common(box, self._clip)
        if shown is not None:
            self.marks.images.append(shown)

    def render_string(
        self,
        textstate: PDFTextState,
        seq: Iterable[float | bytes],
        ncs: PDFColorSpace,
        graphicstate: PDFGraphicState,
    ) -> None:
        """Store the glyphs of one string."""
        font = textstate.font
        if font is None or not isinstance(seq, list):
            return
        face = self._faces.get(id(font))
        if face is None:
            face = self._faces[id(font)] = FontGlyphs(font)
        matrix = Matrix(*textstate.matrix).then(self._matrix)
        angle = (
            direction_to_angle(matrix.a, matrix.b)
            if textstate.fontsize >= 0
            else direction_to_angle(-matrix.a, -matrix.b)
        )
        size = abs(textstate.fontsize) * face.stretch * math.hypot(matrix.c, matrix.d)
        colour = operands_to_colour(graphicstate.ncolor, ncs.name)
        run = _Run(
            face=face,
            matrix=matrix,
            size=size,
            angle=(angle + 270) % 360 if face.vertical else angle,
            colour=colour,
            bold=face.bold or (textstate.render in FILL_AND_STROKE and _is_outlined(graphicstate, size, colour)),
        )
        target = self.text.hidden if textstate.render in _INVISIBLE_MODES else self.text.shown
        start = len(target)
        place = _string_to_column if face.vertical else _string_to_row
        textstate.linematrix = place(seq, textstate, run, target)
        if self._clip is not None:
            clip = self._clip
            target[start:] = [char for char in target[start:] if is_middle_in(char.box, clip)]

    def paint_path(
        self,
        graphicstate: PDFGraphicState,
        stroke: bool,  # noqa: FBT001 — pdfminer's signature
        fill: bool,  # noqa: FBT001 — as above
        evenodd: bool,  # noqa: ARG002, FBT001 — as above
        path: Sequence[PathSegment],
    ) -> None:
        """Store the lines and rectangles of one path."""
        if self.marks.marks.full:
            return
        paint = Paint(
            stroke_width=graphicstate.linewidth * self._matrix.scale if stroke else None,
            stroke_colour=operands_to_colour(graphicstate.scolor, graphicstate.scs.name),
            filled=fill,
            fill_colour=operands_to_colour(graphicstate.ncolor, graphicstate.ncs.name),
        )
        self.marks.marks.add_path(_path_to_subpaths(path, self._matrix), paint, self._clip)


def _string_to_row(seq: list[float | bytes], state: PDFTextState, run: _Run, target: list[Char]) -> tuple[float, float]:
    """Horizontal writing; returns where the next string begins."""
    x, y = state.linematrix
    scaling = state.scaling * 0.01
    fontsize = state.fontsize
    unit = fontsize * scaling
    charspace = state.charspace * scaling
    wordspace = 0.0 if run.face.multibyte else state.wordspace * scaling
    face = run.face
    for item in seq:
        if not isinstance(item, bytes):
            x -= _shift(item) * unit
            continue
        for code in face.font.decode(item):
            glyph = face.glyph(code)
            advance = glyph.width * unit
            if glyph.text:
                target.append(_glyph_to_char(glyph, x, y + state.rise, advance, run))
            x += advance + charspace
            if code == _BLANK_CODE:
                x += wordspace
    return x, y


def _string_to_column(
    seq: list[float | bytes], state: PDFTextState, run: _Run, target: list[Char]
) -> tuple[float, float]:
    """Vertical writing; returns where the next string begins."""
    x, y = state.linematrix
    fontsize = state.fontsize
    face = run.face
    for item in seq:
        if not isinstance(item, bytes):
            y -= _shift(item) * fontsize
            continue
        for code in face.font.decode(item):
            glyph = face.glyph(code)
            advance = glyph.width * fontsize
            if glyph.text:
                target.append(_glyph_to_column_char(glyph, (x, y), advance, run, fontsize))
            y += advance - state.charspace
    return x, y


def _shift(item: object) -> float:
    """By how much an operand between two strings moves the pen; an invalid one does not move it."""
    return item * 0.001 if isinstance(item, int | float) else 0.0


def _glyph_to_char(glyph: Glyph, x: float, y: float, advance: float, run: _Run) -> Char:
    a, b, c, d, e, f = run.matrix
    xa, ya = a * x + c * y + e, b * x + d * y + f
    xb, yb = xa + a * advance, ya + b * advance
    size = run.size
    match run.angle:
        case 0:
            left, right = (xa, xb) if xa <= xb else (xb, xa)
            box = BBox(left, ya - ASCENT * size, right, ya + DESCENT * size)
        case 90:
            box = BBox(xa - ASCENT * size, min(ya, yb), xa + DESCENT * size, max(ya, yb))
        case 180:
            box = BBox(min(xa, xb), ya - DESCENT * size, max(xa, xb), ya + ASCENT * size)
        case 270:
            box = BBox(xa - DESCENT * size, min(ya, yb), xa + ASCENT * size, max(ya, yb))
        case angle:
            box = _slanted_box((xa, ya), (xb, yb), size, angle)
    return _char(glyph, box, run)


def _slanted_box(start: tuple[float, float], end: tuple[float, float], size: float, angle: int) -> BBox:
    """The upright box around a turned glyph."""
    up_x, up_y = -math.sin(math.radians(angle)) * size, -math.cos(math.radians(angle)) * size
    xs = [x + up_x * share for x in (start[0], end[0]) for share in (ASCENT, -DESCENT)]
    ys = [y + up_y * share for y in (start[1], end[1]) for share in (ASCENT, -DESCENT)]
    return BBox(min(xs), min(ys), max(xs), max(ys))


def _glyph_to_column_char(glyph: Glyph, at: tuple[float, float], advance: float, run: _Run, fontsize: float) -> Char:
    """A glyph of vertical writing: centred under its origin, as tall as its advance."""
    x, y = at
    box = run.matrix.box(x - fontsize / 2, y + advance, x + fontsize / 2, y)
    return _char(glyph, box, run)


def _char(glyph: Glyph, box: BBox, run: _Run) -> Char:
    face, _, size, angle, colour, bold = run
    return _tuple_to_char(
        (glyph.text, box, face.name, size, bold, face.italic, angle == 0, colour, glyph.mapped, angle)
    )


def _path_to_subpaths(path: Sequence[PathSegment], matrix: Matrix) -> Iterable[Subpath]:
    points: list[tuple[float, float]] = []
    straight = True
    for operator, *operands in path:
        if operator == "h":
            if points:
                points.append(points[0])
            continue
        if operator == "m" and points:
            yield points, straight
            points, straight = [], True
        straight = straight and operator in "ml"
        points.append(matrix.point(operands[-2], operands[-1]))
    if points:
        yield points, straight
