"""Columns by whitespace: the gutters that no line of a table's body crosses.

The method is a projection profile (Wang, Phillips and Haralick 2004). Two additions make it reliable: headings that
span and lines that do not fill the table are left out of the projection, and blanks between words that are below each
other only by chance do not count.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from statistics import median

from pipeline.extraction.tables.segments import Segment

#: A gap of at most this many times the type size may be a blank between words of one cell: blanks are 0.25 to 0.35 in
#: proportional type, 0.6 in fixed-pitch type.
BLANK = 0.65
#: The narrowest gutter that is considered, as a share of the type size.
NARROW = 0.15
#: If at least this share of the lines has figures on both sides of a gap, even a blank separates columns.
FIGURES = 0.6
#: Text in at most this share of the lines, and never beside the text of the neighbouring column, is no column.
STRAY = 0.15
#: At most this share of the lines may cross a gutter ...
CROSSINGS = 0.125
#: A gutter that lines cross must be at least this wide (in type sizes) in most lines.
WIDE = 0.9
#: These are at least this share of the lines.
BESIDE = 0.6
#: Figures are flush right if at least this share of them ends at most this share of the type size before one x.
STEADY = 0.9
FLUSH = 0.15
#: Text is in a column if it overlaps the column's text by more than this share of the type size.
OVERLAP = 0.35

#: From the right end of the text on the left to the left end of the text on the right.
Gutter = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a region.

    Attributes:
        gutters: The gutters between them, from the left.
        left: Where the region begins.
        right: Where it ends.
        blank: The width of a blank, as a share of the type size.
        middles: The middles of the gutters.
    """

    gutters: tuple[Gutter, ...]
    left: float
    right: float
    blank: float
    middles: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Compute the middles once: every text is held against them, several times."""
        object.__setattr__(self, "middles", tuple((start + end) / 2 for start, end in self.gutters))

    @property
    def count(self) -> int:
        """The number of columns."""
        return len(self.gutters) + 1

    @property
    def borders(self) -> list[float]:
        """The middles of the gutters, and the region's ends."""
        return [self.left, *self.middles, self.right]

    def gutters_between(self, left: float, right: float) -> tuple[Gutter, ...]:
        """The columns that overlap the range between the two x."""
        first = bisect_left(self.gutters, left, key=lambda gutter: gutter[1])
        return tuple(takewhile(lambda gutter: gutter[0] <= right, self.gutters[first:]))

    def extent(self, column: int) -> tuple[float, float]:
        """The x range of the column's text."""
        start = self.gutters[column - 1][1] if column else self.left
        end = self.gutters[column][0] if column < len(self.gutters) else self.right
        return start, end

    def are_crossed_by(self, start: float, end: float) -> bool:
        """Whether a rule from ``start`` to ``end`` extends under both the first and the last column."""
        return start <= self.extent(0)[1] and end >= self.extent(self.count - 1)[0]

    def of(self, segment: Segment) -> tuple[int, int]:
        """The first and the last column of the segment.

        A heading of one column may be wider than that column. A segment is in the columns whose text it overlaps; if
        it overlaps none, in the column of its middle.
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
        return bisect_right(self.middles, x)


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
    """Wide gutters within columns that only few lines cross (totals, group names) and most lines have text beside."""
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
    """Narrow gutters that few lines cross, between figures flush right and other figures."""
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
    """The last unit before the gutter and the first unit after it."""
    end = bisect_right(line, gutter[0], key=lambda unit: unit.box.x1)
    start = bisect_left(line, gutter[1], lo=end, key=lambda unit: unit.box.x0)
    return line[end - 1] if end else None, line[start] if start < len(line) else None


def _is_accident(lines: Sequence[Sequence[Segment]], gutters: Sequence[Gutter], index: int, size: float) -> bool:
    """Whether blanks between words are below each other only by chance.

    They are if most lines with text on both sides have no more than a blank there, unless figures are on both
    sides: a blank within a cell is rarely between two figures, but for one in parentheses. Where no line has text on
    both sides, the few lines of one side are in the column of the others, but placed differently (a total flush
    right, a centred heading).
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
            figures += before.numeric and after.numeric and not after.text.startswith("(")
    if not gaps:
        return min(befores, afters) <= max(1.0, STRAY * len(lines))
    return median(gaps) < BLANK * size and figures < FIGURES * len(gaps)


def with_borders(gutters: Sequence[Gutter], borders: Sequence[float], reach: float) -> tuple[Gutter, ...]:
    """The gutters, and those of drawn borders; a border within ``reach`` of a gutter replaces it."""
    new = [(x, x) for x in borders if not any(start - reach <= x <= end + reach for start, end in gutters)]
    return tuple(sorted([*gutters, *new]))
