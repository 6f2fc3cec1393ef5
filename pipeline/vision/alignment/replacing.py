"""Replaces tables of an answer by the built-in engine's; text that only the answer has stays, as paragraphs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.markup.table import node_to_table
from pipeline.markup.tree import Node
from pipeline.vision.alignment.laid_table import LaidTable
from pipeline.vision.alignment.regions import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What replaces some tables.

    Attributes:
        replaced: The tables that are replaced, in order.
        tables: Their replacements.
        above: Their texts that are above the table on the page: a title that became a row.
        below: Their texts that are below it: a note.
    """

    replaced: tuple[Node, ...]
    tables: tuple[Node, ...]
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        region: Region,
        ours: Sequence[Node],
        laid: Sequence[LaidTable],
        theirs: Sequence[Node],
        laid_theirs: Sequence[LaidTable],
    ) -> "Replacement":
        """The second answer's tables of a region, which replace the first one's."""
        # A word of a caption does not count: a title that the first answer has as a row stays as a paragraph.
        taken = frozenset(token.number for other in region.theirs for token in laid_theirs[other].tokens.values())
        first = min(
            (each.hull.first for each in (laid_theirs[other] for other in region.theirs) if each.hull), default=0
        )
        above: list[str] = []
        below: list[str] = []
        for one in region.ours:
            for line, text in _rows_beside(laid[one], taken):
                (above if line < first else below).append(text)
        captions = [node_to_table(ours[one]).caption for one in region.ours]
        tables = tuple(_with_caption(theirs[other], captions) for other in region.theirs)
        replaced = tuple(ours[one] for one in region.ours)
        return cls(replaced=replaced, tables=tables, above=tuple(above), below=tuple(below))

    def nodes(self) -> list[Node]:
        """All parts in order."""
        return [*map(_paragraph, self.above), *self.tables, *map(_paragraph, self.below)]


def with_replacements(blocks: Sequence[Node], replacements: Sequence[Replacement]) -> tuple[Node, ...]:
    """The blocks with their tables replaced, at any depth; the parents of the tables are changed."""
    new: dict[int, list[Node]] = {}
    for replacement in replacements:
        new |= {id(table): [] for table in replacement.replaced}
        new[id(replacement.replaced[0])] = replacement.nodes()
    root = Node("", {}, list(blocks))
    if new:
        _replace(root, new)
    return tuple(child for child in root.children if isinstance(child, Node))


def _replace(node: Node, new: Mapping[int, Sequence[Node]]) -> None:
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node) and id(child) in new:
            children += new[id(child)]
            continue
        if isinstance(child, Node):
            _replace(child, new)
        children.append(child)
    node.children = children


def _rows_beside(laid: LaidTable, taken: frozenset[int]) -> list[tuple[int, str]]:
    """The rows for which the other tables lack most of the words, each with its line."""
    rows: dict[int, list[int]] = {}
    for number, tokens in laid.of_cells.items():
        rows.setdefault(laid.table.cells[number].row, []).extend(
            token.line if token.number not in taken else -1 for token in tokens
        )
    return [
        (max(lines), " ".join(cell.text for cell in laid.table.cells if cell.row == row and cell.text))
        for row, lines in sorted(rows.items())
        if lines.count(-1) * 2 < len(lines)
    ]


def _with_caption(table: Node, captions: Sequence[str]) -> Node:
    """The table; without its caption where the answer has none, since the answer then has it as a paragraph."""
    children = [child for child in table.children if isinstance(child, str) or child.tag != "caption"]
    caption = next((text for text in captions if text), "")
    return Node(table.tag, table.attributes, [*([Node("caption", {}, [caption])] if caption else []), *children])


def _paragraph(text: str) -> Node:
    return Node("p", {}, [text])
