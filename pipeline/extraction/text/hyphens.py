"""Joins words that were divided at a line's end, with a hyphen or, in narrow cells, without one."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

_TAIL = re.compile(r"(\w+)[-\u2010]$")
_HEAD = re.compile(r"^\w+")
#: With so many letters a word without a hyphen is longer than words are, at least in English.
LONG_WORD = 20


class Hyphens:
    """Decides whether the hyphen at a line's end belongs to the word.

    It does if the page has the word elsewhere with its hyphen, and never without. A hyphen before a capital letter
    or a digit always belongs to it.

    Args:
        texts: Words of the page.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts

    @cached_property
    def _known(self) -> Counter[str]:
        """The page's words without their punctuation; counted only when needed, since most pages never need them."""
        return Counter(map(_text_to_word, self._texts))

    def is_cut(self, upper: str, lower: str) -> bool:
        """Whether two words are one that was too long for its line, cut where the line was full.

        It is if the page has it elsewhere as one, and its beginning never as a word; or if that is too long for a word,
        and the rest is no word of the page elsewhere.

        Args:
            upper: The only word of a line.
            lower: The first word of the next one.
        """
        if not (upper[-1:].isalpha() and lower[:1].islower()):
            return False
        head, rest = _text_to_word(upper), _text_to_word(lower)
        if head + rest in self._known:
            return self._known[head] == 1
        return len(head.rpartition("-")[2]) >= LONG_WORD and self._known[rest] == 1

    def joined(self, upper: str, lower: str) -> str | None:
        """The upper line as it is when joined to the lower one; None where a blank comes between them.

        Args:
            upper: Text of a line.
            lower: Text of the next one.
        """
        tail, head = _TAIL.search(upper), _HEAD.match(lower)
        if tail is None or head is None:
            return None
        if not lower[0].islower():
            return upper
        whole = (tail[1] + head[0]).casefold()
        with_hyphen = f"{tail[1]}-{head[0]}".casefold()
        keeps = with_hyphen in self._known and whole not in self._known
        return upper if keeps or not tail[1][-1].isalpha() else upper[:-1]


def _text_to_word(text: str) -> str:
    return text.strip(".,;:()[]\u201c\u201d\"'").casefold()
