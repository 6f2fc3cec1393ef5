"""Finds the cells that label others: rows of the header, and names of rows with their indents."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.model import Cell, Line, Table
from pipeline.extraction.tables.cells import word_to_angle
from pipeline.extraction.tables.segments import are_figures, is_year
from pipeline.extraction.text.lines import line_to_size

#: A header has at most this share of the rows.
HEADER = 0.5
#: The first column has labels if at least this share of the cells right of it has figures.
FIGURES = 0.5
#: At most this share of the first column's cells may have figures (years, ages, item numbers).
FIGURED_LABELS = 0.5
#: In a table without figures, a row is the header if at least this share of its cells is bold.
BOLD = 0.7
#: Labels of neighbouring depths differ in their indents by at least this share of the type size.
STEP = 0.4
#: With more depths than this, the labels have no indents, but arbitrary positions.
MOST = 5
#: With fewer labels than this, indents cannot be found.
LEAST = 3


def mark_headers(table: Table) -> Table:
    """The table with the number of its header rows, and with its labelling cells marked."""
    rows = table.header_rows or table_to_header_rows(table)
    labels = _first_column_labels(table, rows)
    cells = tuple(
        _marked(cell, header=bool(cell.lines) and (cell.row < rows or (labels and cell.column == 0)))
        for cell in table.cells
    )
    return replace(table, cells=cells, header_rows=rows)


def _marked(cell: Cell, *, header: bool) -> Cell:
    return cell if cell.header == header else replace(cell, header=header)


def table_to_header_rows(table: Table) -> int:
    """The number of header rows: those above the first figure, or the first row if only that one is bold."""
    right = [cell for cell in table.cells if cell.column > 0 and cell.lines]
    first = next((cell.row for cell in right if _begins_body(cell)), None)
    if first is None or first > HEADER * table.rows:
        first = 1 if _is_bold_row(table, 0) and not _is_bold_row(table, 1) else 0
    return _to_whole_cells(table, min(first, _first_section(table)))


def _begins_body(cell: Cell) -> bool:
    """Whether the cell has a figure that is no heading: no year, no turned one, and none over several columns."""
    text = cell_text(cell)
    figure = is_figure(cell) and any(map(str.isdigit, text)) and cell.colspan == 1
    return figure and not is_year(text) and not is_turned(cell)


def _first_section(table: Table) -> int:
    """The first row, after the topmost, that has text in its first cell only: a section heading."""
    texts: dict[int, list[int]] = {}
    for cell in table.cells:
        if cell.lines:
            texts.setdefault(cell.row, []).append(cell.column)
    covered = {row for cell in table.cells if cell.lines for row in range(cell.row + 1, cell.row + cell.rowspan)}
    return next((row for row in range(1, table.rows) if texts.get(row) == [0] and row not in covered), table.rows)


def _to_whole_cells(table: Table, rows: int) -> int:
    """Fewer rows where a cell below the first row (a group's label) extends into the body; more for one within it."""
    rows = min([rows, *(cell.row for cell in table.cells if 0 < cell.row < rows < cell.row + cell.rowspan)])
    reach = max((cell.row + cell.rowspan for cell in table.cells if cell.row < rows), default=0)
    return reach if reach <= HEADER * table.rows or reach == rows else 0


def cell_text(cell: Cell) -> str:
    """The cell's words, separated by blanks."""
    return " ".join(word.text for line in cell.lines for word in line.words)


def is_figure(cell: Cell) -> bool:
    """Whether the cell has only figures, or signs in the place of figures."""
    return are_figures([word.text for line in cell.lines for word in line.words])


def is_turned(cell: Cell) -> bool:
    """Whether the cell's text is turned, as headings of narrow columns may be."""
    return any(word_to_angle(word) for line in cell.lines for word in line.words)


def label_is_bold(cell: Cell) -> bool:
    """Whether most of the cell's characters are bold."""
    chars = [char for line in cell.lines for word in line.words for char in word.chars]
    return sum(1 for char in chars if char.bold) > len(chars) / 2


def _is_bold_row(table: Table, row: int) -> bool:
    cells = [cell for cell in table.cells if cell.row == row and cell.lines]
    return bool(cells) and sum(1 for cell in cells if label_is_bold(cell)) >= BOLD * len(cells)


def _first_column_labels(table: Table, header_rows: int) -> bool:
    """Whether the first column has the names of rows: words, with figures to their right."""
    body = [cell for cell in table.cells if cell.row >= header_rows and cell.lines]
    first = [cell for cell in body if cell.column == 0]
    right = [cell for cell in body if cell.column > 0]
    return bool(first) and _share(right) >= FIGURES and _share(first) <= FIGURED_LABELS


def _share(cells: Sequence[Cell]) -> float:
    return sum(1 for cell in cells if is_figure(cell)) / len(cells) if cells else 0.0


def mark_indents(table: Table) -> Table:
    """The table with the depth of each row's label; no depths where labels are centred or flush right."""
    labels = [cell for cell in table.cells if _is_label(cell, table)]
    lines = [label.lines[0] for label in labels]
    if len(labels) < LEAST or not _are_flush_left(lines):
        return table
    depths = _lefts_to_depths([line.box.x0 for line in lines], STEP * min(map(line_to_size, lines)))
    if max(depths) in {0, MOST}:
        return table
    found = {id(label): depth for label, depth in zip(labels, depths, strict=True)}
    cells = (replace(cell, indent=found[id(cell)]) if found.get(id(cell)) else cell for cell in table.cells)
    return replace(table, cells=tuple(cells))


def _is_label(cell: Cell, table: Table) -> bool:
    return cell.header and cell.column == 0 and cell.row >= table.header_rows and bool(cell.lines)


def _are_flush_left(lines: Sequence[Line]) -> bool:
    """Whether the labels' left edges are more equal than their middles and right edges."""
    left = _spread([line.box.x0 for line in lines])
    middle = _spread([line.box.x0 + line.box.x1 for line in lines]) / 2
    return left < min(middle, _spread([line.box.x1 for line in lines]))


def _spread(places: Sequence[float]) -> float:
    """The average distance between the places."""
    ordered = sorted(places)
    middle = ordered[len(ordered) // 2]
    return sum(abs(place - middle) for place in ordered) / len(ordered)


def _lefts_to_depths(lefts: Sequence[float], step: float) -> list[int]:
    """The depth of each left edge, 0 for the leftmost; at most MOST."""
    starts: list[float] = []
    for left in sorted(lefts):
        if not starts or left - starts[-1] >= step:
            starts.append(left)
    return [min(MOST, sum(start <= left for start in starts) - 1) for left in lefts]
