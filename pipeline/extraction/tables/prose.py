"""Running text: lines that stop only because the next word has no room, one below the other."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from pipeline.extraction.tables.segments import Segment

#: Lines of a paragraph are at most this many type sizes apart, baseline to baseline (double spacing is 2.3).
LEADING = 2.6
#: A step from line to line that is so many times as large as the one before or after it is between paragraphs.
STEADY = 1.3
#: A line of running text has at least this many letters, on average; ideographs count for two.
LETTERS = 22
#: The share of a paragraph's lines (the last left out) that must be full.
FULL = 0.65
#: The share of a paragraph's lines (the first left out) that must go on in the middle of a sentence.
GOING_ON = 0.35
#: A paragraph of two lines is known by as many letters as this in the first, a single line by twice as many.
LONG_LINE = 45
#: How many lines of the page further down the next line is looked for; lines of other columns lie between.
ROWS = 12
#: Type sizes of one paragraph differ by at most this share.
SAME_SIZE = 0.15
#: How far (in type sizes) a first line may be indented ...
INDENT = 5.0
#: ... and all but the first.
HANGING = 2.0
#: The width of a blank, as a share of the type size.
BLANK = 0.3
#: What a full line may lack, as a share of the type size.
SLACK = 0.2
#: The lines of a label in a table have at most so many letters on average ...
LABEL_LETTERS = 36
#: ... and are at most so many when figures stand beside one of them only.
LABEL_LINES = 4
#: What stands beside a label has its baseline at most this share of the type size above or below.
LEVEL = 0.2
#: From here on in Unicode letters are ideographs.
IDEOGRAPHS = "\u2e80"


def segments_to_prose(rows: Sequence[Sequence[Segment]]) -> set[int]:
    """The ids of the segments that are running text.

    Args:
        rows: The segments of each line of the page, top to bottom.
    """
    below, headed = _rows_to_links(rows)
    paragraphs: list[list[Segment]] = []
    for segment in (segment for row in rows for segment in row if id(segment) not in headed):
        column = [segment]
        while id(column[-1]) in below:
            column.append(below[id(column[-1])])
        paragraphs += [chain for chain in _column_to_chains(column) if _is_paragraph(chain)]
    prose = _ids(paragraphs)
    beside = _row_neighbours(rows, prose)
    prose = _ids([chain for chain in paragraphs if not _is_label(chain, beside)])
    return prose | _enclosed(rows, prose)


def _ids(paragraphs: Sequence[Sequence[Segment]]) -> set[int]:
    return {id(segment) for chain in paragraphs for segment in chain}


def _row_neighbours(rows: Sequence[Sequence[Segment]], prose: set[int]) -> dict[int, Segment]:
    """What stands on one baseline right of a line of running text and is none itself, by the line's id."""
    return {
        id(left): right
        for row in rows
        for left, right in pairwise(row)
        if id(left) in prose
        and id(right) not in prose
        and abs(left.baseline - right.baseline) <= LEVEL * min(left.size, right.size)
    }


def _is_label(chain: Sequence[Segment], beside: Mapping[int, Segment]) -> bool:
    """Whether the lines are rather the label of a table's row: short, with a figure or most with something beside."""
    if sum(_letters(segment) for segment in chain) > LABEL_LETTERS * len(chain):
        return False
    others = [beside[id(segment)] for segment in chain if id(segment) in beside]
    return 2 * len(others) >= len(chain) or (len(chain) <= LABEL_LINES and any(other.numeric for other in others))


def _enclosed(rows: Sequence[Sequence[Segment]], prose: set[int]) -> set[int]:
    """The ids of single lines with running text right above and right below: headings in a column of text."""
    found = set()
    for index, row in enumerate(rows):
        for segment in row:
            if id(segment) not in prose:
                above = _nearest(segment, rows[max(0, index - ROWS) : index][::-1])
                below = _nearest(segment, rows[index + 1 : index + 1 + ROWS])
                if above is not None and below is not None and {id(above), id(below)} <= prose:
                    found.add(id(segment))
    return found


def _nearest(segment: Segment, rows: Sequence[Sequence[Segment]]) -> Segment | None:
    """The first segment that shares some x with this one, where it is near."""
    for row in rows:
        start = bisect_right(row, segment.box.x0, key=lambda other: other.box.x1)
        if start < len(row) and row[start].box.x0 < segment.box.x1:
            other = row[start]
            return other if abs(_step(segment, other)) <= 2 * LEADING * segment.size else None
    return None


def _rows_to_links(rows: Sequence[Sequence[Segment]]) -> tuple[dict[int, Segment], set[int]]:
    """Which segment goes on below which (by id), and the ids of those that go on from one above."""
    below: dict[int, Segment] = {}
    headed: set[int] = set()
    for index, row in enumerate(rows):
        for segment in row:
            follower = _follower(segment, rows, index)
            if follower is not None and id(follower) not in headed:
                below[id(segment)] = follower
                headed.add(id(follower))
    return below, headed


def _follower(segment: Segment, rows: Sequence[Sequence[Segment]], index: int) -> Segment | None:
    """The segment right below, of the same type size, that starts near the same x."""
    for row in rows[index + 1 : index + 1 + ROWS]:
        other = _first_below(segment, row)
        if other is None:
            continue
        if _step(segment, other) > LEADING * segment.size:
            return None
        same_size = abs(other.size - segment.size) <= SAME_SIZE * segment.size
        indent = (segment.box.x0 - other.box.x0) / segment.size
        return other if same_size and -HANGING <= indent <= INDENT else None
    return None


def _first_below(segment: Segment, row: Sequence[Segment]) -> Segment | None:
    """The row's first segment that stands (partly) under this one."""
    start = bisect_right(row, segment.box.x0, key=lambda other: other.box.x1)
    other = row[start] if start < len(row) else None
    if other is None or other.box.x0 >= segment.box.x1:
        return None
    return other if _step(segment, other) >= segment.size / 2 else None


def _step(upper: Segment, lower: Segment) -> float:
    return lower.box.bottom - upper.box.bottom


def _column_to_chains(column: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Parts of a column of lines that have one leading."""
    steps = [_step(upper, lower) for upper, lower in pairwise(column)]
    chain = [column[0]]
    for index, segment in enumerate(column[1:]):
        nearest = min(steps[max(0, index - 1) : index + 2])
        if steps[index] > STEADY * nearest:
            yield chain
            chain = []
        chain.append(segment)
    yield chain


def _is_paragraph(chain: Sequence[Segment]) -> bool:
    if len(chain) == 1:
        return _letters(chain[0]) >= 2 * LONG_LINE
    pairs = len(chain) - 1
    full = sum(1 for index in range(pairs) if _is_full(chain, index))
    going_on = sum(1 for segment in chain[1:] if _goes_on(segment))
    letters = sum(_letters(segment) for segment in chain[:-1])
    return (
        full >= FULL * pairs
        and going_on >= GOING_ON * pairs
        and letters >= (LETTERS if pairs > 1 else LONG_LINE) * pairs
    )


def _letters(segment: Segment) -> int:
    return sum(2 if letter >= IDEOGRAPHS else 1 for word in segment.words for letter in word.text)


def _is_full(chain: Sequence[Segment], index: int) -> bool:
    """Whether the next line's first word would reach beyond the lines around."""
    segment, first = chain[index], chain[index + 1].words[0].box
    right = max(near.box.x1 for near in chain[max(0, index - 1) : index + 2])
    return segment.box.x1 + BLANK * segment.size + first.x1 - first.x0 > right - SLACK * segment.size


def _goes_on(segment: Segment) -> bool:
    """Whether the line begins with a letter that is no capital (or of a script without capitals)."""
    first = segment.words[0].text[0]
    return first.isalpha() and not first.isupper()
