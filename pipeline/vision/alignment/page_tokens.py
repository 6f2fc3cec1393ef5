"""A page's own text as tokens with positions: numbers and runs of letters, on both sides of an alignment.

Signs are no tokens, and the token of a number is its digits: a page and an answer may write points, dashes and currency
signs differently. A word of digits and letters is several tokens, so that a unit written without a blank after a figure
does not hide the figure. A sign is a token only if it fills a cell: a dash in the place of a figure.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from pipeline.table import Box
from pipeline.vision.faithfulness.numbers import text_to_comparable
from pipeline.vision.faithfulness.page_text import PageText

_SEPARATORS: Final = ".,'\N{RIGHT SINGLE QUOTATION MARK}\N{MIDDLE DOT}"
_TOKEN: Final = re.compile(rf"\d+(?:[{_SEPARATORS}]\d+)*|[^\W\d_]+")
#: A blank of any width within a number: 1 234.
_NUMBER_BLANK: Final = re.compile(
    r"(?:(?<=(?<![0-9.,])[0-9]{3})|(?<=(?<![0-9.,])[0-9]{2})|(?<=(?<![0-9.,])[0-9]))\s(?=[0-9]{3}(?![0-9]))"
)
_LONGEST_SIGN: Final = 3
_DASHES: Final = str.maketrans(
    dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-")
)
_REMOVED: Final = str.maketrans("", "", _SEPARATORS)


class Token(NamedTuple):
    """A token of the page; lengths are in points from the page's top left.

    Attributes:
        text: Without case, accents and ligatures.
        line: Number of its line on the page, from the top.
        number: Its number among all tokens of the page, which are in order of lines and then from left to right.
        word: Number of its word in the line.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    line: int
    number: int
    word: int

    @property
    def height(self) -> float:
        """The box of its word."""
        return self.bottom - self.top


#: Made of a tuple, in a third of the time of a call with every field: a page has hundreds.
_tuple_to_token = partial(tuple.__new__, Token)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTokens:
    """The tokens of a page, with indexes for searching.

    Attributes:
        tokens: In order of lines.
        by_text: Tokens by their text.
        by_line: Tokens by their line, from left to right.
    """

    tokens: tuple[Token, ...]
    by_text: Mapping[str, Sequence[Token]]
    by_line: Mapping[int, Sequence[Token]]


class CellWord(NamedTuple):
    """A word of a cell, or a number with blanks in it.

    Attributes:
        text: As it is written.
        at: Index of its first word in the cell, as ``str.split`` counts.
        words: How many words it has.
        tokens: Its tokens.
        first: Number of its first token in the cell.
    """

    text: str
    at: int
    words: int
    tokens: tuple[str, ...]
    first: int


def text_to_cell_words(text: str) -> tuple[CellWord, ...]:
    """The words of a cell in order, even those without tokens; a number with blanks is one word."""
    found: list[CellWord] = []
    index = first = 0
    parts = _NUMBER_BLANK.sub("\0", text).split()
    for part in parts:
        words = part.split("\0")
        tokens = tuple(text_to_tokens("".join(words))) or (_sign(part) if len(parts) == 1 else ())
        found.append(CellWord(" ".join(words), index, len(words), tokens, first))
        index, first = index + len(words), first + len(tokens)
    return tuple(found)


def _sign(word: str) -> tuple[str, ...]:
    """The token of a sign that is alone."""
    return (_folded(word).translate(_DASHES),) if len(word) <= _LONGEST_SIGN else ()


def text_to_tokens(text: str) -> list[str]:
    """The tokens of a text in order."""
    return [match.translate(_REMOVED) for match in _TOKEN.findall(_folded(text_to_comparable(text)))]


def page_to_tokens(page: PageText) -> PageTokens:
    """The tokens of a page; none where the positions of its words are not known."""
    found: list[Token] = []
    by_text: dict[str, list[Token]] = defaultdict(list)
    by_line: dict[int, list[Token]] = defaultdict(list)
    for line, (words, places) in enumerate(zip(page.lines, page.boxes, strict=False)):
        edges = {0, *page.pieces[line], len(words)}
        for number, (word, place) in enumerate(zip(words, places, strict=False)):
            alone = number in edges and number + 1 in edges
            for text, left, right in _word_to_tokens(word, place, alone=alone):
                token = _tuple_to_token((text, left, place.top, right, place.bottom, line, len(found), number))
                found.append(token)
                by_text[text].append(token)
                by_line[line].append(token)
    return PageTokens(tokens=tuple(found), by_text=by_text, by_line=by_line)


def _word_to_tokens(word: str, place: Box, *, alone: bool) -> Iterator[tuple[str, float, float]]:
    """The texts of a word's tokens, and where each begins and ends."""
    if word.isalpha():
        yield _folded(word), place.x0, place.x1
        return
    folded = _folded(word)
    if alone and len(word) <= _LONGEST_SIGN and not any(map(str.isalnum, word)):
        yield from ((text, place.x0, place.x1) for text in _sign(word))
        return
    width = (place.x1 - place.x0) / max(len(folded), 1)
    matches = list(_TOKEN.finditer(folded))
    for match in matches:
        # Signs around a word are part of its place: without them, a bracket looks like a gap.
        left = place.x0 if match is matches[0] else place.x0 + width * match.start()
        right = place.x1 if match is matches[-1] else place.x0 + width * match.end()
        yield match[0].translate(_REMOVED), left, right


def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold()
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(letter)
    )
