"""A page's own text, in the form in which answers are compared with it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from pipeline.table import Box
from pipeline.vision.faithfulness.numbers import text_to_comparable

# A text layer with fewer words proves nothing: the page may be a scan with a stamp, or a cover.
_FEWEST_WORDS: Final = 8
# With a larger share of unreadable characters the layer comes from fonts without a map to Unicode, or from bad OCR.
_MOST_UNREADABLE: Final = 0.05
_UNREADABLE: Final = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]|\\(cid:")
# Words that overlap in this share of the line's height are on one line.
_OVERLAP: Final = 0.5
# A gap of less than this share of the height between "1" and "234" is the blank inside of a number.
_GROUP_GAP: Final = 0.45
# A gap of more than this share of the height separates cells and columns.
_WIDE_GAP: Final = 1.0
_HEAD: Final = re.compile(r"\D{0,3}[0-9]{1,3}")
_GROUP: Final = re.compile(r"[0-9]{3}(?:[.,][0-9]+)?\D{0,3}")


class PlacedWord(NamedTuple):
    """A word and its place, in points from the page's top left."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


#: Made of tuples, in a third of the time of a call with every field: a page has hundreds of each.
tuple_to_placed_word = partial(tuple.__new__, PlacedWord)
_tuple_to_box = partial(tuple.__new__, Box)


class WordLine(NamedTuple):
    """The words of a line, the indices of those before which there is a wide gap, and where each word stands."""

    words: tuple[str, ...]
    gaps: tuple[int, ...]
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """The page's own text.

    Attributes:
        lines: Words of each line, from left to right, lines from top to bottom.
        pieces: Of each line, where in it a new piece begins after a wide gap: the next cell, the next column.
        boxes: Of each line, where its words stand; empty where only their order is known.
        usable: Whether answers can be compared with it: it has enough readable words, and is whole.
        whole: Whether all of it was read: what a part does not have may be on the page all the same.
    """

    lines: tuple[tuple[str, ...], ...] = ()
    pieces: tuple[tuple[int, ...], ...] = ()
    boxes: tuple[tuple[Box, ...], ...] = ()
    usable: bool = False
    whole: bool = True


def is_unreadable(text: str) -> bool:
    """Whether a text has characters that nobody can read, from a font that does not say what they are."""
    return _UNREADABLE.search(text) is not None


def words_to_page_text(words: Iterable[PlacedWord]) -> PageText:
    """The page's own text from placed words, in whatever order they come.

    Lines are made by geometry, so that a table's row is a line even if the file draws it column by column.
    """
    rows: list[list[PlacedWord]] = []
    last: PlacedWord | None = None
    for word in sorted(words, key=_middle):
        if last is not None and _on_one_line(last, word):
            rows[-1].append(word)
        else:
            rows.append([word])
        last = word
    return _lines_to_page_text([_row_to_line(sorted(row, key=lambda word: word.x0)) for row in rows])


def _lines_to_page_text(lines: Iterable[WordLine]) -> PageText:
    kept = [line for line in map(_to_plain, lines) if line.words]
    characters = "".join(word for line in kept for word in line.words)
    readable = (word for line in kept for word in line.words if any(map(str.isalnum, word)))
    bad = len(_UNREADABLE.findall(characters))
    return PageText(
        lines=tuple(line.words for line in kept),
        pieces=tuple(line.gaps for line in kept),
        boxes=tuple(line.boxes for line in kept) if any(line.boxes for line in kept) else (),
        usable=len(list(islice(readable, _FEWEST_WORDS))) == _FEWEST_WORDS
        and bad <= len(characters) * _MOST_UNREADABLE,
    )


def _to_plain(line: WordLine) -> WordLine:
    text = "".join(line.words)
    if text.isascii() and all(line.words) and len(text.split()) == 1:  # as most are, and need nothing
        return line
    words: list[str] = []
    gaps: list[int] = []
    boxes: list[Box] = []
    after_gap = frozenset(line.gaps)
    for index, word in enumerate(line.words):
        if index in after_gap:
            gaps.append(len(words))
        if plain := text_to_comparable(word).strip():
            words.append(plain)
            boxes += line.boxes[index : index + 1]
    return WordLine(tuple(words), tuple(gaps), tuple(boxes))


def _middle(word: PlacedWord) -> tuple[float, float]:
    """Where a word stands in the order of lines: twice the height of its middle, and its left edge."""
    _, x0, top, _, bottom = word
    return top + bottom, x0


def _on_one_line(last: PlacedWord, word: PlacedWord) -> bool:
    _, _, upper, _, lower = last
    _, _, top, _, bottom = word
    if upper == top and lower == bottom:  # as of most neighbours
        return top < bottom
    overlap = min(lower, bottom) - max(upper, top)
    return overlap > _OVERLAP * min(lower - upper, bottom - top)


def _row_to_line(row: list[PlacedWord]) -> WordLine:
    """The words of a line; groups of one number are joined."""
    texts: list[str] = []
    gaps: list[int] = []
    boxes: list[Box] = []
    end: float | None = None
    in_number = False
    for text, x0, top, x1, bottom in row:
        gap = 0.0 if end is None else (x0 - end) / max(bottom - top, 0.1)
        if in_number and gap < _GROUP_GAP and _GROUP.fullmatch(text):
            texts[-1] += text
            boxes[-1] = boxes[-1]._replace(x1=x1, bottom=max(boxes[-1].bottom, bottom))
        else:
            if gap > _WIDE_GAP:
                gaps.append(len(texts))
            texts.append(text)
            boxes.append(_tuple_to_box((x0, top, x1, bottom)))
            in_number = text[-1:].isdigit() and _HEAD.fullmatch(text) is not None
        end = x1
    return WordLine(tuple(texts), tuple(gaps), tuple(boxes))
