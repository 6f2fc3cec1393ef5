"""Fonts and colours as pdfium knows them."""

import ctypes
from typing import NamedTuple

import pypdfium2.raw as pdfium_c

from pipeline.extraction.glyphs import font_to_name, name_is_bold, name_is_italic
from pipeline.extraction.model import Colour

_ITALIC_FLAG = 1 << 6
_FORCE_BOLD_FLAG = 1 << 18


class Face(NamedTuple):
    """What is to be known of a font."""

    name: str
    bold: bool
    italic: bool


def font_to_face(font: object) -> Face:
    """The face of one of pdfium's fonts (None gives a nameless one)."""
    if not font:
        return Face("", bold=False, italic=False)
    buffer = ctypes.create_string_buffer(256)
    length = pdfium_c.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    name = font_to_name(buffer.value.decode("utf-8", "replace")) if 0 < length <= len(buffer) else ""
    flags = max(0, pdfium_c.FPDFFont_GetFlags(font))
    return Face(
        name,
        bold=name_is_bold(name) or bool(flags & _FORCE_BOLD_FLAG),
        italic=name_is_italic(name) or bool(flags & _ITALIC_FLAG),
    )


def object_to_colour(item: object, getter: object) -> tuple[Colour | None, bool]:
    """A page object's colour (None where it has none or a pattern), and whether it is more than transparent.

    Args:
        item: pdfium's handle.
        getter: FPDFPageObj_GetFillColor or FPDFPageObj_GetStrokeColor.
    """
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not getter(item, red, green, blue, alpha):  # type: ignore[operator]  # a function of the bindings
        return None, True
    return (red.value / 255, green.value / 255, blue.value / 255), alpha.value > 0
