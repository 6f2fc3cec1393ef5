"""What glyphs show whose fonts do not say it, where their codes give it away."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.extraction.model import Char
from pipeline.extraction.readers.glyphs import UNMAPPED, code_point_to_text

#: Fonts made by usual tools keep the glyphs of ASCII in one piece and in order, from the blank as number 3 on.
SHIFT = 29
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
    nothing to say.  Codes that make sense as glyph numbers of the usual order are read as such.  All others become
    U+FFFD.

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
    texts = {font: _codes_to_texts(counts) for font, counts in codes.items()}
    numbered = sum(bool(known) and not all(map(_is_latin, codes[font])) for font, known in texts.items())
    return [char if char.mapped else _settled(char, texts[char.font]) for char in chars], numbered


def _settled(char: Char, texts: Mapping[int, str]) -> Char:
    text = "".join(texts.get(ord(code), UNMAPPED) for code in char.text)
    return char._replace(text=UNMAPPED) if UNMAPPED in text else char._replace(text=text, mapped=True)


def _codes_to_texts(counts: Counter[int]) -> Mapping[int, str]:
    if all(_is_latin(code) for code in counts):
        return {code: code_point_to_text(code) for code in counts}
    shifted = {code: code_point_to_text(code + SHIFT) for code in counts if 0x20 <= code + SHIFT < 0x7F}  # noqa: PLR2004 — ASCII
    return shifted if _makes_sense(counts, shifted) else {}


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
