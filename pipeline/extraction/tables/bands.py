"""The words of a lattice: into its cells, and rows and columns apart that no rule divides."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.extraction.model import BBox, Word
from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.tables.columns import Columns, lines_to_gutters
from pipeline.extraction.tables.lattice import Lattice, Span
from pipeline.extraction.tables.rows import TextLine, lines_to_rows, row_to_text_line
from pipeline.extraction.tables.segments import BLANK, is_value, row_to_segments, row_to_units, words_to_rows

#: A gutter within a ruled column runs through at least so many lines.
SUPPORT = 3
#: The share of a cell's lines that must be figures to make it a stack of them.
FIGURES = 0.8
#: So many figures below each other are several rows even in one cell alone.
STACK = 3
#: A gap of more than this many type sizes between two lines is a blank line.
PARAGRAPH = 0.8


def lattice_to_drafts(lattice: Lattice, words: Sequence[Word]) -> list[Draft]:
    """The cells of the grid with the words whose middle is inside."""
    owner: dict[tuple[int, int], int] = {}
    for index, span in enumerate(lattice.spans):
        for row in range(span.row, span.row + span.rowspan):
            for column in range(span.column, span.column + span.colspan):
                owner[row, column] = index
    inside: dict[int, list[Word]] = {}
    for word in words:
        row = bisect_right(lattice.ys, (word.box.top + word.box.bottom) / 2) - 1
        column = bisect_right(lattice.xs, (word.box.x0 + word.box.x1) / 2) - 1
        if (row, column) in owner:
            inside.setdefault(owner[row, column], []).append(word)
    drafts: list[Draft] = []
    for index, span in enumerate(lattice.spans):
        drafts += _split_span(lattice, span, inside.get(index, []))
    return drafts


def _split_span(lattice: Lattice, span: Span, words: Sequence[Word]) -> list[Draft]:
    """The cell, or a cell for each of its columns where no word crosses their borders and gaps are wide."""
    box = lattice.span_box(span)
    whole = Draft(
        row=span.row, column=span.column, rowspan=span.rowspan, colspan=span.colspan, words=tuple(words), box=box
    )
    if span.colspan == 1 or not words:
        return [whole]
    borders = lattice.xs[span.column + 1 : span.column + span.colspan]
    cells: list[list[Word]] = [[] for _ in range(span.colspan)]
    for row in words_to_rows(words):
        for segment in row_to_segments(row):
            first, last = bisect_right(borders, segment.box.x0 + 1), bisect_right(borders, segment.box.x1 - 1)
            if first != last:
                return [whole]
            cells[first] += segment.words
    if sum(1 for cell in cells if cell) == 1:
        return [whole]
    return [
        Draft(
            row=span.row,
            column=span.column + index,
            rowspan=span.rowspan,
            words=tuple(cell),
            box=BBox(lattice.xs[span.column + index], box.top, lattice.xs[span.column + index + 1], box.bottom),
        )
        for index, cell in enumerate(cells)
    ]


def lattice_is_coarse(lattice: Lattice, drafts: Sequence[Draft]) -> bool:
    """Whether a column of the grid holds several columns of text, or cells over several of its rows hold rows of it."""
    tall: dict[tuple[int, int], list[Draft]] = {}
    for draft in drafts:
        if draft.rowspan > 1:
            tall.setdefault((draft.row, draft.rowspan), []).append(draft)
    if any(_has_stacked_figures(band) for band in tall.values()):
        return True
    for column in range(len(lattice.xs) - 1):
        words = [w for draft in drafts if draft.column == column and draft.colspan == 1 for w in draft.words]
        rows = words_to_rows(words)
        several = [row for row in rows if len(row_to_segments(row)) > 1]
        if len(several) < max(SUPPORT, len(rows) / 2):
            continue
        for left, right in lines_to_gutters([row_to_units(row) for row in several]):
            both = sum(1 for row in rows if row[0].box.x0 < left and row[-1].box.x1 > right)
            if both >= max(SUPPORT, len(rows) / 2):
                return True
    return False


def split_bands(drafts: Sequence[Draft], lattice: Lattice) -> list[Draft]:
    """Rows that no rule divides, apart."""
    columns = Columns(tuple((x, x) for x in lattice.xs[1:-1]), lattice.xs[0], lattice.xs[-1], BLANK)
    out: list[Draft] = []
    shift = 0
    count = len(lattice.ys) - 1
    for row in range(count):
        band = [d for d in drafts if d.row == row]
        alone = [d for d in band if d.rowspan == 1]
        covering = any(d.row < row < d.row + d.rowspan for d in drafts) or len(alone) < len(band)
        groups = [] if covering else band_to_groups(alone, columns)
        if not groups:
            out += [replace(d, row=d.row + shift) for d in band]
            continue
        out += _groups_to_drafts(groups, alone, row + shift)
        shift += len(groups) - 1
    return out


def band_to_groups(band: Sequence[Draft], columns: Columns) -> list[list[TextLine]]:
    """The rows of text in a band between two rules; none where nothing shows that there are several."""
    rows = words_to_rows([word for draft in band for word in draft.words])
    lines = [row_to_text_line(row, columns) for row in rows]
    if _has_stacked_figures(band):
        return lines_to_rows(lines, columns, ())
    return _lines_to_paragraphs(lines, columns)


def _has_stacked_figures(band: Sequence[Draft]) -> bool:
    """Whether two cells hold nothing but figures below each other, or one three of them."""
    heights = []
    for draft in band:
        rows = words_to_rows(draft.words)
        figures = sum(1 for row in rows if all(is_value(word.text) for word in row))
        if figures > 1 and figures >= FIGURES * len(rows):
            heights.append(figures)
    return len(heights) > 1 or max(heights, default=0) >= STACK


def _lines_to_paragraphs(lines: Sequence[TextLine], columns: Columns) -> list[list[TextLine]]:
    """Lines parted by blank ones, where at least two of the parts have a label and more."""
    if not lines:
        return []
    groups = [[lines[0]]]
    for above, line in pairwise(lines):
        if line.top - above.bottom > PARAGRAPH * line.size:
            groups.append([line])
        else:
            groups[-1].append(line)
    spans = [{columns.of(segment)[0] for line in group for segment in line.segments} for group in groups]
    return groups if sum(1 for span in spans if 0 in span and len(span) > 1) > 1 else []


def _groups_to_drafts(groups: Sequence[Sequence[TextLine]], band: Sequence[Draft], row: int) -> list[Draft]:
    top, bottom = min(d.box.top for d in band), max(d.box.bottom for d in band)
    borders = [top, *((a[-1].bottom + b[0].top) / 2 for a, b in pairwise(groups)), bottom]
    drafts = []
    for index, (upper, lower) in enumerate(pairwise(borders)):
        for d in band:
            words = tuple(w for w in d.words if upper <= (w.box.top + w.box.bottom) / 2 < lower)
            drafts.append(replace(d, row=row + index, words=words, box=BBox(d.box.x0, upper, d.box.x1, lower)))
    return drafts


def is_upright(word: Word) -> bool:
    """Whether the word reads from left to right on the page as shown."""
    return all([char.upright for char in word.chars])  # noqa: C419 — half the time, and this runs for every glyph


def with_sideways_words(drafts: Sequence[Draft], words: Sequence[Word]) -> list[Draft]:
    """The cells with the turned words whose middle is inside: headings are turned where columns are narrow."""
    out = list(drafts)
    for word in words:
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
        for index, draft in enumerate(out):
            if draft.box.x0 <= x < draft.box.x1 and draft.box.top <= y < draft.box.bottom:
                out[index] = replace(draft, words=(*draft.words, word))
                break
    return out
