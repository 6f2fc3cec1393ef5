"""Blocks and tables as HTML: clean, small, well formed; whatever the page says is escaped."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from pipeline.extraction.bidi import is_right_to_left
from pipeline.extraction.model import Cell, Line, Table
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.extraction.text.blocks import Block, BlockKind
from pipeline.extraction.text.hyphens import Hyphens
from pipeline.extraction.text.inner_rows import lines_to_inner_rows
from pipeline.extraction.text.list_markers import line_to_marker
from pipeline.extraction.text.runs import (
    NO_DOUBTS,
    Doubts,
    Links,
    Look,
    Script,
    TextRun,
    line_to_runs,
    no_links,
    runs_to_smooth,
)

_HEADER, _FOOTER, _NUMBERED, _BULLETED = "header", "footer", "ol", "ul"


class Writer:
    """Writes the HTML of one page.

    Args:
        hyphens: Decides about words cut by a line's end.
        links: Gives a word's link.
        doubts: Boxes of the words that text recognition was not sure of; they are marked.
    """

    def __init__(self, hyphens: Hyphens, links: Links = no_links, doubts: Doubts = NO_DOUBTS) -> None:
        self._hyphens = hyphens
        self._doubts = doubts
        self._links = links

    def page_to_html(self, parts: Sequence[Block | Table]) -> str:
        """The page's parts, in their order.

        Args:
            parts: Blocks and tables.
        """
        return "\n".join(self._parts_to_pieces(parts))

    def _parts_to_pieces(self, parts: Sequence[Block | Table]) -> Iterator[str]:
        for kind, group in groupby(parts, key=_part_to_group):
            members = list(group)
            blocks = [part for part in members if isinstance(part, Block)]
            if kind in {_HEADER, _FOOTER}:
                yield from (self._element("p", block.lines, f' class="page-{kind}"') for block in blocks)
            elif kind in {_NUMBERED, _BULLETED}:
                yield self._items_to_html(blocks)
            else:
                yield from (self._part_to_html(part) for part in members)

    def _part_to_html(self, part: Block | Table) -> str:
        return self.table_to_html(part) if isinstance(part, Table) else self._block_to_html(part)

    def _block_to_html(self, block: Block) -> str:
        if block.kind is BlockKind.HEADING:
            return self._element(f"h{block.level}", block.lines, heading=True)
        return self._element("p", block.lines, ' class="footnote"' if block.kind is BlockKind.FOOTNOTE else "")

    def _element(self, name: str, lines: Sequence[Line], attributes: str = "", *, heading: bool = False) -> str:
        return f"<{name}{attributes}{_direction(lines)}>{self._lines_to_html(lines, heading=heading)}</{name}>"

    def _items_to_html(self, items: Sequence[Block]) -> str:
        """A list; its items keep the signs and numbers that the page has."""
        if len(items) == 1 and items[0].ordered:
            return self._element("p", items[0].lines)
        name = "ol" if items[0].ordered else "ul"
        lines = [self._element("li", _without_unread_marker(item.lines)) for item in items]
        return "\n".join([f'<{name} class="marked">', *lines, f"</{name}>"])

    def _lines_to_html(self, lines: Sequence[Line], *, heading: bool = False) -> str:
        return runs_to_html(self.lines_to_runs(lines), heading=heading)

    def lines_to_runs(self, lines: Sequence[Line]) -> list[TextRun]:
        """The text of the lines as one, with the words that a line's end has cut put together.

        Args:
            lines: From top to bottom.
        """
        runs: list[TextRun] = []
        for index, line in enumerate(lines):
            following = line_to_runs(line, self._links, self._doubts)
            if runs and following:
                joined = self._hyphens.joined(_end(runs), _start(following))
                if joined is None:
                    cut = _is_full(lines, index) and self._hyphens.is_cut(_end(runs), _start(following))
                    runs += [] if cut else [TextRun(text=" ", look=Look())]
                elif len(joined) < len(_end(runs)) and not _had_room(lines, index):
                    runs[-1].text = runs[-1].text[:-1]
            runs += following
        return runs_to_smooth(runs)

    def table_to_html(self, table: Table) -> str:
        """A table with its caption, its head, its spans and the scope of its headers."""
        rows: list[list[Cell]] = [[] for _ in range(table.rows)]
        for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
            rows[cell.row].append(cell)
        lines = [f"<tr>{''.join(self._cell_to_html(cell, table.header_rows) for cell in row)}</tr>" for row in rows]
        head, body = lines[: table.header_rows], lines[table.header_rows :]
        parts = ["<table>"]
        if table.caption:
            parts.append(self._element("caption", table.caption, heading=True))
        if head:
            parts += ["<thead>", *head, "</thead>"]
        if body:
            parts += ["<tbody>", *body, "</tbody>"]
        return "\n".join([*parts, "</table>"])

    def _cell_to_html(self, cell: Cell, header_rows: int) -> str:
        name = "th" if cell.header else "td"
        attributes = f' scope="{_scope(cell, header_rows)}"' if cell.header else ""
        if cell.indent:
            attributes += f' class="indent-{cell.indent}"'
        if cell.colspan > 1:
            attributes += f' colspan="{cell.colspan}"'
        if cell.rowspan > 1:
            attributes += f' rowspan="{cell.rowspan}"'
        groups = lines_to_inner_rows(cell.lines)
        html = "<br>\n".join(self._lines_to_html(lines, heading=cell.header) for lines in groups)
        return f"<{name}{attributes}{_direction(cell.lines)}>{html}</{name}>"


def _direction(lines: Sequence[Line]) -> str:
    """The attribute of text that runs from right to left, for the most part."""
    return ' dir="rtl"' if is_right_to_left("".join([word.text for line in lines for word in line.words])) else ""


def _part_to_group(part: Block | Table) -> str:
    """Neighbours of one group share an element."""
    if isinstance(part, Table):
        return ""
    if part.kind is BlockKind.ITEM:
        return _NUMBERED if part.ordered else _BULLETED
    return {BlockKind.HEADER: _HEADER, BlockKind.FOOTER: _FOOTER}.get(part.kind, "")


def _scope(cell: Cell, header_rows: int) -> str:
    if cell.row < header_rows:
        return "colgroup" if cell.colspan > 1 else "col"
    return "rowgroup" if cell.rowspan > 1 else "row"


def _without_unread_marker(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without a bullet that nobody can read: the list says as much."""
    marker = line_to_marker(lines[0])
    if marker is None or marker.text != UNMAPPED:
        return lines
    return [Line(box=lines[0].box, words=lines[0].words[1:]), *lines[1:]]


def _had_room(lines: Sequence[Line], index: int) -> bool:
    """Whether the line above ended for want of room for a whole word, with room for most of one: it cut none in two.

    A hyphen there is the word's own ("Ring-dingdingding").
    """
    above, first = lines[index - 1], lines[index].words[0].box
    width = max(line.box.x1 - line.box.x0 for line in lines)
    room = width - (above.box.x1 - above.box.x0)
    return width / 2 < room < first.x1 - first.x0


def _is_full(lines: Sequence[Line], index: int) -> bool:
    """Whether the line above is one word, and had no room for one more letter of the next one."""
    above, first = lines[index - 1], lines[index].words[0]
    width = max(line.box.x1 - line.box.x0 for line in lines)
    letter = (first.box.x1 - first.box.x0) / max(1, len(first.text))
    return len(above.words) == 1 and width - (above.box.x1 - above.box.x0) < letter


def _end(runs: Sequence[TextRun]) -> str:
    """The last word, whatever looks it has."""
    return "".join(run.text for run in runs[-3:]).rpartition(" ")[2]


def _start(runs: Sequence[TextRun]) -> str:
    return "".join(run.text for run in runs[:3]).partition(" ")[0]


def runs_to_html(runs: Sequence[TextRun], *, heading: bool = False) -> str:
    """Runs with the elements that their looks ask for.

    Args:
        runs: Of one block.
        heading: Whether the block's own element is bold already.
    """
    pieces: list[str] = []
    opened: list[str] = []
    for run in runs:
        wanted = _look_to_tags(run.look, heading=heading)
        shared = 0
        while shared < min(len(opened), len(wanted)) and opened[shared] == wanted[shared]:
            shared += 1
        pieces += [_closing(tag) for tag in reversed(opened[shared:])]
        pieces += [f"<{tag}>" for tag in wanted[shared:]]
        pieces.append(escape(run.text, quote=False))
        opened = wanted
    pieces += [_closing(tag) for tag in reversed(opened)]
    return "".join(pieces)


def _look_to_tags(look: Look, *, heading: bool) -> list[str]:
    tags = [f'a href="{escape(look.link)}"'] if look.link is not None else []
    if look.bold and not heading:
        tags.append("b")
    if look.italic:
        tags.append("i")
    if look.script is not Script.BASE:
        tags.append(look.script.value)
    if look.doubted:
        tags.append("span data-unseen")
    return tags


def _closing(tag: str) -> str:
    return f"</{tag.partition(' ')[0]}>"
