"""Tables without a full grid: rows and columns from the positions of words, and from those rules that exist."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Word
from pipeline.extraction.tables.blank_columns import with_blank_columns
from pipeline.extraction.tables.body import lines_to_body, row_to_drafts
from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.tables.close_figures import lines_to_single_figures
from pipeline.extraction.tables.close_headings import lines_to_parted
from pipeline.extraction.tables.columns import Columns, lines_to_gutters, with_borders
from pipeline.extraction.tables.header import lines_to_header
from pipeline.extraction.tables.header_lines import has_units_above, lines_to_header_count
from pipeline.extraction.tables.numbered_rows import lines_to_numbered
from pipeline.extraction.tables.rules import SNAP, Edge, Edges
from pipeline.extraction.tables.segments import Segment, row_to_segments, row_to_units, rows_to_blank
from pipeline.extraction.tables.text_lines import row_to_text_line, words_to_level_rows

#: A line is full if it has at least this share of the cells of the fuller lines.
FULL_LINE = 0.6
#: The quantile of the lines, sorted by number of cells, that counts as a fuller line.
FULLER = 0.75
#: With at least so many lines of figures, these show the columns without the lines above them.
BODY_LINES = 3
#: A rule below the heading of a group of columns is at most this share of the region's width.
PARTIAL = 0.95
#: A vertical rule separates columns if it runs through at least this share of the region's height.
LONG = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of the page that may be a table.

    Attributes:
        words: In any order.
        box: Its outline, by rules where there are some.
        horizontal: Its horizontal rules, from the top.
        vertical: Its vertical rules, from the left.
    """

    words: tuple[Word, ...]
    box: BBox
    horizontal: tuple[Edge, ...] = ()
    vertical: tuple[Edge, ...] = ()


def region_to_drafts(region: Region) -> list[Draft]:
    """The cells of the region; none where it has fewer than two columns."""
    rows = words_to_level_rows(region.words)
    columns = rows_to_columns(rows, region)
    if columns.count == 1:
        return []
    lines = [row_to_text_line(row, columns) for row in rows]
    head = lines_to_header_count(lines, region.horizontal, columns)
    if has_units_above(lines[:head], region.horizontal, columns):
        rows, lines, head = rows[1:], lines[1:], head - 1
    whole = with_blank_columns(columns, lines[:head], lines[head:])
    if whole is not columns:
        columns, lines = whole, [row_to_text_line(row, whole) for row in rows]
    drafts = lines_to_header(lines_to_parted(lines[:head], columns), Edges(region.horizontal, region.vertical), columns)
    count = max((draft.row + draft.rowspan for draft in drafts), default=0)
    body = lines_to_single_figures(lines[head:], columns)
    numbered = lines_to_numbered(lines[:head], body, columns, region.horizontal)
    if numbered:
        drafts += [draft for index, row in enumerate(numbered, count) for draft in row_to_drafts(row, index, columns)]
    else:
        drafts += lines_to_body(body, columns, region.horizontal, count)
    count = max((draft.row + draft.rowspan for draft in drafts), default=0)
    return with_blanks(drafts, count, columns, region.box)


def rows_to_columns(rows: Sequence[Sequence[Word]], region: Region) -> Columns:
    """The columns, from the full lines of the body and from long vertical rules."""
    height = region.box.bottom - region.box.top
    borders = [edge.at for edge in region.vertical if _length_inside(edge, region.box) >= LONG * height]
    inner = [rule for rule in region.horizontal if rule.length < PARTIAL * (region.box.x1 - region.box.x0)]
    gutters = lines_to_gutters([row_to_units(row) for row in _full_rows(_without_groups(rows, inner))])
    return Columns(with_borders(gutters, borders, SNAP), region.box.x0, region.box.x1, rows_to_blank(rows))


def _without_groups(rows: Sequence[Sequence[Word]], rules: Sequence[Edge]) -> list[list[Word]]:
    """The lines without headings of groups: a rule of their own is below them, and several headings are below that."""
    out = [list(row) for row in rows]
    middles = [median(word.box.top + word.box.bottom for word in row) / 2 for row in rows]
    for rule in rules:
        below = bisect_left(middles, rule.at)
        if 0 < below < len(rows):
            heads = [word for word in out[below - 1] if rule.start - SNAP <= _middle(word) <= rule.end + SNAP]
            under = [word for word in rows[below] if rule.start - SNAP <= _middle(word) <= rule.end + SNAP]
            if len(row_to_segments(heads)) == 1 < len(row_to_segments(under)):
                held = set(map(id, heads))
                out[below - 1] = [word for word in out[below - 1] if id(word) not in held]
    return [row for row in out if row]


def _middle(word: Word) -> float:
    return (word.box.x0 + word.box.x1) / 2


def _length_inside(edge: Edge, box: BBox) -> float:
    return min(edge.end, box.bottom) - max(edge.start, box.top)


def _full_rows(rows: Sequence[Sequence[Word]]) -> list[Sequence[Word]]:
    """The lines with nearly as many cells as the fuller ones; lines with spanning headings have fewer."""
    segments = [row_to_segments(row) for row in rows]
    start = _first_row_of_figures(segments)
    body, counts = rows[start:], [_cell_count(row) for row in segments[start:]]
    several = sorted(count for count in counts if count > 1)
    if not several:
        return []
    least = max(2.0, FULL_LINE * several[int(FULLER * (len(several) - 1))])
    full = [index for index, count in enumerate(counts) if count >= least]
    beside: dict[int, list[Word]] = {index: list(body[index]) for index in full}
    for index, row in enumerate(body):
        place = bisect_left(full, index)
        if index not in beside:
            owner = _row_beside(body, index, full[max(0, place - 1) : place + 1])
            if owner is not None:
                beside[owner] += row
    return [sorted(words, key=lambda word: word.box.x0) for words in beside.values()]


def _row_beside(rows: Sequence[Sequence[Word]], index: int, full: Sequence[int]) -> int | None:
    """The full line that a line is beside, in other columns: it is a label in the middle of rows, or around one.

    Args:
        rows: The lines of the body.
        index: Index of the line.
        full: The nearest full lines above and below it.
    """
    extents = [(min(w.box.top for w in rows[place]), max(w.box.bottom for w in rows[place])) for place in full]
    top, bottom = min(w.box.top for w in rows[index]), max(w.box.bottom for w in rows[index])
    squeezed = len(full) > 1 and extents[1][0] - extents[0][1] <= rows[index][0].size
    near = [place for place, extent in zip(full, extents, strict=True) if extent[0] < bottom and extent[1] > top]
    around = full if squeezed else near
    if not around or any(_cross(word, other) for word in rows[index] for place in around for other in rows[place]):
        return None
    return around[0]


def _cross(one: Word, two: Word) -> bool:
    return one.box.x0 < two.box.x1 and two.box.x0 < one.box.x1


def _first_row_of_figures(rows: Sequence[Sequence[Segment]]) -> int:
    """The index of the first line of figures: blanks in a justified heading above it would look like gutters.

    0 where only few lines have figures.
    """
    figured = [index for index, row in enumerate(rows) if _has_figures(row)]
    return figured[0] if len(figured) >= BODY_LINES else 0


def _has_figures(segments: Sequence[Segment]) -> bool:
    figures = sum(1 for segment in segments if segment.numeric)
    return figures > 0 and figures >= (len(segments) - 1) / 2 and len(segments) > 1


def _cell_count(segments: Sequence[Segment]) -> int:
    """The apparent number of cells of a line: segments, and figures beside each other even in one segment."""
    count = 0
    for segment in segments:
        units = row_to_units(segment.words)
        count += len(units) if all(unit.numeric for unit in units) else 1
    return count


def with_blanks(drafts: Sequence[Draft], rows: int, columns: Columns, box: BBox) -> list[Draft]:
    """The cells, with an empty cell wherever the grid has none."""
    taken: set[tuple[int, int]] = set()
    bands: dict[int, list[BBox]] = {}
    for draft in drafts:
        for row in range(draft.row, draft.row + draft.rowspan):
            taken.update((row, column) for column in range(draft.column, draft.column + draft.colspan))
            bands.setdefault(row, []).append(draft.box)
    blanks = []
    for row in range(rows):
        band = boxes_to_box(bands.get(row, [box]))
        for column in range(columns.count):
            if (row, column) not in taken:
                cell = BBox(columns.borders[column], band.top, columns.borders[column + 1], band.bottom)
                blanks.append(Draft(row=row, column=column, box=cell))
    return [*drafts, *blanks]
