"""Running text: lines that stop only because the next word has no room, one below the other."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extraction.segments import Segment

#: Lines of a paragraph are at most this many type sizes apart, baseline to baseline (double spacing is 2.3).
LEADING = 2.5
#: A line of running text has at least this many words, on average.
WORDS = 4.5
#: The share of a paragraph's lines (the last left out) that must be full.
FULL = 0.65
#: A paragraph of two lines is known by as many words as this in the first.
LONG_LINE = 8
#: How many lines of the page further down the next line is looked for; lines of other columns lie between.
ROWS = 12
#: Type sizes of one paragraph differ by at most this share.
SAME_SIZE = 0.15
#: How far (in type sizes) a first line may be indented, and all but the first.
INDENT = 5.0
HANGING = 2.0
#: The width of a blank, as a share of the type size, and what a full line may lack.
BLANK = 0.3
SLACK = 0.2


def segments_to_prose(rows: Sequence[Sequence[Segment]]) -> set[int]:
    """The ids of the segments that are running text.

    Args:
        rows: The segments of each line of the page, top to bottom.
    """
    below, headed = _rows_to_links(rows)
    prose: set[int] = set()
    for segment in (segment for row in rows for segment in row if id(segment) not in headed):
        chain = [segment]
        while id(chain[-1]) in below:
            chain.append(below[id(chain[-1])])
        if _is_paragraph(chain):
            prose.update(id(link) for link in chain)
    return prose


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
        if other.box.bottom - segment.box.bottom > LEADING * segment.size:
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
    return other if other.box.bottom - segment.box.bottom >= segment.size / 2 else None


def _is_paragraph(chain: Sequence[Segment]) -> bool:
    if len(chain) == 1:
        return len(chain[0].words) >= 2 * LONG_LINE
    right = max(segment.box.x1 for segment in chain)
    full = 0
    for segment, after in pairwise(chain):
        first = after.words[0].box
        full += segment.box.x1 + BLANK * segment.size + first.x1 - first.x0 > right - SLACK * segment.size
    pairs = len(chain) - 1
    words = sum(len(segment.words) for segment in chain[:-1])
    return full >= FULL * pairs and words >= (WORDS if pairs > 1 else LONG_LINE) * pairs
