"""Finds where tables without rules around them may be: runs of lines with wide gaps, below each other."""

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from statistics import median

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.tables.open_tables import Region
from pipeline.extraction.tables.rules import Edges, edges_inside
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.table_text import TabularText

#: Lines with a larger gap than this many type sizes, bottom to top, belong to different tables.
BREAK = 1.9
#: Segments of one line of a table differ in their baseline by at most this share of the type size.
LEVEL = 0.2
#: Lines of several segments with a larger distance than this, in usual line distances, belong to different tables.
APART = 4.2
#: A run has at least this many lines of several segments.
LINES = 3
#: Or this many, directly below the caption of a table.
TITLED_LINES = 2
#: How far (in type sizes) a heading over columns may reach beyond the last one.
BEYOND = 1.0
#: Lines of one heading have equal left ends or middles, up to this share of the type size.
FLUSH = 0.25
#: Texts beside each other overlap by more than this share of the type size.
STAGGERED = 0.2
#: The line distance within a cell is at most this many times that of other cells.
STEADY = 1.1

Run = Sequence[Sequence[Segment]]


def text_to_regions(text: TabularText, edges: Edges) -> list[Region]:
    """The regions of runs of lines. Running text and captions end a run."""
    regions: list[Region] = []
    run: list[list[Segment]] = []
    sides = inf, -inf
    for row in text.rows:
        free = [segment for segment in row if id(segment) not in text.prose]
        prose = [segment for segment in row if id(segment) in text.prose]
        caption = any(id(segment) in text.captions for segment in free)
        if run and (caption or _breaks(run[-1], sides, free, prose)):
            regions += run_to_regions(run, text, edges)
            run, sides = [], (inf, -inf)
        if free and not caption:
            run.append(free)
            sides = min(sides[0], *(s.box.x0 for s in free)), max(sides[1], *(s.box.x1 for s in free))
    return regions + run_to_regions(run, text, edges)


def _breaks(
    last: Sequence[Segment], sides: tuple[float, float], free: Sequence[Segment], prose: Sequence[Segment]
) -> bool:
    """Whether the line ends a run: it is too far below its last line, or running text comes between its sides."""
    left, right = sides
    if any(segment.box.x0 < right and segment.box.x1 > left for segment in prose):
        return True
    if not free:
        return False
    return min(segment.box.top for segment in free) - _foot(last) > BREAK * max(segment.size for segment in free)


def run_to_regions(run: Run, text: TabularText, edges: Edges) -> list[Region]:
    """The tables that may be in a run of lines."""
    titled = bool(run) and text.has_title_above(boxes_to_box([segment.box for segment in run[0]]))
    regions = []
    for part in (
        part for block in _run_to_blocks(run, TITLED_LINES if titled else LINES) for part in _split_at_repeats(block)
    ):
        box = boxes_to_box([segment.box for row in part for segment in row])
        words = tuple(word for row in part for segment in row for word in segment.words)
        inner = edges_inside(edges, box)
        regions.append(Region(words=words, box=box, horizontal=inner.horizontal, vertical=inner.vertical))
    return regions


def _run_to_blocks(run: Run, least: int) -> list[Run]:
    """Parts from a line with several segments to the last such line before many others, with the headings above."""
    level = [index for index, row in enumerate(run) if _is_level(row)]
    steps = [_foot(run[below]) - _foot(run[above]) for above, below in pairwise(level)]
    if len(level) < least:
        return []
    pitch = median(steps)
    cuts = [0, *(index + 1 for index, step in enumerate(steps) if step > APART * pitch), len(level)]
    blocks = [level[start:end] for start, end in pairwise(cuts)]
    return [
        _with_spanners(run, block[0], _with_rest(run, block[0], block[-1])) for block in blocks if len(block) >= least
    ]


def _with_rest(run: Run, first: int, last: int) -> int:
    """The last line of a block, including lines below it that continue one of its cells.

    Such a line has one text, flush with a text of the last row beside its label; an earlier line must be similar.
    """
    row = run[last]
    while last + 1 < len(run) and len(run[last + 1]) == 1:
        [rest] = run[last + 1]
        flush = any(abs(rest.box.x0 - segment.box.x0) <= FLUSH * rest.size for segment in row[1:])
        steps = [
            _foot(below) - _foot(above)
            for above, below in pairwise(run[first : last + 1])
            if len(below) == 1 and abs(below[0].box.x0 - rest.box.x0) <= FLUSH * rest.size
        ]
        if not (flush and steps and _foot(run[last + 1]) - _foot(run[last]) <= STEADY * max(steps)):
            break
        last += 1
    return last


def _foot(row: Sequence[Segment]) -> float:
    return max(segment.box.bottom for segment in row)


def _is_level(row: Sequence[Segment]) -> bool:
    """Whether the line has several segments on one baseline; two columns of text rarely have equal baselines."""
    return any(abs(a.baseline - b.baseline) <= LEVEL * min(a.size, b.size) for a, b in pairwise(row))


def _with_spanners(run: Run, first: int, last: int) -> Run:
    """The lines from the first to the last, with the headings above them to the right of the row labels."""
    body = [row for row in run[first : last + 1] if len(row) > 1]
    left = min(row[0].box.x0 for row in body)
    labels = median(row[0].box.x1 for row in body if row[0].box.x0 <= left + BEYOND * row[0].size)
    right = max(row[-1].box.x1 for row in body)
    sections = [row[0] for row in run[first : last + 1] if len(row) == 1]
    pitch = median(_foot(below) - _foot(above) for above, below in pairwise(body))
    while first > 0 and len(run[first - 1]) == 1:
        spanner, stub = run[first - 1][0], run[first][0]
        if any(_is_like(spanner, section) for section in sections) or _is_beside(spanner, run[first]):
            first -= 1
            continue
        if _is_whole_head(spanner, body, _foot(run[first]) - pitch) and not _is_close(run, first - 1, pitch):
            return run[first - 1 : last + 1]
        if spanner.box.x0 < min(labels, stub.box.x1) or spanner.box.x1 > right + BEYOND * spanner.size:
            break
        if _is_title(spanner, run[first], (left, labels, right)):
            break
        first -= 1
    return run[first : last + 1]


def _is_like(heading: Segment, section: Segment) -> bool:
    """Whether both begin at the same x, are bold, and have the same size: section headings of one table."""
    flush = abs(heading.box.x0 - section.box.x0) <= FLUSH * section.size
    return flush and heading.bold and section.bold and heading.size == section.size


def _is_beside(label: Segment, row: Sequence[Segment]) -> bool:
    """Whether a text is beside a line, at a slightly different height: the label of two lines of headings."""
    return label.box.bottom - min(segment.box.top for segment in row) > STAGGERED * label.size


def _is_whole_head(line: Segment, body: Sequence[Sequence[Segment]], level: float) -> bool:
    """Whether a line is a head with only blanks between its headings: one row up, from the first to the last column."""
    left = min(row[0].box.x0 for row in body)
    last = min(row[-1].box.x0 for row in body)
    flush = abs(line.box.x0 - left) <= FLUSH * line.size and last < line.box.x1
    return flush and abs(line.box.bottom - level) <= FLUSH * line.size and line.text[-1] not in ".:"


def _is_close(run: Run, index: int, pitch: float) -> bool:
    """Whether the line above is as near as the lines of the table are to each other."""
    return index > 0 and _foot(run[index]) - _foot(run[index - 1]) <= STEADY * pitch


def _is_title(line: Segment, below: Sequence[Segment], extent: tuple[float, float, float]) -> bool:
    """Whether a line is centred over the whole table, not over its columns or the heading below."""
    left, labels, right = extent
    middle = line.box.x0 + line.box.x1
    reach = FLUSH * line.size
    if any(min(abs(line.box.x0 - s.box.x0), abs(middle - s.box.x0 - s.box.x1) / 2) < reach for s in below):
        return False
    return abs(middle - left - right) < abs(middle - labels - right)


def _is_again(run: Run, index: int, head: Sequence[Segment]) -> bool:
    """Whether a line begins as the head does; the first row of a section, below its heading, is a row of its own."""
    row, above = run[index], run[index - 1]
    if row[0].text != head[0].text:
        return False
    section = len(above) == 1 and abs(above[0].box.x0 - row[0].box.x0) <= FLUSH * row[0].size
    figures = len(row) > 1 and all(segment.numeric for segment in row[1:])
    return not (section and figures) or [segment.text for segment in row] == [segment.text for segment in head]


def _split_at_repeats(run: Run) -> list[Run]:
    """One part for each occurrence of the first line's label: similar tables below each other."""
    first = next((index for index, row in enumerate(run) if len(row) > 1 and not row[0].numeric), len(run))
    cuts = [0]
    for index, row in enumerate(run[first + 1 :], first + 1):
        if _is_again(run, index, run[first]) and index - cuts[-1] >= LINES:
            start = index
            while (
                start > max(first, cuts[-1]) + 1
                and len(run[start - 1]) == 1
                and run[start - 1][0].box.x0 > row[0].box.x1
            ):
                start -= 1
            cuts.append(start)
    return [run[start:end] for start, end in pairwise([*cuts, len(run)])]
