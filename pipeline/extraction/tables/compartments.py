"""Columns of a header between two vertical rules, with one heading for all of them in the middle."""

from collections.abc import Sequence

from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.rules import Edge
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.text_lines import TextLine

#: A heading is in the middle of its compartment if it is at most this share of the width from it.
OFF_MIDDLE = 0.1
#: Or at most this many type sizes from it.
NEAR_MIDDLE = 1.0
#: A group has at least so many columns with headings of their own.
GROUP = 2


def segment_to_compartment(
    segment: Segment,
    line: TextLine,
    table: tuple[Sequence[Edge], Columns],
    deeper: Sequence[tuple[int, int]],
) -> tuple[int, int] | None:
    """The columns between the vertical rules left and right of a heading, if it is the heading of all of them.

    It is if it is alone in their middle, and several of them have headings of their own below.

    Args:
        segment: A segment of a line of the header.
        line: The line.
        table: The vertical rules and the columns of the table.
        deeper: The first and last column of each heading on the lines below.
    """
    vertical, columns = table
    ats = [rule.at for rule in vertical if rule.start <= line.middle <= rule.end]
    middle = (segment.box.x0 + segment.box.x1) / 2
    left = max((at for at in ats if at <= segment.box.x0), default=None)
    right = min((at for at in ats if at >= segment.box.x1), default=None)
    if left is None and right is None:
        return None
    start, end = columns.left if left is None else left, columns.right if right is None else right
    inside = [column for column in range(columns.count) if start < sum(columns.extent(column)) / 2 < end]
    headed = {span for span in deeper if span[0] == span[1] and span[0] in inside}
    alone = not any(start < other.box.x0 < end for other in line.segments if other is not segment)
    off = abs(middle - (start + end) / 2)
    if not alone or len(headed) < GROUP or off > max(OFF_MIDDLE * (end - start), NEAR_MIDDLE * segment.size):
        return None
    return inside[0], inside[-1]
