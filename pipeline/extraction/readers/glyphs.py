"""Converts what a font or the author (ActualText) says about glyphs to the text that people read."""

import re
import sys
import unicodedata
from collections.abc import Sequence

from pipeline.extraction.model import BBox, Char

#: The text of a glyph whose font has no Unicode map.
UNMAPPED = "\ufffd"

_FIRST_PLAIN, _LAST_PLAIN = 0x21, 0x7E
_SYMBOL_AREA = 0xF000

#: Glyphs of symbol fonts that Word and similar programs put into the private use area (code point minus U+F000).
_SYMBOLS = {
    0x20: " ", 0x2D: "-", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x75: "◆", 0x76: "❖", 0x77: "◆",
    0x9F: "•", 0xA0: " ", 0xA7: "▪", 0xA8: "◻", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xA3: "≤", 0xB4: "\u00d7", 0xB7: "•",
    0xD8: "➢", 0xDE: "⇒", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFE: "☑",
}  # fmt: skip

_LIGATURES = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
    0xAD: "-",  # a soft hyphen that is drawn is a hyphen
    0x2010: "-", 0x2011: "-",  # hyphens by other names: who looks for a word types a plain one
}  # fmt: skip
#: Code points without a shape: joiners, direction marks, byte order marks.
_IGNORED = frozenset((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF))

#: Shapes of Hebrew and Arabic letters within words, and letters of formulas: people search for the plain letters.
_PRESENTATION = re.compile("[\ufb1d-\ufdfc\ufe70-\ufefc\U0001d400-\U0001d7ff]")

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|(?<![a-z])bd|[-,]b$|\.b$", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique|slanted|[-,](?:it|bi|i)$|(?<=[a-z])It$|\.i$|CMTI|CMSL|SFTI", re.IGNORECASE)
_SUBSET = re.compile(r"^[A-Z]{6}\+")


def code_point_to_text(code: int) -> str:
    """The text of a glyph that a font maps to this code point; UNMAPPED where it cannot be read.

    Ligatures are divided into letters, blanks of any width become one plain blank, and private use code points of
    common symbol fonts become the signs that they show. A code point without a shape gives an empty text.
    """
    if _FIRST_PLAIN <= code <= _LAST_PLAIN:
        return chr(code)
    if code in _IGNORED:
        return ""
    if code in _LIGATURES:
        return _LIGATURES[code]
    if code & ~0xFF == _SYMBOL_AREA:
        return _SYMBOLS.get(code - _SYMBOL_AREA, UNMAPPED)
    return _rare_to_text(code)


def _rare_to_text(code: int) -> str:
    if not 0 < code <= sys.maxunicode:
        return UNMAPPED
    text = chr(code)
    category = unicodedata.category(text)
    if category == "Zs" or text in "\t\n\r":
        return " "
    if category in {"Cc", "Co", "Cs", "Cn"}:
        return UNMAPPED
    if _PRESENTATION.match(text):
        return unicodedata.normalize("NFKC", text).strip() or text
    return text


def glyph_text_to_plain(text: str) -> str:
    """The same for a glyph that stands for several code points (or none)."""
    if len(text) == 1:
        return code_point_to_text(ord(text))
    plain = "".join(code_point_to_text(ord(letter)) for letter in text)
    return plain.strip(" ") or (" " if plain else "" if text else UNMAPPED)


def font_to_name(name: str) -> str:
    """The font's name without the prefix of a subset."""
    return _SUBSET.sub("", name)


def name_is_bold(name: str) -> bool:
    """Whether the font's name says that it is bold."""
    return _BOLD_NAME.search(name) is not None


def name_is_italic(name: str) -> bool:
    """Whether the font's name says that it is italic."""
    return _ITALIC_NAME.search(name) is not None


def chars_with_text(chars: Sequence[Char], text: str) -> list[Char]:
    """The characters with the author's text (ActualText). Where the numbers differ, they share the glyphs' extent.

    Args:
        chars: The characters drawn with this text.
        text: The author's text; where it cannot be seen, or part of it has no meaning, the glyphs stay unchanged.
    """
    letters = [plain for letter in text if (plain := glyph_text_to_plain(letter))]
    is_known = all(char.mapped for char in chars)
    if not chars or not any(letter.strip() for letter in letters) or (is_known and UNMAPPED in letters):
        return list(chars)
    if len(letters) == len(chars):
        return [char._replace(text=letter, mapped=True) for char, letter in zip(chars, letters, strict=True)]
    first, last = chars[0], chars[-1]
    if first.angle or first.box.top != last.box.top:
        return [first._replace(text="".join(letters), mapped=True)]
    step = (last.box.x1 - first.box.x0) / len(letters)
    return [
        first._replace(
            text=letter,
            mapped=True,
            box=BBox(first.box.x0 + index * step, first.box.top, first.box.x0 + (index + 1) * step, first.box.bottom),
        )
        for index, letter in enumerate(letters)
    ]
