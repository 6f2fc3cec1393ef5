"""Turns a tree of any elements into a tree in which each element is at a place where HTML allows it."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from pipeline.markup import tags
from pipeline.markup.grid import table_to_grid
from pipeline.markup.mathml import math_to_text
from pipeline.markup.repairs import Repair
from pipeline.markup.tree import Node, node_to_text, own_attributes

_SPACE: Final = re.compile(r"[ \t\n\f]+")
_ADDRESS: Final = re.compile(r"(?:https?://[^\s<>\"]+|mailto:[^\s<>\"]+|#page-[0-9]{1,6})\Z", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,6}\Z", re.ASCII)
# The parent that an element needs, if it is missing.
_PARENTS: Final = {
    "li": "ul",
    "dt": "dl",
    "dd": "dl",
    **dict.fromkeys(tags.TABLE_PARTS, "table"),
}


def tree_to_blocks(root: Node, repairs: set[Repair]) -> list[Node]:
    """The blocks of a page: headings, paragraphs, lists, tables and figures, each valid inside.

    Args:
        root: As :func:`pipeline.markup.tree.tokens_to_tree` built it.
        repairs: Receives what was mended.
    """
    return _Rebuilder(repairs).blocks(root.children)


class _Rebuilder:
    """Rebuilds each element from the children that are allowed in it."""

    def __init__(self, repairs: set[Repair]) -> None:
        self._repairs = repairs
        self._blocks: dict[str, Callable[[Node], list[Node]]] = {
            "p": self._line_block,
            "pre": self._pre,
            "hr": lambda _node: [Node("hr")],
            "ul": self._list,
            "ol": self._list,
            "dl": self._definitions,
            "table": self._table,
            "blockquote": self._container,
            "figure": self._container,
            "figcaption": self._line_block,
            **dict.fromkeys(tags.HEADINGS, self._line_block),
        }

    def blocks(self, children: Iterable[Node | str], *, keep_captions: bool = False) -> list[Node]:
        """Blocks from mixed content; inline content becomes paragraphs."""
        blocks: list[Node] = []
        run: list[Node | str] = []
        for child in _with_parents(children, self._repairs):
            if isinstance(child, str) or child.tag not in self._blocks:
                if isinstance(child, Node) and child.tag == "break":
                    blocks += self._paragraph(run)
                    run = []
                else:
                    run.append(child)
                continue
            blocks += self._paragraph(run)
            run = []
            built = self._blocks[child.tag](child)
            if child.tag == "figcaption" and not keep_captions:
                built = [Node("p", node.attributes, node.children) for node in built]
            blocks += built
        return blocks + self._paragraph(run)

    def _paragraph(self, run: list[Node | str]) -> list[Node]:
        children = self._inline(run)
        return [Node("p", {}, children)] if _has_text(children) else []

    def _line_block(self, node: Node) -> list[Node]:
        children = self._inline(node.children)
        return [Node(node.tag, own_attributes(node), children)] if _has_text(children) else []

    def _inline(self, children: Sequence[Node | str]) -> list[Node | str]:
        """Inline content without space at its ends."""
        if len(children) == 1 and isinstance(only := children[0], str):  # most cells
            text = _SPACE.sub(" ", only).strip(" ")
            return [text] if text.strip() else []
        return _trimmed(self._inline_parts(children))

    def _inline_parts(self, children: Iterable[Node | str]) -> list[Node | str]:
        built: list[Node | str] = []
        for child in children:
            if isinstance(child, str):
                built.append(_SPACE.sub(" ", child))
            elif child.tag in {"br", "break"}:
                built.append(Node("br"))
            elif child.tag in {"math", "annotation"}:
                built += _math(child)
            elif child.tag in tags.INLINE:
                built += self._inline_element(child)
            else:
                built += self._inline_parts(child.children)
        return built

    def _inline_element(self, node: Node) -> list[Node | str]:
        children = self._inline_parts(node.children)
        attributes: dict[str, str] = {}
        if node.tag == "a":
            href = node.attributes.get("href", "").strip()
            if not _ADDRESS.match(href):
                self._repairs.update({Repair.LINKS} if href else ())
                return children
            attributes["href"] = href
        if own := own_attributes(node):
            attributes |= own
        elif node.tag == "span" and "data-unseen" in node.attributes:
            attributes["data-unseen"] = ""
        elif node.tag == "span":
            return children
        return [Node(node.tag, attributes, children)] if children else []

    def _pre(self, node: Node) -> list[Node]:
        text = node_to_text(node).strip("\n")
        return [Node("pre", {}, [text])] if text.strip() else []

    def _container(self, node: Node) -> list[Node]:
        children = self.blocks(node.children, keep_captions=node.tag == "figure")
        return [Node(node.tag, own_attributes(node), list(children))] if children else []

    def _list(self, node: Node) -> list[Node]:
        items: list[Node | str] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag == "li":
                attributes = _number(child, "value") | own_attributes(child)
                items.append(Node("li", attributes, self._flow(child.children)))
            elif isinstance(child, Node) and child.tag in tags.LISTS and items and isinstance(items[-1], Node):
                items[-1].children += self._list(child)
            elif content := self._flow([child]):
                items.append(Node("li", {}, content))
        start = _number(node, "start") if node.tag == "ol" else {}
        return [Node(node.tag, start | own_attributes(node), items)] if items else []

    def _definitions(self, node: Node) -> list[Node]:
        items: list[Node | str] = []
        for child in node.children:
            tag = child.tag if isinstance(child, Node) and child.tag in {"dt", "dd"} else "dd"
            children = child.children if isinstance(child, Node) and child.tag == tag else [child]
            content = self._inline(children) if tag == "dt" else self._flow(children)
            if content:
                items.append(Node(tag, {}, content))
        return [Node("dl", {}, items)] if items else []

    def _flow(self, children: list[Node | str]) -> list[Node | str]:
        """The content of a cell or a list item: inline where possible, else blocks."""
        if any(isinstance(child, Node) and (child.tag in self._blocks or child.tag in _PARENTS) for child in children):
            return _tight(self.blocks(children))
        return self._inline(children)

    def _cell(self, node: Node) -> list[Node | str]:
        """A cell's content; a heading in a cell is only bold text."""
        content = self._flow(node.children)
        if not any(isinstance(child, Node) and child.tag in tags.HEADINGS for child in content):
            return content
        return _tight([_heading_to_paragraph(child) for child in content if isinstance(child, Node)])

    def _table(self, node: Node) -> list[Node]:
        grid = table_to_grid(node, self._cell, self._repairs)
        caption = self._inline(grid.caption)
        before, after = self.blocks(grid.before), self.blocks(grid.after)
        if before or after:
            self._repairs.add(Repair.STRAY_TEXT)
        if not grid.rows:
            return [*before, *self.blocks(caption), *after]
        head = [Node("caption", grid.caption_attributes, caption)] if _has_text(caption) else []
        table = Node("table", own_attributes(node), [*head, *grid.groups()])
        return [*before, table, *after]


def _with_parents(children: Iterable[Node | str], repairs: set[Repair]) -> list[Node | str]:
    """The children; neighbours that need the same parent are put into one."""
    result: list[Node | str] = []
    for child in children:
        parent = _PARENTS.get(child.tag) if isinstance(child, Node) else None
        last = result[-1] if result else None
        if parent is None:
            # White space between two cells does not separate them.
            blank = isinstance(child, str) and not child.strip()
            if not (blank and isinstance(last, Node) and "loose" in last.attributes):
                result.append(child)
            continue
        if parent == "table":
            repairs.add(Repair.LOOSE_CELLS)
        if not (isinstance(last, Node) and last.attributes.get("loose") == parent):
            last = Node(parent, {"loose": parent})
            result.append(last)
        last.children.append(child)
    return result


def _number(node: Node, name: str) -> dict[str, str]:
    """The attribute with the number of a list or an item, if it is a number."""
    value = node.attributes.get(name, "")
    return {name: value} if _NUMBER.match(value) else {}


def _tight(blocks: list[Node]) -> list[Node | str]:
    """The blocks, the first one without its paragraph where only lists follow."""
    if blocks and blocks[0].tag == "p" and all(block.tag in tags.LISTS for block in blocks[1:]):
        return [*blocks[0].children, *blocks[1:]]
    return list(blocks)


def _heading_to_paragraph(node: Node) -> Node:
    return Node("p", node.attributes, [Node("strong", {}, node.children)]) if node.tag in tags.HEADINGS else node


def _math(node: Node) -> list[Node | str]:
    text = math_to_text(node)
    return [Node("code", {"class": "math"}, [text])] if text else []


def _has_text(children: Iterable[Node | str]) -> bool:
    return any(child.strip() if isinstance(child, str) else _has_text(child.children) for child in children)


def _trimmed(children: list[Node | str]) -> list[Node | str]:
    """The children without space and line breaks at the ends, and without space around line breaks."""
    kept: list[Node | str] = []
    for child in _coalesced(children):
        after_break = not kept or (isinstance(kept[-1], Node) and kept[-1].tag == "br")
        if isinstance(child, str):
            text = _SPACE.sub(" ", child)
            text = text.lstrip(" ") if after_break else text
            if text:
                kept.append(text)
        elif child.tag != "br":
            kept.append(child)
        elif kept:
            last = kept[-1]
            kept[-1] = last.rstrip(" ") if isinstance(last, str) else last
            kept.append(child)
    while kept and _is_blank(kept[-1]):
        kept.pop()
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip(" ")
    return kept


def _is_blank(child: Node | str) -> bool:
    return not child.strip() if isinstance(child, str) else child.tag == "br"


def _coalesced(children: Iterable[Node | str]) -> list[Node | str]:
    """The children with neighbouring texts joined, in linear time."""
    result: list[Node | str] = []
    for is_text, group in groupby(children, key=lambda child: isinstance(child, str)):
        if is_text:
            result.append("".join(str(text) for text in group))
        else:
            result += group
    return result
