"""Markdown as on GitHub: the text of each page comes from its clean HTML, the tables from their values.

Source: GitHub Flavored Markdown Spec, version 0.29.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pipeline.markup import tags
from pipeline.markup.characters import text_to_html
from pipeline.markup.table import table_to_html
from pipeline.markup.tokens import html_to_tokens
from pipeline.markup.tree import Node, node_to_text, tokens_to_tree
from pipeline.printable import printable
from pipeline.table import Cell, Table

# Characters with a meaning anywhere in a line, and those with a meaning at its beginning.
_SIGNS: Final = re.compile(r"([\\`*_\[\]<>|~$&])")
_STARTS: Final = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|[-=]{2,}\s*$|:?-)")
_ORDERED: Final = re.compile(r"^(\s*[0-9]{1,9})([.)])(?=\s|$)")
# The marker of an item as on the page, after escaping.
_NUMBERED: Final = re.compile(r"([0-9]{1,9})\\?([.)])\s+(.*)", re.DOTALL)
_BULLET: Final = re.compile(r"^(?:\\?[-*\u2010-\u2015]|[\u2022\u2023\u2043\u25aa-\u25ff\u2219\u00b7\uf0b7])\s+")
_MARKS: Final = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~"}
#: Elements that stay as HTML, which GitHub shows.
_KEPT: Final = frozenset({"sub", "sup", "u"})
_LISTS: Final = tags.LISTS
_TABLE_TAGS: Final = re.compile(r"<(/?)table\b[^>]*>")
_COUNT: Final = "data-count"
_HEADINGS: Final = {f"h{level}": "#" * level for level in range(1, 7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownPage:
    """A page to be written.

    Attributes:
        notice: What a reader must know about it; empty for nothing.
        html: Its clean HTML.
        tables: Its tables, in order.
    """

    number: int
    notice: str
    html: str
    tables: Sequence[Table]


def pages_to_markdown(title: str, pages: Iterable[MarkdownPage]) -> Iterator[bytes]:
    """A document in UTF-8, page by page, so that a large document is never in memory as a whole.

    Args:
        title: Of the document, any string.
        pages: In order.
    """
    yield f"# {_escaped(printable(title))}\n".encode()
    for page in pages:
        notice = f"\n> Page {page.number}: {_escaped(printable(page.notice))}\n" if page.notice else ""
        body = "\n\n".join(_Writer(page.tables).blocks(_html_to_nodes(page.html)))
        text = f"\n<!-- page {page.number} -->\n{notice}\n{body}\n"
        yield text.encode("utf-8", "replace")


def table_to_markdown(table: Table) -> str:
    """A table with pipes if it has no spans and only one row of heads; otherwise in HTML."""
    spans = any(cell.rowspan > 1 or cell.colspan > 1 for cell in table.cells)
    if spans or table.header_rows > 1 or not table.columns:
        return table_to_html(table, text_to_html)
    rows: list[list[str]] = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = _escaped(cell.text)
    head, body = (rows[0], rows[1:]) if table.header_rows else ([""] * table.columns, rows)
    marks = [_rule(table, column) for column in range(table.columns)]
    lines = ["| " + " | ".join(row) + " |" for row in (head, marks, *body)]
    caption = f"**{_escaped(table.caption)}**\n\n" if table.caption else ""
    return caption + "\n".join(lines)


def _rule(table: Table, column: int) -> str:
    """The mark below a column's head; a column of numbers is aligned to the right."""
    cells = [cell for cell in table.cells if cell.column == column and cell.row >= table.header_rows and cell.text]
    return "---:" if cells and sum(map(_is_number, cells)) * 2 > len(cells) else "---"


def _is_number(cell: Cell) -> bool:
    return cell.value is not None


def _html_to_nodes(html: str) -> list[Node | str]:
    return tokens_to_tree(html_to_tokens(_without_cells(html), set()), set()).children


def _without_cells(html: str) -> str:
    """The page with its tables emptied; each only says how many table values it stands for, nested ones included."""
    pieces: list[str] = []
    end = depth = count = 0
    for tag in _TABLE_TAGS.finditer(html):
        opens = not tag[1]
        if opens and depth == 0:
            pieces.append(html[end : tag.start()])
            count = 0
        count += opens
        depth += 1 if opens else -1
        if depth == 0:
            pieces.append(f'<table {_COUNT}="{count}"></table>')
            end = tag.end()
    return "".join([*pieces, html[end:]])


class _Writer:
    """Writes the blocks of one page; takes its tables in order."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = iter(tables)

    def blocks(self, nodes: Iterable[Node | str]) -> Iterator[str]:
        """Each block as lines, without blank lines within it."""
        for node in nodes:
            if isinstance(node, str):
                text = _line(node)
            elif node.tag in _LISTS:
                text = "\n".join(self._items(node))
            else:
                text = self._block(node)
            if text.strip():
                yield text

    def _block(self, node: Node) -> str:
        if node.tag == "table":
            return "\n\n".join(map(table_to_markdown, self._values(node)))
        if node.tag == "pre":
            return _fenced(node_to_text(node).strip("\n"))
        if node.tag == "hr":
            return "---"
        if node.tag in {"blockquote", "figure", "dl"}:
            inner = "\n\n".join(self.blocks(node.children))
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n")) if node.tag == "blockquote" else inner
        text = _line_of(node)
        return f"{_HEADINGS[node.tag]} {text}" if node.tag in _HEADINGS and text else text

    def _values(self, node: Node) -> list[Table]:
        """The values of a table and of tables in its cells."""
        return list(islice(self._tables, int(node.attributes[_COUNT])))

    def _items(self, node: Node, depth: int = 0) -> Iterator[str]:
        number = _number(node, "start", 1) - 1
        if depth and number:
            yield ""  # a list that does not begin with 1 does not end a paragraph
        for item in (each for each in node.children if isinstance(each, Node)):
            number = _number(item, "value", number + 1)
            own = Node(item.tag, item.attributes, [each for each in item.children if not _is_list(each)])
            has_blocks = any(isinstance(part, Node) and part.tag in tags.BLOCKS for part in own.children)
            text = " ".join(self.blocks(own.children)).replace("\n", " ") if has_blocks else _line_of(own)
            marker = f"{number}." if node.tag == "ol" else "-"
            if node.attributes.get("class") == "marked":
                marker, text = _own_marker(text)
            yield f"{'   ' * depth}{marker} {text}"
            for each in item.children:
                if isinstance(each, Node) and each.tag in _LISTS:
                    yield from self._items(each, depth + 1)


def _number(node: Node, name: str, usual: int) -> int:
    """A number from an attribute of a list or an item."""
    text = node.attributes.get(name, "")
    return int(text[:9]) if text.isascii() and text.isdecimal() else usual


def _own_marker(text: str) -> tuple[str, str]:
    """The marker and the text of an item that keeps the sign or number of the page."""
    if number := _NUMBERED.match(text):
        return f"{number[1]}{number[2]}", number[3]
    return "-", _BULLET.sub("", text)


def _is_list(node: Node | str) -> bool:
    return isinstance(node, Node) and node.tag in _LISTS


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _line_of(node: Node) -> str:
    return _start_escaped(" ".join("".join(_inline(node.children)).split(" ")).strip())


def _line(text: str) -> str:
    return _start_escaped(_escaped(" ".join(text.split())))


def _inline(nodes: Iterable[Node | str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield _escaped(re.sub(r"\s+", " ", node))
        elif node.tag == "br":
            yield "<br>"
        elif node.tag == "code":
            yield _code(node)
        else:
            yield _marked(node, "".join(_inline(node.children)))


def _code(node: Node) -> str:
    text = " ".join(node_to_text(node).split())
    if node.attributes.get("class") == "math" and "`" not in text:
        return f"$`{text}`$"
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"{fence}{text}{fence}"


def _marked(node: Node, inner: str) -> str:
    """The text of an inline element between its marks; blanks are outside of the marks."""
    bare = inner.strip()
    if not bare:
        return inner
    before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
    if node.tag in _MARKS:
        return f"{before}{_MARKS[node.tag]}{bare}{_MARKS[node.tag]}{after}"
    if node.tag in _KEPT:
        return f"{before}<{node.tag}>{bare}</{node.tag}>{after}"
    if node.tag == "a" and (target := node.attributes.get("href")):
        return f"{before}[{bare}](<{target.replace('<', '%3C').replace('>', '%3E')}>){after}"
    return inner


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text)


def _start_escaped(text: str) -> str:
    """A line, escaped so that it begins no list, heading or rule."""
    text = _ORDERED.sub(r"\1\\\2", text)
    return _STARTS.sub(r"\1\\\2", text)
