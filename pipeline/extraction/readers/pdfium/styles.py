"""Fonts and colours, as pdfium gives them."""

import ctypes
from typing import NamedTuple

import pypdfium2.raw as pdfium_c

from pipeline.extraction.model import Colour
from pipeline.extraction.readers.glyphs import font_to_name, name_is_bold, name_is_italic
from pipeline.extraction.readers.pdfium.calls import Address, ColourGetter, Room

_ITALIC_FLAG = 1 << 6
_FORCE_BOLD_FLAG = 1 << 18


class FontLook(NamedTuple):
    """Facts about a font."""

    name: str
    bold: bool
    italic: bool


def font_to_look(font: object) -> FontLook:
    """The face of one of pdfium's fonts; None gives a face without a name."""
    if not font:
        return FontLook("", bold=False, italic=False)
    buffer = ctypes.create_string_buffer(256)
    length = pdfium_c.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    name = font_to_name(buffer.value.decode("utf-8", "replace")) if 0 < length <= len(buffer) else ""
    flags = max(0, pdfium_c.FPDFFont_GetFlags(font))
    return FontLook(
        name,
        bold=name_is_bold(name) or bool(flags & _FORCE_BOLD_FLAG),
        italic=name_is_italic(name) or bool(flags & _ITALIC_FLAG),
    )


class Palette:
    """Reads the colours of page objects."""

    def __init__(self) -> None:
        self._room = Room(ctypes.c_uint, 4)

    def object_to_colour(self, item: Address, getter: ColourGetter) -> tuple[Colour | None, bool]:
        """A page object's colour (None where it has none or a pattern), and whether it is not fully transparent.

        Args:
            item: A page object of pdfium.
            getter: ``get_fill_colour`` or ``get_stroke_colour``.
        """
        if not getter(item, *self._room.references):
            return None, True
        red, green, blue, alpha = self._room.whole()
        return (red / 255, green / 255, blue / 255), alpha > 0
