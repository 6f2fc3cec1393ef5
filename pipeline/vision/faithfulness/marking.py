"""Marks the parts of a page that its own text contradicts, so that a person can check them."""

from collections.abc import Sequence

from pipeline.markup.sanitise import blocks_to_html
from pipeline.markup.tree import Node
from pipeline.vision.faithfulness.answer_parts import blocks_to_parts
from pipeline.vision.faithfulness.comparison import Comparison, part_to_plain
from pipeline.vision.faithfulness.numbers import text_to_comparable, text_to_numbers

_MARK = "data-unseen"


def mark(html: str, blocks: Sequence[Node], comparison: Comparison) -> str:
    """The fragment with the attribute ``data-unseen`` on the cells in question.

    In running text it is on a ``span`` around the number.

    Args:
        html: The clean fragment that was compared.
        blocks: Its tree, which is changed.
        comparison: What :func:`pipeline.vision.faithfulness.comparison.compare` found.
    """
    if not (comparison.suspects or comparison.rows):
        return html
    for index, part in enumerate(blocks_to_parts(blocks)):
        plain = part_to_plain(part)
        for node, text in zip(part.nodes, plain.cells, strict=True):
            suspect = any(number.value in comparison.suspects for number in text_to_numbers(text))
            if part.row and ((index in comparison.rows and text.strip()) or suspect):
                node.attributes = {**node.attributes, _MARK: ""}
            elif suspect:
                _mark_words(node, comparison.suspects)
            elif index in comparison.rows and not part.row:
                _mark_whole(node)
    return blocks_to_html(blocks)


def _mark_words(node: Node, suspects: frozenset[str]) -> None:
    """Put every word that holds a suspect number into a marked span."""
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node):
            if child.tag not in {"table", "ul", "ol", "dl", "pre"}:
                _mark_words(child, suspects)
            children.append(child)
        else:
            children += _text_to_marked(child, suspects)
    node.children = children


def _text_to_marked(text: str, suspects: frozenset[str]) -> list[Node | str]:
    pieces: list[Node | str] = []
    for piece in _words_and_spaces(text):
        values = {number.value for number in text_to_numbers(text_to_comparable(piece))}
        pieces.append(Node("span", {_MARK: ""}, [piece]) if values & suspects else piece)
    return pieces


def _words_and_spaces(text: str) -> list[str]:
    words = text.split(" ")
    return [piece for word in words for piece in (word, " ")][:-1]


def _mark_whole(node: Node) -> None:
    """Mark a paragraph's own text, but nothing of the blocks inside of it."""
    if all(isinstance(child, str) or child.tag not in {"table", "ul", "ol", "dl"} for child in node.children):
        node.children = [Node("span", {_MARK: ""}, node.children)]
