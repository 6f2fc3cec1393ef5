"""Which cells label others: the rows of the header, and the names of rows, with their indents."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.model import Cell, Line, Table
from pipeline.extraction.tables.cells import word_to_angle
from pipeline.extraction.tables.segments import are_figures, is_year
from pipeline.extraction.text.lines import line_to_size

#: A header has at most this share of the rows.
HEADER = 0.5
#: The share of the cells right of the first column that hold figures where the first column is labels.
FIGURES = 0.5
#: The share of the first column's cells that may hold figures all the same (years, ages, numbers of items).
FIGURED_LABELS = 0.5
#: The share of a row's cells that must be bold to make it the header of a table that has no figures.
BOLD = 0.7
#: From one depth to the next a label is indented by at least this share of the type size.
STEP = 0.4
#: More depths than this are no indents but labels that are set at will.
MOST = 5
#: So few labels say nothing.
LEAST = 3


def mark_headers(table: Table) -> Table:
    """The table with its header rows counted and its labelling cells marked."""
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
    """How many of the first rows are header: those above the first figure, or the first row where it alone is bold."""
    right = [cell for cell in table.cells if cell.column > 0 and cell.lines]
    first = next((cell.row for cell in right if _begins_body(cell)), None)
    if first is None or first > HEADER * table.rows:
        first = 1 if _is_bold_row(table, 0) and not _is_bold_row(table, 1) else 0
    return _to_whole_cells(table, min(first, _first_section(table)))


def _begins_body(cell: Cell) -> bool:
    """Whether the cell holds a figure, and none that may be a heading (a year, a turned one, a group's) or a dash."""
    text = cell_text(cell)
    figure = is_figure(cell) and any(map(str.isdigit, text)) and cell.colspan == 1
    return figure and not is_year(text) and not is_turned(cell)


def _first_section(table: Table) -> int:
    """The first row but the topmost that has text in its first cell only: the heading of a section."""
    texts: dict[int, list[int]] = {}
    for cell in table.cells:
        if cell.lines:
            texts.setdefault(cell.row, []).append(cell.column)
    covered = {row for cell in table.cells if cell.lines for row in range(cell.row + 1, cell.row + cell.rowspan)}
    return next((row for row in range(1, table.rows) if texts.get(row) == [0] and row not in covered), table.rows)


def _to_whole_cells(table: Table, rows: int) -> int:
    """Fewer where a cell below the first row (a group's label) reaches into the body, more where one in it does."""
    rows = min([rows, *(cell.row for cell in table.cells if 0 < cell.row < rows < cell.row + cell.rowspan)])
    reach = max((cell.row + cell.rowspan for cell in table.cells if cell.row < rows), default=0)
    return reach if reach <= HEADER * table.rows or reach == rows else 0


def cell_text(cell: Cell) -> str:
    """The cell's words with blanks between them."""
    return " ".join(word.text for line in cell.lines for word in line.words)


def is_figure(cell: Cell) -> bool:
    """Whether the cell holds only figures, or signs in place of figures."""
    return are_figures([word.text for line in cell.lines for word in line.words])


def is_turned(cell: Cell) -> bool:
    """Whether the cell's text is turned, as headings of narrow columns are."""
    return any(word_to_angle(word) for line in cell.lines for word in line.words)


def label_is_bold(cell: Cell) -> bool:
    """Whether most of the cell's characters are bold."""
    chars = [char for line in cell.lines for word in line.words for char in word.chars]
    return sum(1 for char in chars if char.bold) > len(chars) / 2


def _is_bold_row(table: Table, row: int) -> bool:
    cells = [cell for cell in table.cells if cell.row == row and cell.lines]
    return bool(cells) and sum(1 for cell in cells if label_is_bold(cell)) >= BOLD * len(cells)


def _first_column_labels(table: Table, header_rows: int) -> bool:
    """Whether the first column names the rows: words there, figures on its right."""
    body = [cell for cell in table.cells if cell.row >= header_rows and cell.lines]
    first = [cell for cell in body if cell.column == 0]
    right = [cell for cell in body if cell.column > 0]
    return bool(first) and _share(right) >= FIGURES and _share(first) <= FIGURED_LABELS


def _share(cells: Sequence[Cell]) -> float:
    return sum(1 for cell in cells if is_figure(cell)) / len(cells) if cells else 0.0


def mark_indents(table: Table) -> Table:
    """The table with the depth of each row's label noted; where labels are centred or flush right there is none."""
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
    """Whether the labels' left edges agree better than their middles and their right edges do."""
    left = _spread([line.box.x0 for line in lines])
    middle = _spread([line.box.x0 + line.box.x1 for line in lines]) / 2
    return left < min(middle, _spread([line.box.x1 for line in lines]))


def _spread(places: Sequence[float]) -> float:
    """How far the places are from each other on average."""
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
