"""How many lines of a table without a grid are its header."""

import re
from collections.abc import Sequence

from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.rules import Edge
from pipeline.extraction.tables.segments import Segment, is_year
from pipeline.extraction.tables.text_lines import TextLine

#: A header has at most so many lines.
MOST_LINES = 15
#: It extends beyond the heading on both sides, or ends at most this far (points) inside of it.
FLUSH = 2.0
#: A table of so many columns has labels and one column beside them.
LABELLED = 2
#: A heading is in the middle of columns if it is at most this far (in type sizes) from it.
CENTRED = 1.0
#: Lines of one heading are at most this far apart (in type sizes, from bottom to top).
STACKED = 0.8
#: A heading had room for one more word if more than this (in type sizes) would have been left.
ROOM = 0.6
#: A heading continues for at most so many lines below its first line.
WRAPPED = 3

#: Zeros that mean thousands, as a unit.
_UNIT = re.compile(r"^\(0+\)$")


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

    It is alone over one column (not in the middle of all), which has a heading of its own too far below it to be the
    same one, and no rule shows that the table begins above it.
    """
    if len(lines) < 2 or len(lines[0].segments) > 1 or len(lines[1].segments) == 1:  # noqa: PLR2004 — it, and a header
        return False
    [segment] = lines[0].segments
    span = columns.of(segment)
    over_all = abs(segment.box.x0 + segment.box.x1 - columns.extent(1)[0] - columns.right) / 2 <= CENTRED * segment.size
    return (
        0 < span[0] == span[1]
        and (not over_all or columns.count == LABELLED)
        and not any(rule.at < lines[1].middle for rule in rules)
        and lines[1].top - segment.box.bottom >= STACKED * segment.size
        and any(columns.of(other) == span for line in lines[1:] for other in line.segments)
    )
