"""Finds the text of glyphs whose fonts do not give it, where their codes show it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.extraction.model import Char
from pipeline.extraction.readers.glyphs import UNMAPPED, code_point_to_text

#: Common tools write fonts with the glyphs of ASCII together and in order, where the blank has number 3.
SHIFT = 29
#: Fonts known to have this order, so that a few codes are enough to read them: fonts of Windows.
_ORDERED = re.compile(r"(?:TimesNewRoman|Arial|CourierNew|Verdana|Georgia|Tahoma|Trebuchet|ComicSans)", re.IGNORECASE)
#: Fonts of mathematical signs: the surrounding text shows what a sign is.
_MATHS = re.compile(r"(?:Mth|Math|CMSY|MTSY|Symbol|Sy[A-Z0-9]?$)")
#: A minus is at least this wide, in type sizes ...
_MINUS_WIDTH = 0.5
#: The text that such a sign belongs to is at most this far from it.
_SIGN_GAP = 0.25
MINUS, MICRO = "\u2212", "\u00b5"
#: The beginnings of units of measure that can have the prefix for a millionth.
_UNITS = frozenset("gmlLMsAVFW")
#: So many glyphs are needed to decide whether a text makes sense.
ENOUGH = 20
#: In a text that makes sense, the share of blanks is between these.
BLANKS = (0.04, 0.3)
#: In a text that makes sense, at least this share are letters and digits.
LETTERS = 0.65
#: In a text that makes sense, the share of vowels among the letters is between these.
VOWELS = (0.22, 0.6)
_LATIN_END = 0x100


def chars_to_guessed(chars: Sequence[Char]) -> tuple[list[Char], int]:
    """Give a text to the characters without one (``mapped`` is False, ``text`` is the code), font by font.

    If all codes of a font are Latin letters and signs, the codes are the text: such fonts have no map because they
    need none. Codes that make sense as glyph numbers of the usual order are read as such, and so are those of
    fonts known to have that order. A mathematical sign directly before numbers is a minus,
    one before units "micro".  All others become U+FFFD.

    Args:
        chars: Of one page.

    Returns:
        The characters, and how many fonts were read by glyph numbers.
    """
    codes: dict[str, Counter[int]] = {}
    for char in chars:
        if not char.mapped:
            codes.setdefault(char.font, Counter()).update(map(ord, char.text))
    if not codes:
        return list(chars), 0
    texts = {font: _codes_to_texts(counts, font) for font, counts in codes.items()}
    for (font, code), sign in _chars_to_signs(chars).items():
        texts[font] = {**texts[font], code: sign}
    numbered = sum(bool(known) and not all(map(_is_latin, codes[font])) for font, known in texts.items())
    return [char if char.mapped else _settled(char, texts[char.font]) for char in chars], numbered


def _settled(char: Char, texts: Mapping[int, str]) -> Char:
    text = "".join(texts.get(ord(code), UNMAPPED) for code in char.text)
    return char._replace(text=UNMAPPED) if UNMAPPED in text else char._replace(text=text, mapped=True)


def _codes_to_texts(counts: Counter[int], font: str) -> Mapping[int, str]:
    if all(_is_latin(code) for code in counts):
        return {code: code_point_to_text(code) for code in counts}
    shifted = {code: code_point_to_text(code + SHIFT) for code in counts if 0x20 <= code + SHIFT < 0x7F}  # noqa: PLR2004 — ASCII
    is_ordered = _ORDERED.match(font) is not None and len(shifted) == len(counts)
    return shifted if is_ordered or _makes_sense(counts, shifted) else {}


def _chars_to_signs(chars: Sequence[Char]) -> dict[tuple[str, int], str]:
    """The meaning of signs in mathematical fonts, by font and code, where all of their places agree.

    Directly before a number, at the start of a word, it is a minus; between a number and a unit it is "micro".
    """
    found: dict[tuple[str, int], set[str]] = {}
    last: Char | None = None
    for char, after in zip(chars, [*chars[1:], None], strict=True):
        if not char.mapped and len(char.text) == 1 and _MATHS.search(char.font):
            found.setdefault((char.font, ord(char.text)), set()).add(_place_to_sign(last, char, after))
        last = char
    return {code: next(iter(signs)) for code, signs in found.items() if len(signs) == 1 and signs != {UNMAPPED}}


def _place_to_sign(last: Char | None, sign: Char, after: Char | None) -> str:
    if after is None or not after.mapped or sign.angle:
        return UNMAPPED
    width, gap = sign.box.x1 - sign.box.x0, after.box.x0 - sign.box.x1
    is_near = abs(gap) <= _SIGN_GAP * sign.size
    begins = last is None or last.text in {" ", "(", "["} or abs(sign.box.x0 - last.box.x1) > _SIGN_GAP * sign.size
    if begins and is_near and (after.text.isdigit() or after.text in {".", ","}) and width >= _MINUS_WIDTH * sign.size:
        return MINUS
    is_behind_number = last is not None and (last.text.isdigit() or begins)
    return MICRO if is_behind_number and is_near and after.text in _UNITS else UNMAPPED


def _is_latin(code: int) -> bool:
    return code < _LATIN_END and unicodedata.category(chr(code)) != "Cc"


def _makes_sense(counts: Counter[int], texts: Mapping[int, str]) -> bool:
    total = counts.total()
    letters: Counter[str] = Counter()
    for code, text in texts.items():
        letters[text.lower()] += counts[code]
    wordly = sum(count for letter, count in letters.items() if letter.isalnum())
    alphabetic = sum(count for letter, count in letters.items() if letter.isalpha())
    vowels = sum(letters[vowel] for vowel in "aeiouy")
    return (
        total >= ENOUGH
        and BLANKS[0] <= letters[" "] / total <= BLANKS[1]
        and wordly / total >= LETTERS
        and alphabetic > 0
        and VOWELS[0] <= vowels / alphabetic <= VOWELS[1]
    )
