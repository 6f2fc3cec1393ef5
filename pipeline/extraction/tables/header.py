"""The header of a table without a grid: its number of lines, and the columns and levels of each cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.compartments import segment_to_compartment
from pipeline.extraction.tables.rules import Edge, Edges
from pipeline.extraction.tables.segments import Segment, is_year
from pipeline.extraction.tables.text_lines import TextLine
from pipeline.extraction.text.lines import boxes_to_box

#: A header has at most so many lines.
MOST_LINES = 15
#: The middle of a heading is at most this far (in type sizes) from the middle of the columns that it spans.
CENTRED = 1.0
#: A rule at most this far (in type sizes) below a heading underlines it.
UNDERLINE = 0.9
#: It extends beyond the heading on both sides, or ends at most this far (points) inside of it.
FLUSH = 2.0
#: The heading is then near its middle, within this share of its length.
OFF_RULE = 0.1
#: Lines of one heading are at most this far apart (in type sizes, from bottom to top).
STACKED = 0.8
#: A heading had room for one more word if more than this (in type sizes) would have been left.
ROOM = 0.6
#: A heading continues for at most so many lines below its first line.
WRAPPED = 3
#: Type sizes of one heading differ by at most this share.
SAME_SIZE = 0.15

#: Zeros that mean thousands, as a unit.
_UNIT = re.compile(r"^\(0+\)$")


@dataclass(slots=True)
class Heading:
    """A cell of the header while it is built: the columns that it covers, and its lines."""

    first: int
    last: int
    segments: list[Segment]
    level: int = 0

    @property
    def top(self) -> float:
        """The top of the first line."""
        return self.segments[0].box.top

    @property
    def bottom(self) -> float:
        """The bottom of the last line."""
        return self.segments[-1].box.bottom

    def shares(self, other: "Heading") -> bool:
        """Whether both cells cover a common column."""
        return self.first <= other.last and other.first <= self.last


def lines_to_header_count(lines: Sequence[TextLine], rules: Sequence[Edge], columns: Columns) -> int:
    """The number of lines in the header: down to the first full rule, else down to the first line of figures.

    A rule does not count if only a heading over all columns is above it, or if it separates two rows of the
    body: several lines of figures are above it, or one is and the next rule separates a row as well.
    """
    full = [rule for rule in rules if columns.are_crossed_by(rule.start, rule.end)]
    for index, rule in enumerate(full):
        above = _lines_above(lines, rule)
        if not 0 < above < min(len(lines), MOST_LINES + 1):
            continue
        if not all(_is_spanner(line, columns) for line in lines[:above]):
            figures = sum(1 for line in range(above) if _begins_body(lines, line, columns))
            next_row = index + 1 < len(full) and _lines_above(lines, full[index + 1]) - above == 1
            if figures < 1 + (not next_row):
                return _with_second_band(lines, above, full[index + 1 :], columns)
            break
    for index in range(min(len(lines), MOST_LINES + 1)):
        if _begins_body(lines, index, columns):
            return _without_sections(lines, index, columns)
    return 0


def _with_second_band(lines: Sequence[TextLine], count: int, rules: Sequence[Edge], columns: Columns) -> int:
    """The number of lines in the header, if a title or groups are above the first rule and headings above the next.

    These headings are more, cover over half of the columns, are no figures, and have figures below.
    """
    end = _lines_above(lines, rules[0]) if rules else 0
    if not count < end < min(len(lines), MOST_LINES + 1) or not _begins_body(lines, end, columns):
        return count
    segments = [segment for line in lines[count:end] for segment in line.segments]
    spans = {columns.of(segment) for segment in segments}
    covered = {column for first, last in spans for column in range(first, last + 1)}
    most = max(len(line.segments) for line in lines[:count])
    words = not any(segment.numeric for segment in segments)
    return end if words and len(spans) > most and len(covered) > columns.count / 2 else count


def _lines_above(lines: Sequence[TextLine], rule: Edge) -> int:
    return sum(1 for line in lines[: MOST_LINES + 1] if line.middle < rule.at)


def _is_spanner(line: TextLine, columns: Columns) -> bool:
    return len(line.segments) == 1 and not line.segments[0].numeric and columns.of(line.segments[0])[0] > 0


def _begins_body(lines: Sequence[TextLine], index: int, columns: Columns) -> bool:
    """Whether half of the texts beside the label are figures.

    Years are headings, and so are figures without a label above a line of words that has a label.
    """
    line = lines[index]
    figures = [s for s in line.segments if s.numeric and not _UNIT.match(s.text)]
    if not figures or len(figures) < (len(line.segments) - 1) / 2 or all(is_year(s.text) for s in figures):
        return False
    return _is_labelled(line, columns) or not any(
        _is_labelled(below, columns) and len(below.segments) > 1 and not any(s.numeric for s in below.segments)
        for below in lines[index + 1 : index + 1 + WRAPPED]
    )


def _is_labelled(line: TextLine, columns: Columns) -> bool:
    return columns.of(line.segments[0])[0] == 0


def _without_sections(lines: Sequence[TextLine], count: int, columns: Columns) -> int:
    """Fewer lines where the last ones are section headings: below all others, and one had room on the line above.

    A line is also a section heading if it looks like those further down: bold, of one size, and at the same x.
    """
    below = [line.segments[0] for line in lines[count:] if len(line.segments) == 1]
    labels = [[s for s in line.segments if columns.of(s) == (0, 0)] for line in lines]
    first = count
    while first > 1 and len(lines[first - 1].segments) == len(labels[first - 1]) == 1:
        first -= 1
    right = max((s.box.x1 for label in labels for s in label), default=0.0)
    above = next((label[0] for label in reversed(labels[:first]) if label), None)
    for index in range(first, count):
        label = labels[index][0]
        if any(_looks_alike(label, section) for section in below):
            return index
        word = label.words[0].box
        if above is not None and above.box.x1 + word.x1 - word.x0 + ROOM * label.size < right:
            return index
        above = label
    return count


def _looks_alike(label: Segment, section: Segment) -> bool:
    flush = abs(label.box.x0 - section.box.x0) <= FLUSH
    return flush and label.bold and section.bold and label.size == section.size


def has_units_above(lines: Sequence[TextLine], rules: Sequence[Edge], columns: Columns) -> bool:
    """Whether the first line of a header is no heading, but a unit or a date at the table's corner.

    It is alone over one column, which has a heading of its own too far below it to be the same one, and no rule
    shows that the table begins above it.
    """
    if len(lines) < 2 or len(lines[0].segments) > 1 or len(lines[1].segments) == 1:  # noqa: PLR2004 — it, and a header
        return False
    [segment] = lines[0].segments
    span = columns.of(segment)
    return (
        0 < span[0] == span[1]
        and not any(rule.at < lines[1].middle for rule in rules)
        and lines[1].top - segment.box.bottom >= STACKED * segment.size
        and any(columns.of(other) == span for line in lines[1:] for other in line.segments)
    )


def lines_to_header(lines: Sequence[TextLine], rules: Edges, columns: Columns) -> list[Draft]:
    """The cells of the header; its levels are the rows from 0."""
    headings = _lines_to_headings(lines, rules, columns)
    if not headings:
        return []
    _set_levels(headings)
    depth = max(heading.level for heading in headings) + 1
    return [_heading_to_draft(heading, headings, depth) for heading in headings]


def _lines_to_headings(lines: Sequence[TextLine], rules: Edges, columns: Columns) -> list[Heading]:
    """Segments with the columns that they cover; close ones below each other over the same columns are one."""
    below = [[columns.of(segment) for segment in line.segments] for line in lines]
    headings: list[Heading] = []
    for index, line in enumerate(lines):
        deeper = [
            (span, segment)
            for spans, other in zip(below[index + 1 :], lines[index + 1 :], strict=True)
            for span, segment in zip(spans, other.segments, strict=True)
        ]
        for segment in line.segments:
            first, last = _segment_to_span(segment, line, deeper, (rules, columns))
            for heading in headings:
                if (heading.first, heading.last) == (first, last) and _stacks(
                    heading.segments[-1], segment, rules.horizontal
                ):
                    heading.segments.append(segment)
                    break
            else:
                headings.append(Heading(first, last, [segment]))
    return headings


def _segment_to_span(
    segment: Segment,
    line: TextLine,
    deeper: Sequence[tuple[tuple[int, int], Segment]],
    table: tuple[Edges, Columns],
) -> tuple[int, int]:
    """The columns that a heading spans, by the first of these that applies.

    Those under the rule below it; those between the rules beside it, if it is in their middle; those that it is
    centred over; those that it overlaps.
    """
    (rules, vertical), columns = table
    first, last = columns.of(segment)
    rule = _underline(segment, line, rules, columns)
    if rule is not None:
        extents = [columns.extent(column) for column in range(columns.count)]
        covered = [
            column
            for column, (left, right) in enumerate(extents)
            if min(right, rule.end) - max(left, rule.start) > (right - left) / 2
        ]
        if len(covered) > 1:
            return covered[0], covered[-1]
    compartment = segment_to_compartment(segment, line, (vertical, columns), [span for span, _ in deeper])
    if compartment is not None:
        return compartment
    groups = _line_to_groups(line, deeper, columns)
    if id(segment) in groups:
        return groups[id(segment)]
    if (
        first == last
        and not _is_over_years(deeper, columns)
        and any(span == (first, first) and _is_next_line(segment, other, rules) for span, other in deeper)
    ):
        return first, last
    return _centred_span(segment, (first, last), line, (deeper, columns))


def _line_to_groups(
    line: TextLine, deeper: Sequence[tuple[tuple[int, int], Segment]], columns: Columns
) -> dict[int, tuple[int, int]]:
    """The columns of each heading, by its id, where each is centred over several; together all except the first."""
    segments = [segment for segment in line.segments if columns.of(segment)[1] > 0]
    if len(segments) < 2 or columns.count < 2 * len(segments) + 1:  # noqa: PLR2004 — one group is none
        return {}
    spans = _segments_to_spans(segments, 1, deeper, columns.count)
    return dict(zip(map(id, segments), spans, strict=True)) if spans else {}


def _segments_to_spans(
    segments: Sequence[Segment], start: int, deeper: Sequence[tuple[tuple[int, int], Segment]], count: int
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


def _is_over_years(deeper: Sequence[tuple[tuple[int, int], Segment]], columns: Columns) -> bool:
    """Whether all columns except the first have only years below; then no heading begins above one of them."""
    years = {span for span, segment in deeper if span[0] > 0 and is_year(segment.text)}
    return len(years) == columns.count - 1 == sum(1 for span, _ in deeper if span[0] > 0)


def _underline(segment: Segment, line: TextLine, rules: Sequence[Edge], columns: Columns) -> Edge | None:
    """The rule drawn only below this heading, over the columns that it spans."""
    box = segment.box
    for rule in rules:
        near = box.bottom - STACKED * segment.size / 2 <= rule.at <= box.bottom + UNDERLINE * segment.size
        around = rule.start - FLUSH <= box.x0 and box.x1 <= rule.end + FLUSH
        if not (near and around) or columns.are_crossed_by(rule.start, rule.end):
            continue
        off = abs(rule.start + rule.end - box.x0 - box.x1) / 2
        alone = not any(rule.start <= other.box.x0 < rule.end for other in line.segments if other is not segment)
        if alone and off < max(OFF_RULE * rule.length, 2 * segment.size):
            return rule
    return None


def _is_next_line(upper: Segment, lower: Segment, rules: Sequence[Edge]) -> bool:
    """Whether the lower one is the next line of the same heading: similar, close, and flush or centred below it."""
    if upper.bold != lower.bold or not _stacks(upper, lower, rules):
        return False
    if abs(upper.size - lower.size) > SAME_SIZE * upper.size:
        return False
    off = abs(upper.box.x0 + upper.box.x1 - lower.box.x0 - lower.box.x1) / 2
    return min(off, abs(upper.box.x0 - lower.box.x0), abs(upper.box.x1 - lower.box.x1)) < STACKED * upper.size / 2


def _centred_span(
    segment: Segment,
    span: tuple[int, int],
    line: TextLine,
    table: tuple[Sequence[tuple[tuple[int, int], Segment]], Columns],
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


def _off_centre(segment: Segment, start: int, end: int, deeper: Sequence[tuple[tuple[int, int], Segment]]) -> float:
    """The distance of the segment from the middle of the headings below in these columns; large where one has none."""
    inside = [(a, b, other.box) for (a, b), other in deeper if start <= a and b <= end]
    headed = {column for a, b, _ in inside for column in range(a, b + 1)}
    if not headed.issuperset(range(start, end + 1)):
        return float("inf")
    box = boxes_to_box([box for _, _, box in inside])
    return abs(box.x0 + box.x1 - segment.box.x0 - segment.box.x1) / 2


def _stacks(upper: Segment, lower: Segment, rules: Sequence[Edge]) -> bool:
    """Whether two segments over the same columns are lines of one heading: close, and no rule between."""
    if lower.box.top - upper.box.bottom >= STACKED * lower.size:
        return False
    middle = (lower.box.x0 + lower.box.x1) / 2
    between = ((upper.box.top + upper.box.bottom) / 2, (lower.box.top + lower.box.bottom) / 2)
    return not any(between[0] < rule.at < between[1] and rule.start <= middle <= rule.end for rule in rules)


def _set_levels(headings: Sequence[Heading]) -> None:
    """The level of a heading: one below the lowest heading above it over a common column."""
    done: list[Heading] = []
    for heading in sorted(headings, key=lambda heading: heading.top):
        first = heading.segments[0].box
        above = [h for h in done if h.shares(heading) and h.bottom <= (first.top + first.bottom) / 2]
        heading.level = max((h.level for h in above), default=-1) + 1
        done.append(heading)


def _heading_to_draft(heading: Heading, headings: Sequence[Heading], depth: int) -> Draft:
    """The cell, from below the cell above it down to the next cell below or the end of the header."""
    sharing = [other for other in headings if other is not heading and heading.shares(other)]
    start = max((other.level for other in sharing if other.level < heading.level), default=-1) + 1
    end = min((other.level for other in sharing if other.level > heading.level), default=depth)
    words = tuple(word for segment in heading.segments for word in segment.words)
    return Draft(
        row=start,
        column=heading.first,
        rowspan=max(1, end - start),
        colspan=heading.last - heading.first + 1,
        words=words,
        box=boxes_to_box([word.box for word in words]),
        header=True,
    )
