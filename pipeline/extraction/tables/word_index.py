"""Finds the words in a box, without checking all words."""

from bisect import bisect_left
from collections.abc import Iterable

from pipeline.extraction.model import BBox, Word


class WordIndex:
    """Words of a page, sorted by height.

    Args:
        words: In any order.
    """

    def __init__(self, words: Iterable[Word]) -> None:
        self._words = sorted(words, key=_middle)
        self._middles = [_middle(word) for word in self._words]

    def inside(self, box: BBox) -> list[Word]:
        """The words whose middle is in the box, from the top."""
        start, end = bisect_left(self._middles, box.top), bisect_left(self._middles, box.bottom)
        return [word for word in self._words[start:end] if box.x0 <= (word.box.x0 + word.box.x1) / 2 < box.x1]


def _middle(word: Word) -> float:
    return (word.box.top + word.box.bottom) / 2
