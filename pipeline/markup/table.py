"""Tables as values, out of clean HTML and into HTML."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pipeline.markup import tags
from pipeline.markup.tokens import html_to_tokens
from pipeline.markup.tree import Node, node_to_text, tokens_to_tree
from pipeline.table import Cell, CellCorrection, Doubt, Table

#: On what is doubted, on what was put right (there with what it was), and on a place in running text that a user has
#: settled; no answer can have the last one, since the sanitiser does not know it.
UNSEEN: Final = "data-unseen"
WAS: Final = "data-was"
SETTLED: Final = "data-settled"

# Raised letters as they are written in plain text, so that a note is not read as a digit of its number.
_RAISED: Final = dict(
    zip(
        "0123456789+-\N{MINUS SIGN}=()abcdefghijklmnoprstuvwxyz",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        strict=True,
    )
)


def table_to_html(table: Table, text_to_html: Callable[[str], str]) -> str:
    """The table as HTML, each cell by ``text_to_html``; a place that no cell covers becomes an empty cell."""
    parts = ["<table>", f"<caption>{text_to_html(table.caption)}</caption>" if table.caption else ""]
    head = table.header_rows if table.header_rows < table.rows else 0
    for row, cells in enumerate(_rows_of_cells(table)):
        parts += ["<thead>"] if row == 0 and head else []
        parts += ["<tr>", *(_cell_to_html(cell, text_to_html) for cell in cells), "</tr>"]
        parts += ["</thead>"] if row + 1 == head else []
    return "".join([*parts, "</table>"])


def blocks_to_tables(blocks: Iterable[Node]) -> tuple[Table, ...]:
    """Every table of a clean page in order, nested ones after the table around them."""
    return tuple(map(node_to_table, blocks_to_table_nodes(blocks)))


def blocks_to_table_nodes(blocks: Iterable[Node]) -> tuple[Node, ...]:
    """The elements of those tables."""
    return tuple(node for block in blocks for node in _table_nodes(block))


def html_to_tables(html: str) -> tuple[Table, ...]:
    """The same of a clean fragment that is at hand as text only."""
    if "<table" not in html:
        return ()
    tree = tokens_to_tree(html_to_tokens(html, set()), set())
    return blocks_to_tables(child for child in tree.children if isinstance(child, Node))


def html_to_line(html: str, *, before: bool = False) -> str:
    """The visible text of a clean fragment in one line, as :class:`pipeline.table.Cell` has it.

    Args:
        html: What is in a cell, for example.
        before: Whether to give it as it was before anything was put right.
    """
    return _text(tokens_to_tree(html_to_tokens(html, set()), set()), before=before)


def blocks_to_places(blocks: Iterable[Node]) -> dict[int, tuple[int, int, int]]:
    """The places of the cells in a clean page's tables: ``id`` of the element to table, row and column, from 1."""
    return {
        id(node): (number, cell.row + 1, cell.column + 1)
        for number, table in enumerate(blocks_to_table_nodes(blocks), 1)
        for node, cell in table_to_cells(table)
    }


def _table_nodes(node: Node) -> Iterator[Node]:
    if node.tag == "table":
        yield node
    for child in node.children:
        if isinstance(child, Node):
            yield from _table_nodes(child)


def node_to_table(table: Node) -> Table:
    """The value of a clean table, whose places each belong to exactly one cell."""
    groups = [child for child in table.children if isinstance(child, Node)]
    captions = [_text(group) for group in groups if group.tag == "caption"]
    head = [group for group in groups if group.tag == "thead"]
    return Table(
        cells=tuple(cell for _, cell in table_to_cells(table)),
        header_rows=sum(isinstance(line, Node) for group in head for line in group.children),
        caption=captions[-1] if captions else "",
    )


def table_to_cells(table: Node) -> Iterator[tuple[Node, Cell]]:
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
        cell = Cell(
            row=row,
            column=column,
            text=_text(node),
            rowspan=rowspan,
            colspan=colspan,
            header=node.tag == "th",
            doubt=Doubt() if is_doubted(node) else None,
            correction=CellCorrection(was=_text(node, before=True)) if _is_corrected(node) else None,
        )
        yield node, cell
        column += colspan


def is_doubted(node: Node) -> bool:
    """Whether a mark is on an element or in it, but not in a table inside of it, which has doubted cells of its own."""
    inner = (child for child in node.children if isinstance(child, Node) and child.tag != "table")
    return UNSEEN in node.attributes or any(map(is_doubted, inner))


def _is_corrected(node: Node) -> bool:
    return WAS in node.attributes or any(isinstance(child, Node) and _is_corrected(child) for child in node.children)


def _text(node: Node, *, before: bool = False) -> str:
    """The visible text in one line, raised letters as such.

    Args:
        node: A cell or a caption.
        before: Whether to give it as it was before anything was put right.
    """
    return " ".join(node_to_text(_plain(node, before=before)).split())


def _plain(node: Node, *, before: bool) -> Node:
    """The element with nothing in it that means more than its letters say."""
    if node.tag == "sup":
        letters = node_to_text(node).strip()
        if letters and all(letter in _RAISED for letter in letters):
            return Node("", {}, ["".join(_RAISED[letter] for letter in letters)])
    if before and WAS in node.attributes:
        return Node("", {}, [node.attributes[WAS]])
    if not any(isinstance(child, Node) for child in node.children):
        return node
    children = [_plain(child, before=before) if isinstance(child, Node) else child for child in node.children]
    return Node(node.tag, node.attributes, children)


def _rows_of_cells(table: Table) -> list[list[Cell]]:
    """The cells that begin in each row, with an empty one at each uncovered place before the last of them."""
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
