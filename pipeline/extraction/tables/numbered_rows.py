"""Rows that a first column numbers: lines without a number go on with the row above them."""

import re
from collections.abc import Sequence

from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.rules import Edge
from pipeline.extraction.tables.text_lines import TextLine

#: So many rows with a number, at least, show that the column numbers rows.
LEAST = 3
#: A line with so many figures is a row.
FIGURES = 2

_HEADING = re.compile(
    r"^(?:(?:s|sr|sl|serial|item|row|line)\.?\s*)?(?:no|nr|num|number|№)\.?$|^#$|^n[°º]$", re.IGNORECASE
)
_NUMBER = re.compile(r"^\(?(\d{1,4})[.)]?$")


def lines_to_numbered(
    head: Sequence[TextLine], lines: Sequence[TextLine], columns: Columns, rules: Sequence[Edge]
) -> list[list[TextLine]]:
    """The lines of each row; none where no column with a heading like "S. no." counts all rows from 1.

    The count may begin again after a section heading, which is a row of its own.

    Args:
        head: The lines of the header.
        lines: Of the body, from the top.
        columns: Of the table.
        rules: The horizontal ones.
    """
    heading = " ".join(s.text for line in head for s in line.segments if columns.of(s) == (0, 0))
    if not _HEADING.match(heading):
        return []
    rows: list[list[TextLine]] = []
    last = total = 0
    for line in lines:
        first = line.segments[0]
        if columns.of(first)[0] > 0:
            if not rows or _is_own_row(rows[-1][-1], line, columns, rules):
                return []
            rows[-1].append(line)
            continue
        number = _NUMBER.match(first.text) if columns.of(first) == (0, 0) else None
        rows.append([line])
        if number is None and len(line.segments) == 1:
            last = 0
        elif number is None or int(number[1]) != last + 1:
            return []
        else:
            last, total = last + 1, total + 1
    return rows if total >= LEAST else []


def _is_own_row(above: TextLine, line: TextLine, columns: Columns, rules: Sequence[Edge]) -> bool:
    """Whether a line without a number has several figures, or a rule over all columns is above it."""
    if sum(segment.numeric for segment in line.segments) >= FIGURES:
        return True
    return any(above.middle < rule.at < line.middle and columns.are_crossed_by(rule.start, rule.end) for rule in rules)
