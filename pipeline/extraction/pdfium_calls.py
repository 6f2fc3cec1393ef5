"""The functions of pdfium that run once per glyph or stroke, declared so that a call costs least.

pypdfium2's own declarations check and convert every pointer.  Here pointers are plain numbers and references made once,
which makes a call a third cheaper, and a page object's address a key for a dictionary.
"""

import ctypes
from collections.abc import Callable

import pypdfium2.raw as pdfium_c

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
#: What ``ctypes.byref`` gives; its type has no public name.
Reference = object


def _address(function: object) -> int:
    return ctypes.cast(function, _POINTER).value or 0  # type: ignore[arg-type]  # a function of the bindings


def handle_to_number(handle: object) -> int:
    """The address behind one of pypdfium2's typed pointers."""
    return ctypes.cast(handle, _POINTER).value or 0  # type: ignore[arg-type]  # a pointer of the bindings


#: (text page, index) -> code point.
get_unicode: Callable[[int, int], int] = ctypes.PYFUNCTYPE(ctypes.c_uint, _POINTER, _INT)(
    _address(pdfium_c.FPDFText_GetUnicode)
)
#: (text page, index) -> address of the text object, None where there is none.
get_text_object: Callable[[int, int], int | None] = ctypes.PYFUNCTYPE(_POINTER, _POINTER, _INT)(
    _address(pdfium_c.FPDFText_GetTextObject)
)
#: (text page, index, reference to FS_RECTF) -> whether it worked.
get_loose_box: Callable[[int, int, Reference], int] = ctypes.PYFUNCTYPE(_INT, _POINTER, _INT, _POINTER)(
    _address(pdfium_c.FPDFText_GetLooseCharBox)
)
#: (text page, index, reference to double x, reference to double y) -> whether it worked.
get_origin: Callable[[int, int, Reference, Reference], int] = ctypes.PYFUNCTYPE(
    _INT, _POINTER, _INT, _POINTER, _POINTER
)(_address(pdfium_c.FPDFText_GetCharOrigin))
#: (path object, index) -> address of the segment.
get_segment: Callable[[int, int], int | None] = ctypes.PYFUNCTYPE(_POINTER, _POINTER, _INT)(
    _address(pdfium_c.FPDFPath_GetPathSegment)
)
#: (segment) -> its kind.
get_segment_kind: Callable[[int | None], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(
    _address(pdfium_c.FPDFPathSegment_GetType)
)
#: (segment) -> whether it closes its subpath.
closes: Callable[[int | None], int] = ctypes.PYFUNCTYPE(_INT, _POINTER)(_address(pdfium_c.FPDFPathSegment_GetClose))
#: (segment, reference to float x, reference to float y) -> whether it worked.
get_point: Callable[[int | None, Reference, Reference], int] = ctypes.PYFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER)(
    _address(pdfium_c.FPDFPathSegment_GetPoint)
)
