"""Where tables without rules around them may be: runs of lines with wide gaps, one below the other."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.extraction.tables.open_tables import Region
from pipeline.extraction.tables.rules import Edges, edges_inside
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.table_text import TabularText
from pipeline.extraction.text.lines import boxes_to_box

#: Lines more than this many type sizes apart, from bottom to top, are not of one table.
BREAK = 1.9
#: Segments of one line of a table differ in their baseline by at most this share of the type size.
LEVEL = 0.2
#: Lines of several segments further apart than this, in usual steps from one to the next, are not of one table.
APART = 4.2
#: A run has at least this many lines of several segments.
LINES = 3
#: ... or this many right below the caption of a table.
TITLED_LINES = 2
#: How far (in type sizes) a heading over columns may reach beyond the last one.
BEYOND = 1.0
#: Lines of one heading agree in their left end or their middle to this share of the type size.
FLUSH = 0.25
#: Lines of one cell are at most this many times as far apart as those of another.
STEADY = 1.1

Run = Sequence[Sequence[Segment]]


def text_to_regions(text: TabularText, edges: Edges) -> list[Region]:
    """The regions of runs of lines; running text and captions end a run."""
    regions: list[Region] = []
    run: list[list[Segment]] = []
    for row in text.rows:
        free = [segment for segment in row if id(segment) not in text.prose]
        prose = [segment for segment in row if id(segment) in text.prose]
        caption = any(id(segment) in text.captions for segment in free)
        if run and (caption or _breaks(run, free, prose)):
            regions += run_to_regions(run, text, edges)
            run = []
        if free and not caption:
            run.append(free)
    return regions + run_to_regions(run, text, edges)


def _breaks(run: Run, free: Sequence[Segment], prose: Sequence[Segment]) -> bool:
    """Whether the line ends the run: it is too far below it, or running text stands in its way."""
    left = min(segment.box.x0 for row in run for segment in row)
    right = max(segment.box.x1 for row in run for segment in row)
    if any(segment.box.x0 < right and segment.box.x1 > left for segment in prose):
        return True
    if not free:
        return False
    return min(segment.box.top for segment in free) - _foot(run[-1]) > BREAK * max(segment.size for segment in free)


def run_to_regions(run: Run, text: TabularText, edges: Edges) -> list[Region]:
    """The tables that a run of lines may hold."""
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
    """Parts from a line with several segments to the last one before too many without, with the headings above."""
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
    """The last line of a block, with those below it that go on with a cell of it as lines of the block do.

    They hold one text, flush below one of the last row's beside its label; further up some line is like them.
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
    """Whether the line has several segments, on one baseline; the lines of two columns of text seldom are level."""
    return any(abs(a.baseline - b.baseline) <= LEVEL * min(a.size, b.size) for a, b in pairwise(row))


def _with_spanners(run: Run, first: int, last: int) -> Run:
    """The lines from the first to the last, and the headings above them right of the rows' labels."""
    body = [row for row in run[first : last + 1] if len(row) > 1]
    left = min(row[0].box.x0 for row in body)
    labels = median(row[0].box.x1 for row in body if row[0].box.x0 <= left + BEYOND * row[0].size)
    right = max(row[-1].box.x1 for row in body)
    sections = [row[0] for row in run[first : last + 1] if len(row) == 1]
    while first > 0 and len(run[first - 1]) == 1:
        spanner, stub = run[first - 1][0], run[first][0]
        if any(_is_like(spanner, section) for section in sections):
            first -= 1
            continue
        if spanner.box.x0 < min(labels, stub.box.x1) or spanner.box.x1 > right + BEYOND * spanner.size:
            break
        if _is_title(spanner, run[first], (left, labels, right)):
            break
        first -= 1
    return run[first : last + 1]


def _is_like(heading: Segment, section: Segment) -> bool:
    """Whether both begin at one x, are both bold, and of one size: headings of sections of one table."""
    flush = abs(heading.box.x0 - section.box.x0) <= FLUSH * section.size
    return flush and heading.bold and section.bold and heading.size == section.size


def _is_title(line: Segment, below: Sequence[Segment], extent: tuple[float, float, float]) -> bool:
    """Whether a line is centred over the table as a whole rather than over its columns, or over the heading below."""
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
    """One part per occurrence of the first line's label: tables of one make, one below the other."""
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
