"""Lines of a cell that are rows of a small table within it: each is kept as a line of its own."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.extraction.model import Line
from pipeline.extraction.text.lines import line_to_size

#: A gap wider than so many type sizes separates two columns.
WIDE_GAP = 1.2
#: So many consecutive lines must have a gap at the same place.
ROWS = 2

#: From the right end of a word to the left end of the next one.
Gap = tuple[float, float]


def lines_to_inner_rows(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines in groups: lines of a text together, each row of an inner table alone.

    Args:
        lines: The lines of one cell, from the top.
    """
    groups: list[list[Line]] = []
    rows: list[Line] = []
    shared: list[Gap] = []
    for line in lines:
        gaps = _line_to_gaps(line)
        both = _common(shared, gaps, WIDE_GAP * line_to_size(line)) if rows else gaps
        if both:
            rows.append(line)
            shared = both
            continue
        _add(groups, rows)
        rows, shared = ([line], gaps) if gaps else ([], [])
        if not gaps:
            _add_text(groups, line)
    _add(groups, rows)
    return [group for group in groups if group]


def _line_to_gaps(line: Line) -> list[Gap]:
    least = WIDE_GAP * line_to_size(line)
    return [(a.box.x1, b.box.x0) for a, b in pairwise(line.words) if b.box.x0 - a.box.x1 > least]


def _common(some: Sequence[Gap], others: Sequence[Gap], least: float) -> list[Gap]:
    overlaps = [(max(a[0], b[0]), min(a[1], b[1])) for a in some for b in others]
    return [gap for gap in overlaps if gap[1] - gap[0] > least]


def _add(groups: list[list[Line]], rows: Sequence[Line]) -> None:
    if len(rows) >= ROWS:
        groups += [*([row] for row in rows), []]
    else:
        for row in rows:
            _add_text(groups, row)


def _add_text(groups: list[list[Line]], line: Line) -> None:
    if groups:
        groups[-1].append(line)
    else:
        groups.append([line])
