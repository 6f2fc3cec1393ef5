"""Text that belongs to a grid but is outside of its rules: labels on its left, headings above, totals below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Word
from pipeline.extraction.tables.body import row_to_drafts
from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.header import lines_to_header
from pipeline.extraction.tables.header_lines import lines_to_header_count
from pipeline.extraction.tables.open_tables import with_blanks
from pipeline.extraction.tables.rows import lines_to_rows
from pipeline.extraction.tables.rules import Edge, Edges
from pipeline.extraction.tables.segments import BLANK, Segment, words_to_segment
from pipeline.extraction.tables.table_text import TabularText
from pipeline.extraction.tables.text_lines import TextLine, row_to_text_line
from pipeline.extraction.tables.turned_header import with_turned_heads

#: Labels outside belong to the grid if at least this share of its rows with text has one.
LABELLED = 0.6
#: A column or row is one of figures if at least this share of its cells are figures.
FIGURES = 0.5
#: Gaps between the grid and lines outside, and between these lines, are at most this many type sizes.
NEAR = 1.3
#: The gap to totals in a grid of their own is at most so many type sizes.
NEAR_RULED = 3.0
#: At least this share of the segments above or below a grid must each be in one column.
FITTING = 0.6
#: A grid can have labels outside if it has at least so many rows of figures.
LEAST_ROWS = 2
#: A heading above has at most so many lines.
MOST_LINES = 8
#: The middle of a heading over all columns is at most so many type sizes from their middle.
OFF_MIDDLE = 1.5
#: Text outside may extend at most this far (points) into the grid.
REACH = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The surroundings of the grids on a page.

    Attributes:
        text: The text outside of them.
        rules: The horizontal rules of the page; some underline headings.
        feet: The lower ends of grids that have only headings.
        totals: The grids with one row of figures; their words are also in the text.
    """

    text: TabularText
    rules: Sequence[Edge]
    feet: Sequence[float] = ()
    totals: Sequence[BBox] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """The cells of a grid, the places of its rows and columns, and the free text around it.

    Attributes:
        rows: The y range of each row.
        rules: The horizontal rules above it.
        feet: Lower ends of grids of headings above it.
        totals: The grids with one row of figures.
        left: Where its labels begin: at the left end of the grid where it has none outside.
    """

    drafts: tuple[Draft, ...]
    box: BBox
    rows: tuple[tuple[float, float], ...]
    columns: Columns
    text: TabularText
    rules: tuple[Edge, ...]
    feet: tuple[float, ...]
    totals: tuple[BBox, ...]
    left: float


def with_margins(drafts: Sequence[Draft], around: Surroundings, sideways: Iterable[Word]) -> list[Draft]:
    """The cells of a table, with those that are outside of its rules.

    Args:
        drafts: The cells of a grid of rules.
        around: The surroundings of the page's grids.
        sideways: The turned words of the page that are in no table.
    """
    grid = _drafts_to_grid(drafts, around)
    if grid is None:
        return list(drafts)
    labelled = _with_labels(grid)
    totalled = _with_lines_below(labelled)
    headed = _has_header(grid.drafts)
    if headed:
        return list(totalled.drafts)
    return with_turned_heads(_with_lines_above(totalled).drafts, sideways)


def is_row_of_figures(drafts: Sequence[Draft]) -> bool:
    """Whether a grid is one row, mostly of figures: the totals of the grid above it."""
    filled = [draft for draft in drafts if draft.words]
    return len({draft.row for draft in drafts}) == 1 and sum(map(_is_figure, filled)) > FIGURES * len(filled)


def _drafts_to_grid(drafts: Sequence[Draft], around: Surroundings) -> _Grid | None:
    """The grid; None where the cells do not show the place of every row and column."""
    rows = _extents([(draft.row, draft.rowspan, draft.box.top, draft.box.bottom) for draft in drafts])
    columns = _extents([(draft.column, draft.colspan, draft.box.x0, draft.box.x1) for draft in drafts])
    if len(rows) < LEAST_ROWS or len(columns) < LEAST_ROWS:
        return None
    box = BBox(columns[0][0], rows[0][0], columns[-1][1], rows[-1][1])
    gutters = tuple((start, start) for start, _ in columns[1:])
    return _Grid(
        drafts=tuple(drafts),
        box=box,
        rows=rows,
        columns=Columns(gutters, box.x0, box.x1, BLANK),
        text=around.text,
        rules=tuple(rule for rule in around.rules if rule.at < box.top - REACH),
        feet=tuple(foot for foot in around.feet if foot < box.top),
        totals=tuple(around.totals),
        left=box.x0,
    )


def _extents(cells: Sequence[tuple[int, int, float, float]]) -> tuple[tuple[float, float], ...]:
    """The range of each row (column), by cells that are in one only.

    Args:
        cells: Row (column), rowspan (colspan), start and end of each.
    """
    found: dict[int, tuple[float, float]] = {}
    count = 0
    for index, span, start, end in cells:
        count = max(count, index + span)
        if span == 1:
            low, high = found.get(index, (start, end))
            found[index] = min(low, start), max(high, end)
    return tuple(found[index] for index in range(count)) if len(found) == count else ()


def _has_header(drafts: Sequence[Draft]) -> bool:
    """Whether the first row has words, not figures, beside its label."""
    first = [draft for draft in drafts if draft.row == 0 and draft.words and draft.column > 0]
    return sum(map(_is_figure, first)) < FIGURES * len(first)


def _is_figure(draft: Draft) -> bool:
    return words_to_segment(draft.words).numeric


def _with_labels(grid: _Grid) -> _Grid:
    """The grid with a first column of the texts on its left, if most rows have one beside them."""
    labels = _row_labels(grid)
    filled = {draft.row for draft in grid.drafts if draft.words}
    if len(labels) < max(LEAST_ROWS, LABELLED * len(filled)):
        return grid
    left = min(segment.box.x0 for row in labels.values() for segment in row)
    cells = [
        Draft(
            row=row,
            column=0,
            words=tuple(word for segment in labels.get(row, ()) for word in segment.words),
            box=BBox(left, top, grid.box.x0, bottom),
        )
        for row, (top, bottom) in enumerate(grid.rows)
    ]
    drafts = (*cells, *(replace(draft, column=draft.column + 1) for draft in grid.drafts))
    gutter = max(segment.box.x1 for row in labels.values() for segment in row)
    gutters = ((min(gutter, grid.box.x0), grid.box.x0), *grid.columns.gutters)
    return replace(grid, drafts=drafts, columns=replace(grid.columns, gutters=gutters, left=left), left=left)


def _row_labels(grid: _Grid) -> dict[int, list[Segment]]:
    """The text beside each row; none where the grid's own first column has words, or the text is no label."""
    first = [draft for draft in grid.drafts if draft.column == 0 and draft.words]
    labels: dict[int, list[Segment]] = {}
    if sum(map(_is_figure, first)) < FIGURES * len(first):
        return labels
    for index, (top, bottom) in enumerate(grid.rows):
        for line in grid.text.inside(BBox(0.0, top, grid.box.x0, bottom), 0.0):
            label = line[-1]
            if label.box.x1 > grid.box.x0 + REACH or id(label) in grid.text.prose:
                return {}
            labels.setdefault(index, []).append(label)
    return labels


def _with_lines_below(grid: _Grid) -> _Grid:
    """The grid, with the lines of figures directly below it."""
    box = grid.box._replace(x0=grid.left, top=grid.box.bottom, bottom=float("inf"))
    lines: list[TextLine] = []
    foot = grid.box.bottom
    labels = [draft for draft in grid.drafts if not draft.column and draft.words]
    named = sum(map(_is_figure, labels)) < FIGURES * len(labels)
    for row in grid.text.inside(box, REACH):
        line = _row_to_line(row, grid.columns)
        numeric = sum(segment.numeric for segment in row) >= len(row) / 2
        is_page_number = named and len(row) == 1 and not grid.columns.of(line.segments[0])[1]
        if is_page_number or not (_fits(row, foot, grid) and numeric):
            break
        lines.append(line)
        foot = lines[-1].bottom
    count = len(grid.rows)
    drafts = [draft for index, line in enumerate(lines) for draft in row_to_drafts([line], count + index, grid.columns)]
    return _with_rows(grid, drafts, len(lines), above=False)


def _with_lines_above(grid: _Grid) -> _Grid:
    """The grid, with the lines of headings and of figures directly above it."""
    box = grid.box._replace(x0=grid.left, top=0.0, bottom=grid.box.top)
    lines: list[TextLine] = []
    head = grid.box.top
    kept = 0
    for row in reversed(grid.text.inside(box, REACH)):
        if len(lines) == MOST_LINES or not _fits(row, head, grid):
            break
        lines.insert(0, _row_to_line(row, grid.columns))
        head = lines[0].top
        headed = any(0 <= head - foot <= NEAR * row[0].size for foot in grid.feet)
        kept = len(lines) if len(row) > 1 or headed or (kept and _is_spanner(row[0], grid)) else kept
    lines = lines[len(lines) - kept :]
    if not lines:
        return grid
    count = lines_to_header_count(lines, (), grid.columns) if any(_has_figures(line) for line in lines) else len(lines)
    rules = tuple(rule for rule in grid.rules if rule.at > head)
    drafts = lines_to_header(lines[:count], Edges(rules, ()), grid.columns)
    depth = max((draft.row + draft.rowspan for draft in drafts), default=0)
    for group in lines_to_rows(lines[count:], grid.columns, ()):
        drafts += row_to_drafts(group, depth, grid.columns)
        depth += 1
    return _with_rows(grid, drafts, depth, above=True)


def _is_spanner(heading: Segment, grid: _Grid) -> bool:
    """Whether the heading is over the middle of all columns except that of labels."""
    _, right = grid.columns.extent(grid.columns.count - 1)
    middle = (grid.columns.extent(1)[0] + right) / 2
    return abs(heading.box.x0 + heading.box.x1 - 2 * middle) < 2 * OFF_MIDDLE * heading.size


def _has_figures(line: TextLine) -> bool:
    return sum(segment.numeric for segment in line.segments) >= max(1, len(line.segments) // 2)


def _fits(row: Sequence[Segment], end: float, grid: _Grid) -> bool:
    """Whether a line outside is near the grid (or the line before it), and fits into its columns."""
    gap = max(row[0].box.top - end, end - row[0].box.bottom)
    ruled = any(box.x0 < row[-1].box.x0 < box.x1 and box.top < row[-1].box.top < box.bottom for box in grid.totals)
    if gap > (NEAR_RULED if ruled else NEAR) * row[0].size or any(
        id(s) in grid.text.prose or id(s) in grid.text.captions for s in row
    ):
        return False
    line = _row_to_line(row, grid.columns)
    spans = [grid.columns.of(segment) for segment in line.segments]
    inside = all(grid.left - REACH <= s.box.x0 and s.box.x1 <= grid.box.x1 + s.size for s in row)
    fitting = sum(first == last for first, last in spans) >= FITTING * len(spans)
    return inside and (fitting or (len(row) == 1 and _is_spanner(row[0], grid)))


def _row_to_line(row: Sequence[Segment], columns: Columns) -> TextLine:
    return row_to_text_line([word for segment in row for word in segment.words], columns)


def _with_rows(grid: _Grid, drafts: Sequence[Draft], count: int, *, above: bool) -> _Grid:
    """The grid with so many further rows, which are blank where they have no cell."""
    if not drafts:
        return grid
    box = boxes_to_box([draft.box for draft in drafts])
    rows = len(grid.rows)
    if above:
        added = with_blanks(drafts, count, grid.columns, box)
        moved = (replace(draft, row=draft.row + count) for draft in grid.drafts)
        return replace(grid, drafts=(*added, *moved))
    lowered = [replace(draft, row=draft.row - rows) for draft in drafts]
    added = [replace(draft, row=draft.row + rows) for draft in with_blanks(lowered, count, grid.columns, box)]
    return replace(grid, drafts=(*grid.drafts, *added))
