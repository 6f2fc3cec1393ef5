"""The header of a table without a grid: the columns and levels of each cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.heading_spans import segment_to_span, stacks
from pipeline.extraction.tables.rules import Edges
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.text_lines import TextLine


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
            first, last = segment_to_span(segment, line, deeper, (rules, columns))
            for heading in headings:
                if (heading.first, heading.last) == (first, last) and stacks(
                    heading.segments[-1], segment, rules.horizontal
                ):
                    heading.segments.append(segment)
                    break
            else:
                headings.append(Heading(first, last, [segment]))
    return headings


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
