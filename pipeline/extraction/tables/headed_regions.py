"""Finds tables with a rule below their head and none at their foot: plain ones, and those that a page's end cuts."""

from collections.abc import Sequence

from pipeline.extraction.model import BBox
from pipeline.extraction.tables.columns import Gutter
from pipeline.extraction.tables.lattice import MAX_RULES
from pipeline.extraction.tables.open_tables import Region
from pipeline.extraction.tables.rule_runs import (
    ALIGNED,
    INDENT,
    has_caption,
    has_prose,
    pieces_to_wholes,
    rows_to_gutters,
)
from pipeline.extraction.tables.ruled_regions import HEADER_LINES, LEVEL, box_to_region
from pipeline.extraction.tables.rules import SNAP, Edge, Edges
from pipeline.extraction.tables.segments import WIDE_GAP, Segment
from pipeline.extraction.tables.table_text import TabularText

#: The head's last line is at most this many type sizes above the rule.
NEAR = 1.0
#: It begins at most this far (points) above it: no further is looked for one, since a page may have many rules.
SEEN = 40.0
#: The lines of a head are at most this many type sizes apart, from bottom to top.
STACKED = 1.2
#: The lines below the rule are at most so many type sizes apart.
BREAK = 2.5
#: So many lines below the rule have several texts.
LINES = 2
#: A table is as wide as its rule: it begins and ends at most so many type sizes from the rule's ends.
FILLED = 2.5


def edges_to_headed(edges: Edges, text: TabularText) -> list[Region]:
    """The regions from a head to the last line in its columns, within the width of the rule below the head."""
    wholes = pieces_to_wholes(edges.horizontal)
    if len(wholes) > MAX_RULES:
        return []
    regions = []
    for rule in wholes:
        box = _rule_to_box(rule, wholes, text)
        if box is not None:
            regions.append(box_to_region(box, edges, text))
    return regions


def _rule_to_box(rule: Edge, wholes: Sequence[Edge], text: TabularText) -> BBox | None:
    width = BBox(rule.start, 0.0, rule.end, float("inf"))
    if not any(len(row) > 1 for row in text.inside(width._replace(top=rule.at - SEEN, bottom=rule.at), ALIGNED)):
        return None
    others = [other for other in wholes if other.start < rule.end and other.end > rule.start]
    above = max((other.at for other in others if other.at < rule.at - SNAP), default=0.0)
    below = min((other.at for other in others if other.at > rule.at + SNAP), default=float("inf"))
    head = _last_lines(text.inside(width._replace(top=above, bottom=rule.at), ALIGNED), rule, text)
    if not 0 < len(head) <= HEADER_LINES or len(head[-1]) == 1:
        return None
    body = _first_lines(text.inside(width._replace(top=rule.at, bottom=below), ALIGNED), rule, head, text)
    rows = [*head, *body]
    if sum(len(row) > 1 for row in body) < LINES or not _fill(rows, rule):
        return None
    top = min(segment.box.top for row in head for segment in row)
    bottom = max(segment.box.bottom for row in body for segment in row)
    box = BBox(rule.start, top, rule.end, bottom)
    return None if below - bottom <= BREAK * body[-1][0].size or _has_labels(box, body, text) else box


def _has_labels(box: BBox, body: Sequence[Sequence[Segment]], text: TabularText) -> bool:
    """Whether texts left of the rule are level with the lines below it: then it is over some columns only."""
    levels = [row[0].baseline for row in body]
    beside = text.inside(BBox(0.0, body[0][0].box.top, box.x0 - ALIGNED, box.bottom), 0.0)
    level = sum(
        any(abs(row[-1].baseline - other) <= LEVEL * row[-1].size for other in levels)
        for row in beside
        if id(row[-1]) not in text.prose
    )
    return 2 * level >= len(body)


def _last_lines(rows: Sequence[Sequence[Segment]], rule: Edge, text: TabularText) -> list[Sequence[Segment]]:
    """The lines of the head, from the top."""
    head: list[Sequence[Segment]] = []
    top, reach = rule.at, NEAR
    for row in reversed(rows[-HEADER_LINES - 1 :]):
        foot = max(segment.box.bottom for segment in row)
        if top - foot > reach * row[0].size or has_prose([row], text) or has_caption([row], text):
            break
        if not _is_inside(row, rule):
            break
        head.insert(0, row)
        top, reach = min(segment.box.top for segment in row), STACKED
    return head


def _first_lines(
    rows: Sequence[Sequence[Segment]], rule: Edge, head: Sequence[Sequence[Segment]], text: TabularText
) -> list[Sequence[Segment]]:
    """The lines below the rule, down to the first that leaves no gutter through all, or is too far away."""
    body: list[Sequence[Segment]] = []
    foot, gutters = rule.at, rows_to_gutters(head[-1:])
    for row in rows:
        top = min(segment.box.top for segment in row)
        if top - foot > BREAK * row[0].size or has_caption([row], text) or not _is_inside(row, rule):
            break
        gutters = [part for gutter in gutters for part in _outside(gutter, row)]
        if not gutters:
            break
        if len(row) == 1 and has_prose([row], text) and row[0].box.x0 <= rule.start + INDENT * rule.length:
            break
        body.append(row)
        foot = max(segment.box.bottom for segment in row)
    return body


def _outside(gutter: Gutter, row: Sequence[Segment]) -> list[Gutter]:
    """The wide parts of a gutter that no text of the line is in."""
    cuts = [gutter[0], *(x for s in row if s.box.x0 < gutter[1] and s.box.x1 > gutter[0] for x in (s.box.x0, s.box.x1))]
    ends = [*cuts[1:], gutter[1]]
    pairs = zip(cuts[::2], ends[::2], strict=True)
    return [(left, right) for left, right in pairs if right - left >= WIDE_GAP * row[0].size]


def _is_inside(row: Sequence[Segment], rule: Edge) -> bool:
    return row[0].box.x0 >= rule.start - ALIGNED and row[-1].box.x1 <= rule.end + ALIGNED


def _fill(rows: Sequence[Sequence[Segment]], rule: Edge) -> bool:
    """Whether the lines together are as wide as the rule."""
    left, right = min(row[0].box.x0 for row in rows), max(row[-1].box.x1 for row in rows)
    reach = FILLED * rows[0][0].size
    return left - rule.start <= reach and rule.end - right <= reach
