"""The functions of pdfium that are called for each glyph, object or stroke, declared for the fastest calls.

pypdfium2's own declarations check and convert every argument. Here arguments are passed unchanged: pypdfium2's
handles, numbers, and references, created once, to memory that is read in one step (:class:`Room`). So ``map`` can call
the functions directly, in a third of the time. Only addresses must be declared when they are arguments:
a plain number is passed as a C int, which is too short for them.
"""

import ctypes
from collections.abc import Callable, Sequence
from typing import Literal

import pypdfium2.raw as pdfium_c

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
#: What ``ctypes.byref`` gives; its type has no public name.
Reference = object
#: The address of an object in pdfium.
Address = int
#: The C types of numbers that pdfium writes.
Number = type[ctypes.c_float | ctypes.c_double | ctypes.c_int | ctypes.c_uint]
_FORMATS: dict[Number, Literal["f", "d", "i", "I"]] = {
    ctypes.c_float: "f",
    ctypes.c_double: "d",
    ctypes.c_int: "i",
    ctypes.c_uint: "I",
}


def _address(function: object) -> Address:
    return ctypes.cast(function, _POINTER).value or 0  # type: ignore[arg-type]  # a function of the bindings


def handle_to_argument(handle: object) -> object:
    """A handle of pypdfium2, converted once for all calls that it is passed to."""
    return _POINTER.from_param(_address(handle))


class Room:
    """Memory for numbers that pdfium writes.

    Args:
        number: The C type that the function wants.
        size: How many of them.
        step: One in so many needs a reference, where a function fills several.
    """

    def __init__(self, number: Number, size: int, step: int = 1) -> None:
        memory = (number * size)()
        self._numbers = memoryview(memory).cast("B").cast(_FORMATS[number])
        width = ctypes.sizeof(number)
        #: To the numbers.
        self.references: list[Reference] = [ctypes.byref(memory, width * index) for index in range(0, size, step)]

    def whole(self) -> Sequence[float]:
        """All numbers."""
        return self._numbers.tolist()

    def read(self, count: int, *, first: int = 0, step: int = 1) -> Sequence[float]:
        """So many numbers, from the ``first`` on, one in ``step``."""
        return self._numbers[first : first + count * step : step].tolist()


#: (text page, index) -> code point.
get_unicode: Callable[[object, int], int] = ctypes.PYFUNCTYPE(ctypes.c_uint)(_address(pdfium_c.FPDFText_GetUnicode))
#: (text page, index) -> address of the text object, 0 where there is none.
get_text_object: Callable[[object, int], Address] = ctypes.PYFUNCTYPE(ctypes.c_size_t)(
    _address(pdfium_c.FPDFText_GetTextObject)
)
#: (text page, index) -> 1 where pdfium has made the character up.
is_generated: Callable[[object, int], int] = ctypes.PYFUNCTYPE(_INT)(_address(pdfium_c.FPDFText_IsGenerated))
#: (text page, index) -> 1 where the font does not say which character its code is.
has_no_map: Callable[[object, int], int] = ctypes.PYFUNCTYPE(_INT)(_address(pdfium_c.FPDFText_HasUnicodeMapError))
#: (text page, index, reference to four floats: left, top, right, bottom).
get_loose_box: Callable[[object, int, Reference], None] = ctypes.PYFUNCTYPE(None)(
    _address(pdfium_c.FPDFText_GetLooseCharBox)
)
#: (text page, index, reference to double x, reference to double y).
get_origin: Callable[[object, int, Reference, Reference], None] = ctypes.PYFUNCTYPE(None)(
    _address(pdfium_c.FPDFText_GetCharOrigin)
)
#: (text page, index, references to doubles left, right, bottom and top) -> whether it worked.
get_ink_box: Callable[[object, int, Reference, Reference, Reference, Reference], int] = ctypes.PYFUNCTYPE(_INT)(
    _address(pdfium_c.FPDFText_GetCharBox)
)
#: (text page, index, reference to the six floats of a matrix) -> whether it worked.
get_text_matrix: Callable[[object, int, Reference], int] = ctypes.PYFUNCTYPE(_INT)(
    _address(pdfium_c.FPDFText_GetMatrix)
)
#: (text page, index) -> size of the font before its matrix.
get_font_size: Callable[[object, int], float] = ctypes.PYFUNCTYPE(ctypes.c_double)(
    _address(pdfium_c.FPDFText_GetFontSize)
)
#: (text object) -> address of its font.
get_font: Callable[[Address], Address | None] = ctypes.PYFUNCTYPE(_POINTER, _POINTER)(
    _address(pdfium_c.FPDFTextObj_GetFont)
)
#: (text object) -> how it is drawn.
get_render_mode: Callable[[Address], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(
    _address(pdfium_c.FPDFTextObj_GetTextRenderMode)
)
#: (page, index) -> address of the page object.
get_object: Callable[[object, int], Address | None] = ctypes.PYFUNCTYPE(_POINTER)(_address(pdfium_c.FPDFPage_GetObject))
#: (form object) -> how many objects are in it.
count_inner: Callable[[Address], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(_address(pdfium_c.FPDFFormObj_CountObjects))
#: (form object, index) -> address of the object in it.
get_inner: Callable[[Address, int], Address | None] = ctypes.PYFUNCTYPE(_POINTER, _POINTER, ctypes.c_ulong)(
    _address(pdfium_c.FPDFFormObj_GetObject)
)
#: (page object) -> its kind.
get_kind: Callable[[Address | None], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(_address(pdfium_c.FPDFPageObj_GetType))
#: (page object, reference to the six floats of a matrix) -> whether it worked.
get_matrix: Callable[[Address, Reference], int] = ctypes.PYFUNCTYPE(_INT, _POINTER, _POINTER)(
    _address(pdfium_c.FPDFPageObj_GetMatrix)
)
#: (page object, references to floats: left, bottom, right, top) -> whether it worked.
get_bounds: Callable[[Address, Reference, Reference, Reference, Reference], int] = ctypes.PYFUNCTYPE(
    _INT, *[_POINTER] * 5
)(_address(pdfium_c.FPDFPageObj_GetBounds))
#: (page object) -> the number of the marked content that it is drawn for, less than 0 for none.
get_marked_content: Callable[[Address], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(
    _address(pdfium_c.FPDFPageObj_GetMarkedContentID)
)
#: (path object, references to ints: mode of filling, whether it is stroked) -> whether it worked.
get_draw_mode: Callable[[Address, Reference, Reference], int] = ctypes.PYFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER)(
    _address(pdfium_c.FPDFPath_GetDrawMode)
)
#: (page object, reference to float) -> whether it worked.
get_stroke_width: Callable[[Address, Reference], int] = ctypes.PYFUNCTYPE(_INT, _POINTER, _POINTER)(
    _address(pdfium_c.FPDFPageObj_GetStrokeWidth)
)
#: (page object, references to unsigned ints: red, green, blue, alpha) -> whether it has a colour.
ColourGetter = Callable[[Address, Reference, Reference, Reference, Reference], int]
get_fill_colour: ColourGetter = ctypes.PYFUNCTYPE(_INT, *[_POINTER] * 5)(_address(pdfium_c.FPDFPageObj_GetFillColor))
get_stroke_colour: ColourGetter = ctypes.PYFUNCTYPE(_INT, *[_POINTER] * 5)(
    _address(pdfium_c.FPDFPageObj_GetStrokeColor)
)
#: (path object) -> how many segments it has.
count_segments: Callable[[Address], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(_address(pdfium_c.FPDFPath_CountSegments))
#: (path object, index) -> address of the segment.
get_segment: Callable[[Address, int], Address | None] = ctypes.PYFUNCTYPE(_POINTER, _POINTER, _INT)(
    _address(pdfium_c.FPDFPath_GetPathSegment)
)
#: (segment) -> its kind.
get_segment_kind: Callable[[Address | None], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(
    _address(pdfium_c.FPDFPathSegment_GetType)
)
#: (segment) -> whether it closes its subpath.
closes: Callable[[Address | None], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(_address(pdfium_c.FPDFPathSegment_GetClose))
#: (segment, reference to float x, reference to float y) -> whether it worked.
get_point: Callable[[Address | None, Reference, Reference], int] = ctypes.PYFUNCTYPE(
    _INT, _POINTER, _POINTER, _POINTER
)(_address(pdfium_c.FPDFPathSegment_GetPoint))
#: (page object) -> address of its clip path, (clip path) -> how many paths it has, less than 0 for none.
get_clip: Callable[[Address], Address | None] = ctypes.PYFUNCTYPE(_POINTER, _POINTER)(
    _address(pdfium_c.FPDFPageObj_GetClipPath)
)
count_clip_paths: Callable[[Address | None], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(
    _address(pdfium_c.FPDFClipPath_CountPaths)
)
#: (clip path, index of a path) -> how many segments it has.
count_clip_segments: Callable[[Address | None, int], int] = ctypes.PYFUNCTYPE(_INT, _POINTER, _INT)(
    _address(pdfium_c.FPDFClipPath_CountPathSegments)
)
#: (clip path, index of a path, index of a segment) -> address of the segment.
get_clip_segment: Callable[[Address | None, int, int], Address | None] = ctypes.PYFUNCTYPE(
    _POINTER, _POINTER, _INT, _INT
)(_address(pdfium_c.FPDFClipPath_GetPathSegment))
