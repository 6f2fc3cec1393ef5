"""Lines of a table's body to rows: which lines go on with the row above them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pipeline.extraction.model import Word
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.rules import Edge
from pipeline.extraction.tables.segments import BLANK, Segment, row_to_units, units_to_segment, words_to_rows
from pipeline.extraction.text.lines import boxes_to_box, word_to_baseline, word_to_size

#: A gap wider than so many blanks parts two cells where it stands over a gutter.
CELL_GAP = 1.5
#: A gap at least this share of the gutter wide parts two cells, however narrow.
GUTTER_SHARE = 0.9
#: Lines of one cell are at most this many type sizes apart, middle to middle.
LEADING = 1.45
#: Lines of one cell are closer than this share of the table's usual distance of rows.
TIGHT = 0.93
#: A line had no room for one more word when less than this (in type sizes) would have been left.
ROOM = 0.3
#: So many figures below each other are several rows even in one column alone.
STACK = 3
#: A line with a label and so many cells in all is a row by itself, and one with a single text below it none.
WHOLE_ROW = 5
#: A line beginning this far (in type sizes) left of the one above does not go on with it.
OUTDENT = 0.4


#: Raised and lowered marks are smaller than this share of the largest type of a line.
FULL_SIZE = 0.8
#: They are at most this many type sizes from the word that they stand at, from side to side ...
TOUCHING = 0.3
#: ... and their baselines from its own.
RAISED = 0.7
#: Baselines of one line differ by at most this share of the type size.
LEVEL = 0.3


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a region, cut into the segments that its cells hold."""

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


class Usual(NamedTuple):
    """What is usual in the body of a table.

    Attributes:
        ends: How far right the text of each column reaches.
        pitch: From one line of several cells to the next; 0 where there are none.
    """

    ends: tuple[float, ...]
    pitch: float

    @classmethod
    def of(cls, lines: Sequence[TextLine], columns: Columns) -> "Usual":
        """Of these lines."""
        ends = [0.0] * columns.count
        for line in lines:
            for segment in line.segments:
                first, last = columns.of(segment)
                if first == last:
                    ends[first] = max(ends[first], segment.box.x1)
        several = [b.middle - a.middle for a, b in pairwise(lines) if len(a.segments) > 1 and len(b.segments) > 1]
        return cls(tuple(ends), median(several) if several else 0.0)


def words_to_level_rows(words: Iterable[Word]) -> list[list[Word]]:
    """Words that share a baseline, top to bottom, each row from left to right; see :func:`words_to_rows`.

    What overlaps a row but stands higher or lower (a label in the middle of two rows) is a row of its own; raised and
    lowered marks stay with the word that they are beside.
    """
    full, marks = _words_to_marked(words)
    rows = [level for row in words_to_rows(full) for level in _row_to_level(row)]
    rows = [[*row, *(mark for word in row for mark in marks.get(id(word), ()))] for row in rows]
    rows.sort(key=lambda row: max(word.box.top + word.box.bottom for word in row))
    return [sorted(row, key=lambda word: word.box.x0) for row in rows]


def _words_to_marked(words: Iterable[Word]) -> tuple[list[Word], dict[int, list[Word]]]:
    """The words, and the raised and lowered marks beside them by the id of the word that they stand at."""
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
    """The larger word that the mark touches, beside its upper or its lower part."""
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
    """The words of the row by their baselines, where they have several."""
    baselines = sorted(map(word_to_baseline, row))
    reach = LEVEL * max(map(word_to_size, row))
    cuts = [(a + b) / 2 for a, b in pairwise(baselines) if b - a > reach]
    levels: list[list[Word]] = [[] for _ in range(len(cuts) + 1)]
    for word in row:
        levels[bisect_left(cuts, word_to_baseline(word))].append(word)
    return [level for level in levels if level]


def row_to_text_line(row: Sequence[Word], columns: Columns) -> TextLine:
    """Cut a line wherever a gap wider than a blank stands over a gutter."""
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
    blank = BLANK if left.numeric and right.numeric else columns.blank
    wide = gap > CELL_GAP * blank * max(left.size, right.size)
    for start, end in columns.gutters_between(left.box.x1, right.box.x0):
        if wide or (left.box.x1 <= (start + end) / 2 <= right.box.x0 and gap >= GUTTER_SHARE * (end - start)):
            return True
    return False


def lines_to_rows(
    lines: Sequence[TextLine], columns: Columns, rules: Sequence[Edge] = (), usual: Usual | None = None
) -> list[list[TextLine]]:
    """The lines of each row: a line goes on with the one above it, or begins a row; a rule between always parts them.

    Args:
        lines: Of the body, or of a part of it, from the top.
        columns: Of the table.
        rules: The horizontal ones.
        usual: In the body as a whole; by these lines where it is not given.
    """
    usual = usual or Usual.of(lines, columns)
    rows: list[list[TextLine]] = []
    for line in lines:
        ruled = rows and any(rows[-1][-1].middle < rule.at < line.middle for rule in rules)
        if rows and not ruled and continues(rows[-1][-1], line, columns, usual):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def has_stacked_figures(lines: Sequence[TextLine], columns: Columns) -> bool:
    """Whether two columns have figures below each other in these lines, or one three of them: then they are rows."""
    heights: Counter[tuple[int, int]] = Counter()
    for line in lines:
        heights.update(columns.of(segment) for segment in line.segments if segment.numeric)
    return sum(1 for height in heights.values() if height > 1) > 1 or max(heights.values(), default=0) >= STACK


def continues(above: TextLine, line: TextLine, columns: Columns, usual: Usual) -> bool:
    """Whether every cell of the line goes on with the cell above it, which had no room for one more word.

    One of the two lines may have cells that the other has not (the figures stand beside the first or the last line of
    a label), but not both.
    """
    step = line.middle - above.middle
    if step > LEADING * above.size:
        return False
    upper = {columns.of(segment): segment for segment in above.segments}
    lower = {columns.of(segment): segment for segment in line.segments}
    shared = upper.keys() & lower.keys()
    if not shared or (upper.keys() - shared and lower.keys() - shared):
        return False
    if _is_remainder(upper, lower):
        return True
    if not all(wraps(upper[key], lower[key], usual.ends[key[1]]) for key in shared):
        return False
    return step < TIGHT * usual.pitch or all(_reads_on(upper[key], lower[key]) for key in shared)


def _is_remainder(upper: Mapping[tuple[int, int], Segment], lower: Mapping[tuple[int, int], Segment]) -> bool:
    """Whether a line holds only the rest of a text, flush below it, right of the row's label; it may be a figure.

    Texts are broken anywhere (statements of banks break within words), so that room on the line above says nothing;
    the label and the other cells of the row say that the line alone is none.

    Args:
        upper: The line above by columns: the row's first line, or a rest as well.
        lower: The line by columns.
    """
    [(key, rest), *others] = lower.items()
    text = upper.get(key)
    if others or text is None or text.numeric or key[0] == 0:
        return False
    begins = (0, 0) in upper and len(upper) >= WHOLE_ROW
    return (begins or len(upper) == 1) and abs(rest.box.x0 - text.box.x0) <= OUTDENT * text.size


def wraps(upper: Segment, lower: Segment, end: float) -> bool:
    """Whether the lower line may go on with the upper one, which had no room for one more word up to the end."""
    if upper.numeric or lower.numeric or upper.bold != lower.bold or _is_outdented(upper, lower):
        return False
    first = lower.words[0].box
    return upper.box.x1 + first.x1 - first.x0 + ROOM * upper.size >= end or lower.text[0].islower()


def _is_outdented(upper: Segment, lower: Segment) -> bool:
    """Whether the lower line begins further left, while the two are neither centred nor flush right."""
    out = OUTDENT * upper.size
    off = abs(upper.box.x0 + upper.box.x1 - lower.box.x0 - lower.box.x1) / 2
    return upper.box.x0 - lower.box.x0 > out and off > out and abs(upper.box.x1 - lower.box.x1) > out


def _reads_on(upper: Segment, lower: Segment) -> bool:
    """Whether the wording shows that the text goes on."""
    return lower.text[0].islower() or upper.text.endswith((",", "-", "/", "\u2013", "&"))
