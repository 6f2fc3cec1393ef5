"""Columns by whitespace: the gutters that no line of a table's body crosses.

The idea is as old as table recognition (projection profiles; Wang, Phillips and Haralick 2004).  What makes it work is
what is left out of the projection (headings that span, lines that do not fill the table) and what is not believed
(blanks between words that happen to stand above each other).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import median

from pipeline.extraction.tables.segments import Segment

#: A gap of at most this many times the type size may be a blank between words of one cell: 0.25 to 0.35 in
#: proportional type, 0.6 in fixed-pitch type.
BLANK = 0.65
#: The narrowest gutter, as a share of the type size, that is looked at.
NARROW = 0.15
#: The share of lines with figures on both sides of a gap from which even a blank divides columns.
FIGURES = 0.6
#: Text in at most this share of the lines, and in no line beside its neighbour column's, makes no column.
STRAY = 0.15
#: At most this share of the lines may cross a gutter ...
CROSSINGS = 0.125
#: ... when it is at least this wide (in type sizes) in most lines ...
WIDE = 0.9
#: ... which are at least this share.
BESIDE = 0.6
#: Figures end at one x when at least this share of them ends at most this share of the type size before it.
STEADY = 0.9
FLUSH = 0.15
#: Text stands in a column when it overlaps its text by more than this share of the type size.
OVERLAP = 0.35

#: From the right end of the text on the left to the left end of the text on the right.
Gutter = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a region.

    Attributes:
        gutters: Between them, from the left.
        left: Where the region begins.
        right: Where it ends.
        blank: The width of a blank, as a share of the type size.
    """

    gutters: tuple[Gutter, ...]
    left: float
    right: float
    blank: float

    @property
    def count(self) -> int:
        """How many columns there are."""
        return len(self.gutters) + 1

    @property
    def borders(self) -> list[float]:
        """The middles of the gutters, with the region's ends."""
        return [self.left, *((start + end) / 2 for start, end in self.gutters), self.right]

    def gutters_between(self, left: float, right: float) -> tuple[Gutter, ...]:
        """Those that have a part between the two x."""
        first = bisect_left(self.gutters, left, key=lambda gutter: gutter[1])
        return tuple(takewhile(lambda gutter: gutter[0] <= right, self.gutters[first:]))

    def extent(self, column: int) -> tuple[float, float]:
        """From where to where the column's text reaches."""
        start = self.gutters[column - 1][1] if column else self.left
        end = self.gutters[column][0] if column < len(self.gutters) else self.right
        return start, end

    def are_crossed_by(self, start: float, end: float) -> bool:
        """Whether a rule from ``start`` to ``end`` reaches under the first column and under the last."""
        return start <= self.extent(0)[1] and end >= self.extent(self.count - 1)[0]

    def of(self, segment: Segment) -> tuple[int, int]:
        """The first and the last column that the segment stands in.

        A heading may be wider than its column and still be of that column only; it stands in those columns whose text
        it overlaps, or in the one where its middle is when it overlaps none.
        """
        box = segment.box
        least = OVERLAP * segment.size
        middle = self.at((box.x0 + box.x1) / 2)
        first, last = self.at(box.x0), self.at(box.x1)
        while first < middle and self.extent(first)[1] - box.x0 <= least:
            first += 1
        while last > middle and box.x1 - self.extent(last)[0] <= least:
            last -= 1
        return first, last

    def at(self, x: float) -> int:
        """The column at ``x``."""
        return bisect_right(self.gutters, x, key=lambda gutter: (gutter[0] + gutter[1]) / 2)


def lines_to_gutters(lines: Sequence[Sequence[Segment]]) -> list[Gutter]:
    """The gutters between columns, left to right.

    Args:
        lines: The units of each line (see ``row_to_units``), from left to right.
    """
    units = [unit for line in lines for unit in line]
    if not units:
        return []
    size = median(unit.size for unit in units)
    gutters = units_to_gaps(units, NARROW * size)
    weak = [_is_accident(lines, gutters, index, size) for index in range(len(gutters))]
    while any(weak):
        index = min((i for i, is_weak in enumerate(weak) if is_weak), key=lambda i: gutters[i][1] - gutters[i][0])
        del gutters[index], weak[index]
        for neighbour in range(max(0, index - 1), min(len(gutters), index + 1)):
            weak[neighbour] = _is_accident(lines, gutters, neighbour, size)
    gutters = sorted([*gutters, *_crossed_gutters(lines, gutters, size)])
    return sorted([*gutters, *_flush_gutters(lines, gutters, size)])


def units_to_gaps(units: Sequence[Segment], least: float, crossings: int = 0) -> list[Gutter]:
    """The intervals of x, at least ``least`` wide, that at most so many units cover."""
    ends = sorted([(unit.box.x0, 1) for unit in units] + [(unit.box.x1, -1) for unit in units])
    gaps: list[Gutter] = []
    covering = 0
    start: float | None = None
    for x, step in ends:
        covering += step
        if step > 0 and covering == crossings + 1:
            if start is not None and x - start >= least:
                gaps.append((start, x))
            start = None
        elif step < 0 and covering == crossings:
            start = x
    return gaps


def _crossed_gutters(lines: Sequence[Sequence[Segment]], gutters: Sequence[Gutter], size: float) -> list[Gutter]:
    """Wide gutters within the columns that few lines cross (totals, names of groups) and most have text beside."""
    crossings = int(CROSSINGS * len(lines))
    if not crossings:
        return []
    found = []
    for left, right in units_to_gaps([unit for line in lines for unit in line], WIDE * size, crossings):
        if any(start < right and left < end for start, end in gutters):
            continue
        beside = 0
        for line in lines:
            before, after = _units_beside(line, (left, right))
            if before is not None and after is not None:
                beside += after.box.x0 - before.box.x1 >= WIDE * size
        if beside >= BESIDE * len(lines) and not any(left < unit.box.x0 < right for line in lines for unit in line):
            found.append((left, right))
    return found


def _flush_gutters(lines: Sequence[Sequence[Segment]], gutters: Sequence[Gutter], size: float) -> list[Gutter]:
    """Narrow gutters that few lines cross, right of figures that end at one x, with other figures behind them."""
    crossings = int(CROSSINGS * len(lines))
    found = []
    every = [unit for line in lines for unit in line]
    for left, right in units_to_gaps(every, NARROW * size, crossings) if crossings else ():
        if any(start < right and left < end for start, end in gutters):
            continue
        beside = [_units_beside(line, (left, right)) for line in lines]
        ends = [a.box.x1 for a, b in beside if a is not None and b is not None and a.numeric and b.numeric]
        flush = sum(1 for end in ends if left - end <= FLUSH * size)
        if len(ends) >= BESIDE * len(lines) and flush >= STEADY * len(ends):
            found.append((left, right))
    return found


def _units_beside(line: Sequence[Segment], gutter: Gutter) -> tuple[Segment | None, Segment | None]:
    """The last unit that ends before the gutter and the first that begins behind it."""
    end = bisect_right(line, gutter[0], key=lambda unit: unit.box.x1)
    start = bisect_left(line, gutter[1], lo=end, key=lambda unit: unit.box.x0)
    return line[end - 1] if end else None, line[start] if start < len(line) else None


def _is_accident(lines: Sequence[Sequence[Segment]], gutters: Sequence[Gutter], index: int, size: float) -> bool:
    """Whether blanks between words merely happen to stand above each other.

    They do where most lines with text on both sides have no more than a blank there, unless figures stand on both
    sides: a blank in a cell seldom stands between two figures.  Where no line has text on both sides, the few lines
    of one side stand off in the column of the others (a total flush right, a heading in the middle).
    """
    low = gutters[index - 1][1] if index else float("-inf")
    high = gutters[index + 1][0] if index + 1 < len(gutters) else float("inf")
    gaps = []
    figures = befores = afters = 0
    for line in lines:
        before, after = _units_beside(line, gutters[index])
        before = before if before is not None and before.box.x0 >= low else None
        after = after if after is not None and after.box.x1 <= high else None
        befores += before is not None
        afters += after is not None
        if before is not None and after is not None:
            gaps.append(after.box.x0 - before.box.x1)
            figures += before.numeric and after.numeric
    if not gaps:
        return min(befores, afters) <= max(1.0, STRAY * len(lines))
    return median(gaps) < BLANK * size and figures < FIGURES * len(gaps)


def with_borders(gutters: Sequence[Gutter], borders: Sequence[float], reach: float) -> tuple[Gutter, ...]:
    """The gutters, and those that drawn borders make; a border within ``reach`` of a gutter is that one."""
    new = [(x, x) for x in borders if not any(start - reach <= x <= end + reach for start, end in gutters)]
    return tuple(sorted([*gutters, *new]))
