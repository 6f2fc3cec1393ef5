"""The text of an answer outside of its tables."""

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.markup.tree import Node, node_to_text
from pipeline.vision.alignment.page_tokens import text_to_tokens


def blocks_to_rest(blocks: Iterable[Node]) -> Counter[str]:
    """The tokens of a clean page that are in no table; tokens of captions count as outside."""
    return Counter(token for block in blocks for text in _texts_outside(block) for token in text_to_tokens(text))


def _texts_outside(node: Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, Node) and child.tag != "table":
            yield from _texts_outside(child)
        elif isinstance(child, Node):
            captions = (each for each in child.children if isinstance(each, Node) and each.tag == "caption")
            yield from map(node_to_text, captions)
        else:
            yield child
