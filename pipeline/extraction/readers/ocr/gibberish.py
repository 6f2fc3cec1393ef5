"""Tells text in a wrong encoding, and what a poor OCR program wrote, from text of any language, code or figures.

It counts letters, not words, so it needs no dictionary. Text that is suspected is compared with what text recognition
reads in the page's picture: if both agree, it is right.

Measured on 1,067 pages of papers, tables, filings and election results: common letters are at least .43 of all letters
in words, signs at most .24 of the characters, accented letters at most .04 of the letters. No page was suspected, and
of 1,738 pages of broken files the one that is junk. With letters shifted, 98 % of these pages were suspected; with
other letters for all letters, 71 %.
"""

import re
import unicodedata
from collections.abc import Iterable
from string import ascii_lowercase

from pipeline.extraction.model import Word
from pipeline.extraction.readers.glyphs import UNMAPPED

#: The letters that are most common in languages with Latin script; they are at least this share of the letters.
_COMMON = "aeinorst"
LEAST_COMMON = 0.36
#: Letters are counted in words of at least four, and only where there are so many of them ...
_WORD = re.compile("[a-z]{4,}")
_LEAST_LETTERS = 100
#: ... and if so many letters are Latin: other scripts have other letters.
_LEAST_LATIN = 0.5
#: A larger share of signs of a keyboard is no text, where there are at least so many characters; figures and formulas
#: have .41 at most.
MOST_SIGNS, _LEAST_CHARACTERS = 0.7, 60
_SIGN = re.compile(r"[!-/:-@\[-`{-~\u00a1-\u00bf\u00d7\u00f7]")
#: Dirt that was read as text has so many stops and commas directly after other ones; references have .036 at most.
MOST_STOPS = 0.08
_STOP = re.compile(r"(?<=[.,:;!?])[.,:;!?]")
#: In no language is so large a share of the letters from this range: they stand for letters of another encoding.
MOST_ACCENTED = 0.5
_ACCENTED = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
_ACCENT = re.compile("[\u0300-\u036f]+")
#: Leaders, rules of hyphens and the like are signs, but one each.
_REPEATED = re.compile(r"([^\w\s]|_)(?:\s*\1)+")
#: Words are compared if they have so many letters and digits; text agrees if this share of them is in both.
_LEAST_COMPARED, _LEAST_EQUAL = 4, 0.5
_SPACE = re.compile(r"\s+")


def is_gibberish(text: str) -> bool:
    """Whether text looks as if no one could read it. Pages with little text never do.

    Args:
        text: Of a page, with its white space.
    """
    if text.isascii():  # as of most pages, where the letters are the Latin ones
        plain = text.lower()
        latin = letters = _count(plain, ascii_lowercase)
    else:
        letters = sum(map(str.isalpha, text))
        if len(_ACCENTED.findall(text)) > max(_LEAST_LETTERS / 2, MOST_ACCENTED * letters):
            return True
        # Accents are no letters of their own here.
        parted = unicodedata.normalize("NFD", text)
        plain = _ACCENT.sub("", parted).lower()
        latin = _count(plain, ascii_lowercase)
    words = "".join(_WORD.findall(plain))
    if len(words) >= _LEAST_LETTERS and latin >= _LEAST_LATIN * letters:
        return _count(words, _COMMON) < LEAST_COMMON * len(words)
    characters = _SPACE.sub("", _REPEATED.sub(r"\1", text)).replace(UNMAPPED, "")
    most = len(characters)
    return most >= _LEAST_CHARACTERS and (
        len(_SIGN.findall(characters)) > MOST_SIGNS * most or len(_STOP.findall(characters)) > MOST_STOPS * most
    )


def _count(text: str, letters: str) -> int:
    """How many characters of a text are among these; a tenth of the time of a regular expression."""
    return sum(map(text.count, letters))


def agrees(text: str, seen: Iterable[Word]) -> bool:
    """Whether a page's own text is what text recognition has seen.

    Args:
        text: The own text.
        seen: What was read in the page's picture.
    """
    own = _text_to_letters(text)
    words = [letters for word in seen if len(letters := _text_to_letters(word.text)) >= _LEAST_COMPARED]
    return bool(words) and sum(word in own for word in words) >= _LEAST_EQUAL * len(words)


def _text_to_letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
