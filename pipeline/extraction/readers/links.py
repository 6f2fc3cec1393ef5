"""Links: their allowed targets (web, mailbox, another page of the file), and the words that they cover."""

import re
from collections import defaultdict
from collections.abc import Sequence

from pipeline.extraction.model import Link, Word

_ALLOWED = re.compile(r"(?:https?://|mailto:)[^\s<>\"'\\^`{|}\x00-\x20]+", re.IGNORECASE)

#: Height, in points, of the horizontal strips into which links are sorted.
_SHELF = 24.0
#: Links higher than so many strips are areas of the page, not text.
_MAX_SHELVES = 60
#: With more links than this in one strip, further ones are ignored.
_MAX_PER_SHELF = 200


def address_to_target(address: str) -> str | None:
    """The address if it is an http, https or mailto address without unusual characters, else None."""
    address = address.strip()
    return address if _ALLOWED.fullmatch(address) else None


def page_to_target(index: int) -> str | None:
    """The target for a page by its index from 0; None for a negative index."""
    return f"#page-{index + 1}" if index >= 0 else None


class Anchors:
    """Finds the link that covers a word's middle.

    Args:
        links: Of one page.
    """

    def __init__(self, links: Sequence[Link]) -> None:
        self._shelves: dict[int, list[Link]] = defaultdict(list)
        for link in links:
            first, last = int(link.box.top // _SHELF), int(link.box.bottom // _SHELF)
            for shelf in range(first, min(last, first + _MAX_SHELVES) + 1):
                if len(self._shelves[shelf]) < _MAX_PER_SHELF:
                    self._shelves[shelf].append(link)

    def target(self, word: Word) -> str | None:
        """The address that a click on the word opens; None where no link covers it."""
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
        for link in self._shelves.get(int(y // _SHELF), ()):
            if link.box.x0 <= x <= link.box.x1 and link.box.top <= y <= link.box.bottom:
                return link.target
        return None
