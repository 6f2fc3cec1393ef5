"""Splits a clean fragment into rows of cells and blocks of text, to be compared with a page."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pipeline.markup import tags
from pipeline.markup.tree import Node

_PARTS: Final = tags.BLOCKS | tags.LISTS | {"li", "dt", "dd", "caption", "tr"}


class AnswerPart(NamedTuple):
    """A row of a table, or a block of text.

    Attributes:
        cells: The texts of the row's cells; for a block, its one text.
        free: Content that is not printed text: numbers of a list, descriptions of pictures, LaTeX.
        row: Whether it is a row of a table.
        nodes: The elements of the texts, one for each.
    """

    cells: tuple[str, ...]
    free: str
    row: bool
    nodes: tuple[Node, ...] = ()


def blocks_to_parts(blocks: Iterable[Node]) -> list[AnswerPart]:
    """The rows and blocks of a clean page, in order."""
    return [part for block in blocks for part in _parts_of(block)]


def _parts_of(node: Node) -> Iterator[AnswerPart]:
    if node.tag == "tr":
        yield _row(node)
        return
    own: list[str] = []
    free: list[str] = [node.attributes["value"]] if "value" in node.attributes else []
    below: list[Node] = []
    _gather(node, own, free, below)
    text = "".join(own)
    if text.strip() or free:
        yield AnswerPart((text,), " ".join(free), row=False, nodes=(node,))
    for child in below:
        yield from _parts_of(child)


def _row(node: Node) -> AnswerPart:
    cells = [child for child in node.children if isinstance(child, Node)]
    texts: list[str] = []
    free: list[str] = []
    for cell in cells:
        own: list[str] = []
        _flatten(cell, own, free)
        texts.append("".join(own))
    return AnswerPart(tuple(texts), " ".join(free), row=True, nodes=tuple(cells))


def _gather(node: Node, own: list[str], free: list[str], below: list[Node]) -> None:
    """The node's own text, and the blocks inside of it that are separate parts."""
    for child in node.children:
        if isinstance(child, str):
            own.append(child)
        elif child.tag in _PARTS or child.tag in tags.ROW_GROUPS:
            below.append(child)
            own.append("\n")
        elif child.attributes.get("class") in tags.CLASSES:
            free.append(_whole(child))
        else:
            own.append(" " if child.tag in {"br", "sup"} else "")
            _gather(child, own, free, below)


def _flatten(node: Node, own: list[str], free: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            own.append(child)
        elif child.attributes.get("class") in tags.CLASSES:
            free.append(_whole(child))
        else:
            edge = " " if child.tag in {"br", "sup"} or child.tag in _PARTS else ""
            own.append(edge)
            _flatten(child, own, free)
            own.append(edge if child.tag != "sup" else "")


def _whole(node: Node) -> str:
    return "".join(child if isinstance(child, str) else _whole(child) for child in node.children)
