"""Lines of a table's body to rows: which lines go on with the row above them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.extraction.model import Word
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.rules import Edge
from pipeline.extraction.tables.segments import BLANK, Segment, row_to_units, units_to_segment
from pipeline.extraction.text.lines import boxes_to_box

#: A gap wider than so many blanks parts two cells where it stands over a gutter.
CELL_GAP = 1.5
#: A gap at least this share of the gutter wide parts two cells, however narrow.
GUTTER_SHARE = 0.9
#: Lines that overlap by more than this share of the lower one's height stand beside each other: a figure in the middle
#: of a label of two lines.
BESIDE = 0.25
#: Lines of one cell are at most this many type sizes apart, middle to middle.
LEADING = 1.45
#: Lines of one cell are closer than this share of the table's usual distance of rows.
TIGHT = 0.93
#: A line had no room for one more word when less than this (in type sizes) would have been left.
ROOM = 0.3
#: Rules part all rows of a table when they part at least so many groups of lines.
RULED_ROWS = 3
#: So many figures below each other are several rows even in one column alone.
STACK = 3
#: A line beginning this far (in type sizes) left of the one above does not go on with it.
OUTDENT = 0.4


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


def lines_to_rows(lines: Sequence[TextLine], columns: Columns, rules: Sequence[Edge]) -> list[list[TextLine]]:
    """The lines of each row: by the rules where they part all rows, else by the text.

    Args:
        lines: Of the body, from the top.
        columns: Of the table.
        rules: The horizontal ones.
    """
    return _lines_to_ruled_rows(lines, columns, rules) or _lines_to_text_rows(lines, columns, rules)


def _lines_to_text_rows(lines: Sequence[TextLine], columns: Columns, rules: Sequence[Edge]) -> list[list[TextLine]]:
    """A line stands beside the one above it, or goes on with it; a rule between the two always parts them."""
    if not lines:
        return []
    ends = _right_ends(lines, columns)
    several = [(a, b) for a, b in pairwise(lines) if len(a.segments) > 1 and len(b.segments) > 1]
    pitch = median(b.middle - a.middle for a, b in several) if several else 0.0
    rows = [[lines[0]]]
    for above, line in pairwise(lines):
        ruled = any(above.middle < rule.at < line.middle for rule in rules)
        if not ruled and (_beside(above, line) or _continues(above, line, columns, (ends, pitch))):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _lines_to_ruled_rows(lines: Sequence[TextLine], columns: Columns, rules: Sequence[Edge]) -> list[list[TextLine]]:
    """The lines between one full rule and the next, where each such group is one row; none where one is several."""
    full = [rule.at for rule in rules if columns.are_crossed_by(rule.start, rule.end)]
    groups: dict[int, list[TextLine]] = {}
    for line in lines:
        groups.setdefault(bisect_left(full, line.middle), []).append(line)
    rows = list(groups.values())
    return rows if len(rows) >= RULED_ROWS and not any(has_stacked_figures(row, columns) for row in rows) else []


def has_stacked_figures(lines: Sequence[TextLine], columns: Columns) -> bool:
    """Whether two columns have figures below each other in these lines, or one three of them: then they are rows."""
    heights: Counter[tuple[int, int]] = Counter()
    for line in lines:
        heights.update(columns.of(segment) for segment in line.segments if segment.numeric)
    return sum(1 for height in heights.values() if height > 1) > 1 or max(heights.values(), default=0) >= STACK


def group_to_spanned(group: Sequence[TextLine], columns: Columns) -> tuple[list[TextLine], list[Segment]] | None:
    """Rows beside a label that stands between them, and the label; None where the group is one row.

    Args:
        group: Lines that overlap each other.
        columns: Of the table.
    """
    labels = [line for line in group if len(line.segments) == 1 and columns.of(line.segments[0]) == (0, 0)]
    rows = [line for line in group if columns.of(line.segments[0])[0] > 0 and any(s.numeric for s in line.segments)]
    if not labels or len(rows) < 2 or len(labels) + len(rows) < len(group):  # noqa: PLR2004 — one row spans nothing
        return None
    if any(_beside(a, b) for a, b in pairwise(rows)) or min(len(line.segments) for line in rows) < 2:  # noqa: PLR2004 — as above
        return None
    return rows, [line.segments[0] for line in labels]


def _right_ends(lines: Sequence[TextLine], columns: Columns) -> list[float]:
    """How far right the text of each column reaches."""
    ends = [0.0] * columns.count
    for line in lines:
        for segment in line.segments:
            first, last = columns.of(segment)
            if first == last:
                ends[first] = max(ends[first], segment.box.x1)
    return ends


def _beside(above: TextLine, line: TextLine) -> bool:
    return above.bottom - line.top > BESIDE * min(above.bottom - above.top, line.bottom - line.top)


def _continues(above: TextLine, line: TextLine, columns: Columns, usual: tuple[list[float], float]) -> bool:
    """Whether every cell of the line goes on with the cell above it, which had no room for one more word.

    One of the two lines may have cells that the other has not (the figures stand beside the first or the last line of
    a label), but not both.
    """
    ends, pitch = usual
    step = line.middle - above.middle
    if step > LEADING * above.size:
        return False
    upper = {columns.of(segment): segment for segment in above.segments}
    lower = {columns.of(segment): segment for segment in line.segments}
    shared = upper.keys() & lower.keys()
    if not shared or (upper.keys() - shared and lower.keys() - shared):
        return False
    if not all(_wraps(upper[key], lower[key], ends[key[1]]) for key in shared):
        return False
    return step < TIGHT * pitch or all(_reads_on(upper[key], lower[key]) for key in shared)


def _wraps(upper: Segment, lower: Segment, end: float) -> bool:
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
