"""Rulings, fills and pictures from pdfium's page objects."""

import ctypes
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2.raw as pdfium_c

from pipeline.extraction import clock
from pipeline.extraction.geometry import Matrix, PageFrame
from pipeline.extraction.paths import Paint, Subpath
from pipeline.extraction.pdfium_calls import closes, get_point, get_segment, get_segment_kind, handle_to_number
from pipeline.extraction.pdfium_styles import object_to_colour
from pipeline.extraction.visible import PageMarks

_CHECK_EVERY = 256
_MOVE, _CURVE = pdfium_c.FPDF_SEGMENT_MOVETO, pdfium_c.FPDF_SEGMENT_BEZIERTO
_MAX_DEPTH = 12
#: Paths of more segments than this are drawings, not tables.
_MAX_SEGMENTS = 20_000


def page_to_marks(page: object, frame: PageFrame, deadline: float | None) -> PageMarks:
    """Every drawn line, filled rectangle and picture of a page.

    Args:
        page: pdfium's handle.
        frame: How the page is shown.
        deadline: Seconds of ``time.monotonic()``.
    """
    marks = PageMarks()
    for count, (item, matrix) in enumerate(_page_to_objects(page, frame.matrix)):
        if marks.marks.full or (count % _CHECK_EVERY == 0 and clock.expired(deadline)):
            marks.complete = marks.marks.full
            break
        kind = pdfium_c.FPDFPageObj_GetType(item)
        if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            _add_path(marks, item, matrix)
        elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            marks.images.append(_object_to_matrix(item).then(matrix).box(0, 0, 1, 1))
    return marks


def _page_to_objects(page: object, matrix: Matrix) -> Iterator[tuple[object, Matrix]]:
    for index in range(pdfium_c.FPDFPage_CountObjects(page)):
        yield from _object_to_leaves(pdfium_c.FPDFPage_GetObject(page, index), matrix, 0)


def _object_to_leaves(item: object, matrix: Matrix, depth: int) -> Iterator[tuple[object, Matrix]]:
    """The object, or what is in it when it is a form; with the matrix that leads to the page as shown."""
    if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_FORM:
        yield item, matrix
    elif depth < _MAX_DEPTH:
        inner = _object_to_matrix(item).then(matrix)
        for index in range(pdfium_c.FPDFFormObj_CountObjects(item)):
            yield from _object_to_leaves(pdfium_c.FPDFFormObj_GetObject(item, index), inner, depth + 1)


def _object_to_matrix(item: object) -> Matrix:
    found = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(item, found):
        return Matrix(1, 0, 0, 1, 0, 0)
    return Matrix(found.a, found.b, found.c, found.d, found.e, found.f)


def _add_path(marks: PageMarks, item: object, matrix: Matrix) -> None:
    fill_mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDFPath_GetDrawMode(item, fill_mode, stroked)
    if not (fill_mode.value or stroked.value) or pdfium_c.FPDFPath_CountSegments(item) > _MAX_SEGMENTS:
        return
    own = _object_to_matrix(item).then(matrix)
    paint = Paint(stroke_width=None, stroke_colour=None, filled=False, fill_colour=None)
    if fill_mode.value:
        colour, shows = object_to_colour(item, pdfium_c.FPDFPageObj_GetFillColor)
        paint = replace(paint, filled=shows, fill_colour=colour)
    if stroked.value:
        colour, shows = object_to_colour(item, pdfium_c.FPDFPageObj_GetStrokeColor)
        width = ctypes.c_float()
        pdfium_c.FPDFPageObj_GetStrokeWidth(item, width)
        paint = replace(paint, stroke_width=width.value * own.scale if shows else None, stroke_colour=colour)
    marks.marks.add_path(_path_to_subpaths(item, own), paint)


def _path_to_subpaths(item: object, matrix: Matrix) -> Iterator[Subpath]:
    points: list[tuple[float, float]] = []
    straight = True
    x, y = ctypes.c_float(), ctypes.c_float()
    to_x, to_y = ctypes.byref(x), ctypes.byref(y)
    path = handle_to_number(item)
    for index in range(pdfium_c.FPDFPath_CountSegments(item)):
        segment = get_segment(path, index)
        kind = get_segment_kind(segment)
        if kind == _MOVE and points:
            yield points, straight
            points, straight = [], True
        straight = straight and kind != _CURVE
        get_point(segment, to_x, to_y)
        points.append(matrix.point(x.value, y.value))
        if closes(segment):
            points.append(points[0])
    if points:
        yield points, straight
