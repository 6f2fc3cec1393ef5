"""Lines of a table's body to rows: which lines continue the row above them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.continuation import FARTHEST, Setting, goes_on, lines_to_setting
from pipeline.extraction.tables.rules import Edge
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.text_lines import TextLine

#: The middles of two lines of one cell are at most this many type sizes apart.
LEADING = 1.45
#: The line distance within a cell is less than this share of the table's usual row distance.
TIGHT = 0.93
#: A line had no room for one more word if less than this (in type sizes) would have been left.
ROOM = 0.3
#: So many figures below each other are several rows, even in one column only.
STACK = 3
#: A line with a label and at least so many cells in all is a row; a line below it with one text is none.
WHOLE_ROW = 5
#: A line that begins this far (in type sizes) left of the one above does not continue it.
OUTDENT = 0.4


def lines_to_rows(
    lines: Sequence[TextLine], columns: Columns, rules: Sequence[Edge] = (), setting: Setting | None = None
) -> list[list[TextLine]]:
    """The lines of each row: a line continues the one above it, or begins a row; a rule always separates them.

    Args:
        lines: Of the body, or of a part of it, from the top.
        columns: Of the table.
        rules: The horizontal rules.
        setting: The usual values in the whole body; computed from these lines where it is not given.
    """
    setting = setting or lines_to_setting([lines], columns)
    rows: list[list[TextLine]] = []
    for index, line in enumerate(lines):
        ruled = rows and any(rows[-1][-1].middle < rule.at < line.middle for rule in rules)
        if rows and not ruled and not _is_apart(rows[-1], line, columns) and _goes_on(lines, index, columns, setting):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _is_apart(row: Sequence[TextLine], line: TextLine, columns: Columns) -> bool:
    """Whether a cell of the row would have a blank line in it if the line continued the row."""
    last = {columns.of(segment): above for above in row for segment in above.segments}
    return any(
        line.middle - above.middle > FARTHEST * line.size
        for above in [last.get(columns.of(segment)) for segment in line.segments]
        if above is not None
    )


def _goes_on(lines: Sequence[TextLine], index: int, columns: Columns, setting: Setting) -> bool:
    """Whether a line continues the one above: by fixed rules where it has figures, else by the trained scorer."""
    above, line = lines[index - 1], lines[index]
    upper = {columns.of(segment): segment for segment in above.segments}
    if line.middle - above.middle <= LEADING * above.size and _is_remainder(
        upper, {columns.of(segment): segment for segment in line.segments}
    ):
        return True
    if any(_is_figure(segment, upper.get(columns.of(segment))) for segment in line.segments):
        return continues(above, line, columns, setting)
    return goes_on(lines, index, columns, setting)


def _is_figure(segment: Segment, above: Segment | None) -> bool:
    """Whether a text is a figure, and neither begins in parentheses nor ends those of the text above ("2009)")."""
    closing = above is not None and _is_open(above.text) and ")" in segment.text and "(" not in segment.text
    return segment.numeric and not segment.text.startswith("(") and not closing


def _is_open(text: str) -> bool:
    return text.count("(") > text.count(")")


def has_stacked_figures(lines: Sequence[TextLine], columns: Columns) -> bool:
    """Whether two columns have figures below each other in these lines, or one has three: then they are rows."""
    heights: Counter[tuple[int, int]] = Counter()
    for line in lines:
        heights.update(columns.of(segment) for segment in line.segments if segment.numeric)
    return sum(1 for height in heights.values() if height > 1) > 1 or max(heights.values(), default=0) >= STACK


def continues(above: TextLine, line: TextLine, columns: Columns, setting: Setting) -> bool:
    """Whether every cell of the line continues the cell above, which had no room for one more word.

    One of the two lines may have cells that the other lacks (figures are beside the first or the last line of
    a label), but not both.
    """
    step = line.middle - above.middle
    if step > LEADING * above.size:
        return False
    upper = {columns.of(segment): segment for segment in above.segments}
    lower = {columns.of(segment): segment for segment in line.segments}
    shared = upper.keys() & lower.keys()
    if not shared or (upper.keys() - shared and lower.keys() - shared):
        return False
    if _is_remainder(upper, lower):
        return True
    if not all(wraps(upper[key], lower[key], setting.ends[key[1]]) for key in shared):
        return False
    return step < TIGHT * setting.pitch or all(_reads_on(upper[key], lower[key]) for key in shared)


def _is_remainder(upper: Mapping[tuple[int, int], Segment], lower: Mapping[tuple[int, int], Segment]) -> bool:
    """Whether a line has only the rest of a text, flush below it, right of the row's label; it may be a figure.

    Texts are divided anywhere (bank statements divide words), so room on the line above shows nothing.
    The label and the other cells of the row show that the line alone is no row.

    Args:
        upper: The line above, by columns: the row's first line, or a rest, too.
        lower: The line by columns.
    """
    [(key, rest), *others] = lower.items()
    text = upper.get(key)
    if others or text is None or text.numeric or key[0] == 0:
        return False
    begins = (0, 0) in upper and len(upper) >= WHOLE_ROW
    return (begins or len(upper) == 1) and abs(rest.box.x0 - text.box.x0) <= OUTDENT * text.size


def wraps(upper: Segment, lower: Segment, end: float) -> bool:
    """Whether the lower line may continue the upper one, which had no room for one more word at its end."""
    if upper.numeric or lower.numeric or upper.bold != lower.bold or _is_outdented(upper, lower):
        return False
    first = lower.words[0].box
    return upper.box.x1 + first.x1 - first.x0 + ROOM * upper.size >= end or lower.text[0].islower()


def _is_outdented(upper: Segment, lower: Segment) -> bool:
    """Whether the lower line begins further left, and the two are neither centred nor flush right."""
    out = OUTDENT * upper.size
    off = abs(upper.box.x0 + upper.box.x1 - lower.box.x0 - lower.box.x1) / 2
    return upper.box.x0 - lower.box.x0 > out and off > out and abs(upper.box.x1 - lower.box.x1) > out


def _reads_on(upper: Segment, lower: Segment) -> bool:
    """Whether the words show that the text continues."""
    return lower.text[0].islower() or upper.text.endswith((",", "-", "/", "\u2013", "&"))
