"""How often a page itself shows what a model repeats, by its picture and by its own text."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipeline.vision.faithfulness.compared_words import texts_to_words
from pipeline.vision.faithfulness.numbers import text_to_numbers
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.loops.ruled import png_to_lines

_TAG: Final = re.compile(r"<[^<>]*>|&[a-z0-9#]{1,9};")
# On the page the first and the last copy may be hyphenated, or part of another word.
_MORE: Final = 2


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a page shows; it is counted only when it is asked for, since most answers never repeat anything.

    Attributes:
        image: The picture as it was sent; empty where there is none.
        read_text: Gives the page's own text.
    """

    image: bytes = b""
    read_text: Callable[[], PageText] = PageText

    def turns(self, unit: str) -> int | None:
        """How often in a row an answer may well have the unit, None where the page does not tell.

        Words and figures are counted in the page's own text, rows without any in the lines of its picture.

        Args:
            unit: One copy of what is repeated; it may begin anywhere, perhaps in the middle of a tag.
        """
        text = _turn_to_text(unit)
        if words := Counter(texts_to_words([text])):
            return self._rarest(words, self._words)
        if figures := Counter(number.value for number in text_to_numbers(text)):
            return self._rarest(figures, self._figures)
        return None if self._lines is None else self._lines + 1

    def shows(self, number: str) -> bool | None:
        """Whether the number is on the page; None where that is not known."""
        return number in self._figures if self._page_text.usable else None

    def _rarest(self, wanted: Counter[str], had: Counter[str]) -> int | None:
        if not self._page_text.usable:
            return None
        return min(had[each] // count for each, count in wanted.items()) + _MORE

    @cached_property
    def _page_text(self) -> PageText:
        return self.read_text()

    @cached_property
    def _words(self) -> Counter[str]:
        return Counter(texts_to_words(" ".join(line) for line in self._page_text.lines))

    @cached_property
    def _figures(self) -> Counter[str]:
        return Counter(number.value for line in self._page_text.lines for number in text_to_numbers(" ".join(line)))

    @cached_property
    def _lines(self) -> int | None:
        return png_to_lines(self.image)


def _turn_to_text(unit: str) -> str:
    """The text of one copy without its tags, from the beginning of a word if there is one."""
    text = _TAG.sub(" ", unit * 3)
    turn = len(text) - len(_TAG.sub(" ", unit * 2))
    start = max(0, text.find(" "))
    return text[start : start + turn]
