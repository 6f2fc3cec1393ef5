"""A table as one value, whoever wrote it: cells by place, spans and text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.markup import tags
from pipeline.markup.tree import Node, node_to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell.

    Attributes:
        row: Of its top left place, counted from 0.
        column: The same.
        text: Its visible text; in a table that a dialect's parser gives, the cell as it was written.
        rowspan: Rows that it covers.
        colspan: Columns that it covers.
        header: Whether it names a row or a column.
    """

    row: int
    column: int
    text: str
    rowspan: int = 1
    colspan: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Attributes:
        cells: By row, then by column; places that no cell covers are empty.
        head_rows: Rows at the top that are its head.
        caption: Above or below it, empty where there is none.
    """

    cells: tuple[Cell, ...]
    head_rows: int = 0
    caption: str = ""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return max((cell.row + cell.rowspan for cell in self.cells), default=0)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return max((cell.column + cell.colspan for cell in self.cells), default=0)


def rows_to_table(rows: Iterable[Sequence[str]], *, head_rows: int = 0) -> Table:
    """The table of rows that have no spans."""
    cells = (
        Cell(row=row, column=column, text=text, header=row < head_rows)
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    )
    return Table(cells=tuple(cells), head_rows=head_rows)


def table_to_html(table: Table, text_to_html: Callable[[str], str]) -> str:
    """The table as HTML, each cell by ``text_to_html``; a place that no cell covers becomes an empty cell."""
    parts = ["<table>", f"<caption>{text_to_html(table.caption)}</caption>" if table.caption else ""]
    head = table.head_rows if table.head_rows < table.rows else 0
    for row, cells in enumerate(_rows_of_cells(table)):
        parts += ["<thead>"] if row == 0 and head else []
        parts += ["<tr>", *(_cell_to_html(cell, text_to_html) for cell in cells), "</tr>"]
        parts += ["</thead>"] if row + 1 == head else []
    return "".join([*parts, "</table>"])


def blocks_to_tables(blocks: Iterable[Node]) -> tuple[Table, ...]:
    """Every table of a clean page in order, nested ones after the one that holds them."""
    return tuple(_node_to_table(node) for block in blocks for node in _table_nodes(block))


def blocks_to_places(blocks: Iterable[Node]) -> dict[int, tuple[int, int, int]]:
    """Where the cells of a clean page's tables are: ``id`` of the element to table, row and column, from 1."""
    return {
        id(node): (number, cell.row + 1, cell.column + 1)
        for number, table in enumerate((node for block in blocks for node in _table_nodes(block)), 1)
        for node, cell in _table_to_cells(table)
    }


def _table_nodes(node: Node) -> Iterator[Node]:
    if node.tag == "table":
        yield node
    for child in node.children:
        if isinstance(child, Node):
            yield from _table_nodes(child)


def _node_to_table(table: Node) -> Table:
    """The value of a clean table, whose places each belong to exactly one cell."""
    groups = [child for child in table.children if isinstance(child, Node)]
    captions = [_text(group) for group in groups if group.tag == "caption"]
    head = [group for group in groups if group.tag == "thead"]
    return Table(
        cells=tuple(cell for _, cell in _table_to_cells(table)),
        head_rows=sum(isinstance(line, Node) for group in head for line in group.children),
        caption=captions[-1] if captions else "",
    )


def _table_to_cells(table: Node) -> Iterator[tuple[Node, Cell]]:
    """The cells of a clean table with their elements, by row, then by column."""
    taken: set[tuple[int, int]] = set()
    groups = (child for child in table.children if isinstance(child, Node) and child.tag != "caption")
    lines = (line for group in groups for line in group.children if isinstance(line, Node))
    for row, line in enumerate(lines):
        yield from _row_to_cells(line, row, taken)


def _row_to_cells(line: Node, row: int, taken: set[tuple[int, int]]) -> Iterator[tuple[Node, Cell]]:
    column = 0
    for node in line.children:
        if not (isinstance(node, Node) and node.tag in tags.CELLS):
            continue
        while (row, column) in taken:
            column += 1
        rowspan, colspan = int(node.attributes.get("rowspan", "1")), int(node.attributes.get("colspan", "1"))
        taken.update((row + down, column + across) for down in range(rowspan) for across in range(colspan))
        cell = Cell(row=row, column=column, text=_text(node), rowspan=rowspan, colspan=colspan, header=node.tag == "th")
        yield node, cell
        column += colspan


def _text(node: Node) -> str:
    return " ".join(node_to_text(node).split())


def _rows_of_cells(table: Table) -> list[list[Cell]]:
    """The cells that begin in each row, an empty one at each place before the last of them that none covers."""
    rows: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in sorted(table.cells, key=lambda cell: cell.column):
        rows[cell.row].append(cell)
    covered: dict[int, int] = {}  # column -> first row in which it is free again
    return [_without_gaps(row, index, covered) for index, row in enumerate(rows)]


def _without_gaps(cells: list[Cell], row: int, covered: dict[int, int]) -> list[Cell]:
    filled: list[Cell] = []
    column = 0
    for cell in cells:
        filled += [
            Cell(row=row, column=free, text="") for free in range(column, cell.column) if covered.get(free, 0) <= row
        ]
        filled.append(cell)
        column = max(column, cell.column + cell.colspan)
        if cell.rowspan > 1:
            covered.update(dict.fromkeys(range(cell.column, cell.column + cell.colspan), row + cell.rowspan))
    return filled


def _cell_to_html(cell: Cell, text_to_html: Callable[[str], str]) -> str:
    tag = "th" if cell.header else "td"
    spans = (f' colspan="{cell.colspan}"' if cell.colspan > 1 else "") + (
        f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    )
    return f"<{tag}{spans}>{text_to_html(cell.text)}</{tag}>"
