"""Finds where tables without a grid may be, by rules: between rules of equal width with text in columns."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import takewhile
from statistics import median

from pipeline.extraction.model import BBox
from pipeline.extraction.tables.open_tables import Region
from pipeline.extraction.tables.panels import edges_to_panels, families_to_own, holds_panels
from pipeline.extraction.tables.rule_runs import (
    ALIGNED,
    edges_to_families,
    family_to_runs,
    has_caption,
    has_prose,
    holds_paragraph,
    pieces_to_wholes,
)
from pipeline.extraction.tables.rules import SNAP, Edge, Edges, edges_inside
from pipeline.extraction.tables.segments import Segment, is_year
from pipeline.extraction.tables.table_text import TabularText

#: Two rules with a section heading between them are at most this many type sizes apart.
SECTION = 2.1
#: A header above a table's first full rule has at most this many lines.
HEADER_LINES = 5
#: A box with at least so many lines of text is a panel, not a cell.
PANEL_LINES = 2
#: So many rules of equal width make a table by themselves: above, below, and under the header.
TABLE_RULES = 3
#: A rule over only some columns of a header is at most this share of the table's width.
PARTIAL = 0.95
#: Headings above it are flush with the text below, up to this share of the type size.
FLUSH = 0.3
#: Labels and their figures are level, up to this share of the type size.
LEVEL = 0.2
#: Rules belong to some columns only if text is beside at least this share of their lines.
BESIDE = 0.25
#: Figures at most this many type sizes right of a ruled region may belong to it.
NEXT = 8.0
#: Text beside a ruled region belongs to it if it is beside at least this share of its lines.
LABELLED = 0.5


def edges_to_regions(edges: Edges, text: TabularText) -> list[Region]:
    """The regions between rules of equal width, those with the most rules first; they may overlap."""
    families = edges_to_families(edges.horizontal)
    wholes = pieces_to_wholes(edges.horizontal, families_to_own(families))
    panels = [panel for panel in edges_to_panels(families, edges) if len(text.inside(panel, 0.0)) >= PANEL_LINES]
    regions: list[tuple[int, Region]] = []
    for family in edges_to_families(wholes):
        for run in family_to_runs(family, wholes, text):
            box = BBox(min(e.start for e in run), run[0].at, max(e.end for e in run), run[-1].at)
            box = _with_figures(_with_tail(_with_header(box, wholes, text), text), wholes, text)
            box = _with_labels(box, wholes, text)
            if not has_caption(text.inside(box, ALIGNED), text) and not holds_panels(box, panels):
                regions.append((len(run), box_to_region(box, edges, text)))
    boxes = [region.box for rules, region in regions if rules >= TABLE_RULES]
    regions = [found for found in regions if not any(_is_around(found[1].box, box, text) for box in boxes)]
    regions.sort(key=lambda found: (found[1].box.x0 - found[1].box.x1, -found[0]))
    return [region for _, region in regions]


def _is_around(box: BBox, inner: BBox, text: TabularText) -> bool:
    """Whether the box is wider than the other one within it: its rules are under headings around another table.

    Rules over only some columns of a table have text of other columns beside them.
    """
    wider = box.x0 < inner.x0 - ALIGNED or box.x1 > inner.x1 + ALIGNED
    if not (
        wider
        and box.x0 <= inner.x0 + ALIGNED
        and box.x1 >= inner.x1 - ALIGNED
        and box.top <= inner.top
        and box.bottom >= inner.bottom
    ):
        return False
    rows = text.inside(box._replace(top=inner.top, bottom=inner.bottom), ALIGNED)
    beside = sum(1 for row in rows if row[0].box.x1 < inner.x0 or row[-1].box.x0 > inner.x1)
    return beside < BESIDE * len(rows)


def _with_header(box: BBox, wholes: Sequence[Edge], text: TabularText) -> BBox:
    """The box with the header lines above its first rule: up to a shorter rule, or if figures begin the box."""
    for partial in reversed(wholes[: bisect_left(wholes, (box.top - SNAP,))]):
        if partial.start < box.x0 - ALIGNED or partial.end > box.x1 + ALIGNED:
            continue
        if partial.length > PARTIAL * (box.x1 - box.x0):
            break
        rows = text.inside(box._replace(top=partial.at, bottom=box.top), ALIGNED)
        if not 0 < len(rows) <= HEADER_LINES or has_caption(rows, text) or has_prose(rows, text):
            break
        if holds_paragraph(rows, partial, text) or not _is_within(rows, box):
            break
        box = box._replace(top=partial.at)
    rows = text.inside(box, ALIGNED)
    first = next(iter(rows), [])
    size = first[0].size if first else 0.0
    above = list(reversed(text.inside(box._replace(top=box.top - HEADER_LINES * size, bottom=box.top), ALIGNED)))
    if sum(1 for segment in first if segment.numeric) >= len(first) / 2:
        return _with_rows(box, above, text)
    return _with_rows(box, above[:1], text) if above and _is_headed(above[0], rows) else box


def _is_within(rows: Sequence[Sequence[Segment]], box: BBox) -> bool:
    """Whether no line reaches beyond the ends of the box."""
    return all(row[0].box.x0 >= box.x0 - ALIGNED and row[-1].box.x1 <= box.x1 + ALIGNED for row in rows)


def _is_headed(above: Sequence[Segment], rows: Sequence[Sequence[Segment]]) -> bool:
    """Whether each text of the line above the first rule is a heading: flush with texts of most lines below."""
    several = [row for row in rows if len(row) > 1]
    return (
        len(several) > 1
        and len(above) >= max(2, median(len(row) for row in several) - 1)
        and not any(head.numeric for head in above)
        and all(2 * sum(any(_is_flush(head, s) for s in row) for row in several) > len(several) for head in above)
    )


def _is_flush(head: Segment, segment: Segment) -> bool:
    """Whether a heading begins or ends where the text does, or both have one middle."""
    left, right = head.box.x0 - segment.box.x0, head.box.x1 - segment.box.x1
    return min(abs(left), abs(right), abs(left + right) / 2) <= FLUSH * head.size


def _with_rows(box: BBox, rows: Sequence[Sequence[Segment]], text: TabularText) -> BBox:
    """The box with neighbouring lines that have several segments, are within its width, and are no running text."""
    for row in rows:
        size = row[0].size
        foot, head = max(s.box.bottom for s in row), min(s.box.top for s in row)
        if len(row) == 1 or has_prose([row], text) or has_caption([row], text):
            break
        if max(box.top - foot, head - box.bottom) > size or min(s.box.x0 for s in row) < box.x0 - ALIGNED:
            break
        box = box._replace(top=min(box.top, head), bottom=max(box.bottom, foot))
    return box


def _with_tail(box: BBox, text: TabularText) -> BBox:
    """The box with the lines of figures directly below its last rule; a single one is a total at the line's end."""
    below = text.inside(box._replace(top=box.bottom, bottom=float("inf")), ALIGNED)
    figures = list(takewhile(lambda row: sum(1 for s in row if s.numeric) >= len(row) / 2, below))
    ends = [row[-1].box.x1 for row in text.inside(box, ALIGNED) if row[-1].numeric]
    if figures and len(figures[0]) == 1 and ends:
        [total] = figures[0]
        near = total.box.top - box.bottom <= total.size
        flush = abs(total.box.x1 - max(ends)) <= FLUSH * total.size
        return box._replace(bottom=total.box.bottom) if near and flush else box
    return _with_rows(box, figures, text)


def _with_labels(box: BBox, wholes: Sequence[Edge], text: TabularText) -> BBox:
    """The box with the labels on its left: rules are often drawn over the figures only.

    If other rules on the left are level with its own, the text there is another table, unless figures without a
    rule are between them: then both rules are over totals of one statement.
    """
    lines = figures = 0
    lefts: list[list[Segment]] = []
    for row in text.inside(box._replace(x0=float("-inf"), x1=float("inf")), 0.0):
        inside = [s for s in row if s.box.x0 >= box.x0 - ALIGNED and s.box.x1 <= box.x1 + ALIGNED]
        left = [s for s in row if s.box.x1 <= box.x0 and id(s) not in text.prose]
        lines += bool(inside)
        figures += bool(inside) and inside[0].numeric
        if inside and left and abs(left[-1].baseline - inside[0].baseline) <= LEVEL * inside[0].size:
            lefts.append(left)
    if not lefts or len(lefts) < LABELLED * lines or figures < LABELLED * lines:
        return box
    starts = [left[-1].box.x0 for left in lefts]
    beside = max((rule.end for rule in _level_rules(box, wholes) if rule.end <= box.x0), default=None)
    if beside is not None:
        unruled = sum(left[-1].numeric and left[-1].box.x0 > beside for left in lefts)
        if unruled < LABELLED * lines:
            return box
        starts = [next((s for s in reversed(left) if not s.numeric), left[0]).box.x0 for left in lefts]
    return box._replace(x0=min(starts), top=_heading_top(box, text))


def _with_figures(box: BBox, wholes: Sequence[Edge], text: TabularText) -> BBox:
    """The box with the figures on its right: rules above totals are drawn over some columns only."""
    lines = 0
    ends: list[float] = []
    ruled = min((rule.start for rule in _level_rules(box, wholes) if rule.start >= box.x1), default=float("inf"))
    for row in text.inside(box._replace(x0=float("-inf"), x1=float("inf")), 0.0):
        inside = [s for s in row if s.box.x0 >= box.x0 - ALIGNED and s.box.x1 <= box.x1 + ALIGNED]
        right = [s for s in row if s.box.x0 > box.x1]
        lines += bool(inside)
        if inside and right and all(segment.numeric for segment in right):
            near = right[0].box.x0 - box.x1 <= NEXT * right[0].size
            ends += [right[-1].box.x1] if near and right[0].box.x1 < ruled else []
    return box._replace(x1=max(ends)) if ends and len(ends) >= LABELLED * lines else box


def _level_rules(box: BBox, wholes: Sequence[Edge]) -> list[Edge]:
    return [rule for rule in wholes if box.top - SNAP <= rule.at <= box.bottom + SNAP]


def _heading_top(box: BBox, text: TabularText) -> float:
    """The top of the headings directly above the first rule, which underlines them.

    A single text is a heading if it is over the middle of all figures.
    """
    top = box.top
    above = box._replace(top=box.top - HEADER_LINES * SECTION * ALIGNED, bottom=box.top)
    for row in reversed(text.inside(above, ALIGNED)):
        foot, head = max(s.box.bottom for s in row), min(s.box.top for s in row)
        off = abs(row[0].box.x0 + row[-1].box.x1 - box.x0 - box.x1) / 2
        inside = row[0].box.x0 >= box.x0 - ALIGNED and row[-1].box.x1 <= box.x1 + ALIGNED
        if has_prose([row], text) or has_caption([row], text) or top - foot >= row[0].size or not inside:
            break
        if (len(row) == 1 and off >= row[0].size) or all(s.numeric and not is_year(s.text) for s in row):
            break
        top = head
    return top


def box_to_region(box: BBox, edges: Edges, text: TabularText) -> Region:
    """The words and rules inside the box."""
    words = tuple(word for row in text.inside(box, ALIGNED) for segment in row for word in segment.words)
    inner = edges_inside(edges, box)
    return Region(words=words, box=box, horizontal=inner.horizontal, vertical=inner.vertical)
