"""The columns that a heading of a table without a grid is over."""

from collections.abc import Sequence

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.compartments import segment_to_compartment
from pipeline.extraction.tables.rules import Edge, Edges
from pipeline.extraction.tables.segments import Segment, is_year
from pipeline.extraction.tables.text_lines import TextLine

#: The middle of a heading is at most this far (in type sizes) from the middle of the columns that it spans.
CENTRED = 1.0
#: A rule at most this far (in type sizes) below a heading underlines it.
UNDERLINE = 0.9
#: It extends beyond the heading on both sides, or ends at most this far (points) inside of it.
FLUSH = 2.0
#: The heading is then flush with its beginning and with one below, or near its middle, within this share of its length.
OFF_RULE = 0.1
#: Lines of one heading are at most this far apart (in type sizes, from bottom to top).
STACKED = 0.8
#: Type sizes of one heading differ by at most this share.
SAME_SIZE = 0.15

#: Groups of headings that come again have at most so many.
MAX_GROUP = 6

#: A heading further down, and the first and last column that it overlaps.
Below = tuple[tuple[int, int], Segment]


def segment_to_span(
    segment: Segment,
    line: TextLine,
    deeper: Sequence[Below],
    table: tuple[Edges, Columns],
) -> tuple[int, int]:
    """The columns that a heading spans, by the first of these that applies.

    All, if it is a title; those under the rule below it; those between the rules beside it, if it is in their
    middle; those of headings that come again beside them, if it is centred over them; those that it is centred over;
    those that it overlaps.
    """
    (rules, _), columns = table
    first, last = columns.of(segment)
    ruled = _ruled_span(segment, line, deeper, table)
    if ruled is not None:
        return ruled
    groups = _line_to_groups(line, deeper, columns)
    if id(segment) in groups:
        return groups[id(segment)]
    repeated = _repeated_span(segment, (first, last), line, (deeper, columns))
    if repeated is not None:
        return repeated
    if (
        first == last
        and not _is_over_years(deeper, columns)
        and any(span == (first, first) and _is_next_line(segment, other, rules) for span, other in deeper)
    ):
        return first, last
    return _centred_span(segment, (first, last), line, (deeper, columns))


def _ruled_span(
    segment: Segment, line: TextLine, deeper: Sequence[Below], table: tuple[Edges, Columns]
) -> tuple[int, int] | None:
    """The columns that rules around a heading say it is over; None where they do not."""
    (rules, vertical), columns = table
    if _is_title(segment, line, deeper, table):
        return 0, columns.count - 1
    rule = _underline(segment, line, deeper, (rules, columns))
    if rule is not None:
        extents = [columns.extent(column) for column in range(columns.count)]
        covered = [
            column
            for column, (left, right) in enumerate(extents)
            if min(right, rule.end) - max(left, rule.start) > (right - left) / 2
        ]
        if len(covered) > 1:
            return covered[0], covered[-1]
    return segment_to_compartment(segment, line, (vertical, columns), [span for span, _ in deeper])


def _is_title(segment: Segment, line: TextLine, deeper: Sequence[Below], table: tuple[Edges, Columns]) -> bool:
    """Whether a heading is alone above a full rule, with headings below that, and in the middle of the whole table."""
    (rules, _), columns = table
    if len(line.segments) > 1 or not deeper:
        return False
    next_top = min(other.box.top for _, other in deeper)
    parted = any(line.middle < rule.at <= next_top and columns.are_crossed_by(rule.start, rule.end) for rule in rules)
    off = abs(segment.box.x0 + segment.box.x1 - columns.left - columns.right) / 2
    return parted and off <= CENTRED * segment.size


def _line_to_groups(line: TextLine, deeper: Sequence[Below], columns: Columns) -> dict[int, tuple[int, int]]:
    """The columns of each heading, by its id, where each is centred over several; together all except the first."""
    segments = [segment for segment in line.segments if columns.of(segment)[1] > 0]
    if len(segments) < 2 or columns.count < 2 * len(segments) + 1:  # noqa: PLR2004 — one group is none
        return {}
    spans = _segments_to_spans(segments, 1, deeper, columns.count)
    return dict(zip(map(id, segments), spans, strict=True)) if spans else {}


def _segments_to_spans(
    segments: Sequence[Segment], start: int, deeper: Sequence[Below], count: int
) -> list[tuple[int, int]]:
    """Neighbouring spans of several columns, from the first on, each with its heading centred over it; or none."""
    if not segments:
        return []
    least = 2 * (len(segments) - 1)
    for end in range(start + 1, count - least) if len(segments) > 1 else (count - 1,):
        if end > start and _off_centre(segments[0], start, end, deeper) <= CENTRED * segments[0].size:
            rest = _segments_to_spans(segments[1:], end + 1, deeper, count)
            if rest or len(segments) == 1:
                return [(start, end), *rest]
    return []


def _repeated_span(
    segment: Segment, span: tuple[int, int], line: TextLine, table: tuple[Sequence[Below], Columns]
) -> tuple[int, int] | None:
    """The columns of a group of headings that comes again beside it ("2017 2016 % Chg 2017 2016 % Chg"), if any."""
    deeper, columns = table
    below = {first: other.text for (first, last), other in reversed(deeper) if first == last}
    others = [columns.of(other) for other in line.segments if other is not segment]
    best: tuple[float, int, int] | None = None
    for size in range(2, MAX_GROUP + 1):
        for start in range(max(0, span[1] - size + 1), span[0] + 1):
            texts, *around = (
                [below.get(column) for column in range(begin, begin + size)]
                for begin in (start, start - size, start + size)
            )
            alone = not any(first < start + size and last >= start for first, last in others)
            off = _off_centre(segment, start, start + size - 1, deeper)
            if alone and len({*texts, None}) > size and texts in around and off <= CENTRED * segment.size:
                best = min(best or (off, start, size), (off, start, size))
    return None if best is None else (best[1], best[1] + best[2] - 1)


def _is_over_years(deeper: Sequence[Below], columns: Columns) -> bool:
    """Whether all columns except the first have only years below; then no heading begins above one of them."""
    years = {span for span, segment in deeper if span[0] > 0 and is_year(segment.text)}
    return len(years) == columns.count - 1 == sum(1 for span, _ in deeper if span[0] > 0)


def _underline(
    segment: Segment, line: TextLine, deeper: Sequence[Below], table: tuple[Sequence[Edge], Columns]
) -> Edge | None:
    """The rule drawn only below this heading, over the columns that it spans."""
    rules, columns = table
    box = segment.box
    for rule in rules:
        near = box.bottom - STACKED * segment.size / 2 <= rule.at <= box.bottom + UNDERLINE * segment.size
        around = rule.start - FLUSH <= box.x0 and box.x1 <= rule.end + FLUSH
        if not (near and around) or columns.are_crossed_by(rule.start, rule.end):
            continue
        off = abs(rule.start + rule.end - box.x0 - box.x1) / 2
        alone = not any(rule.start <= other.box.x0 < rule.end for other in line.segments if other is not segment)
        below = any(abs(other.box.x0 - box.x0) <= FLUSH for _, other in deeper)
        flush = below and abs(box.x0 - rule.start) <= FLUSH
        if alone and (flush or off < max(OFF_RULE * rule.length, 2 * segment.size)):
            return rule
    return None


def _is_next_line(upper: Segment, lower: Segment, rules: Sequence[Edge]) -> bool:
    """Whether the lower one is the next line of the same heading: similar, close, and flush or centred below it."""
    if upper.bold != lower.bold or not stacks(upper, lower, rules):
        return False
    if abs(upper.size - lower.size) > SAME_SIZE * upper.size:
        return False
    off = abs(upper.box.x0 + upper.box.x1 - lower.box.x0 - lower.box.x1) / 2
    return min(off, abs(upper.box.x0 - lower.box.x0), abs(upper.box.x1 - lower.box.x1)) < STACKED * upper.size / 2


def _centred_span(
    segment: Segment,
    span: tuple[int, int],
    line: TextLine,
    table: tuple[Sequence[Below], Columns],
) -> tuple[int, int]:
    """The columns with headings below whose middle the segment is above, between its neighbours on the line.

    A heading alone on its line is over all columns except the first if it is above their middle.
    """
    deeper, columns = table
    first, last = span
    neighbours = [(columns.of(other), other.box.x0) for other in line.segments if other is not segment]
    low = max((of[1] for of, x0 in neighbours if x0 < segment.box.x0), default=-1) + 1
    high = min((of[0] for of, x0 in neighbours if x0 > segment.box.x0), default=columns.count) - 1
    best: tuple[float, int, int] | None = None
    for start in range(low, first + 1):
        for end in range(max(last, start + 1), high + 1):
            off = _off_centre(segment, start, end, deeper)
            if off <= CENTRED * segment.size and not neighbours and (start, end) == (1, columns.count - 1):
                return start, end
            if off <= CENTRED * segment.size and (best is None or off < best[0]):
                best = (off, start, end)
    return (best[1], best[2]) if best else (first, last)


def _off_centre(segment: Segment, start: int, end: int, deeper: Sequence[Below]) -> float:
    """The distance of the segment from the middle of the headings below in these columns; large where one has none."""
    inside = [(a, b, other.box) for (a, b), other in deeper if start <= a and b <= end]
    headed = {column for a, b, _ in inside for column in range(a, b + 1)}
    if not headed.issuperset(range(start, end + 1)):
        return float("inf")
    box = boxes_to_box([box for _, _, box in inside])
    return abs(box.x0 + box.x1 - segment.box.x0 - segment.box.x1) / 2


def stacks(upper: Segment, lower: Segment, rules: Sequence[Edge]) -> bool:
    """Whether two segments over the same columns are lines of one heading: close, and no rule between."""
    if lower.box.top - upper.box.bottom >= STACKED * lower.size:
        return False
    middle = (lower.box.x0 + lower.box.x1) / 2
    between = ((upper.box.top + upper.box.bottom) / 2, (lower.box.top + lower.box.bottom) / 2)
    return not any(between[0] < rule.at < between[1] and rule.start <= middle <= rule.end for rule in rules)
