"""Where tables without a grid may be, by their rules: between rules of one width whose text stands in columns."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from itertools import pairwise, takewhile

from pipeline.extraction.model import BBox
from pipeline.extraction.tables.open_tables import Region
from pipeline.extraction.tables.panels import edges_to_panels, families_to_own, holds_panels
from pipeline.extraction.tables.rules import SNAP, Edge, Edges, edges_inside
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.table_text import PageText

#: How far (points) the ends of two rules of one table may differ.
ALIGNED = 6.0
#: Pieces of one rule may be this far (points) apart: rules over groups of columns leave such gaps.
PIECES = 24.0
#: The share of the lines between two rules that must have a wide gap.
COLUMNAR = 0.3
#: The share of words between two rules that may be running text.
PROSE = 0.5
#: The heading of a section stands between two rules at most this many type sizes apart.
SECTION = 2.1
#: A header above a table's first full rule has at most this many lines.
HEADER_LINES = 5
#: A box with at least so many lines of text is a panel, no cell.
PANEL_LINES = 2
#: So many rules of one width make a table by themselves: above and below, and under the header.
TABLE_RULES = 3
#: A rule over some columns of a header only is at most this share of the table's width.
PARTIAL = 0.95
#: Text beside a ruled region belongs to it when it stands beside at least this share of its lines.
LABELLED = 0.5


def edges_to_regions(edges: Edges, text: PageText) -> list[Region]:
    """The regions between rules of one width, those with the most rules first; they may overlap."""
    families = edges_to_families(edges.horizontal)
    wholes = pieces_to_wholes(edges.horizontal, families_to_own(families))
    panels = [panel for panel in edges_to_panels(families, edges) if len(text.inside(panel, 0.0)) >= PANEL_LINES]
    regions: list[tuple[int, Region]] = []
    for family in edges_to_families(wholes):
        for run in family_to_runs(family, text):
            box = BBox(min(e.start for e in run), run[0].at, max(e.end for e in run), run[-1].at)
            box = _with_labels(_with_tail(_with_header(box, wholes, text), text), text)
            if not _has_caption(text.inside(box, ALIGNED), text) and not holds_panels(box, panels):
                regions.append((len(run), box_to_region(box, edges, text)))
    boxes = [region.box for rules, region in regions if rules >= TABLE_RULES]
    regions = [found for found in regions if not any(_is_around(found[1].box, box) for box in boxes)]
    regions.sort(key=lambda found: (-found[0], found[1].box.x0 - found[1].box.x1))
    return [region for _, region in regions]


def _is_around(box: BBox, inner: BBox) -> bool:
    """Whether the box is wider than the other one, which is inside: lines under headings, with a table between."""
    wider = box.x0 < inner.x0 - ALIGNED or box.x1 > inner.x1 + ALIGNED
    return (
        wider
        and box.x0 <= inner.x0 + ALIGNED
        and box.x1 >= inner.x1 - ALIGNED
        and box.top <= inner.top
        and box.bottom >= inner.bottom
    )


def pieces_to_wholes(horizontal: Sequence[Edge], own: Collection[Edge] = ()) -> list[Edge]:
    """Rules, those made of neighbouring pieces on one height taken together.

    Args:
        horizontal: The rules of a page.
        own: Those of them that are whole as they are.
    """
    rows: list[list[Edge]] = []
    for edge in sorted(horizontal, key=lambda edge: (round(edge.at / SNAP), edge.start)):
        near = rows and abs(rows[-1][0].at - edge.at) <= SNAP and 0 < edge.start - rows[-1][-1].end < PIECES
        if near and edge not in own and rows[-1][-1] not in own:
            rows[-1].append(edge)
        else:
            rows.append([edge])
    return sorted(Edge(row[0].at, row[0].start, row[-1].end) for row in rows)


def edges_to_families(horizontal: Sequence[Edge]) -> list[list[Edge]]:
    """Rules of the same left and right end, from the top."""
    families: dict[tuple[int, int], list[Edge]] = {}
    for edge in horizontal:
        start, end = round(edge.start / ALIGNED), round(edge.end / ALIGNED)
        near = ((start + i, end + j) for i in (0, -1, 1) for j in (0, -1, 1))
        key = next((key for key in near if key in families), (start, end))
        families.setdefault(key, []).append(edge)
    return [family for family in families.values() if len(family) > 1]


def family_to_runs(family: Sequence[Edge], text: PageText) -> list[list[Edge]]:
    """Runs of rules with text in columns between them; single short lines (headings of sections) do not end a run."""
    runs: list[list[Edge]] = []
    run: list[Edge] = []
    above: list[Edge] = []
    spare: list[Edge] = []
    for upper, lower in pairwise(family):
        rows = text.inside(BBox(min(upper.start, lower.start), upper.at, max(upper.end, lower.end), lower.at), ALIGNED)
        if _is_columnar(rows, text):
            run = [*(run or [*above, upper]), *spare, lower]
            above, spare = [], []
        elif not run and _is_spanner(rows, upper, lower, text):
            above = [*above, upper]
        elif run and _is_section(rows, lower.at - upper.at, text):
            spare.append(lower)
        else:
            runs.append(run)
            run, above, spare = [], [], []
    return [run for run in [*runs, run] if run]


def _is_columnar(rows: Sequence[Sequence[Segment]], text: PageText) -> bool:
    """Whether the lines have no caption, little running text but beside a label, and wide gaps in the first or many."""
    if not rows or _has_caption(rows, text):
        return False
    words = sum(len(segment.words) for row in rows for segment in row)
    prose = sum(len(segment.words) for row in rows for segment in row if id(segment) in text.prose)
    if prose > PROSE * words:
        return len(rows[0]) > 1 and id(rows[0][0]) not in text.prose
    return len(rows[0]) > 1 or sum(len(row) > 1 for row in rows) >= max(1, COLUMNAR * len(rows))


def _is_section(rows: Sequence[Sequence[Segment]], height: float, text: PageText) -> bool:
    """Whether the text between two rules is one line in a row of its own, such as the heading of a section."""
    if len(rows) != 1 or height > SECTION * rows[0][0].size:
        return False
    return not _has_prose(rows, text) and not _has_caption(rows, text)


def _is_spanner(rows: Sequence[Sequence[Segment]], upper: Edge, lower: Edge, text: PageText) -> bool:
    """Whether the text between two rules is a heading over all columns but the first: right of the middle."""
    if not _is_section(rows, lower.at - upper.at, text) or len(rows[0]) > 1:
        return False
    box = rows[0][0].box
    return box.x0 + box.x1 - upper.start - upper.end > 2 * rows[0][0].size


def _has_prose(rows: Sequence[Sequence[Segment]], text: PageText) -> bool:
    return any(id(segment) in text.prose for row in rows for segment in row)


def _has_caption(rows: Sequence[Sequence[Segment]], text: PageText) -> bool:
    return any(id(segment) in text.captions for row in rows for segment in row)


def _with_header(box: BBox, wholes: Sequence[Edge], text: PageText) -> BBox:
    """The box with the lines of header above its first rule: up to a shorter rule, or where figures begin the box."""
    for partial in reversed(wholes[: bisect_left(wholes, (box.top - SNAP,))]):
        if partial.start < box.x0 - ALIGNED or partial.end > box.x1 + ALIGNED:
            continue
        if partial.length > PARTIAL * (box.x1 - box.x0):
            break
        rows = text.inside(box._replace(top=partial.at, bottom=box.top), ALIGNED)
        if not 0 < len(rows) <= HEADER_LINES or _has_caption(rows, text) or _has_prose(rows, text):
            break
        box = box._replace(top=partial.at)
    first = next(iter(text.inside(box, ALIGNED)), [])
    if sum(1 for segment in first if segment.numeric) < len(first) / 2:
        return box
    above = text.inside(box._replace(top=box.top - HEADER_LINES * first[0].size, bottom=box.top), ALIGNED)
    return _with_rows(box, list(reversed(above)), text)


def _with_rows(box: BBox, rows: Sequence[Sequence[Segment]], text: PageText) -> BBox:
    """The box with the lines next to it that have several segments, all within its width, and no prose."""
    for row in rows:
        size = row[0].size
        foot, head = max(s.box.bottom for s in row), min(s.box.top for s in row)
        if len(row) == 1 or _has_prose([row], text) or _has_caption([row], text):
            break
        if max(box.top - foot, head - box.bottom) > size or min(s.box.x0 for s in row) < box.x0 - ALIGNED:
            break
        box = box._replace(top=min(box.top, head), bottom=max(box.bottom, foot))
    return box


def _with_tail(box: BBox, text: PageText) -> BBox:
    """The box with the lines of figures right below its last rule."""
    below = text.inside(box._replace(top=box.bottom, bottom=float("inf")), ALIGNED)
    figures = takewhile(lambda row: sum(1 for s in row if s.numeric) >= len(row) / 2, below)
    return _with_rows(box, list(figures), text)


def _with_labels(box: BBox, text: PageText) -> BBox:
    """The box with the labels on its left: rules are often drawn over the figures only."""
    lines = 0
    starts: list[float] = []
    for row in text.inside(box._replace(x0=float("-inf"), x1=float("inf")), 0.0):
        inside = [s for s in row if s.box.x0 >= box.x0 - ALIGNED and s.box.x1 <= box.x1 + ALIGNED]
        left = [s for s in row if s.box.x1 <= box.x0 and id(s) not in text.prose]
        lines += bool(inside)
        if inside and left:
            starts.append(left[-1].box.x0)
    if not starts or len(starts) < LABELLED * lines:
        return box
    return box._replace(x0=min(starts), top=_spanner_top(box, text))


def _spanner_top(box: BBox, text: PageText) -> float:
    """The top of a heading over all the figures, right above the first rule, which underlines it."""
    above = text.inside(box._replace(top=box.top - 2 * SECTION * ALIGNED, bottom=box.top), ALIGNED)
    if not above or len(above[-1]) > 1 or _has_prose(above[-1:], text) or _has_caption(above[-1:], text):
        return box.top
    heading = above[-1][0]
    off = abs(heading.box.x0 + heading.box.x1 - box.x0 - box.x1) / 2
    return heading.box.top if box.top - heading.box.bottom < heading.size and off < heading.size else box.top


def box_to_region(box: BBox, edges: Edges, text: PageText) -> Region:
    """The words and rules inside the box."""
    words = tuple(word for row in text.inside(box, ALIGNED) for segment in row for word in segment.words)
    inner = edges_inside(edges, box)
    return Region(words=words, box=box, horizontal=inner.horizontal, vertical=inner.vertical)
