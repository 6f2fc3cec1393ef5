"""Running text: lines below each other that end only because the next word has no room."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from pipeline.extraction.tables.segments import Segment

#: The baselines of a paragraph's lines are at most this many type sizes apart (double spacing is 2.3).
LEADING = 2.6
#: A line distance that is so many times as large as the one before or after it is between two paragraphs.
STEADY = 1.3
#: The average line of running text has at least so many letters; an ideograph counts for two.
LETTERS = 22
#: At least this share of a paragraph's lines (without the last one) must be full.
FULL = 0.65
#: At least this share of a paragraph's lines (without the first one) must continue a sentence.
GOING_ON = 0.35
#: A paragraph of two lines needs so many letters in the first one, a single line twice as many.
LONG_LINE = 45
#: The next line is looked for so many lines further down the page: lines of other columns are between them.
ROWS = 12
#: Type sizes of one paragraph differ by at most this share.
SAME_SIZE = 0.15
#: A first line is indented by at most this (in type sizes).
INDENT = 5.0
#: All lines but the first are indented by at most this.
HANGING = 2.0
#: The width of a blank, as a share of the type size.
BLANK = 0.3
#: A full line may be shorter by this share of the type size.
SLACK = 0.2
#: The average line of a label in a table has at most so many letters.
LABEL_LETTERS = 36
#: A label has at most so many lines if figures are beside only one of them.
LABEL_LINES = 4
#: The baselines of a label and of what is beside it differ by at most this share of the type size.
LEVEL = 0.2
#: In Unicode, letters are ideographs from here on.
IDEOGRAPHS = "\u2e80"


def segments_to_prose(rows: Sequence[Sequence[Segment]]) -> set[int]:
    """The ids of the segments of running text.

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
    """The segments right of a line of running text on its baseline that are no running text, by the line's id."""
    return {
        id(left): right
        for row in rows
        for left, right in pairwise(row)
        if id(left) in prose
        and id(right) not in prose
        and abs(left.baseline - right.baseline) <= LEVEL * min(left.size, right.size)
    }


def _is_label(chain: Sequence[Segment], beside: Mapping[int, Segment]) -> bool:
    """Whether the lines are the label of a table's row: short, with a figure beside or something beside most."""
    if sum(_letters(segment) for segment in chain) > LABEL_LETTERS * len(chain):
        return False
    others = [beside[id(segment)] for segment in chain if id(segment) in beside]
    return 2 * len(others) >= len(chain) or (len(chain) <= LABEL_LINES and any(other.numeric for other in others))


def _enclosed(rows: Sequence[Sequence[Segment]], prose: set[int]) -> set[int]:
    """The ids of single lines with running text directly above and below: headings in a column of text."""
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
    """The first segment that overlaps this one in x, if it is near."""
    for row in rows:
        start = bisect_right(row, segment.box.x0, key=lambda other: other.box.x1)
        if start < len(row) and row[start].box.x0 < segment.box.x1:
            other = row[start]
            return other if abs(_step(segment, other)) <= 2 * LEADING * segment.size else None
    return None


def _rows_to_links(rows: Sequence[Sequence[Segment]]) -> tuple[dict[int, Segment], set[int]]:
    """For each segment the one that continues it below (by id), and the ids of those that continue one above."""
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
    """The segment directly below with the same type size that begins near the same x."""
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
    """The row's first segment that is (partly) below this one."""
    start = bisect_right(row, segment.box.x0, key=lambda other: other.box.x1)
    other = row[start] if start < len(row) else None
    if other is None or other.box.x0 >= segment.box.x1:
        return None
    return other if _step(segment, other) >= segment.size / 2 else None


def _step(upper: Segment, lower: Segment) -> float:
    return lower.box.bottom - upper.box.bottom


def _column_to_chains(column: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Parts of a column of lines, each with one line distance."""
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
    """Whether the next line's first word would extend beyond the lines around it."""
    segment, first = chain[index], chain[index + 1].words[0].box
    right = max(near.box.x1 for near in chain[max(0, index - 1) : index + 2])
    return segment.box.x1 + BLANK * segment.size + first.x1 - first.x0 > right - SLACK * segment.size


def _goes_on(segment: Segment) -> bool:
    """Whether the line begins with a letter that is no capital (or that has no case)."""
    first = segment.words[0].text[0]
    return first.isalpha() and not first.isupper()
