"""What the device for pdfminer.six stores about fonts.

pdfminer.six takes the signs of ZapfDingbats for letters; here they become signs.
"""

import sys
from typing import NamedTuple

from pdfminer.pdffont import PDFFont, PDFType3Font, PDFUnicodeNotDefined

from pipeline.extraction.readers.glyphs import UNMAPPED, font_to_name, glyph_text_to_plain, name_is_bold, name_is_italic

_ITALIC_FLAG = 1 << 6
_FORCE_BOLD_FLAG = 1 << 18
#: The hyphen that is soft in Windows' encoding; pdfminer.six takes it for a blank (ISO 32000-2, annex D: a hyphen).
_SOFT_HYPHEN_CODE = 0xAD
#: A Type 3 font whose glyphs are this much taller than its size has the size of its glyphs.
_GLYPH_OVER_SIZE = 1.6

#: Name of the font whose signs have fixed codes (ISO 32000-2, annex D.6).
_DINGBATS = "ZapfDingbats"
#: Advance of most of its glyphs, per unit of type size, for files without widths.
_DINGBAT_WIDTH = 0.76

# In Unicode, most signs are in the order of the font, in two ranges.
_LOWER, _UPPER = (range(0x21, 0x7F), 0x2700 - 0x20), (range(0xA1, 0xFF), 0x2700 - 0x40)
_ELSEWHERE = {
    0x25: "\u260e", 0x2A: "\u261b", 0x2B: "\u261e", 0x48: "\u2605", 0x6C: "\u25cf", 0x6E: "\u25a0", 0x73: "\u25b2",
    0x74: "\u25bc", 0x75: "\u25c6", 0x77: "\u25d7", 0xA8: "\u2663", 0xA9: "\u2666", 0xAA: "\u2665", 0xAB: "\u2660",
    0xD5: "\u2192", 0xD6: "\u2194", 0xD7: "\u2195", 0xF0: "",
    **{0xAC + index: chr(0x2460 + index) for index in range(10)},
}  # fmt: skip


class Glyph(NamedTuple):
    """What a code of a font stands for.

    Attributes:
        width: Its advance per unit of font size.
    """

    text: str
    mapped: bool
    width: float


class FontGlyphs:
    """What the device stores about a font."""

    __slots__ = ("_is_dingbats", "bold", "font", "glyphs", "italic", "multibyte", "name", "stretch", "vertical")

    def __init__(self, font: PDFFont) -> None:
        self.font = font
        name = getattr(font, "basefont", None) or font.fontname
        self.name = font_to_name(str(name))
        self.bold = name_is_bold(self.name) or bool(font.flags & _FORCE_BOLD_FLAG)
        self.italic = name_is_italic(self.name) or bool(font.flags & _ITALIC_FLAG)
        self._is_dingbats = self.name == _DINGBATS and getattr(font, "unicode_map", None) is None
        self.multibyte = font.is_multibyte()
        self.vertical = font.is_vertical()
        self.glyphs: dict[int, Glyph] = {}
        self.stretch = _font_to_stretch(font)

    def glyph(self, code: int) -> Glyph:
        """What the code stands for."""
        found = self.glyphs.get(code)
        if found is None:
            found = self.glyphs[code] = Glyph(*self._code_to_text(code), self._code_to_width(code))
        return found

    def _code_to_width(self, code: int) -> float:
        width: float = self.font.char_width(code)
        return width if width or not self._is_dingbats else _DINGBAT_WIDTH

    def _code_to_text(self, code: int) -> tuple[str, bool]:
        """The text, and whether the font gives it; otherwise the code itself."""
        if self._is_dingbats and (sign := _code_to_dingbat(code)):
            return sign, True
        try:
            text = glyph_text_to_plain(self.font.to_unichr(code))
        except PDFUnicodeNotDefined:
            return (chr(code) if code <= sys.maxunicode else UNMAPPED), False
        if text == " " and code == _SOFT_HYPHEN_CODE and not self.multibyte:
            return "-", True
        return text, text != UNMAPPED


def _font_to_stretch(font: PDFFont) -> float:
    if not isinstance(font, PDFType3Font):
        return 1.0
    height = font.get_ascent() - font.get_descent()
    return height if height > _GLYPH_OVER_SIZE else 1.0


def _code_to_dingbat(code: int) -> str:
    """The sign of the code; empty where the font has none."""
    if code in _ELSEWHERE:
        return _ELSEWHERE[code]
    return next((chr(code + shift) for codes, shift in (_LOWER, _UPPER) if code in codes), "")
