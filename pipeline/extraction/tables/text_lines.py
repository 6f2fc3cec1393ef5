"""Words to the lines of a region: words at one height, raised marks beside their words, divided at gutters."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import Word
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.segments import BLANK, Segment, row_to_units, units_to_segment, words_to_rows
from pipeline.extraction.text.lines import word_to_baseline, word_to_size

#: A gap wider than so many blanks separates two cells if it is over a gutter.
CELL_GAP = 1.5
#: TeX sets the blank after a full stop so many times as wide as others.
AFTER_STOP = 1.33
#: A gap of at least this share of the gutter's width separates two cells, even a narrow one.
GUTTER_SHARE = 0.9
#: Raised and lowered marks are smaller than this share of the largest type of a line: as a rule by a third, but in
#: type of 6 points by a sixth, since nobody sets smaller marks than of 5 points.
FULL_SIZE = 0.87
#: Such marks are at most this many type sizes from their word, from side to side.
TOUCHING = 0.3
#: Their baselines are at most this many type sizes from the word's baseline.
RAISED = 0.7
#: Baselines of one line differ by at most this share of the type size.
LEVEL = 0.3


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a region, divided into the segments of its cells."""

    segments: tuple[Segment, ...]
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """The y of the middle."""
        return (self.top + self.bottom) / 2

    @property
    def size(self) -> float:
        """The largest type size."""
        return max(segment.size for segment in self.segments)


def words_to_level_rows(words: Iterable[Word]) -> list[list[Word]]:
    """Words with a common baseline, from top to bottom, each row from left to right; see :func:`words_to_rows`.

    A word that overlaps a row at another height (a label in the middle of two rows) is a row of its own. Raised and
    lowered marks stay with the word that they are beside.
    """
    full, marks = _words_to_marked(words)
    rows = [level for row in words_to_rows(full) for level in _row_to_level(row)]
    rows = [[*row, *(mark for word in row for mark in marks.get(id(word), ()))] for row in rows]
    rows.sort(key=lambda row: max(word.box.top + word.box.bottom for word in row))
    return [sorted(row, key=lambda word: word.box.x0) for row in rows]


def _words_to_marked(words: Iterable[Word]) -> tuple[list[Word], dict[int, list[Word]]]:
    """The words; and the raised and lowered marks beside them, by the id of their word."""
    ordered = sorted(words, key=lambda word: word.box.top)
    tops = [word.box.top for word in ordered]
    sizes = [word_to_size(word) for word in ordered]
    usual, largest = median(sizes), max(sizes)
    full: list[Word] = []
    marks: dict[int, list[Word]] = {}
    for word, size in zip(ordered, sizes, strict=True):
        near = ordered[bisect_left(tops, word.box.top - 2 * largest) : bisect_left(tops, word.box.bottom)]
        owner = _mark_to_owner(word, near) if size <= FULL_SIZE * max(usual, largest / 2) else None
        if owner is None:
            full.append(word)
        else:
            marks.setdefault(id(owner), []).append(word)
    return full, marks


def _mark_to_owner(mark: Word, near: Iterable[Word]) -> Word | None:
    """The larger word beside the mark, at its upper or lower part."""
    best: tuple[float, Word] | None = None
    for word in near:
        size = word_to_size(word)
        gap = max(mark.box.x0 - word.box.x1, word.box.x0 - mark.box.x1)
        if word_to_size(mark) > FULL_SIZE * size or gap > TOUCHING * size or mark.box.top >= word.box.bottom:
            continue
        off = abs(word_to_baseline(mark) - word_to_baseline(word))
        if off <= RAISED * size and word.box.top < mark.box.bottom and (best is None or gap < best[0]):
            best = (gap, word)
    return best[1] if best else None


def _row_to_level(row: list[Word]) -> list[list[Word]]:
    """The words of the row, grouped by baseline where there are several."""
    baselines = sorted(map(word_to_baseline, row))
    reach = LEVEL * max(map(word_to_size, row))
    cuts = [(a + b) / 2 for a, b in pairwise(baselines) if b - a > reach]
    levels: list[list[Word]] = [[] for _ in range(len(cuts) + 1)]
    for word in row:
        levels[bisect_left(cuts, word_to_baseline(word))].append(word)
    return [level for level in levels if level]


def row_to_text_line(row: Sequence[Word], columns: Columns) -> TextLine:
    """Divide a line at gaps wider than a blank that are over a gutter."""
    pieces: list[list[Segment]] = []
    for unit in row_to_units(row):
        if pieces and not _parts(pieces[-1][-1], unit, columns):
            pieces[-1].append(unit)
        else:
            pieces.append([unit])
    segments = tuple(units_to_segment(piece) for piece in pieces)
    box = boxes_to_box([segment.box for segment in segments])
    return TextLine(segments, box.top, box.bottom)


def _parts(left: Segment, right: Segment, columns: Columns) -> bool:
    gap = right.box.x0 - left.box.x1
    blank = BLANK if left.numeric and right.numeric else columns.blank * (AFTER_STOP if left.text[-1] == "." else 1.0)
    wide = gap > CELL_GAP * blank * max(left.size, right.size)
    for start, end in columns.gutters_between(left.box.x1, right.box.x0):
        if wide or (left.box.x1 <= (start + end) / 2 <= right.box.x0 and gap >= GUTTER_SHARE * (end - start)):
            return True
    return False
