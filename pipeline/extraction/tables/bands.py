"""Puts words into the cells of a lattice, and separates rows and columns that no rule separates."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from pipeline.extraction.model import BBox, Word
from pipeline.extraction.tables.cells import Draft, word_to_angle, words_to_turned_lines
from pipeline.extraction.tables.centred_labels import has_centred_label
from pipeline.extraction.tables.columns import Columns, lines_to_gutters
from pipeline.extraction.tables.continuation import lines_to_setting
from pipeline.extraction.tables.lattice import Lattice
from pipeline.extraction.tables.rows import lines_to_rows
from pipeline.extraction.tables.segments import BLANK, is_value, row_to_segments, row_to_units, words_to_rows
from pipeline.extraction.tables.text_lines import TextLine, row_to_text_line

#: A gutter within a ruled column must run through at least so many lines.
SUPPORT = 3
#: The middle of a text is at most this many type sizes from that of its heading.
UNDER = 0.5
#: A cell is a stack of figures if at least this share of its lines are figures.
FIGURES = 0.8
#: So many figures below each other are several rows, even in a single cell.
STACK = 3
#: A cell that spans so many columns may be a row.
WIDE_SPAN = 3
#: Lines are rows if at least this share of them has a text in most columns.
FULL_LINES = 0.75
#: A grid lies on its side if at least this share of its words does.
SIDEWAYS = 0.9
#: The middle of a turned heading is at most this share of its column's width from the column's middle.
OFF_MIDDLE = 0.3
#: A gap of more than this many type sizes between two lines is a blank line.
PARAGRAPH = 0.8


def lattice_to_drafts(lattice: Lattice, words: Sequence[Word]) -> list[Draft]:
    """The cells of the grid, each with the words whose middle is inside it."""
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
        words = tuple(inside.get(index, ()))
        drafts += split_span(
            Draft(
                row=span.row,
                column=span.column,
                rowspan=span.rowspan,
                colspan=span.colspan,
                words=words,
                box=lattice.span_box(span),
            ),
            lattice.xs,
        )
    return drafts


def split_span(draft: Draft, xs: Sequence[float]) -> list[Draft]:
    """The cell; or one cell for each of its columns where no word crosses their borders and the gaps are wide.

    Args:
        draft: A cell of a grid.
        xs: The borders of the grid's columns.
    """
    if draft.colspan == 1 or not draft.words:
        return [draft]
    borders = xs[draft.column + 1 : draft.column + draft.colspan]
    cells: list[list[Word]] = [[] for _ in range(draft.colspan)]
    for row in words_to_rows(draft.words):
        for segment in row_to_segments(row):
            first, last = bisect_right(borders, segment.box.x0 + 1), bisect_right(borders, segment.box.x1 - 1)
            if first != last:
                return [draft]
            cells[first] += segment.words
    return [draft] if sum(1 for cell in cells if cell) == 1 else _cells_to_drafts(draft, cells, xs)


def _cells_to_drafts(draft: Draft, cells: Sequence[Sequence[Word]], xs: Sequence[float]) -> list[Draft]:
    """The cell as one cell for each of its columns, with these words."""
    return [
        replace(
            draft,
            column=column,
            colspan=1,
            words=tuple(words),
            box=draft.box._replace(x0=xs[column], x1=xs[column + 1]),
        )
        for column, words in enumerate(cells, draft.column)
    ]


def lattice_is_coarse(lattice: Lattice, drafts: Sequence[Draft]) -> bool:
    """Whether a column of the grid has several columns of text, or cells that span several of its rows have rows."""
    tall: dict[tuple[int, int], list[Draft]] = {}
    for draft in drafts:
        if draft.rowspan > 1:
            tall.setdefault((draft.row, draft.rowspan), []).append(draft)
    if any(_has_stacked_figures(band) for band in tall.values()):
        return True
    flat = [[draft for draft in drafts if draft.row == row] for row in range(len(lattice.ys) - 1)]
    if any(map(has_centred_label, flat)):
        return True
    return any(_has_several_columns(drafts, column) for column in range(len(lattice.xs) - 1))


def _has_several_columns(drafts: Sequence[Draft], column: int) -> bool:
    """Whether a gutter runs through most lines of a column between two rules."""
    words = [word for draft in drafts if draft.column == column and draft.colspan == 1 for word in draft.words]
    rows = words_to_rows(words)
    several = [row for row in rows if len(row_to_segments(row)) > 1]
    if len(several) < max(SUPPORT, len(rows) / 2):
        return _are_under_headings(rows)
    for left, right in lines_to_gutters([row_to_units(row) for row in several]):
        both = sum(1 for row in rows if row[0].box.x0 < left and row[-1].box.x1 > right)
        if both >= max(SUPPORT, len(rows) / 2):
            return True
    return False


def _are_under_headings(rows: Sequence[Sequence[Word]]) -> bool:
    """Whether the first line has several headings, and each text of the other lines is below the middle of one.

    Each heading has a text below; columns of ticks look like that.
    """
    head, *body = [row_to_segments(row) for row in rows] or [[]]
    under: set[int] = set()
    for segment in (segment for line in body for segment in line):
        off = [abs(h.box.x0 + h.box.x1 - segment.box.x0 - segment.box.x1) / 2 for h in head]
        nearest = min(range(len(head)), key=lambda index: off[index])
        if off[nearest] > UNDER * segment.size:
            return False
        under.add(nearest)
    return len(head) > 1 and len(body) >= SUPPORT and len(under) == len(head)


def holds_rows(drafts: Sequence[Draft]) -> bool:
    """Whether many lines of the words are a label and figures, as rows of a table are."""
    lines = [row_to_segments(row) for row in words_to_rows([word for draft in drafts for word in draft.words])]
    rows = [line for line in lines if not line[0].numeric and len(line) > 1 and all(s.numeric for s in line[1:])]
    return len(rows) >= SUPPORT and len(rows) >= len(lines) / 2


def split_bands(drafts: Sequence[Draft], lattice: Lattice) -> list[Draft]:
    """Separate rows that no rule separates; a cell beside them spans all of them."""
    columns = Columns(tuple((x, x) for x in lattice.xs[1:-1]), lattice.xs[0], lattice.xs[-1], BLANK)
    bands: dict[int, list[Draft]] = {row: [] for row in range(len(lattice.ys) - 1)}
    for draft in drafts:
        if draft.rowspan == 1:
            bands[draft.row].append(draft)
    lines = {row: _band_to_lines(band, columns) for row, band in bands.items()}
    setting = lines_to_setting([lines[row] for row in bands if row > 0], columns, lattice.xs[1:])
    groups = {row: _band_to_groups(band, lines[row], columns) for row, band in bands.items()}
    if setting.listed is not None:
        groups |= {row: lines_to_rows(lines[row], columns, (), setting) for row in bands if row > 0 and not groups[row]}
    starts = [0, *accumulate(max(1, len(groups[row])) for row in bands)]
    out = [
        replace(draft, row=starts[draft.row], rowspan=starts[draft.row + draft.rowspan] - starts[draft.row])
        for draft in drafts
        if draft.rowspan > 1 or not groups[draft.row]
    ]
    if len(groups[0]) < 2 and max(map(len, groups.values())) > 1:  # noqa: PLR2004 — one row, and several
        out = [replace(draft, header=draft.row == 0) for draft in out]
    for row, band in bands.items():
        for draft in _groups_to_drafts(groups[row], band, starts[row]) if groups[row] else ():
            out += split_span(draft, lattice.xs)
    return out


def _band_to_groups(band: Sequence[Draft], lines: Sequence[TextLine], columns: Columns) -> list[list[TextLine]]:
    """The rows of text in a band between two rules; none where there is no evidence for several rows."""
    if _has_stacked_figures(band) or _holds_rows(band, columns) or _are_rows_of_words(lines, columns):
        return lines_to_rows(lines, columns)
    return _lines_to_paragraphs(lines, columns)


def _band_to_lines(band: Sequence[Draft], columns: Columns) -> list[TextLine]:
    rows = words_to_rows([word for draft in band for word in draft.words])
    return [row_to_text_line(row, columns) for row in rows]


def _holds_rows(band: Sequence[Draft], columns: Columns) -> bool:
    """Whether a cell that spans several columns has a line with a text in each: a row below a section heading."""
    for draft in band:
        if draft.colspan >= WIDE_SPAN:
            lines = [row_to_text_line(row, columns) for row in words_to_rows(draft.words)]
            spans = [[columns.of(segment) for segment in line.segments] for line in lines]
            if len(lines) > 1 and any(len({a for a, b in span if a == b}) == draft.colspan for span in spans):
                return True
    return False


def _are_rows_of_words(lines: Sequence[TextLine], columns: Columns) -> bool:
    """Whether most lines have a text in the first column and in most others, as rows have."""
    full = 0
    for line in lines:
        spans = {columns.of(segment)[0] for segment in line.segments}
        full += 0 in spans and len(spans) > max(2, columns.count) / 2
    return len(lines) >= STACK and columns.count > 1 and full >= FULL_LINES * len(lines)


def _has_stacked_figures(band: Sequence[Draft]) -> bool:
    """Whether two cells have only figures below each other, or one cell has three of them."""
    heights = []
    for draft in band:
        rows = words_to_rows(draft.words)
        figures = sum(1 for row in rows if all(is_value(word.text) for word in row))
        if figures > 1 and figures >= FIGURES * len(rows):
            heights.append(figures)
    return len(heights) > 1 or max(heights, default=0) >= STACK


def _lines_to_paragraphs(lines: Sequence[TextLine], columns: Columns) -> list[list[TextLine]]:
    """Groups of lines separated by blank lines, where at least two groups have a label and more."""
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


def with_sideways_words(drafts: Sequence[Draft], words: Sequence[Word], xs: Sequence[float]) -> list[Draft]:
    """The cells with the turned words whose middle is inside; headings are turned where columns are narrow.

    Args:
        drafts: Of a grid.
        words: Turned ones.
        xs: The borders of the grid's columns; headings in one cell over several columns are separated there.
    """
    turned: dict[int, list[Word]] = {}
    for word in words:
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
        for index, draft in enumerate(drafts):
            if draft.box.x0 <= x < draft.box.x1 and draft.box.top <= y < draft.box.bottom:
                turned.setdefault(index, []).append(word)
                break
    out: list[Draft] = []
    for index, draft in enumerate(drafts):
        added = turned.get(index, ())
        whole = replace(draft, words=(*draft.words, *added)) if added else draft
        out += _split_turned(whole, xs) if added and draft.colspan > 1 and not draft.words else [whole]
    return out


def _split_turned(draft: Draft, xs: Sequence[float]) -> list[Draft]:
    """The cell; or one cell for each of its columns where one turned line is over the middle of each."""
    borders = xs[draft.column : draft.column + draft.colspan + 1]
    angles = {word_to_angle(word) for word in draft.words}
    lines = words_to_turned_lines(draft.words, angles.pop()) if len(angles) == 1 else []
    cells: dict[int, tuple[Word, ...]] = {}
    for line in lines:
        middle = (line.box.x0 + line.box.x1) / 2
        column = bisect_right(borders, middle) - 1
        off = abs(2 * middle - borders[column] - borders[column + 1]) / 2
        if column in cells or off > OFF_MIDDLE * (borders[column + 1] - borders[column]):
            return [draft]
        cells[column] = line.words
    return _cells_to_drafts(draft, [cells.get(i, ()) for i in range(draft.colspan)], xs) if len(cells) > 1 else [draft]


def drafts_to_upright(drafts: Sequence[Draft]) -> list[Draft]:
    """The cells of a grid that lies on its side, turned for reading where nearly all of its text is turned."""
    angles = [word_to_angle(word) for draft in drafts for word in draft.words]
    for angle in (90, 270):
        if angles and angles.count(angle) >= SIDEWAYS * len(angles):
            return _turned_grid(drafts, upwards=angle == 90)  # noqa: PLR2004 — text that reads upwards
    return list(drafts)


def _turned_grid(drafts: Sequence[Draft], *, upwards: bool) -> list[Draft]:
    """The first row is the first column where the text reads upwards, else the last column."""
    rows = max(draft.row + draft.rowspan for draft in drafts)
    columns = max(draft.column + draft.colspan for draft in drafts)
    return [
        replace(
            draft,
            row=draft.column if upwards else columns - draft.column - draft.colspan,
            column=rows - draft.row - draft.rowspan if upwards else draft.row,
            rowspan=draft.colspan,
            colspan=draft.rowspan,
        )
        for draft in drafts
    ]
