"""Makes tables rectangular: every place of the grid belongs to exactly one cell."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.markup import tags
from pipeline.markup.repairs import Repair
from pipeline.markup.tree import Node, node_to_text, own_attributes

# The most places of a table: no page has so many, and a hostile table would be filled up to rows times columns.
MAX_PLACES: Final = 20_000
# The largest span: no printed table has more, and the cost of a cell grows with its spans.
MAX_SPAN: Final = 200

Content = list[Node | str]


@dataclass(slots=True)
class GridCell:
    """One cell; its place is known after the layout of the grid.

    Attributes:
        attributes: As written.
    """

    content: Content
    header: bool
    rowspan: int
    colspan: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    column: int = 0


@dataclass(slots=True)
class GridRow:
    """The cells that begin in one row."""

    head: bool
    cells: list[GridCell] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A table taken apart.

    Attributes:
        before: Content of the table outside of cells, before the first row; ``after``: the same, later.
        forgotten: Number of characters in cells whose tags were missing; ``stray``: of text in no cell.
    """

    rows: list[GridRow] = field(default_factory=list)
    caption: Content = field(default_factory=list)
    caption_attributes: dict[str, str] = field(default_factory=dict)
    before: Content = field(default_factory=list)
    after: Content = field(default_factory=list)
    forgotten: int = 0
    stray: int = 0

    def groups(self) -> list[Node | str]:
        """The grid as ``thead`` and ``tbody``."""
        head = [_row_to_node(row) for row in self.rows if row.head]
        body = [_row_to_node(row) for row in self.rows if not row.head]
        return [Node(tag, {}, list(rows)) for tag, rows in (("thead", head), ("tbody", body)) if rows]


def table_to_grid(table: Node, clean_cell: Callable[[Node], Content], repairs: set[Repair]) -> Grid:
    """Take a table apart and place its cells without gaps and overlaps.

    Spans are limited to the table and to the free places; rows that end early are filled with empty cells.

    Args:
        table: As written.
        clean_cell: Returns a cell's valid content.
        repairs: Receives what was mended.
    """
    grid = _Collector(clean_cell).grid(table)
    if (grid.stray or grid.forgotten) and _has_lost_cells(grid):
        repairs.add(Repair.LOST_CELLS)
    _join_marked(grid.rows)
    _mark_head(grid)
    head = [row for row in grid.rows if row.head]
    body = [row for row in grid.rows if not row.head]
    width = max(_natural_width(head), _natural_width(body))
    if len(grid.rows) * width > MAX_PLACES:
        repairs.add(Repair.WIDE)
        width = max(1, MAX_PLACES // len(grid.rows))
        _narrow(grid.rows, width)
    grid.rows = []
    for group in (head, body):
        _lay_out(group, width, repairs)
        rows = _without_empty(group)
        _fill_up(rows, width, repairs)
        grid.rows += rows
    return grid


class _Collector:
    """Walks through a table's parts."""

    def __init__(self, clean_cell: Callable[[Node], Content]) -> None:
        self._clean_cell = clean_cell
        self._grid = Grid()
        self._loose: GridRow | None = None

    def grid(self, table: Node) -> Grid:
        self._parts(table, head=False)
        return self._grid

    def _parts(self, group: Node, *, head: bool) -> None:
        for child in group.children:
            tag = child.tag if isinstance(child, Node) else ""
            if isinstance(child, str) or (tag not in tags.TABLE_PARTS):
                self._stray(child)
                continue
            if tag not in tags.CELLS:
                self._loose = None
            self._part(child, head=head)

    def _part(self, part: Node, *, head: bool) -> None:
        if part.tag in tags.CELLS:
            if self._loose is None:
                self._loose = GridRow(head)
                self._grid.rows.append(self._loose)
            self._loose.cells.append(self._cell(part))
        elif part.tag == "tr":
            self._row(part, head=head)
        elif part.tag == "caption":
            self._grid.caption += part.children
            self._grid.caption_attributes |= own_attributes(part)
        else:
            self._parts(part, head=part.tag == "thead")

    def _row(self, node: Node, *, head: bool) -> None:
        row = GridRow(head)
        self._grid.rows.append(row)
        forgotten: Content = []
        for child in node.children:
            if isinstance(child, Node) and child.tag in tags.CELLS:
                self._forgotten_cell(row, forgotten)
                forgotten = []
                row.cells.append(self._cell(child))
            elif isinstance(child, Node) or child.strip():
                forgotten.append(child)
        self._forgotten_cell(row, forgotten)

    def _forgotten_cell(self, row: GridRow, content: Content) -> None:
        """Add text between two cells of a row as a cell: its tag is missing."""
        if any(isinstance(child, str) or child.tag not in {"break", "br"} for child in content):
            row.cells.append(self._cell(Node("td", {}, content)))
            self._grid.forgotten += _characters(content)

    def _stray(self, child: Node | str) -> None:
        if isinstance(child, str) and not child.strip():
            return
        (self._grid.after if self._grid.rows else self._grid.before).append(child)
        self._grid.stray += _characters([child])

    def _cell(self, node: Node) -> GridCell:
        attributes = node.attributes
        return GridCell(
            content=self._clean_cell(node),
            header=node.tag == "th",
            rowspan=_span(attributes["rowspan"]) if "rowspan" in attributes else 1,
            colspan=_span(attributes["colspan"]) if "colspan" in attributes else 1,
            attributes=attributes,
        )


def _characters(content: Content) -> int:
    return sum(len("".join((child if isinstance(child, str) else node_to_text(child)).split())) for child in content)


def _has_lost_cells(grid: Grid) -> bool:
    """Whether the table has more text outside of cells than in cells with tags."""
    inside = sum(_characters(cell.content) for row in grid.rows for cell in row.cells)
    return grid.stray + grid.forgotten > inside - grid.forgotten


def _join_marked(rows: list[GridRow]) -> None:
    """Widen the cells that go on in cells marked by ``data-from``: ``left``, ``above``, or ``both``.

    In such a table every place is written, so the number of a cell in its row is its column.
    """
    if not any("data-from" in cell.attributes for row in rows for cell in row.cells):
        return
    above: list[tuple[GridCell, int, int]] = []
    for index, row in enumerate(rows):
        owners: list[tuple[GridCell, int, int]] = []
        for column, cell in enumerate(row.cells):
            owner = _owner(cell.attributes.get("data-from"), owners, above, column)
            owners.append(owner or (cell, index, column))
            if owner is not None:
                first, top, left = owner
                first.rowspan = max(first.rowspan, min(index - top + 1, MAX_SPAN))
                first.colspan = max(first.colspan, min(column - left + 1, MAX_SPAN))
        row.cells = [cell for cell, owner in zip(row.cells, owners, strict=True) if owner[0] is cell]
        above = owners


def _owner(
    mark: str | None, row: list[tuple[GridCell, int, int]], above: list[tuple[GridCell, int, int]], column: int
) -> tuple[GridCell, int, int] | None:
    """The cell that covers a marked place, with its row and column; None where there is none."""
    if mark == "left" and row:
        return row[-1]
    if mark == "above" and column < len(above):
        return above[column]
    return above[column] if mark == "both" and column < len(above) else None


def _span(value: str) -> int:
    """A span as an integer from 1 to MAX_SPAN; 1 for anything that is not a number, as in browsers."""
    digits = value.strip().strip("\"'")
    if not (digits.isascii() and digits.isdecimal()):
        return 1
    return min(max(int(digits[:9]), 1), MAX_SPAN)


def _mark_head(grid: Grid) -> None:
    """Make rows at the top that have only ``th`` the head, also without ``thead``; but never all rows."""
    rows = [row for row in grid.rows if row.cells]
    if not any(row.head for row in rows):
        for row in rows:
            if not all(cell.header for cell in row.cells):
                break
            row.head = True
    if all(row.head for row in rows):
        for row in rows[1 if len(rows) > 1 else 0 :]:
            row.head = False


def _lay_out(rows: list[GridRow], width: int, repairs: set[Repair]) -> None:
    """Give each cell of a row group its column, and limit its spans to the free places of the grid."""
    taken: dict[int, int] = {}  # column -> first row in which it is free again
    for index, row in enumerate(rows):
        column = 0
        for cell in row.cells:
            while taken.get(column, 0) > index:
                column += 1
            cell.column = column
            rowspan = min(cell.rowspan, len(rows) - index)
            free = 1
            while free < cell.colspan and column + free < width and taken.get(column + free, 0) <= index:
                free += 1
            if (rowspan, free) != (cell.rowspan, cell.colspan):
                repairs.add(Repair.SPANS)
                cell.rowspan, cell.colspan = rowspan, free
            if rowspan > 1:
                taken.update(dict.fromkeys(range(column, column + free), index + rowspan))
            column += free


def _natural_width(rows: list[GridRow]) -> int:
    """The number of columns in which some cell begins.

    A column in which none begins would be empty from top to bottom; a span that reaches it is a mistake.
    """
    width = 0
    taken: dict[int, int] = {}
    for index, row in enumerate(rows):
        column = 0
        for cell in row.cells:
            while taken.get(column, 0) > index:
                column += 1
            width = max(width, column + 1)
            end = column + 1
            while end < column + cell.colspan and taken.get(end, 0) <= index:
                end += 1
            if cell.rowspan > 1:
                taken.update(dict.fromkeys(range(column, end), index + cell.rowspan))
            column = end
    return width


def _narrow(rows: list[GridRow], width: int) -> None:
    """Remove all spans, and put content beyond the width into each row's last cell."""
    for row in rows:
        for cell in row.cells:
            cell.rowspan = cell.colspan = 1
        for cell in row.cells[width:]:
            row.cells[width - 1].content += [" ", *cell.content]
        del row.cells[width:]


def _without_empty(rows: list[GridRow]) -> list[GridRow]:
    """The rows in which some cell begins; spans across the others become shorter."""
    empty = [index for index, row in enumerate(rows) if not row.cells]
    if not empty:
        return rows
    for index, row in enumerate(rows):
        for cell in row.cells:
            if cell.rowspan > 1:
                cell.rowspan -= bisect_left(empty, index + cell.rowspan) - bisect_left(empty, index)
    return [row for row in rows if row.cells]


def _fill_up(rows: list[GridRow], width: int, repairs: set[Repair]) -> None:
    """Put an empty cell at every free place of a row group."""
    free_from = [0] * width
    for index, row in enumerate(rows):
        for cell in row.cells:
            for column in range(cell.column, cell.column + cell.colspan):
                free_from[column] = index + cell.rowspan
        missing = [column for column in range(width) if free_from[column] <= index]
        if missing:
            repairs.add(Repair.RAGGED)
            if len(row.cells) > 1 or _has_figure(row.cells):
                repairs.add(Repair.UNEVEN)
            row.cells += [GridCell(content=[], header=False, rowspan=1, colspan=1, column=column) for column in missing]
            row.cells.sort(key=lambda cell: cell.column)


def _has_figure(cells: Sequence[GridCell]) -> bool:
    """Whether a row's cells have a digit; a single cell without one is a title within the table."""
    return any(any(map(str.isdigit, node_to_text(Node("", {}, cell.content)))) for cell in cells)


def _row_to_node(row: GridRow) -> Node:
    return Node("tr", {}, [_cell_to_node(cell, head=row.head) for cell in row.cells])


def _cell_to_node(cell: GridCell, *, head: bool) -> Node:
    header = bool(cell.content) and (cell.header or head)
    attributes: dict[str, str] = {}
    if header:
        attributes["scope"] = "col" if head else "row"
    if cell.colspan > 1:
        attributes["colspan"] = str(cell.colspan)
    if cell.rowspan > 1:
        attributes["rowspan"] = str(cell.rowspan)
    tag = "th" if header else "td"
    if cell.attributes:
        if "data-unseen" in cell.attributes:
            attributes["data-unseen"] = ""
        attributes |= own_attributes(Node(tag, cell.attributes))
    return Node(tag, attributes, cell.content)
