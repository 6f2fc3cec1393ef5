"""Separates headings of neighbouring columns with only a blank between them: wide headings over narrow columns."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extraction.model import Word
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.segments import Segment, words_to_segment
from pipeline.extraction.tables.text_lines import TextLine

#: The middle or an end of a heading is at most this many type sizes from that of its column's text.
OFF = 0.6
#: The lines of one heading are at most this many type sizes apart, from bottom to top.
STACKED = 0.8


def lines_to_parted(lines: Sequence[TextLine], columns: Columns) -> list[TextLine]:
    """The lines of a header, where a text over several columns is separated if its words are over single columns.

    They are if the words over each column are centred or flush with it and are one of several lines there: each has
    a text of its own directly above or below, and one of them above, where the heading of a group has none. They also
    are if each is a heading of its own elsewhere on the line, or a figure ("2017", "2016 % Chg", "% Chg").

    Args:
        lines: Of the header.
        columns: Of the table.
    """
    out = list(lines)
    for index, line in enumerate([_with_repeated(line, columns) for line in lines]):
        above = _own_columns(out[max(0, index - 1) : index], line, columns)
        around = above | _own_columns(lines[index + 1 : index + 2], line, columns)
        parts = [part for segment in line.segments for part in _segment_to_parts(segment, columns, (above, around))]
        out[index] = TextLine(tuple(parts), line.top, line.bottom)
    return out


def _with_repeated(line: TextLine, columns: Columns) -> TextLine:
    spans = [columns.of(segment) for segment in line.segments]
    own = {segment.text for segment, (first, last) in zip(line.segments, spans, strict=True) if first == last}
    parts: list[Segment] = []
    for segment, (first, last) in zip(line.segments, spans, strict=True):
        groups = _words_to_groups(segment.words, columns.borders[first + 1 : last + 1])
        apart = [words_to_segment(group) for group in groups if group]
        repeated = len(apart) == len(groups) > 1 and any(part.text in own for part in apart)
        parts += apart if repeated and all(part.text in own or part.numeric for part in apart) else [segment]
    return TextLine(tuple(parts), line.top, line.bottom)


def _own_columns(others: Sequence[TextLine], line: TextLine, columns: Columns) -> set[int]:
    """The columns that a nearby word of the other line is above."""
    return {
        columns.of(segment)[0]
        for other in others
        for segment in other.segments
        if max(line.top - other.bottom, other.top - line.bottom) < STACKED * line.size
        and not segment.numeric
        and columns.of(segment)[0] == columns.of(segment)[1]
        and _stands_over(segment, columns.extent(columns.of(segment)[0]))
    }


def _segment_to_parts(segment: Segment, columns: Columns, own: tuple[set[int], set[int]]) -> list[Segment]:
    first, last = columns.of(segment)
    spanned = set(range(first, last + 1))
    if first == last or len(segment.words) < len(spanned) or not own[0] & spanned or not spanned <= own[1]:
        return [segment]
    middles = [sum(columns.extent(column)) / 2 for column in range(first, last + 1)]
    groups = _words_to_groups(segment.words, [(a + b) / 2 for a, b in pairwise(middles)])
    if not all(groups):
        return [segment]
    parts = [words_to_segment(group) for group in groups]
    fitting = all(_stands_over(part, columns.extent(column)) for column, part in enumerate(parts, first))
    return parts if fitting else [segment]


def _words_to_groups(words: Sequence[Word], borders: Sequence[float]) -> list[list[Word]]:
    """The words left of the first border, those between the first and the second, and so on."""
    groups: list[list[Word]] = [[] for _ in range(len(borders) + 1)]
    for word in words:
        groups[bisect_left(borders, (word.box.x0 + word.box.x1) / 2)].append(word)
    return groups


def _stands_over(part: Segment, extent: tuple[float, float]) -> bool:
    start, end = extent
    off = min(abs(part.box.x0 - start), abs(part.box.x1 - end), abs(part.box.x0 + part.box.x1 - start - end) / 2)
    return off <= OFF * part.size
