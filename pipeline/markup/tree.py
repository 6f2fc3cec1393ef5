"""Turns tokens into a tree, and a tree into HTML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.markup import tags
from pipeline.markup.characters import text_to_html
from pipeline.markup.repairs import Repair
from pipeline.markup.tokens import Token

# Elements nested deeper than this are dropped, but their text is kept: nh3's time is quadratic in the depth (100,000
# levels took it 394 s), and no page needs a tenth of this.
MAX_DEPTH: Final = 100

# The opening tag on the left ends these elements, up to the boundary.
_ENDS: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), tags.LISTS | tags.CELLS | {"table", "blockquote"}),
    "dt": (frozenset({"dt", "dd"}), tags.CELLS | {"dl", "table", "blockquote"}),
    "dd": (frozenset({"dt", "dd"}), tags.CELLS | {"dl", "table", "blockquote"}),
    "td": (tags.CELLS | {"caption"}, frozenset({"table"})),
    "th": (tags.CELLS | {"caption"}, frozenset({"table"})),
    "tr": (frozenset({"tr", "caption"}) | tags.CELLS, frozenset({"table"})),
    "thead": (tags.TABLE_PARTS, frozenset({"table"})),
    "tbody": (tags.TABLE_PARTS, frozenset({"table"})),
    "tfoot": (tags.TABLE_PARTS, frozenset({"table"})),
    "caption": (tags.TABLE_PARTS, frozenset({"table"})),
}
# In HTML these may end without a closing tag.
_OPTIONAL_END: Final = tags.TABLE_PARTS - {"caption"} | {"p", "li", "dt", "dd"}
# Elements that may contain a paragraph: a tag that ends paragraphs and inline elements ends none outside of these.
_FLOW: Final = tags.CELLS | {"li", "dd", "dt", "blockquote", "figure", "table", "tr", "caption"} | tags.ROW_GROUPS
_LINES: Final = tags.INLINE | tags.HEADINGS | tags.MATHML | {"p", "figcaption", "math", "annotation"}
_BLOCKS_WITHOUT_PRE: Final = tags.BLOCKS | tags.TABLE_PARTS | {"li", "dt", "dd"}


@dataclass(slots=True)
class Node:
    """An element; ``children`` are elements and texts in order.  The root's tag is empty."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)


def tokens_to_tree(tokens: Iterable[Token], repairs: set[Repair]) -> Node:
    """Nest the tokens into a tree of at most :data:`MAX_DEPTH` levels; what was left open is closed."""
    builder = _Builder(repairs)
    for token in tokens:
        builder.add(token)
    return builder.finish()


def node_to_text(node: Node) -> str:
    """The visible text, with a line feed at the edges of blocks and cells."""
    parts: list[str] = []
    _collect_text(node, parts)
    return "".join(parts)


def _collect_text(node: Node, parts: list[str]) -> None:
    edge = "\n" if node.tag in _BLOCKS_WITHOUT_PRE or node.tag == "br" else ""
    parts.append(edge)
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        else:
            _collect_text(child, parts)
    parts.append(edge)


def own_attributes(node: Node) -> dict[str, str]:
    """The attributes from our own conversions: its class, if it is one of ours, and its direction."""
    if not node.attributes:
        return {}
    name, direction = node.attributes.get("class", ""), node.attributes.get("dir", "").lower()
    own = {"class": name} if name in tags.CLASSES.get(node.tag, ()) else {}
    if direction in tags.DIRECTIONS and node.tag in tags.DIRECTED:
        own["dir"] = direction
    return own


def nodes_to_html(nodes: Iterable["Node | str"]) -> str:
    """The nodes as HTML, each block on a separate line."""
    parts: list[str] = []
    for node in nodes:
        _collect_html(node, parts)
    return "".join(parts).strip()


def _collect_html(node: Node | str, parts: list[str]) -> None:
    if isinstance(node, str):
        parts.append(text_to_html(node))
        return
    attributes = "".join(f' {name}="{text_to_html(value)}"' for name, value in node.attributes.items())
    parts.append(f"<{node.tag}{attributes}>")
    if node.tag in tags.VOID:
        parts.append("\n" if node.tag == "hr" else "")
        return
    if node.tag == "pre" and node.children:
        parts.append("\n")  # a parser drops the first line feed of a pre, so one is added
    if node.tag in _HOLDS_LINES:
        parts.append("\n")
    for child in node.children:
        _collect_html(child, parts)
    parts.append(f"</{node.tag}>")
    if node.tag in _BLOCKS_WITHOUT_PRE and node.tag not in tags.CELLS:
        parts.append("\n")


_HOLDS_LINES: Final = tags.LISTS | tags.ROW_GROUPS | {"table", "blockquote", "figure", "dl"}


class _Builder:
    """The open elements, from the root to the innermost."""

    def __init__(self, repairs: set[Repair]) -> None:
        self._repairs = repairs
        self._root = Node("")
        self._open = [self._root]

    def add(self, token: Token) -> None:
        if token.kind == "text":
            self._open[-1].children.append(token.name)
        elif token.kind == "open":
            self._start(token.name, token.attributes)
        elif token.kind == "close":
            self._end(token.name)
        else:
            self._break()

    def finish(self) -> Node:
        self._close_down_to(1)
        return self._root

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in tags.VOID:
            if tag == "hr":
                self._end_lines()
            self._open[-1].children.append(Node(tag))
            return
        self._make_room(tag)
        if len(self._open) > MAX_DEPTH:
            self._repairs.add(Repair.DEPTH)
            return
        node = Node(tag, attributes)
        self._open[-1].children.append(node)
        self._open.append(node)

    def _make_room(self, tag: str) -> None:
        """Close the elements that the start of this one ends."""
        if tag in _ENDS:
            self._end_outermost(*_ENDS[tag])
            self._end_lines()
        elif tag == "table":
            self._end_lines()
            if self._open[-1].tag in tags.ROW_GROUPS | {"table", "tr"}:
                self._repairs.add(Repair.BROKEN_TABLE)
                self._end("table")
        elif tag in _BLOCKS_WITHOUT_PRE:
            self._end_lines()
        elif tag == "a":
            self._end_outermost(frozenset({"a"}), _FLOW | tags.BLOCKS)

    def _end_outermost(self, ended: frozenset[str], boundary: frozenset[str]) -> None:
        outermost = None
        for index in range(len(self._open) - 1, 0, -1):
            tag = self._open[index].tag
            if tag in boundary:
                break
            if tag in ended:
                outermost = index
        if outermost is not None:
            self._close_down_to(outermost)

    def _end_lines(self) -> None:
        """Close paragraphs, headings and inline elements up to an element that may contain a block."""
        index = len(self._open)
        while index > 1 and self._open[index - 1].tag in _LINES:
            index -= 1
        self._close_down_to(index)

    def _end(self, tag: str) -> None:
        for index in range(len(self._open) - 1, 0, -1):
            found = self._open[index].tag
            if found == tag:
                self._close_down_to(index + 1)
                self._open.pop()
                return
            if found == "table" and tag == "tr":
                # The end of a row that has no beginning: the cells before it are a row nevertheless.
                self._open[-1].children.append(Node("tr"))
            if found == "table" or (found in tags.CELLS and tag not in tags.TABLE_PARTS | {"table"}):
                return

    def _break(self) -> None:
        self._end_lines()
        self._open[-1].children.append(Node("break"))

    def _close_down_to(self, length: int) -> None:
        """Keep the first ``length`` open elements, and close the others, which the writer left open."""
        if length >= len(self._open):
            return
        if any(node.tag not in _OPTIONAL_END for node in self._open[length:]):
            self._repairs.add(Repair.CLOSED)
        del self._open[length:]
