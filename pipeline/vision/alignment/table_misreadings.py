"""Finds misread words in a table by their positions.

A word of a cell was misread if the page does not have it, and exactly one word of the page that is in no cell is
between the neighbours of that word. A figure with the right digits may still have another sign or decimal point
than the page's word that it is aligned with.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from pipeline.vision.alignment.laid_table import Hull, LaidTable, Span
from pipeline.vision.alignment.misreadings import Misreading
from pipeline.vision.alignment.page_tokens import CellWord, Token
from pipeline.vision.alignment.spellings import (
    edit_distance,
    key_to_value,
    letters_of,
    respelled,
    squeezed,
    word_to_key,
)
from pipeline.vision.faithfulness.page_text import PageText, is_unreadable

#: Two words are readings of the same word only if at most this share of the letters differs.
_LETTERS_APART: Final = 0.34
#: The position of a column is known only where at least so many of its cells show it.
_FEWEST_CELLS: Final = 2
#: Letters that fonts draw as one glyph, and what remains of them in a text layer that has only one of the letters.
_LIGATURE: Final = re.compile("f+[il]?|i")
#: Whole numbers of up to so many digits in brackets are numbers of columns and notes, not negative figures.
_NUMBERING: Final = 2


@dataclass(frozen=True, slots=True)
class _PageWord:
    """A word of the page with its tokens."""

    text: str
    tokens: tuple[Token, ...]

    @property
    def span(self) -> Span:
        return Span(self.tokens[0].x0, self.tokens[-1].x1)


def laid_to_misreadings(laid: LaidTable, page: PageText, taken: frozenset[int]) -> Iterator[tuple[int, Misreading]]:
    """The misread words of a table, each with the number of its cell.

    Args:
        laid: The table aligned with its page.
        page: Its words.
        taken: Tokens of the page that are in any table.
    """
    if laid.hull is not None:
        yield from _Reader(laid, page, taken).misreadings()


class _Reader:
    """The words of a page around one table."""

    def __init__(self, laid: LaidTable, page: PageText, taken: frozenset[int]) -> None:
        self._laid = laid
        words: dict[tuple[int, int], list[Token]] = defaultdict(list)
        hull = laid.hull or Hull(0, -1, 0.0, 0.0)
        for line in range(hull.first, hull.last + 1):
            for token in laid.page.by_line.get(line, ()):
                words[line, token.word].append(token)
        self._words = {
            place: _PageWord(page.lines[place[0]][place[1]], tuple(tokens)) for place, tokens in words.items()
        }
        self._free: dict[int, list[_PageWord]] = defaultdict(list)
        for (line, _), word in self._words.items():
            if not all(token.number in taken for token in word.tokens):
                self._free[line].append(word)
        self._taken = taken
        self._in_rows = _row_to_tokens(laid)

    def misreadings(self) -> Iterator[tuple[int, Misreading]]:
        for cell, words in enumerate(self._laid.words):
            for word in words:
                now = self._page_word(cell, word)
                if now is not None and word.text != (spelled := respelled(word.text, now)):
                    yield cell, Misreading(word=word.at, words=word.words, was=word.text, now=spelled)

    def _page_word(self, cell: int, word: CellWord) -> str | None:
        """The page's word at the position of a word; None where it is equal or not known."""
        if not word.tokens:
            return None
        found = [self._laid.tokens.get((cell, word.first + place)) for place in range(len(word.tokens))]
        own = [token for token in found if token is not None]
        if len(own) == len(found):
            return self._other_sign(word, own)
        page_words = [each for each in self._candidates(cell, word, own) if _is_misread(word.text, each.text)]
        core = self._laid.cores.get(self._laid.cells[cell].column)
        if len(page_words) > 1 and core is not None and core.cells > _FEWEST_CELLS:
            page_words = [each for each in page_words if core.span.overlaps(each.span)]
        return page_words[0].text if len(page_words) == 1 else None

    def _other_sign(self, word: CellWord, own: Sequence[Token]) -> str | None:
        places = {(token.line, token.word) for token in own}
        page_word = self._words.get(places.pop())
        if page_word is None or places or len(page_word.tokens) != len(own) or is_unreadable(page_word.text):
            return None
        ours, theirs = word_to_key("".join(word.text.split())), word_to_key(page_word.text)
        if squeezed(ours) != squeezed(theirs) or _is_numbering(ours) or _is_numbering(theirs):
            return None
        return page_word.text if _may_differ(ours, theirs) else None

    def _candidates(self, cell: int, word: CellWord, own: Sequence[Token]) -> Iterator[_PageWord]:
        """The page's free words at the position of the word, with those that the word is already aligned with."""
        mine = {token.number for token in own}
        for line in self._lines(cell):
            left, right = self._window(cell, word, line)
            for page_word in self._free.get(line, ()):
                others = any(token.number in self._taken and token.number not in mine for token in page_word.tokens)
                inside = left <= page_word.span.x0 and page_word.span.x1 <= right
                if inside and not others:
                    yield page_word

    def _lines(self, cell: int) -> Sequence[int]:
        place = self._laid.cells[cell]
        rows = range(place.row, place.row + place.rowspan)
        return sorted({line for row in rows for line in self._laid.lines_of_rows.get(row, ())})

    def _window(self, cell: int, word: CellWord, line: int) -> tuple[float, float]:
        """The x range where a word of a cell may be on a line: between the words before and after it in its row."""
        left, right = -inf, inf
        column = self._laid.cells[cell].column
        for (number, place), token in self._in_rows[self._laid.cells[cell].row, line]:
            other = self._laid.cells[number].column
            if (other, place) < (column, word.first):
                left = max(left, token.x1 - 0.1)
            elif (other, place) >= (column, word.first + len(word.tokens)):
                right = min(right, token.x0 + 0.1)
        return left, right


def _row_to_tokens(laid: LaidTable) -> Mapping[tuple[int, int], list[tuple[tuple[int, int], Token]]]:
    found: dict[tuple[int, int], list[tuple[tuple[int, int], Token]]] = defaultdict(list)
    for place, token in laid.tokens.items():
        found[laid.cells[place[0]].row, token.line].append((place, token))
    return found


def _is_misread(was: str, now: str) -> bool:
    ours, theirs = word_to_key("".join(was.split())), word_to_key(now)
    if is_unreadable(now) or squeezed(ours) == squeezed(theirs) or _LIGATURE.sub("", ours) == _LIGATURE.sub("", theirs):
        return False
    if key_to_value(ours) and key_to_value(theirs):
        if abs(len(squeezed(ours)) - len(squeezed(theirs))) > 1 and squeezed(theirs) in squeezed(ours):
            return False  # the rest of it may be on the next line
        return letters_of(ours) == letters_of(theirs) or edit_distance(ours, theirs) <= 1
    apart = edit_distance(ours, theirs)
    figures = bool(key_to_value(ours) or key_to_value(theirs))
    return apart <= (1 if figures else _LETTERS_APART * max(len(ours), len(theirs)))


def _may_differ(ours: str, theirs: str) -> bool:
    """Whether two figures differ: in the decimal point, or in a sign that is no dash between two things."""
    one, other = key_to_value(ours), key_to_value(theirs)
    return bool(one) and bool(other) and one != other


def _is_numbering(key: str) -> bool:
    inside = key.strip("()")
    return key.startswith("(") and inside.isdecimal() and len(inside) <= _NUMBERING
