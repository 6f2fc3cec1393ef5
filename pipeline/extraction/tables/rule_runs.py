"""Rules of equal width below each other: which of them bound and divide one table."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from statistics import median

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox
from pipeline.extraction.tables.columns import Gutter, units_to_gaps
from pipeline.extraction.tables.rules import SNAP, Edge
from pipeline.extraction.tables.segments import WIDE_GAP, Segment
from pipeline.extraction.tables.table_text import TabularText

#: The ends of two rules of one table may differ by this (points).
ALIGNED = 6.0
#: Pieces of one rule may be this far (points) apart: rules over groups of columns have such gaps.
PIECES = 24.0
#: At least this share of the lines between two rules has a wide gap.
COLUMNAR = 0.3
#: At most this share of the words between two rules is running text.
PROSE = 0.5
#: A heavy rule is more than so many times as wide as a light one beside it.
HEAVY = 1.3
#: Two rules with nothing between them are a double rule if they are at most so far (points) apart.
DOUBLE = 6.0
#: Text in columns belongs to a table if it is at most so many type sizes from the rule above or below it.
FAR = 2.5
#: A line with one text belongs to it within so many type sizes.
NEAR = 1.0
#: Or within so many times its own line distance.
APART = 1.5
#: Lines of running text over more than this share of the width are a paragraph, not a cell.
WIDE = 0.7
#: And they begin at most this share of the width from the rule's left end: cells beside labels begin further right.
INDENT = 0.2
#: Lines beside each other overlap by more than this share of the type size.
STAGGERED = 0.15
#: So many lines with one text each may be between two rules of a table: a section heading.
SECTION_LINES = 2


def pieces_to_wholes(horizontal: Sequence[Edge], own: Collection[Edge] = ()) -> list[Edge]:
    """Rules, where neighbouring pieces at one height are joined.

    Args:
        horizontal: The rules of a page.
        own: Those that need no joining.
    """
    rows: list[list[Edge]] = []
    for edge in sorted(horizontal, key=lambda edge: (round(edge.at / SNAP), edge.start)):
        near = rows and abs(rows[-1][0].at - edge.at) <= SNAP and 0 < edge.start - rows[-1][-1].end < PIECES
        if near and edge not in own and rows[-1][-1] not in own:
            rows[-1].append(edge)
        else:
            rows.append([edge])
    return sorted(row[0]._replace(end=row[-1].end) for row in rows)


def edges_to_families(horizontal: Sequence[Edge]) -> list[list[Edge]]:
    """Rules with equal left and right ends, from the top."""
    families: dict[tuple[int, int], list[Edge]] = {}
    for edge in horizontal:
        start, end = round(edge.start / ALIGNED), round(edge.end / ALIGNED)
        near = ((start + i, end + j) for i in (0, -1, 1) for j in (0, -1, 1))
        key = next((key for key in near if key in families), (start, end))
        families.setdefault(key, []).append(edge)
    return [family for family in families.values() if len(family) > 1]


def family_to_runs(family: Sequence[Edge], wholes: Sequence[Edge], text: TabularText) -> list[list[Edge]]:
    """Runs of rules with text in columns between some of them, and with nothing between them that is not the table's.

    A wider rule between them is not the table's. A heavy rule at a table's foot ends its run (:func:`family_to_feet`).

    Single lines (section headings, a heading over all columns) do not end a run; after the last text in
    columns they are not part of it.

    Args:
        family: Rules with equal left and right ends, from the top.
        wholes: All horizontal rules of the page.
        text: Of the page.
    """
    runs: list[list[Edge]] = []
    run: list[Edge] = []
    filled = 0
    gutters: list[Gutter] = []
    feet = family_to_feet(family)
    for upper, lower in pairwise(family):
        rows = text.inside(BBox(min(upper.start, lower.start), upper.at, max(upper.end, lower.end), lower.at), ALIGNED)
        inner = rows_to_gutters(rows)
        paragraph = holds_paragraph(rows, upper, text)
        columnar = not paragraph and (_is_columnar(rows, text) or _share(inner, gutters))
        columnar = columnar and not any(_is_wider(rule, upper, lower) for rule in wholes)
        near = _is_near(rows, upper, lower, FAR if columnar else NEAR)
        belongs = columnar or (_is_heading(rows, text) and not paragraph)
        if not (near and belongs) or has_caption(rows, text) or (upper in feet and not _holds_figures(rows)):
            runs.append(run[: filled + 1] if filled else [])
            run, filled, gutters = [], 0, []
            continue
        run = [*(run or [upper]), lower]
        if columnar:
            filled, gutters = len(run) - 1, gutters or inner
    runs.append(run[: filled + 1] if filled else [])
    return [run for run in runs if run]


def family_to_feet(family: Sequence[Edge]) -> set[Edge]:
    """The last rules of tables that others follow, where heavy rules bound tables with light ones within.

    Two heavy rules follow each other there; each of them bounds a table with a light rule next to it, and a heavy one
    at its other end.
    """
    return {
        foot
        for index, (inner, foot, head, next_inner) in enumerate(
            zip(family, family[1:], family[2:], family[3:], strict=False)
        )
        if _is_heavy(foot, inner)
        and _is_heavy(head, next_inner)
        and any(_is_heavy(rule, inner) for rule in family[:index])
        and any(_is_heavy(rule, next_inner) for rule in family[index + 4 :])
    }


def _is_heavy(rule: Edge, inner: Edge) -> bool:
    return rule.width > HEAVY * inner.width > 0


def _holds_figures(rows: Sequence[Sequence[Segment]]) -> bool:
    """Whether a line has figures beside other texts, as the rows of a table."""
    return any(len(row) > 1 and any(segment.numeric for segment in row) for row in rows)


def rows_to_gutters(rows: Sequence[Sequence[Segment]]) -> list[Gutter]:
    """The wide gaps that no segment overlaps."""
    segments = [segment for row in rows for segment in row]
    return units_to_gaps(segments, WIDE_GAP * max(s.size for s in segments)) if segments else []


def _share(some: Sequence[Gutter], others: Sequence[Gutter]) -> bool:
    return any(a[0] < b[1] and b[0] < a[1] for a in some for b in others)


def _is_wider(rule: Edge, upper: Edge, lower: Edge) -> bool:
    """Whether the rule is between two others and extends beyond their ends."""
    beyond = rule.start < upper.start - ALIGNED or rule.end > upper.end + ALIGNED
    return upper.at + SNAP < rule.at < lower.at - SNAP and beyond and rule.start < upper.end and rule.end > upper.start


def holds_paragraph(rows: Sequence[Sequence[Segment]], rule: Edge, text: TabularText) -> bool:
    """Whether lines of running text fill the width of the rules, or a sentence goes on from one to the next line."""
    indent = rule.start + INDENT * rule.length
    lines = [row[0].box for row in rows if len(row) == 1 and id(row[0]) in text.prose and row[0].box.x0 <= indent]
    if sum(1 for box in lines if box.x1 - box.x0 > WIDE * rule.length) > 1:
        return True
    return any(
        len(above) == len(row) == 1
        and _is_sentence(above[0], row[0])
        and above[0].box.x1 - above[0].box.x0 > WIDE * rule.length
        and above[0].box.x0 <= indent
        for above, row in pairwise(rows)
    )


def _is_sentence(above: Segment, line: Segment) -> bool:
    """Whether a line begins in the middle of the sentence above it, and ends one."""
    return line.text[0].islower() and line.text.endswith(".") and line.size == above.size


def _is_near(rows: Sequence[Sequence[Segment]], upper: Edge, lower: Edge, far: float) -> bool:
    """Whether text between two rules is within so many type sizes of one of them, or within its line distance."""
    if not rows:
        return lower.at - upper.at <= DOUBLE
    boxes = [boxes_to_box([segment.box for segment in row]) for row in rows]
    size = max(segment.size for segment in rows[0])
    off = min(boxes[0].top - upper.at, lower.at - boxes[-1].bottom)
    steps = [b.top - a.bottom for a, b in pairwise(boxes)]
    return off <= far * size or off <= APART * (median(steps) if steps else 0.0)


def _is_heading(rows: Sequence[Sequence[Segment]], text: TabularText) -> bool:
    """Whether it is empty, or a section heading, or a heading over all columns."""
    return len(rows) <= SECTION_LINES and not has_prose(rows, text)


def _is_columnar(rows: Sequence[Sequence[Segment]], text: TabularText) -> bool:
    """Whether the lines have little running text except beside a label, and wide gaps in the first or in many."""
    if not rows:
        return False
    words = sum(len(segment.words) for row in rows for segment in row)
    prose = sum(len(segment.words) for row in rows for segment in row if id(segment) in text.prose)
    if prose > PROSE * words:
        return len(rows[0]) > 1 and id(rows[0][0]) not in text.prose
    several = sum(len(row) > 1 for row in rows)
    return len(rows[0]) > 1 or several >= max(1, COLUMNAR * len(rows)) or any(map(_are_staggered, rows, rows[1:]))


def _are_staggered(upper: Sequence[Segment], lower: Sequence[Segment]) -> bool:
    """Whether a line is beside another one at a slightly different height, as labels of several rows are."""
    above, below = boxes_to_box([s.box for s in upper]), boxes_to_box([s.box for s in lower])
    overlap = above.bottom - below.top
    return overlap > STAGGERED * lower[0].size and (above.x1 < below.x0 or below.x1 < above.x0)


def has_prose(rows: Sequence[Sequence[Segment]], text: TabularText) -> bool:
    """Whether any part of it is running text."""
    return any(id(segment) in text.prose for row in rows for segment in row)


def has_caption(rows: Sequence[Sequence[Segment]], text: TabularText) -> bool:
    """Whether it contains the beginning of a caption of a table or a figure."""
    return any(id(segment) in text.captions for row in rows for segment in row)
