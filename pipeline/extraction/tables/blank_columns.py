"""Columns with a heading and nothing below it, which the text of the body does not show."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.extraction.tables.columns import Columns, Gutter
from pipeline.extraction.tables.segments import Segment, row_to_segments
from pipeline.extraction.tables.text_lines import TextLine

#: The last line of a header has text in at least this share of the body's columns.
HEADED = 0.6
#: The body has at least so many lines: with fewer, a column may be blank by chance.
LINES = 3


def with_blank_columns(columns: Columns, head: Sequence[TextLine], body: Sequence[TextLine]) -> Columns:
    """The columns, and further ones for headings that are not over any column's text and have a wide gap beside them.

    Args:
        columns: The columns that the body shows.
        head: The lines of the header, cut by these columns.
        body: The lines of the body, cut by these columns.
    """
    if not head or len(body) < LINES:
        return columns
    headed = {column for segment in head[-1].segments for column in columns.of(segment)}
    return _with_gutters_of(head[-1], body, columns) if len(headed) >= max(2, HEADED * columns.count) else columns


def _with_gutters_of(line: TextLine, body: Sequence[TextLine], columns: Columns) -> Columns:
    """The columns, and those of the line's headings; none where several headings are wide: these are justified."""
    found = []
    for column in range(columns.count):
        headings = [
            part for s in line.segments if columns.of(s) == (column, column) for part in row_to_segments(s.words)
        ]
        found.append(_headings_to_gutters(headings, _column_extent(body, column, columns)))
    wide = [gutters for gutters in found if gutters]
    return replace(columns, gutters=tuple(sorted([*columns.gutters, *wide[0]]))) if len(wide) == 1 else columns


def _column_extent(body: Sequence[TextLine], column: int, columns: Columns) -> tuple[float, float]:
    """The x range of the column's text in the body."""
    boxes = [s.box for line in body for s in line.segments if columns.of(s) == (column, column)]
    return min((box.x0 for box in boxes), default=0.0), max((box.x1 for box in boxes), default=0.0)


def _headings_to_gutters(parts: Sequence[Segment], extent: tuple[float, float]) -> list[Gutter]:
    """The gaps between headings over one column, where only one heading is above the text."""
    over = [part for part in parts if part.box.x0 < extent[1] and part.box.x1 > extent[0]]
    if len(over) != 1:
        return []
    gutters = []
    for left, right in pairwise(parts):
        start = max(left.box.x1, extent[1]) if left is over[0] else left.box.x1
        end = min(right.box.x0, extent[0]) if right is over[0] else right.box.x0
        gutters.append((start, end))
    return gutters if all(start < end for start, end in gutters) else []
