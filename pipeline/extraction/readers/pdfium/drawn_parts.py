"""What a page shows beside its text, coarsely: pictures, lines, boxes and shapes, each with its place only."""

import ctypes
from collections import deque
from enum import Enum, auto
from typing import Final, NamedTuple

import pypdfium2.raw as pdfium_c

from pipeline.extraction.geometry import Matrix, PageFrame, boxes_to_common
from pipeline.extraction.model import BBox
from pipeline.extraction.readers.paths import SLANT, THIN
from pipeline.extraction.readers.pdfium.calls import (
    Address,
    Room,
    count_segments,
    get_bounds,
    get_draw_mode,
    get_fill_colour,
    get_point,
    get_segment,
    get_segment_kind,
)
from pipeline.extraction.readers.pdfium.objects import CHUNK, POINTS, POINTS_X, POINTS_Y, ObjectWalk
from pipeline.extraction.readers.pdfium.styles import Palette

# So many paths for each picture that may be told are all looked at; of the next ones one in a few.
_PATHS_PER_PICTURE: Final = 10
_SPARSE: Final = 16
# Only what is longer may reach far beyond its clip, whose reading takes longest. In points.
_WORTH_CLIPPING: Final = 40.0
# A path is a box, round corners or not, if its level and upright sides are this share of those of the box around it.
_STRAIGHT: Final = 0.5
# What is thin and no longer than this is a dot. In points.
_DOT: Final = 6.0
# Lighter fills are paper.
_PAPER: Final = 0.98
_MOVE, _CURVE = pdfium_c.FPDF_SEGMENT_MOVETO, pdfium_c.FPDF_SEGMENT_BEZIERTO
_PATH, _IMAGE, _SHADING = pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING


class PartKind(Enum):
    """What a part is.

    A box is filled, and not with white; a frame is not filled. A shape has sides that are neither level nor upright.
    """

    PICTURE = auto()
    LINE = auto()
    BOX = auto()
    FRAME = auto()
    SHAPE = auto()


class DrawnPart(NamedTuple):
    """A part and where it can be seen."""

    kind: PartKind
    box: BBox


class _Parts:
    """Tells the kind and the place of the objects of one page."""

    def __init__(self, walk: ObjectWalk) -> None:
        self._walk = walk
        self._palette = Palette()
        self._bounds = Room(ctypes.c_float, 4)
        self._modes = Room(ctypes.c_int, 2)

    def picture(self, item: Address, matrix: Matrix) -> DrawnPart | None:
        box = self._walk.object_to_matrix(item).then(matrix).box(0, 0, 1, 1)
        return self._seen(PartKind.PICTURE, box, item, matrix)

    def path(self, item: Address, matrix: Matrix) -> DrawnPart | None:
        if not get_bounds(item, *self._bounds.references):
            return None
        get_draw_mode(item, *self._modes.references)
        filled, stroked = self._modes.whole()
        if not (filled or stroked):
            return None
        box = matrix.box(*self._bounds.whole())
        kind = self._path_to_kind(item, box, filled=bool(filled))
        if max(box.x1 - box.x0, box.bottom - box.top) <= _WORTH_CLIPPING:
            return DrawnPart(kind, box)
        return self._seen(kind, box, item, matrix)

    def shading(self, item: Address, matrix: Matrix) -> DrawnPart | None:
        if not get_bounds(item, *self._bounds.references):
            return None
        return self._seen(PartKind.BOX, matrix.box(*self._bounds.whole()), item, matrix)

    def _seen(self, kind: PartKind, box: BBox, item: Address, matrix: Matrix) -> DrawnPart | None:
        clip = self._walk.object_to_clip(item, matrix)
        shown = box if clip is None else boxes_to_common(box, clip)
        return None if shown is None else DrawnPart(kind, shown)

    def _path_to_kind(self, item: Address, box: BBox, *, filled: bool) -> PartKind:
        width, height = box.x1 - box.x0, box.bottom - box.top
        if min(width, height) <= THIN and max(width, height) > _DOT:
            return PartKind.LINE
        if self._is_shape(item):
            return PartKind.SHAPE
        if not filled:
            return PartKind.FRAME
        colour, shows = self._palette.object_to_colour(item, get_fill_colour)
        return PartKind.BOX if shows and (colour is None or min(colour) < _PAPER) else PartKind.FRAME

    def _is_shape(self, item: Address) -> bool:
        # So many segments tell what a path is. In pieces from MOVE to MOVE only steps within a piece are drawn.
        segments = [get_segment(item, index) for index in range(min(CHUNK, count_segments(item)))]
        deque(map(get_point, segments, POINTS_X, POINTS_Y), maxlen=0)
        places = POINTS.read(2 * len(segments))
        xs, ys = places[::2], places[1::2]
        kinds = list(map(get_segment_kind, segments))
        straight, other = 0.0, _CURVE in kinds
        for index in range(1, len(segments)):
            across, along = abs(xs[index] - xs[index - 1]), abs(ys[index] - ys[index - 1])
            if kinds[index] in {_MOVE, _CURVE}:
                continue
            if min(across, along) <= SLANT:
                straight += max(across, along)
            else:
                other = True
        return other and straight < _STRAIGHT * 2 * (max(xs) - min(xs) + max(ys) - min(ys))


def page_to_drawn_parts(page: object, frame: PageFrame, most: int) -> list[DrawnPart]:
    """The pictures, lines and shapes of a page, in the order in which they are drawn.

    Args:
        page: pdfium's handle.
        frame: How the page is shown.
        most: The most pictures that are told; of more paths than ten times as many, only some are.
    """
    walk = ObjectWalk(page, frame)
    parts = _Parts(walk)
    found: list[DrawnPart] = []
    pictures = paths = 0
    for item, kind, matrix in walk.leaves():
        part = None
        if kind == _IMAGE and pictures < most:
            pictures += 1
            part = parts.picture(item, matrix)
        elif kind == _PATH:
            paths += 1
            if paths <= most * _PATHS_PER_PICTURE or not paths % _SPARSE:
                part = parts.path(item, matrix)
        elif kind == _SHADING:
            part = parts.shading(item, matrix)
        found += [] if part is None else [part]
    return found
