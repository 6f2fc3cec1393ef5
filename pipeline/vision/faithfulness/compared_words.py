"""Words of an answer and of its page, counted against each other."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

# Scripts without blanks between words are compared sign by sign: Thai, Lao, Khmer, kana, Chinese characters.
_UNSPACED: Final = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W\d_{_UNSPACED}]{{2,}}")
# A shorter word is inside of many others by chance.
_PART: Final = 4
# More than any page has; what lies beyond is not looked for, so that the time stays linear.
_MOST_LOOKED_FOR: Final = 2_000
_MOST_GLUED: Final = 50_000


def texts_to_words(texts: Iterable[str]) -> Iterable[str]:
    """The words of the texts in order, letters only, without regard to case."""
    return (word.casefold() for text in texts for word in _WORD.findall(text))


def texts_to_squeezed(texts: Iterable[str]) -> str:
    """All words in one, so that a word may be found that is hyphenated or run into another."""
    return "".join(texts_to_words(texts))


def words_lacking(wanted: Counter[str], had: Counter[str], squeezed: str) -> Counter[str]:
    """The wanted words that are not had, as often as they are not; parts and runs of words count as had.

    Words run into each other, or apart, in many a text layer: "EUTotal", "infor mation".

    Args:
        wanted: Words with their number.
        had: Words with their number.
        squeezed: The latter as :func:`texts_to_squeezed` gives them.
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
    """Whether the text is of a script that files may hold in the order of the eye, each word back to front."""
    count = sum(count for word, count in words.items() if unicodedata.bidirectional(word[0]) in {"R", "AL"})
    return count > words.total() / 2
