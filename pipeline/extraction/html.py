"""Blocks and tables as HTML."""

from collections.abc import Sequence
from html import escape

from pipeline.extraction.model import Cell, Line, Table


def lines_to_html(lines: Sequence[Line], tables: Sequence[Table]) -> str:
    """Lines and tables from the top of the page to its bottom.

    Args:
        lines: Outside the tables.
        tables: Of the page.
    """
    pieces = [(line.box.top, f"<p>{line_to_text(line)}</p>") for line in lines]
    pieces += [(table.box.top, table_to_html(table)) for table in tables]
    return "\n".join(piece for _, piece in sorted(pieces, key=lambda item: item[0]))


def line_to_text(line: Line) -> str:
    """A line's text, escaped."""
    return escape(" ".join(word.text for word in line.words), quote=False)


def table_to_html(table: Table) -> str:
    """A table with its head, its spans and the scope of its headers."""
    rows: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
        rows[cell.row].append(cell)
    lines = [f"<tr>{''.join(_cell_to_html(cell, table.header_rows) for cell in row)}</tr>" for row in rows]
    head, body = lines[: table.header_rows], lines[table.header_rows :]
    parts = ["<table>"]
    if head:
        parts += ["<thead>", *head, "</thead>"]
    if body:
        parts += ["<tbody>", *body, "</tbody>"]
    return "\n".join([*parts, "</table>"])


def _cell_to_html(cell: Cell, header_rows: int) -> str:
    name = "th" if cell.header else "td"
    attributes = ""
    if cell.header:
        attributes += f' scope="{_scope(cell, header_rows)}"'
    if cell.colspan > 1:
        attributes += f' colspan="{cell.colspan}"'
    if cell.rowspan > 1:
        attributes += f' rowspan="{cell.rowspan}"'
    return f"<{name}{attributes}>{'<br>'.join(line_to_text(line) for line in cell.lines)}</{name}>"


def _scope(cell: Cell, header_rows: int) -> str:
    if cell.row < header_rows:
        return "colgroup" if cell.colspan > 1 else "col"
    return "rowgroup" if cell.rowspan > 1 else "row"
