"""Puts back paragraphs and tables that the answer left out, from what the built-in engine has read."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipeline.markup import tags
from pipeline.markup.table import WAS
from pipeline.markup.tree import Node, node_to_text
from pipeline.vision.alignment.page_tokens import text_to_tokens
from pipeline.vision.faithfulness.page_text import is_unreadable

#: A block was left out where the answer lacks at least this share of it. Less may be said in other words.
_LEAST_LACKING: Final = 0.7
#: A shorter block may be a number of a page or a sign of a figure.
_FEWEST_TOKENS: Final = 3
#: A block is put after the block of the answer that has at least this share of its predecessor.
_LEAST_SHARED: Final = 0.5


def with_left_out(blocks: tuple[Node, ...], engine: Sequence[Node]) -> tuple[tuple[Node, ...], bool]:
    """The blocks of the answer, and those of the engine that it lacks, each after its predecessor on the page.

    Args:
        blocks: Of the answer.
        engine: The blocks of the built-in engine, in reading order.

    Returns:
        The blocks, and whether any was put back.
    """
    bags = [_tokens(block) for block in blocks]
    left = sum(bags, Counter[str]())
    behind: dict[int, list[Node]] = {}
    place = -1
    for block in engine:
        tokens = _tokens(block)
        lacking = tokens - left
        left -= tokens
        if not _may_be_left_out(block, tokens) or lacking.total() < _LEAST_LACKING * tokens.total():
            place = _place(bags, tokens, place)
        else:
            behind.setdefault(place, []).append(block if block.tag == "table" else _marked(block))
    found = list(behind.get(-1, ()))
    for number, block in enumerate(blocks):
        found += [block, *behind.get(number, ())]
    return tuple(found), bool(behind)


def _tokens(block: Node) -> Counter[str]:
    return Counter(text_to_tokens(node_to_text(block)))


def _may_be_left_out(block: Node, tokens: Counter[str]) -> bool:
    """Whether the answer may leave the block out: running heads and feet, and text that nobody can read."""
    margin = block.attributes.get("class") in {"page-header", "page-footer"}
    return tokens.total() >= _FEWEST_TOKENS and not margin and not is_unreadable(node_to_text(block))


def _place(bags: Sequence[Counter[str]], tokens: Counter[str], before: int) -> int:
    """The block of the answer that has most of these tokens, if it has enough of them."""
    shared = [(bag & tokens).total() for bag in bags]
    best = max(range(len(bags)), key=lambda number: (shared[number], -abs(number - before)), default=before)
    return best if bags and shared[best] >= _LEAST_SHARED * max(tokens.total(), 1) else before


def _marked(block: Node) -> Node:
    """The block, marked as not from the answer."""
    if block.tag in tags.LISTS:
        items = [
            Node(child.tag, child.attributes, [Node("span", {WAS: ""}, child.children)])
            for child in block.children
            if isinstance(child, Node)
        ]
        return Node(block.tag, block.attributes, list(items))
    return Node(block.tag, block.attributes, [Node("span", {WAS: ""}, block.children)])
