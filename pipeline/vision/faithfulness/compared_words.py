"""Compares the words of an answer with those of its page, by number."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Final

# Scripts without blanks between words are compared character by character: Thai, Lao, Khmer, kana, Chinese.
_UNSPACED: Final = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W\d_{_UNSPACED}]{{2,}}")
# Shorter words are parts of many others by chance.
_PART: Final = 4
# More words than any page has; further ones are not searched, so that the time stays linear.
_MOST_LOOKED_FOR: Final = 2_000
_MOST_GLUED: Final = 50_000


def texts_to_words(texts: Iterable[str]) -> Iterable[str]:
    """The words of the texts in order, letters only, without regard to case."""
    return chain.from_iterable(map(_text_to_words, texts))


def _text_to_words(text: str) -> list[str]:
    if text.isascii():  # where to fold the whole text is the same
        return _WORD.findall(text.lower())
    return [word.casefold() for word in _WORD.findall(text)]


def texts_to_squeezed(texts: Iterable[str]) -> str:
    """All words joined into one string, in which hyphenated words and words without a blank between are found."""
    return "".join(texts_to_words(texts))


def words_lacking(wanted: Counter[str], had: Counter[str], squeezed: str) -> Counter[str]:
    """The wanted words that are not had, as often as they are not; parts and runs of words count as had.

    In many text layers words are joined or split: "EUTotal", "infor mation".

    Args:
        wanted: Words with their number.
        had: Words with their number.
        squeezed: The words of ``had`` as :func:`texts_to_squeezed` joins them.
    """
    lacking = wanted - had
    glued = "|".join((had - wanted).elements())[:_MOST_GLUED]
    for word in list(lacking)[:_MOST_LOOKED_FOR]:
        if not had[word] and len(word) >= _PART and word in squeezed:
            del lacking[word]
        else:
            lacking[word] -= min(lacking[word], glued.count(word))
    return +lacking


def share_had(wanted: Counter[str], lacking: Counter[str]) -> float:
    """The share, 0 to 1, of the wanted words that do not lack, counted with multiplicity; 1 where none is wanted."""
    total = wanted.total()
    return 1.0 - lacking.total() / total if total else 1.0


def mostly_right_to_left(words: Counter[str]) -> bool:
    """Whether the text has a script from right to left, whose words some files store in reverse."""
    count = sum(count for word, count in words.items() if unicodedata.bidirectional(word[0]) in {"R", "AL"})
    return count > words.total() / 2
