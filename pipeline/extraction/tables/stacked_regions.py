"""Tables below each other in one region: separated at a repeated head, other columns, or a dark band."""

from collections.abc import Sequence
from itertools import dropwhile, pairwise

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Fill, Word
from pipeline.extraction.tables.open_tables import Region, rows_to_columns
from pipeline.extraction.tables.rules import Edges, edges_inside
from pipeline.extraction.tables.segments import row_to_segments
from pipeline.extraction.tables.text_lines import words_to_level_rows
from pipeline.extraction.text.lines import word_to_size

#: A table has at least so many lines with several texts.
LINES = 3
#: Two tables are separated if their lines together have at least so many columns fewer than the lines of each.
LOST = 2
#: Each of them must have at least so many columns.
COLUMNS = 4
#: Without a title above it, a repeated head is this many times as far below the line above as lines are before it.
FAR = 1.5
#: This gap is also at least so many type sizes, from bottom to top.
APART = 2.0
#: With more lines of one text than this, the region has sections, and only bands separate it.
MOST_CUTS = 6
#: A band covers at least this share of the region's width.
ACROSS = 0.9
#: A band is at most so many type sizes high.
HIGH = 2.5
#: A band is at most this bright (the mean of red, green and blue), so its text is light.
DARK = 0.4

Row = Sequence[Word]


def region_to_stacked(region: Region, fills: Sequence[Fill]) -> list[Region]:
    """The regions of the tables in it, from the top; the region itself where it has only one table.

    A line of one text between two of them, or above a repeated head, is a title, and is in neither.

    Args:
        region: A region between rules, or of aligned lines.
        fills: Of the page.
    """
    rows = words_to_level_rows(region.words) if region.words else []
    again = _repeated_head(rows)
    if again:
        return [
            whole
            for part in (_without_title(rows[:again]), rows[again:])
            for whole in region_to_stacked(_rows_to_part(part, region), fills)
        ]
    single = [index for index, row in enumerate(rows) if index and _is_single(row)]
    bands = [fill.box for fill in fills if _is_dark(fill) and _is_across(fill.box, region)] if single else []
    for cut in single:
        above, below = rows[:cut], list(dropwhile(_is_single, rows[cut:]))
        is_first = len(single) <= MOST_CUTS and not _is_single(rows[cut - 1])
        if (_is_in_band(rows[cut], bands) and not _has_lines(above)) or (
            is_first and _have_other_columns(above, below, region)
        ):
            parts = [_rows_to_part(part, region) for part in (above, below) if part]
            return [whole for part in parts for whole in region_to_stacked(part, fills)]
    return [region]


def _repeated_head(rows: Sequence[Row]) -> int:
    """The index of the line where the head of the first lines is repeated; 0 where there is none.

    It is repeated only below a title that begins further left, or far below the line above; else it is a usual row.
    """
    first = next((index for index, row in enumerate(rows) if not _is_single(row)), len(rows))
    if first == len(rows) or _is_of_figures(rows[first]):
        return 0
    head = [word.text for word in rows[first]]
    gaps = [_top(below) - max(word.box.bottom for word in above) for above, below in pairwise(rows)]
    for index in range(first + LINES, len(rows) - LINES + 1):
        if [word.text for word in rows[index]] == head:
            titled = _is_single(rows[index - 1]) and rows[index - 1][0].box.x0 < rows[index][0].box.x0
            far = max(FAR * max(gaps[first : index - 1]), APART * word_to_size(rows[index][0]))
            if titled or gaps[index - 1] > far:
                return index
    return 0


def _top(row: Row) -> float:
    return min(word.box.top for word in row)


def _is_of_figures(row: Row) -> bool:
    segments = row_to_segments(row)
    return sum(segment.numeric for segment in segments) > len(segments) / 2


def _without_title(rows: Sequence[Row]) -> Sequence[Row]:
    """The lines, without lines of one text at their end."""
    end = len(rows)
    while end > 1 and _is_single(rows[end - 1]):
        end -= 1
    return rows[:end]


def _is_single(row: Row) -> bool:
    return len(row_to_segments(row)) == 1


def _has_lines(rows: Sequence[Row]) -> bool:
    return sum(1 for row in rows if not _is_single(row)) >= LINES


def _have_other_columns(above: Sequence[Row], below: Sequence[Row], region: Region) -> bool:
    """Whether the lines below have other columns: both parts together have fewer columns than each of them."""
    if not (_has_lines(above) and _has_lines(below)):
        return False
    least = rows_to_columns(above, region).count
    least = min(least, rows_to_columns(below, region).count) if least >= COLUMNS else 0
    return least >= COLUMNS and rows_to_columns([*above, *below], region).count <= least - LOST


def _rows_to_part(rows: Sequence[Row], region: Region) -> Region:
    words = tuple(word for row in rows for word in row)
    extent = boxes_to_box([word.box for word in words])
    box = region.box._replace(top=extent.top, bottom=extent.bottom)
    inner = edges_inside(Edges(region.horizontal, region.vertical), box)
    return Region(words=words, box=box, horizontal=inner.horizontal, vertical=inner.vertical)


def _is_dark(fill: Fill) -> bool:
    return fill.colour is not None and sum(fill.colour) / 3 <= DARK


def _is_across(box: BBox, region: Region) -> bool:
    width = region.box.x1 - region.box.x0
    return min(box.x1, region.box.x1) - max(box.x0, region.box.x0) >= ACROSS * width


def _is_in_band(row: Row, bands: Sequence[BBox]) -> bool:
    middle = (row[0].box.top + row[0].box.bottom) / 2
    high = HIGH * word_to_size(row[0])
    return any(box.top <= middle <= box.bottom <= box.top + high for box in bands)
