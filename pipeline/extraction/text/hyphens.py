"""Joins words that were divided at a line's end."""

import re
from collections.abc import Iterable
from functools import cached_property

_TAIL = re.compile(r"(\w+)[-\u2010]$")
_HEAD = re.compile(r"^\w+")


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
    def _known(self) -> frozenset[str]:
        """The page's words without their punctuation; computed only when needed, since most pages never need them."""
        return frozenset(text.strip(".,;:()[]\u201c\u201d\"'").casefold() for text in self._texts)

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
