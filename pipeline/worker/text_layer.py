"""A page's own text for the model's path: an answer is compared with it, and it shows which side of the page is up."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.extraction import PageContent
from pipeline.extraction.readers.ocr.legible import is_confirmed, text_fault
from pipeline.extraction.text.words import chars_to_words
from pipeline.vision.faithfulness.page_text import (
    PageText,
    PlacedWord,
    tuple_to_placed_word,
    words_to_page_text,
)
from pipeline.worker.recognised_page import RecognisedPage

# A page is turned when more than this share of its text runs in another direction than from left to right ...
_TURNED_SHARE = 0.7
# ... and there is enough of it to tell: not the stamp along the margin of a scan.
_FEWEST_CHARS = 40


@dataclass(frozen=True)
class TextLayer:
    """What a reader found on a page.

    Attributes:
        content: The page; None where it cannot be read.
    """

    content: PageContent | None

    @property
    def blank(self) -> bool:
        """Whether the page is known to have no text of its own; one that cannot be read, or not to its end, is not."""
        content = self.content
        return content is not None and content.complete and not any(char.text.strip() for char in content.chars)

    @property
    def shows_direction(self) -> bool:
        """Whether there is enough text to tell which side of the page is up."""
        return self.content is not None and sum(len(char.text.strip()) for char in self.content.chars) >= _FEWEST_CHARS

    @cached_property
    def usable(self) -> bool:
        """Whether the text can be used: there is some, and it makes sense."""
        return self.content is not None and text_fault(self.content) is None

    def is_confirmed_by(self, page: RecognisedPage) -> bool:
        """Whether the text, which seemed not to be usable, is what text recognition has seen."""
        return self.content is not None and is_confirmed(self.content, page.content.words)

    @cached_property
    def turn(self) -> int:
        """Degrees, clockwise, by which the page must be turned to be readable: 0, 90, 180 or 270."""
        if self.content is None or not any(char.angle for char in self.content.chars):
            return 0
        angles: Counter[int] = Counter()
        for char in self.content.chars:
            angles[char.angle] += len(char.text.strip())
        angle, count = max(angles.items(), key=lambda item: item[1], default=(0, 0))
        return angle if angle % 90 == 0 and count > _TURNED_SHARE * angles.total() and count >= _FEWEST_CHARS else 0

    @cached_property
    def page_text(self) -> PageText:
        """The words in lines, at their places on the turned page; not usable where they are not all there."""
        if self.content is None:
            return PageText()
        width, height = self.content.width, self.content.height
        words = (tuple_to_placed_word((word.text, *word.box)) for word in chars_to_words(self.content.chars))
        text = words_to_page_text((turned(word, self.turn, width, height) for word in words) if self.turn else words)
        return text if self.content.complete else replace(text, usable=False, whole=False)


def recognised_to_page_text(page: RecognisedPage) -> PageText:
    """The words that were read in a page's picture, at their places on the upright page."""
    return words_to_page_text(PlacedWord(word.text, *word.box) for word in page.content.words)


def turned(word: PlacedWord, degrees: int, width: float, height: float) -> PlacedWord:
    """The word at its place after the page has been turned.

    Args:
        word: With its place on the page before the turn.
        degrees: Clockwise: 0, 90, 180 or 270.
        width: Of the page as it is, in points.
        height: Of the page as it is, in points.
    """
    text, x0, top, x1, bottom = word
    boxes = {
        0: (x0, top, x1, bottom),
        90: (height - bottom, x0, height - top, x1),
        180: (width - x1, height - bottom, width - x0, height - top),
        270: (top, width - x1, bottom, width - x0),
    }
    return PlacedWord(text, *boxes[degrees])
