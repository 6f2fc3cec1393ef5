"""A page's own text and an answer's blocks, made of plain strings in the ways in which a worker makes them."""

from pipeline.markup.sanitise import sanitise
from pipeline.markup.tree import Node
from pipeline.vision.faithfulness.page_text import PageText, PlacedWord, words_to_page_text

_LETTER = 5.0
_BLANK = 6.0  # more than between the groups of a number, less than between two columns
_HEIGHT = 10.0
_LEADING = 12.0


def text_to_page_text(text: str) -> PageText:
    """The page's own text where it prints these lines, a narrow gap between words."""
    return words_to_page_text(
        word for number, line in enumerate(text.splitlines()) for word in _line_to_words(line, number * _LEADING)
    )


def _line_to_words(line: str, top: float) -> list[PlacedWord]:
    words: list[PlacedWord] = []
    x = 0.0
    for text in line.split():
        words.append(PlacedWord(text, x, top, x + _LETTER * len(text), top + _HEIGHT))
        x += _LETTER * len(text) + _BLANK
    return words


def html_to_blocks(html: str) -> tuple[Node, ...]:
    """The blocks of an answer that is clean already."""
    return sanitise(html).blocks
