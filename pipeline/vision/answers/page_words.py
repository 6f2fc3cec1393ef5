"""The page's own words, which are searched for in what the model wrote."""

from collections import Counter
from functools import cached_property

from pipeline.vision.faithfulness.compared_words import share_had, texts_to_squeezed, texts_to_words, words_lacking
from pipeline.vision.faithfulness.page_text import PageText


def squeezed(text: str) -> str:
    """The text in lower case without white space, for comparison with other texts."""
    return "".join(text.lower().split())


class PageWords:
    """The page's own words; empty for a page without usable text."""

    def __init__(self, text: PageText | None = None) -> None:
        self._lines = [" ".join(line) for line in text.lines] if text is not None and text.usable else []
        self.squeezed = squeezed(" ".join(self._lines))

    def __bool__(self) -> bool:
        return bool(self.squeezed)

    def has(self, text: str) -> bool:
        """Whether the text is on the page, without regard to white space and case."""
        return bool(self.squeezed) and squeezed(text) in self.squeezed

    @property
    def has_bars(self) -> bool:
        """Whether the page itself has vertical bars, or rules made of dashes."""
        return any(mark in self.squeezed for mark in ("|", "+--", "+=="))

    def share(self, text: str) -> float | None:
        """The share, 0 to 1, of the text's words that are on the page; None where either has no words."""
        words = Counter(texts_to_words([text]))
        if not self or not words:
            return None
        return share_had(words, words_lacking(words, self._words, self._glued))

    @cached_property
    def _words(self) -> Counter[str]:
        return Counter(texts_to_words(self._lines))

    @cached_property
    def _glued(self) -> str:
        return texts_to_squeezed(self._lines)
