"""Rulings, fills and pictures from pdfium's page objects."""

import ctypes
from collections import deque
from collections.abc import Iterator
from itertools import repeat

import pypdfium2.raw as pdfium_c

from pipeline.extraction.deadline import expired
from pipeline.extraction.geometry import IDENTITY, Matrix, PageFrame, boxes_to_common
from pipeline.extraction.model import BBox
from pipeline.extraction.readers.paths import Paint, Subpath
from pipeline.extraction.readers.pdfium.calls import (
    Address,
    Room,
    closes,
    count_clip_paths,
    count_clip_segments,
    count_inner,
    count_segments,
    get_clip,
    get_clip_segment,
    get_draw_mode,
    get_fill_colour,
    get_inner,
    get_kind,
    get_matrix,
    get_object,
    get_point,
    get_segment,
    get_segment_kind,
    get_stroke_colour,
    get_stroke_width,
)
from pipeline.extraction.readers.pdfium.styles import Palette
from pipeline.extraction.readers.visible import PageMarks

_CHECK_EVERY = 256
_PATH, _IMAGE, _FORM = pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM
_TEXT = pdfium_c.FPDF_PAGEOBJ_TEXT
_MOVE, _CURVE = pdfium_c.FPDF_SEGMENT_MOVETO, pdfium_c.FPDF_SEGMENT_BEZIERTO
_MAX_DEPTH = 12
#: Paths of more segments than this are drawings, not tables.
_MAX_SEGMENTS = 20_000
#: Clips nested deeper than this, and clips with more segments than one request returns, are ignored.
_MAX_CLIPS = 16
_NOTHING = BBox(0.0, 0.0, 0.0, 0.0)
#: How many segments are requested at a time.
CHUNK = 64
#: Created once, since it has many references; only one thread at a time may use pdfium in any case.
POINTS = Room(ctypes.c_float, 2 * CHUNK)
POINTS_X, POINTS_Y = POINTS.references[::2], POINTS.references[1::2]


class ObjectWalk:
    """Goes through the objects of one page."""

    def __init__(self, page: object, frame: PageFrame) -> None:
        self._page = page
        self._frame = frame
        self._palette = Palette()
        self._matrix = Room(ctypes.c_float, 6)
        self._modes = Room(ctypes.c_int, 2)
        self._width = Room(ctypes.c_float, 1)

    def read(self, deadline: float | None) -> PageMarks:
        """All marks."""
        marks = PageMarks()
        for count, (item, kind, matrix) in enumerate(self.leaves()):
            if marks.marks.full or (count % _CHECK_EVERY == 0 and expired(deadline)):
                marks.complete = marks.marks.full
                break
            clip = self.object_to_clip(item, matrix)
            if kind == _PATH:
                self._add_path(marks, item, matrix, clip)
            elif kind == _IMAGE:
                box = self.object_to_matrix(item).then(matrix).box(0, 0, 1, 1)
                shown = box if clip is None else boxes_to_common(box, clip)
                marks.images += [] if shown is None else [shown]
            elif kind == _TEXT and clip is not None:
                marks.clips[item] = clip
        return marks

    def clips(self) -> dict[Address, BBox]:
        """For each clipped text object, where it can be seen."""
        texts = ((item, matrix) for item, kind, matrix in self.leaves() if kind == _TEXT)
        return {item: clip for item, matrix in texts if (clip := self.object_to_clip(item, matrix)) is not None}

    def object_to_clip(self, item: Address, matrix: Matrix) -> BBox | None:
        """The box of the page in which the object can be seen; None where it is completely visible."""
        path = get_clip(item)
        clip: BBox | None = None
        for index in range(min(_MAX_CLIPS, count_clip_paths(path))):
            count = count_clip_segments(path, index)
            if not 0 < count <= CHUNK:
                continue
            segments = [get_clip_segment(path, index, place) for place in range(count)]
            deque(map(get_point, segments, POINTS_X, POINTS_Y), maxlen=0)
            places = POINTS.read(2 * count)
            xs, ys = zip(*(matrix.point(x, y) for x, y in zip(places[::2], places[1::2], strict=True)), strict=True)
            box = BBox(min(xs), min(ys), max(xs), max(ys))
            clip = box if clip is None else boxes_to_common(box, clip) or _NOTHING
        return clip

    def leaves(self) -> Iterator[tuple[Address, int, Matrix]]:
        """Objects, including those in forms, with their kind and the matrix to the page as shown."""
        items = list(map(get_object, repeat(self._page), range(pdfium_c.FPDFPage_CountObjects(self._page))))
        for item, kind in zip(items, map(get_kind, items), strict=True):
            if kind == _FORM and item is not None:
                yield from self._object_to_leaves(item, self._frame.matrix, 0)
            elif item is not None:
                yield item, kind, self._frame.matrix

    def _object_to_leaves(self, item: Address, matrix: Matrix, depth: int) -> Iterator[tuple[Address, int, Matrix]]:
        kind = get_kind(item)
        if kind != _FORM:
            yield item, kind, matrix
        elif depth < _MAX_DEPTH:
            inner = self.object_to_matrix(item).then(matrix)
            for index in range(count_inner(item)):
                part = get_inner(item, index)
                if part is not None:
                    yield from self._object_to_leaves(part, inner, depth + 1)

    def object_to_matrix(self, item: Address) -> Matrix:
        """An object's own matrix."""
        if not get_matrix(item, self._matrix.references[0]):
            return IDENTITY
        return Matrix(*self._matrix.whole())

    def _add_path(self, marks: PageMarks, item: Address, matrix: Matrix, clip: BBox | None) -> None:
        get_draw_mode(item, *self._modes.references)
        filled, stroked = self._modes.whole()
        segments = count_segments(item)
        if not (filled or stroked) or segments > _MAX_SEGMENTS:
            return
        own = self.object_to_matrix(item).then(matrix)
        fill_colour = stroke_colour = stroke_width = None
        fill_shows = stroke_shows = False
        if filled:
            fill_colour, fill_shows = self._palette.object_to_colour(item, get_fill_colour)
        if stroked:
            stroke_colour, stroke_shows = self._palette.object_to_colour(item, get_stroke_colour)
        if stroke_shows:
            get_stroke_width(item, *self._width.references)
            stroke_width = self._width.read(1)[0] * own.scale
        paint = Paint(
            stroke_width=stroke_width, stroke_colour=stroke_colour, filled=fill_shows, fill_colour=fill_colour
        )
        marks.marks.add_path(self._path_to_subpaths(item, segments, own), paint, clip)

    def _path_to_subpaths(self, item: Address, count: int, matrix: Matrix) -> Iterator[Subpath]:
        a, b, c, d, e, f = matrix
        points: list[tuple[float, float]] = []
        straight = True
        for start in range(0, count, CHUNK):
            segments = [get_segment(item, index) for index in range(start, min(count, start + CHUNK))]
            deque(map(get_point, segments, POINTS_X, POINTS_Y), maxlen=0)
            places = POINTS.read(2 * len(segments))
            kinds, ends = map(get_segment_kind, segments), map(closes, segments)
            for kind, ends_here, x, y in zip(kinds, ends, places[::2], places[1::2], strict=True):
                if kind == _MOVE and points:
                    yield points, straight
                    points, straight = [], True
                straight = straight and kind != _CURVE
                points.append((a * x + c * y + e, b * x + d * y + f))
                if ends_here:
                    points.append(points[0])
        if points:
            yield points, straight


def page_to_marks(page: object, frame: PageFrame, deadline: float | None) -> PageMarks:
    """Every drawn line, filled rectangle and picture of a page.

    Args:
        page: pdfium's handle.
        frame: How the page is shown.
        deadline: Seconds of ``time.thread_time()``.
    """
    return ObjectWalk(page, frame).read(deadline)


def page_to_clips(page: object, frame: PageFrame) -> dict[Address, BBox]:
    """The areas where partly visible text objects of a page can be seen.

    Args:
        page: pdfium's handle.
        frame: How the page is shown.
    """
    return ObjectWalk(page, frame).clips()
