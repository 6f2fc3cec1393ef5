"""Words to lines: words that share a baseline and stand close enough to be read on."""

from collections.abc import Iterator, Sequence

from pipeline.extraction.bidi import visual_to_logical
from pipeline.extraction.model import BBox, Line, Word

#: Words of one line overlap in height by at least this share of the lower one.
OVERLAP = 0.5
#: A gap wider than this many type sizes ends a line: beyond it begins another column.
COLUMN_GAP = 1.6


def words_to_lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """The lines that upright words form, from the top, left to right.

    Args:
        words: In any order.
    """
    return tuple(
        line
        for row in _words_to_rows(sorted(words, key=lambda word: (word.box.bottom, word.box.x0)))
        for line in _row_to_lines(sorted(row, key=lambda word: word.box.x0))
    )


def _words_to_rows(words: Sequence[Word]) -> Iterator[list[Word]]:
    row: list[Word] = []
    for word in words:
        if row and word.box.top + OVERLAP * (word.box.bottom - word.box.top) > row[0].box.bottom:
            yield row
            row = []
        row.append(word)
    if row:
        yield row


def _row_to_lines(row: Sequence[Word]) -> Iterator[Line]:
    line: list[Word] = []
    for word in row:
        if line and word.box.x0 - line[-1].box.x1 > COLUMN_GAP * (word.box.bottom - word.box.top):
            yield words_to_line(line)
            line = []
        line.append(word)
    if line:
        yield words_to_line(line)


def words_to_line(words: Sequence[Word]) -> Line:
    """One line of the words, given as they stand from left to right.

    Args:
        words: At least one.
    """
    box = BBox(
        min(word.box.x0 for word in words),
        min(word.box.top for word in words),
        max(word.box.x1 for word in words),
        max(word.box.bottom for word in words),
    )
    return Line(box=box, words=tuple(visual_to_logical(words)))
