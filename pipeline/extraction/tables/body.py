"""The body of a table without a grid: its rows, and cells in the middle of several rows that they belong to."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import Word
from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.tables.columns import Columns
from pipeline.extraction.tables.continuation import Setting, lines_to_setting
from pipeline.extraction.tables.rows import has_stacked_figures, lines_to_rows, wraps
from pipeline.extraction.tables.rules import Edge
from pipeline.extraction.tables.segments import Segment
from pipeline.extraction.tables.spanning_labels import LabelLine, LabelRun, lines_to_label_runs
from pipeline.extraction.tables.text_lines import TextLine

#: Rules separate all rows of a table if they separate at least so many groups of lines.
RULED_ROWS = 3
#: Fewer groups do if a cell has at least so many words on average, and a group so many lines: sentences.
SENTENCES = 10
TALL = 5
#: Of two lines that overlap by more than this share of the lower one's height, only one can be a row.
OVERLAP = 0.1
#: A line between two others whose distance is at most so many usual line distances is no row.
SQUEEZED = 1.4
#: The weight of figures on a line, in cells, when it is decided which of two lines is a row.
FIGURES = 0.5
#: How many lines back an overlapping line is looked for.
WINDOW = 5
#: A section heading over all columns is at most this far (in type sizes) from the table's middle, and begins at least
#: so far from its left end.
CENTRED = 0.5
INDENTED = 2.0

#: The lines of one row.
Row = Sequence[TextLine]


def lines_to_body(lines: Sequence[TextLine], columns: Columns, rules: Sequence[Edge], first: int) -> list[Draft]:
    """The cells of the body.

    Args:
        lines: Of the body, from the top.
        columns: Of the table.
        rules: The horizontal ones.
        first: The number of the body's first row.
    """
    bands = lines_to_bands(lines, columns, rules)
    setting = lines_to_setting([lines_to_level(band, columns)[0] for band in bands], columns)
    ruled = len(bands) >= RULED_ROWS or (len(bands) > 1 and _hold_sentences(bands, columns))
    if ruled and not any(_are_several_rows(band, columns, setting) for band in bands):
        return [draft for index, band in enumerate(bands) for draft in row_to_drafts(band, first + index, columns)]
    drafts: list[Draft] = []
    count = first
    for band in bands:
        added, rows = band_to_drafts(band, count, columns, (rules, setting))
        drafts += added
        count += rows
    return drafts


def _hold_sentences(bands: Sequence[Sequence[TextLine]], columns: Columns) -> bool:
    """Whether the cells would have many words each, in many lines, if every group of lines was a row."""
    words = sum(len(segment.words) for band in bands for line in band for segment in line.segments)
    lines = sum(len(band) for band in bands)
    return words >= SENTENCES * len(bands) * columns.count and lines >= TALL * len(bands)


def _are_several_rows(band: Sequence[TextLine], columns: Columns, setting: Setting) -> bool:
    """Whether a line between two rules does not continue the one above it, in at least half of the columns of both.

    It does not if there was room for one more word, or if figures are below each other.
    """
    if has_stacked_figures(band, columns) or (setting.listed is not None and len(band) > 1):
        return True
    level, _ = lines_to_level(band, columns)
    for above, line in pairwise(level):
        upper = {columns.of(segment): segment for segment in above.segments}
        lower = {columns.of(segment): segment for segment in line.segments}
        shared = upper.keys() & lower.keys()
        apart = sum(1 for key in shared if not wraps(upper[key], lower[key], setting.ends[key[1]]))
        apart += any(upper[key].numeric and lower[key].numeric for key in shared)
        if len(shared) > 1 and 2 * apart > len(shared) == max(len(upper), len(lower)):
            return True
    return False


def lines_to_bands(lines: Sequence[TextLine], columns: Columns, rules: Sequence[Edge]) -> list[list[TextLine]]:
    """The lines between two consecutive full rules."""
    full = [rule.at for rule in rules if columns.are_crossed_by(rule.start, rule.end)]
    bands: dict[int, list[TextLine]] = {}
    for line in lines:
        bands.setdefault(bisect_left(full, line.middle), []).append(line)
    return list(bands.values())


def band_to_drafts(
    band: Sequence[TextLine], first: int, columns: Columns, inner: tuple[Sequence[Edge], Setting]
) -> tuple[list[Draft], int]:
    """The cells of a band, and its number of rows."""
    level, floating = lines_to_level(band, columns)
    rows = _with_parenthesised(lines_to_rows(level, columns, *inner), floating, columns)
    spans: list[Draft] = []
    taken: set[int] = set()
    for start, end in _rows_to_stretches(rows):
        top = rows[start - 1][-1].middle if start else float("-inf")
        bottom = rows[end][0].middle if end < len(rows) else float("inf")
        near = _lines_to_columns([line for line in floating if top < line.middle < bottom], columns)
        held = [_lines_to_columns(row, columns) for row in rows[start:end]]
        middles = [_middle(row) for row in rows[start:end]]
        for column in range(columns.count):
            inside = [row.get(column, []) for row in held]
            for run, segments in _column_to_runs(near.get(column, []), inside, middles, is_first=column == 0):
                taken.update(map(id, segments))
                spans.append(_segments_to_draft(segments, first + start + run.first_row, column, run))
    middles = [_middle(row) for row in rows]
    for line in floating:
        rest = [segment for segment in line.segments if id(segment) not in taken]
        if rest:
            nearest = min(range(len(rows)), key=lambda index: abs(middles[index] - line.middle))
            rows[nearest].append(TextLine(tuple(rest), line.top, line.bottom))
    drafts = [
        draft for index, row in enumerate(rows) for draft in row_to_drafts(_without(row, taken), first + index, columns)
    ]
    return [*spans, *drafts], len(rows)


def _rows_to_stretches(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """The ranges of rows (start, end) between rows that have a single text, which are section headings."""
    lone = [index for index, row in enumerate(rows) if sum(len(line.segments) for line in row) == 1]
    cuts = [-1, *lone, len(rows)]
    return [(start + 1, end) for start, end in pairwise(cuts) if end > start + 1]


def _with_parenthesised(rows: Sequence[Row], floating: Sequence[TextLine], columns: Columns) -> list[list[TextLine]]:
    """The rows; one that has only parentheses is joined to the row above if a label is in the middle of both."""
    out: list[list[TextLine]] = []
    for row in rows:
        if (
            out
            and all(segment.text.startswith("(") for line in row for segment in line.segments)
            and _keys(row[0], columns) <= _keys(out[-1][0], columns)
            and any(out[-1][0].middle < line.middle < row[-1].middle for line in floating)
        ):
            out[-1].extend(row)
        else:
            out.append(list(row))
    return out


def _without(row: Row, taken: set[int]) -> list[TextLine]:
    lines = []
    for line in row:
        kept = tuple(segment for segment in line.segments if id(segment) not in taken)
        if kept:
            lines.append(TextLine(kept, line.top, line.bottom))
    return lines


def _middle(row: Row) -> float:
    return (min(line.top for line in row) + max(line.bottom for line in row)) / 2


def lines_to_level(band: Sequence[TextLine], columns: Columns) -> tuple[list[TextLine], list[TextLine]]:
    """The lines that are rows (or parts of rows), and those between them, in the middle of several rows.

    Of overlapping lines, those with the most cells together are rows.
    """
    squeezed = _squeezed(band, columns)
    lines = [line for index, line in enumerate(band) if index not in squeezed]
    best: list[tuple[float, tuple[int, ...]]] = []
    for index, line in enumerate(lines):
        weight = _weight(line)
        before: tuple[float, tuple[int, ...]] = (0.0, ())
        for earlier in range(max(0, index - WINDOW), index):
            if not _collide(lines[earlier], line, columns) and best[earlier][0] > before[0]:
                before = best[earlier]
        best.append((before[0] + weight, (*before[1], index)))
    chosen = set(max(best, key=lambda found: found[0])[1]) if best else set()
    level = [line for index, line in enumerate(lines) if index in chosen]
    floating = [line for index, line in enumerate(lines) if index not in chosen]
    floating += [band[index] for index in squeezed]
    return level, sorted(floating, key=lambda line: line.middle)


def _weight(line: TextLine) -> float:
    """How much a line looks like a row: the number of its cells, and a bit more for figures."""
    return len(line.segments) + FIGURES * any(segment.numeric for segment in line.segments)


def _keys(line: TextLine, columns: Columns) -> set[int]:
    spans = [columns.of(segment) for segment in line.segments]
    return {column for start, end in spans for column in range(start, end + 1)}


def _collide(above: TextLine, line: TextLine, columns: Columns) -> bool:
    """Whether two lines overlap and have no common column: one of them is in the middle of rows beside it."""
    least = OVERLAP * min(above.bottom - above.top, line.bottom - line.top)
    return above.bottom - line.top > least and not _keys(above, columns) & _keys(line, columns)


def _squeezed(band: Sequence[TextLine], columns: Columns) -> set[int]:
    """The lines between two that are as close as rows, with nothing in the columns of both."""
    steps = [b.middle - a.middle for a, b in pairwise(band) if len(a.segments) > 1 and len(b.segments) > 1]
    if not steps:
        return set()
    pitch = median(steps)
    found = set()
    for index in range(1, len(band) - 1):
        above, line, below = band[index - 1 : index + 2]
        keys = _keys(line, columns)
        around = _keys(above, columns), _keys(below, columns)
        if (
            below.middle - above.middle <= SQUEEZED * pitch
            and not keys & (around[0] | around[1])
            and around[0] & around[1]
            and _weight(line) <= min(_weight(above), _weight(below))
        ):
            found.add(index)
    return found


def _lines_to_columns(lines: Iterable[TextLine], columns: Columns) -> dict[int, list[Segment]]:
    """The texts of the lines that are in one column, by column."""
    found: dict[int, list[Segment]] = {}
    for line in lines:
        for segment in line.segments:
            first, last = columns.of(segment)
            if first == last:
                found.setdefault(first, []).append(segment)
    return found


def _column_to_runs(
    loose: Sequence[Segment], held: Sequence[Sequence[Segment]], middles: Sequence[float], *, is_first: bool
) -> Iterator[tuple[LabelRun, list[Segment]]]:
    """The cells of a column in the middle of several rows; none where all are level with a row.

    Args:
        loose: Texts between rows.
        held: Texts of each row.
        middles: Of the rows.
        is_first: Whether it is the first column.
    """
    blank = [not segments for segments in held]
    if not loose and not (is_first and _may_be_centred(blank)):
        return
    segments = sorted([*loose, *(s for row in held for s in row)], key=lambda s: s.box.top + s.box.bottom)
    runs = lines_to_label_runs([LabelLine((s.box.top + s.box.bottom) / 2, s.size) for s in segments], middles)
    if runs is None:
        return
    for run in runs:
        if run.last_row > run.first_row:
            yield run, segments[run.first_line : run.last_line + 1]


def _may_be_centred(blank: Sequence[bool]) -> bool:
    """Whether labels with blanks around them may be in the middle of the rows that they name."""
    return len(blank) > 2 and any(blank) and not all(blank) and not (not blank[0] and blank[1])  # noqa: PLR2004 — the middle of three is the first that can be told


def row_to_drafts(row: Row, index: int, columns: Columns) -> list[Draft]:
    """The cells of one row."""
    cells: dict[tuple[int, int], list[Word]] = {}
    for line in row:
        for segment in line.segments:
            span = columns.of(segment)
            if len(row) == len(line.segments) == 1:
                span = _lone_span(segment, span, columns)
            cells.setdefault(span, []).extend(segment.words)
    merged: list[tuple[int, int, list[Word]]] = []
    for (first, last), words in sorted(cells.items()):
        if merged and first <= merged[-1][1]:
            start, end, before = merged.pop()
            merged.append((start, max(last, end), [*before, *words]))
        else:
            merged.append((first, last, words))
    return [_words_to_draft(index, (first, last), words) for first, last, words in merged]


def _lone_span(segment: Segment, span: tuple[int, int], columns: Columns) -> tuple[int, int]:
    """The columns of the only text of a row: all, or all but the first, where it is over several or in the middle."""
    off = abs(segment.box.x0 + segment.box.x1 - columns.left - columns.right) / 2
    indented = segment.box.x0 - columns.left >= INDENTED * segment.size
    if (span[0] > 0 or indented) and off <= CENTRED * segment.size and not segment.numeric:
        return 0, columns.count - 1
    return (min(span[0], 1), columns.count - 1) if span[0] < span[1] else span


def _words_to_draft(row: int, span: tuple[int, int], words: Sequence[Word]) -> Draft:
    box = boxes_to_box([word.box for word in words])
    return Draft(row=row, column=span[0], colspan=span[1] - span[0] + 1, words=tuple(words), box=box)


def _segments_to_draft(segments: Sequence[Segment], row: int, column: int, run: LabelRun) -> Draft:
    words = tuple(word for segment in segments for word in segment.words)
    return Draft(
        row=row,
        column=column,
        rowspan=run.last_row - run.first_row + 1,
        words=words,
        box=boxes_to_box([word.box for word in words]),
    )
