"""Whether an apparent table is a table, and no chart, form, frame, list, table of contents or page of columns."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extraction.model import Cell, Table
from pipeline.extraction.tables.chart_text import are_axes, are_panels, has_axis
from pipeline.extraction.tables.numbered_formulas import are_numbered_formulas
from pipeline.extraction.tables.registers import is_sparse_table_of_words, is_table_of_words
from pipeline.extraction.tables.row_labels import cell_text, is_figure, label_is_bold

#: At least this share of rows has several cells with text, in more than half of the columns; charts have fewer.
FULL_ROWS = 0.25
#: The same for tables without a grid.
FULL_LINES = 0.4
#: In a short table a larger share of rows must be full: by so many rows.
MARGIN = 0.5
#: At least this share of cells has text.
FILLED = 0.35
#: The least number of cells per place of the grid: in forms and drawings most cells span.
CELLS = 0.35
#: A grid with few figures is a table if it has at least this many cells per place.
REGULAR = 0.9
#: And if at least this share of its columns and rows has a name.
HEADED = 0.6
#: A word that extends beyond its cell by this share of its height runs over the rule.
OVERFLOW = 0.5
#: A cell has at most so many words on average where no rules bound the table.
WORDS = 6.0
#: And at most so many where the table has few figures.
FEW_WORDS = 3.5
#: And at most so many where the file itself calls it a table: those that lay out a page have paragraphs in their cells.
TAGGED_WORDS = 25.0
#: In a table of figures, at least this share of the cells right of the labels has figures.
FIGURES = 0.4
#: In a table of words without rules, at least this share of cells has text.
FILLED_WORDS = 0.7
#: A table has at least so many full rows.
LEAST_ROWS = 2
#: And at least so many where no rules bound it.
OPEN_ROWS = 3
#: Lists, forms and glossaries have two columns.
PAIRS = 2
#: A table of contents has at most these columns: number, title and page.
CONTENTS_COLUMNS = 3
#: The numbers of lines have at most so many digits.
DIGITS = 6
#: In a list, or in contents, at least this share of the lines looks like items.
ITEMS = 0.6

_BULLET = re.compile(r"^(?:[^\w\s]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.):]?\)?|\d+(?:\.\d+)+\.?)$")
_LEADERS = re.compile(r"(?:[.…]\s?){3,}")


def is_lattice_table(table: Table) -> bool:
    """Whether a grid of rules is a table, and no chart, form or drawing."""
    places = table.rows * table.columns
    filled = sum(1 for cell in table.cells if cell.lines)
    if min(table.rows, table.columns) == 1 or _overflows(table) or are_panels(table) or has_axis(table):
        return False
    full = _full_rows(table) >= max(LEAST_ROWS, FULL_ROWS * table.rows) and filled >= FILLED * len(table.cells)
    return (full and len(table.cells) >= CELLS * places) or _is_sparse_table(table)


def is_lone_row(table: Table) -> bool:
    """Whether a grid of one row is the header of a table that continues elsewhere: short texts, some with two lines."""
    return (
        table.rows == 1
        and table.columns > PAIRS
        and all(cell.lines for cell in table.cells)
        and any(len(cell.lines) > 1 for cell in table.cells)
        and is_terse(table)
        and not _overflows(table)
    )


def _is_sparse_table(table: Table) -> bool:
    """Whether a grid with few figures has a heading over each column and a name and a figure in most rows."""
    cells = [cell for cell in table.cells if cell.lines]
    figures = {cell.row for cell in cells if cell.row > 0 and cell.column > 0 and is_figure(cell)}
    first = min(figures, default=1)
    above = [cell for cell in cells if cell.row < first and cell.column > 0 and not is_figure(cell)]
    heads = {column for cell in above for column in range(cell.column, cell.column + cell.colspan)}
    names = {cell.row for cell in cells if cell.row > 0 and cell.column == 0 and not is_figure(cell)}
    return (
        min(table.rows, table.columns) > LEAST_ROWS
        and len(table.cells) >= REGULAR * table.rows * table.columns
        and len(heads) >= HEADED * (table.columns - 1)
        and len(names & figures) >= HEADED * (table.rows - first)
    )


def _overflows(table: Table) -> bool:
    """Whether most of the text runs over the rules of its cells: then a picture is drawn below the text."""
    letters = beyond = 0
    for cell in table.cells:
        for word in (word for line in cell.lines for word in line.words):
            letters += len(word.text)
            out = max(cell.box.x0 - word.box.x0, word.box.x1 - cell.box.x1)
            beyond += len(word.text) if out > OVERFLOW * (word.box.bottom - word.box.top) else 0
    return beyond > letters / 2


def is_shaded_table(table: Table) -> bool:
    """Whether a grid of shaded cells is a table, and no decoration."""
    return is_ruled_table(table) and is_terse(table)


def is_ruled_table(table: Table) -> bool:
    """Whether text between rules is a table."""
    if not is_lattice_table(table) or are_axes(table) or are_numbered_formulas(table):
        return False
    full, least = _full_rows(table), FULL_LINES * table.rows + MARGIN
    return full > least or (full >= OPEN_ROWS and _labelled_rows(table) > least)


def is_headed_table(table: Table) -> bool:
    """Whether lines between two rules are a table: a heading over each column, in a font of their own, short texts."""
    heads = [_cell_to_fonts(cell) for cell in table.cells if cell.row == 0 and cell.lines]
    own = set().union(*heads)
    fonts = {font for cell in table.cells if cell.row > 0 for font in _cell_to_fonts(cell)}
    tall = table.rows > OPEN_ROWS and len(heads) == table.columns > 1
    return tall and len(own) == 1 and not own & fonts and is_terse(table, FEW_WORDS) and is_lattice_table(table)


def _cell_to_fonts(cell: Cell) -> set[str]:
    return {char.font for line in cell.lines for word in line.words for char in word.chars}


def is_tagged_table(table: Table) -> bool:
    """Whether what the file calls a table is one, and neither lays out a page nor numbers a list or contents."""
    laid_out = _is_list(table) or _is_contents(table) or not is_terse(table, TAGGED_WORDS)
    return is_lattice_table(table) and not laid_out


def is_open_table(table: Table) -> bool:
    """Whether a table without rules around it is one: few words per cell, few blanks, no list, no contents."""
    if is_sparse_table_of_words(table):
        return True
    if not is_ruled_table(table) or _full_rows(table) < OPEN_ROWS or not is_terse(table):
        return False
    listed = _is_list(table) or _is_contents(table) or _is_form(table)
    if listed or (_is_numbered(table) and not is_table_of_words(table)):
        return False
    others = [cell for cell in table.cells if cell.lines and cell.column > 0]
    return sum(1 for cell in others if is_figure(cell)) >= FIGURES * len(others) or _is_tidy(table)


def _is_tidy(table: Table) -> bool:
    """Whether a table of words has few blanks, short texts, and a head."""
    filled = sum(1 for cell in table.cells if cell.lines)
    if filled < FILLED_WORDS * len(table.cells) or not is_terse(table, FEW_WORDS) or table.columns <= PAIRS:
        return False
    return _has_bold_head(table) or is_table_of_words(table)


def is_terse(table: Table, words: float = WORDS) -> bool:
    """Whether the cells with text have at most so many words on average."""
    counts = [sum(len(line.words) for line in cell.lines) for cell in table.cells if cell.lines]
    return sum(counts) <= words * len(counts)


def _full_rows(table: Table) -> int:
    """How many rows have text in more than half of the columns, and in more than one cell."""
    columns = [0] * table.rows
    cells = [0] * table.rows
    for cell in table.cells:
        if cell.lines:
            columns[cell.row] += cell.colspan
            cells[cell.row] += 1
    return sum(1 for row in range(table.rows) if cells[row] > 1 and columns[row] > table.columns / 2)


def _labelled_rows(table: Table) -> int:
    """How many rows have only figures beside a label; in a table with blanks they count as full."""
    labelled: set[int] = set()
    figures: set[int] = set()
    words: set[int] = set()
    for cell in table.cells:
        if cell.lines:
            kinds = labelled if cell.column == 0 else figures if is_figure(cell) else words
            kinds.add(cell.row)
    return len(labelled & figures - words)


def _is_list(table: Table) -> bool:
    """Whether marks or numbers are before lines of words."""
    first = [cell_text(cell) for cell in table.cells if cell.column == 0 and cell.lines]
    marks = sum(1 for text in first if _BULLET.match(text))
    return table.columns <= PAIRS and marks >= ITEMS * len(first) and not _are_figures(table, 1)


def _are_figures(table: Table, column: int) -> bool:
    """Whether most cells of a column are figures."""
    cells = [cell for cell in table.cells if cell.column == column and cell.lines]
    return sum(map(is_figure, cells)) >= ITEMS * len(cells)


def _is_contents(table: Table) -> bool:
    """Whether the last of at most three columns has page numbers."""
    last = [cell_text(cell) for cell in table.cells if cell.column == table.columns - 1 and cell.lines]
    pages = [int(text) for text in last if text.isdecimal()]
    leaders = sum(1 for cell in table.cells if _LEADERS.search(cell_text(cell)))
    rising = all(a <= b for a, b in pairwise(pages))
    middle = [cell for cell in table.cells if 0 < cell.column < table.columns - 1 and cell.lines]
    return (
        table.columns <= CONTENTS_COLUMNS
        and not (table.columns == PAIRS and _are_figures(table, 0))
        and sum(map(is_figure, middle)) <= len(middle) / 2
        and len(pages) >= ITEMS * len(last)
        and (rising or leaders >= ITEMS * table.rows)
    )


def _is_form(table: Table) -> bool:
    first = [cell_text(cell) for cell in table.cells if cell.column == 0 and cell.lines]
    return table.columns <= PAIRS and sum(1 for text in first if text.endswith(":")) >= ITEMS * len(first)


def _is_numbered(table: Table) -> bool:
    """Whether one column numbers lines of words (a program, a pleading) and no other column has figures."""
    columns: dict[int, list[str]] = {}
    for cell in table.cells:
        if cell.lines:
            columns.setdefault(cell.column, []).append(cell_text(cell))
    counting = [texts for texts in columns.values() if _counts_up(texts)]
    others = [cell for cell in table.cells if cell.lines and not _counts_up(columns[cell.column])]
    return bool(counting) and sum(1 for cell in others if is_figure(cell)) < FIGURES * len(others)


def _counts_up(texts: Sequence[str]) -> bool:
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) <= DIGITS]
    steps = sum(1 for a, b in pairwise(numbers) if b == a + 1)
    return len(numbers) >= OPEN_ROWS and steps >= ITEMS * (len(texts) - 1)


def _has_bold_head(table: Table) -> bool:
    head = [cell for cell in table.cells if cell.row == 0 and cell.lines]
    body = [cell for cell in table.cells if cell.row > 0 and cell.column > 0 and cell.lines]
    return all(label_is_bold(cell) for cell in head) and sum(1 for cell in body if label_is_bold(cell)) < len(body) / 2
