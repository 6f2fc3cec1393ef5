"""Headings in a separate grid of one or two rows, above the table whose header they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.extraction.model import BBox
from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.tables.segments import words_to_segment

#: A strip has at most so many rows.
MOST_ROWS = 2
#: A strip has at least so many columns.
LEAST_COLUMNS = 3
#: At most this share of its cells holds figures.
FIGURES = 0.5
#: The table begins at most this far (points) below the strip.
BELOW = 16.0
#: The table may begin at most this far (points) above the lower edge of the strip.
INTO = 3.0
#: The text of a column may extend at most this far (points) beyond its heading's cell.
BEYOND = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadStrip:
    """A grid that may be a header.

    Attributes:
        drafts: Its cells.
        box: Its outline.
    """

    drafts: tuple[Draft, ...]
    box: BBox


def drafts_to_strip(drafts: Sequence[Draft], box: BBox) -> HeadStrip | None:
    """The strip; None where the grid is too high or narrow, or its first row has no words.

    Args:
        drafts: The cells of a grid of rules.
        box: Its outline.
    """
    rows = max((draft.row + draft.rowspan for draft in drafts), default=0)
    filled = [draft for draft in drafts if draft.words and draft.row == 0]
    if not 0 < rows <= MOST_ROWS or len(filled) < LEAST_COLUMNS:
        return None
    if sum(1 for draft in filled if words_to_segment(draft.words).numeric) > FIGURES * len(filled):
        return None
    return HeadStrip(drafts=tuple(drafts), box=box)


def with_strip(drafts: Sequence[Draft], strip: HeadStrip) -> list[Draft] | None:
    """The cells of a table below the strip, with the strip as header; None where the two do not fit.

    Rows of the table within the strip (headings found without their grid) are replaced, unless they have more
    cells: then a cell of the strip has the headings of several columns.

    Args:
        drafts: The cells of the table.
        strip: A strip on the same page.
    """
    inside = [draft for draft in drafts if draft.words and _is_in(draft, strip.box)]
    if len(inside) > sum(1 for draft in strip.drafts if draft.words):
        return None
    start = max((draft.row + draft.rowspan for draft in inside), default=0)
    body = [replace(draft, row=draft.row - start) for draft in drafts if draft.row >= start]
    tops = [word.box.top for draft in body for word in draft.words]
    if not tops or not -INTO <= min(tops) - strip.box.bottom <= BELOW:
        return None
    count = max(draft.column + draft.colspan for draft in drafts)
    heads = _strip_to_heads(strip, [_column_extent(drafts, column) for column in range(count)])
    if heads is None:
        return None
    rows = max(draft.row + draft.rowspan for draft in heads)
    return [*heads, *(replace(draft, row=draft.row + rows) for draft in body)]


def _is_in(draft: Draft, box: BBox) -> bool:
    return all(box.top <= (word.box.top + word.box.bottom) / 2 <= box.bottom for word in draft.words)


def _column_extent(drafts: Sequence[Draft], column: int) -> tuple[float, float] | None:
    """The x range of the column's text, or of its cells where it has none."""
    cells = [draft for draft in drafts if draft.column == column and draft.colspan == 1]
    spots = [word.box for draft in cells for word in draft.words] or [draft.box for draft in cells]
    return (min(box.x0 for box in spots), max(box.x1 for box in spots)) if spots else None


def _strip_to_heads(strip: HeadStrip, columns: Sequence[tuple[float, float] | None]) -> list[Draft] | None:
    """The strip's cells over the table's columns, and blank cells over others; None where a cell has no column."""
    heads: list[Draft] = []
    rows = max(draft.row + draft.rowspan for draft in strip.drafts)
    taken: set[tuple[int, int]] = set()
    for draft in strip.drafts:
        under = [index for index, extent in enumerate(columns) if extent and _is_under(extent, draft.box)]
        if not under and draft.words:
            return None
        if under:
            span = under[-1] - under[0] + 1
            heads.append(replace(draft, column=under[0], colspan=span, header=True))
            taken |= {(row, under[0] + i) for row in range(draft.row, draft.row + draft.rowspan) for i in range(span)}
    blank = strip.box._replace(x1=strip.box.x0)
    heads += [
        Draft(row=row, column=column, box=blank, header=True)
        for row in range(rows)
        for column in range(len(columns))
        if (row, column) not in taken
    ]
    return heads if len(heads) == len({(draft.row, draft.column) for draft in heads}) else None


def _is_under(extent: tuple[float, float], box: BBox) -> bool:
    middle = (extent[0] + extent[1]) / 2
    return box.x0 <= middle < box.x1 and extent[0] >= box.x0 - BEYOND and extent[1] <= box.x1 + BEYOND
