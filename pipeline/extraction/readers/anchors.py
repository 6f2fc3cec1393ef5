"""Which words a page's links cover."""

from collections import defaultdict
from collections.abc import Sequence

from pipeline.extraction.model import Link, Word

#: Height, in points, of the shelves that links are sorted into.
_SHELF = 24.0
#: Links taller than this many shelves are areas of the page, not text.
_MAX_SHELVES = 60
#: More links than this side by side are noise.
_MAX_PER_SHELF = 200


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
        """The address that a click on the word opens, None where it is not in a link."""
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
        for link in self._shelves.get(int(y // _SHELF), ()):
            if link.box.x0 <= x <= link.box.x1 and link.box.top <= y <= link.box.bottom:
                return link.target
        return None
