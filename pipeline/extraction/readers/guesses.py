"""What glyphs show whose fonts do not say it, where their codes give it away."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.extraction.model import Char
from pipeline.extraction.readers.glyphs import UNMAPPED, code_point_to_text

#: Fonts made by usual tools keep the glyphs of ASCII in one piece and in order, from the blank as number 3 on.
SHIFT = 29
#: Fonts that have their glyphs in this order, so that a few codes of theirs can be read: those that come with Windows.
_ORDERED = re.compile(r"(?:TimesNewRoman|Arial|CourierNew|Verdana|Georgia|Tahoma|Trebuchet|ComicSans)", re.IGNORECASE)
#: Fonts of mathematical signs: what stands before a number there, at the start of a word, is a minus.
_MATHS = re.compile(r"(?:Mth|Math|CMSY|MTSY|Symbol|Sy[A-Z0-9]?$)")
#: A minus is at least this wide, in type sizes ...
_MINUS_WIDTH = 0.5
#: ... and the number begins at most this far behind it.
_MINUS_GAP = 0.25
MINUS = "\u2212"
#: How many glyphs it takes to see that a text makes sense.
ENOUGH = 20
#: In a text that makes sense the share of blanks is between these, ...
BLANKS = (0.04, 0.3)
#: ... at least this share are letters and digits, ...
LETTERS = 0.65
#: ... and the share of vowels among the letters is between these.
VOWELS = (0.22, 0.6)
_LATIN_END = 0x100


def chars_to_guessed(chars: Sequence[Char]) -> tuple[list[Char], int]:
    """The characters, with those of unknown meaning (``mapped`` is False, ``text`` the code) settled font by font.

    A font whose codes are all Latin letters and signs is taken at its word: such fonts say nothing because there is
    nothing to say.  Codes that make sense as glyph numbers of the usual order are read as such, and so are those of
    fonts that are known to have it.  A mathematical sign right before numbers is a minus.  All others become U+FFFD.

    Args:
        chars: Of one page.

    Returns:
        The characters, and how many fonts were read by their glyphs' numbers.
    """
    codes: dict[str, Counter[int]] = {}
    for char in chars:
        if not char.mapped:
            codes.setdefault(char.font, Counter()).update(map(ord, char.text))
    if not codes:
        return list(chars), 0
    texts = {font: _codes_to_texts(counts, font) for font, counts in codes.items()}
    for font, code in _chars_to_minuses(chars):
        texts[font] = {**texts[font], code: MINUS}
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


def _chars_to_minuses(chars: Sequence[Char]) -> set[tuple[str, int]]:
    """Fonts and codes of signs that stand nowhere but at the start of a number."""
    before: set[tuple[str, int]] = set()
    elsewhere: set[tuple[str, int]] = set()
    last: Char | None = None
    for char, after in zip(chars, [*chars[1:], None], strict=True):
        if not char.mapped and len(char.text) == 1 and _MATHS.search(char.font):
            sign = char.font, ord(char.text)
            (before if _is_minus(last, char, after) else elsewhere).add(sign)
        last = char
    return before - elsewhere


def _is_minus(last: Char | None, sign: Char, after: Char | None) -> bool:
    if after is None or not (after.text.isdigit() or after.text in {".", ","}) or not after.mapped or sign.angle:
        return False
    width, gap = sign.box.x1 - sign.box.x0, after.box.x0 - sign.box.x1
    begins = last is None or last.text in {" ", "(", "["} or abs(sign.box.x0 - last.box.x1) > _MINUS_GAP * sign.size
    return begins and width >= _MINUS_WIDTH * sign.size and abs(gap) <= _MINUS_GAP * sign.size


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
