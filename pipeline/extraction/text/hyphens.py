"""Words that a line end has cut in two."""

import re
from collections.abc import Iterable
from functools import cached_property

_TAIL = re.compile(r"(\w+)[-\u2010]$")
_HEAD = re.compile(r"^\w+")


class Hyphens:
    """Decides whether the hyphen at a line's end belongs to the word.

    It does where the page has the word with its hyphen elsewhere, and not without it; a hyphen before a capital letter
    or a digit always does.

    Args:
        texts: Words of the page.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts

    @cached_property
    def _known(self) -> frozenset[str]:
        """The page's words without their punctuation; most pages never ask for them."""
        return frozenset(text.strip(".,;:()[]\u201c\u201d\"'").casefold() for text in self._texts)

    def joined(self, upper: str, lower: str) -> str | None:
        """What the upper line becomes when the lower follows it at once; None where a blank goes between.

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
