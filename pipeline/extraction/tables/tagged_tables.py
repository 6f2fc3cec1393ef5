"""Tables that the file itself names, in its structure: they count where the page agrees with them.

Programs tag rightly, wrongly, or to lay a page out. So such a table is taken only if its cells hold every word between
them, its rows stand below each other and its columns beside each other as the structure says, and if it holds every
row of the tables found without it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, product
from typing import NamedTuple

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Table, TaggedTable, Word
from pipeline.extraction.tables.cells import Draft, drafts_to_table
from pipeline.extraction.tables.row_labels import HEADER, mark_headers
from pipeline.extraction.tables.tagged_cells import (
    Extent,
    PlacedCell,
    cells_to_columns,
    cells_to_rows,
    extents_to_gaps,
    tagged_to_cells,
)
from pipeline.extraction.tables.titles_and_notes import strip_frame
from pipeline.extraction.tables.verdict import is_tagged_table
from pipeline.extraction.tables.word_index import WordIndex

#: A table has at least so many cells with text.
LEAST_CELLS = 4


class _Known(NamedTuple):
    """A table.

    Attributes:
        words: Identities of its words.
        headed: Whether the file names its headings.
    """

    table: Table
    words: set[int]
    headed: bool = False


def tables_to_tagged(tables: Sequence[Table], tagged: Iterable[TaggedTable], words: Sequence[Word]) -> list[Table]:
    """The tables of a page, with those that the file names in the place of the ones that they cover.

    Args:
        tables: Found without the structure.
        tagged: Named by the structure.
        words: Of the page.
    """
    index = WordIndex(words)
    named: list[_Known] = []
    taken: set[int] = set()
    for cells in tagged:
        known = _tagged_to_known(cells, index)
        if known is not None and taken.isdisjoint(known.words):
            named.append(known)
            taken |= known.words
    return _merged([_Known(table, _table_to_words(table)) for table in tables], named) if named else list(tables)


def _merged(found: Sequence[_Known], named: Sequence[_Known]) -> list[Table]:
    """Both kinds of tables, without those that the file names but the page knows better.

    These would tear a row out of another table, or differ from it, without headings, by titles and by cells that
    span: programs often leave out that they do.
    """
    taken = set(chain.from_iterable(known.words for known in named))
    touched = [known for known in found if not taken.isdisjoint(known.words)]
    better = [known for known in touched if not _holds_rows(taken, known.table) or _is_known(known, named)]
    if better:
        kept = set(chain.from_iterable(known.words for known in better))
        return _merged(found, [known for known in named if kept.isdisjoint(known.words)])
    free = [known.table for known in found if taken.isdisjoint(known.words)]
    return [*(known.table for known in named), *free]


def _is_known(found: _Known, named: Sequence[_Known]) -> bool:
    """Whether a table without headings that the file names has what was found, or titles besides."""
    return any(
        known.table.columns == found.table.columns
        and (known.table.rows == found.table.rows or known.words > found.words)
        and not known.headed
        and not known.words.isdisjoint(found.words)
        for known in named
    )


def _holds_rows(taken: set[int], table: Table) -> bool:
    """Whether the words are in all of a table's rows of several texts; its titles and notes may be elsewhere."""
    rows: dict[int, list[int]] = {}
    texts = [0] * table.rows
    for cell in table.cells:
        if cell.lines:
            rows.setdefault(cell.row, []).extend(id(word) for line in cell.lines for word in line.words)
            texts[cell.row] += 1
    return all(taken.issuperset(words) for row, words in rows.items() if texts[row] > 1)


def _table_to_words(table: Table) -> set[int]:
    return {id(word) for cell in table.cells for line in cell.lines for word in line.words}


def _tagged_to_known(tagged: TaggedTable, index: WordIndex) -> _Known | None:
    """The table of these cells; None where the page does not agree."""
    cells = tagged_to_cells(tagged, index)
    words = {id(word) for cell in cells for word in cell.words}
    if len(cells) < LEAST_CELLS or sum(len(cell.words) for cell in cells) > len(words):
        return None
    if not words.issuperset(map(id, index.inside(boxes_to_box([cell.box for cell in cells])))):
        return None
    table = drafts_to_table(strip_frame(_cells_to_drafts(cells)), kind="tagged")
    if table is None or not is_tagged_table(table):
        return None
    return _Known(_with_labels(mark_headers(table), cells), _table_to_words(table), headed=table.header_rows > 0)


def _to_borders(extents: Sequence[Extent]) -> list[float]:
    """Where the rows (columns) begin, and where the last one ends."""
    inner = [(end + start) / 2 for end, start in extents_to_gaps(extents)]
    return [min(extent.start for extent in extents), *inner, max(extent.end for extent in extents)]


def _cells_to_drafts(cells: Sequence[PlacedCell]) -> list[Draft]:
    """The cells, blank ones between them, and those of the first rows marked that have only headings."""
    ys, xs = _to_borders(cells_to_rows(cells)), _to_borders(cells_to_columns(cells))
    heads = _count_heads(cells)
    drafts = [
        Draft(
            row=cell.row,
            column=cell.column,
            rowspan=cell.rowspan,
            colspan=cell.colspan,
            words=cell.words,
            box=BBox(xs[cell.column], ys[cell.row], xs[cell.column + cell.colspan], ys[cell.row + cell.rowspan]),
            header=cell.row < heads,
        )
        for cell in cells
    ]
    taken = {
        place
        for cell in cells
        for place in product(range(cell.row, cell.row + cell.rowspan), range(cell.column, cell.column + cell.colspan))
    }
    for row, column in product(range(len(ys) - 1), range(len(xs) - 1)):
        if (row, column) not in taken:
            drafts.append(Draft(row=row, column=column, box=BBox(xs[column], ys[row], xs[column + 1], ys[row + 1])))
    return drafts


def _count_heads(cells: Sequence[PlacedCell]) -> int:
    """How many of the first rows have only headings; none where these are too many to be a head."""
    body = min((cell.row for cell in cells if not cell.header), default=0)
    heads = max((cell.row + cell.rowspan for cell in cells if cell.row < body), default=0)
    return heads if heads <= max(1, HEADER * max(cell.row + cell.rowspan for cell in cells)) else 0


def _with_labels(table: Table, cells: Sequence[PlacedCell]) -> Table:
    """The table, where the headings in its first column label their rows, unless all of its cells are headings."""
    if all(cell.header for cell in cells):
        return table
    named = {id(word) for cell in cells if cell.header and cell.column == 0 for word in cell.words}
    labelled = (
        replace(cell, header=True) if cell.lines and id(cell.lines[0].words[0]) in named else cell
        for cell in table.cells
    )
    return replace(table, cells=tuple(labelled))
