"""Puts the page's own characters in the place of what a model misread, and says so."""

from collections import defaultdict
from collections.abc import Sequence

from pipeline.document import Correction
from pipeline.markup import tags
from pipeline.markup.table import blocks_to_places
from pipeline.markup.tree import Node
from pipeline.vision.alignment.misreadings import Misreading, parts_to_misreadings
from pipeline.vision.faithfulness.answer_parts import blocks_to_parts
from pipeline.vision.faithfulness.page_text import PageText

_WAS = "data-was"


def correct(blocks: Sequence[Node], page: PageText) -> tuple[Correction, ...]:
    """Mend misread words in place; the model's markup stays, and each mended word says what it was.

    Args:
        blocks: Of a clean page; they are changed.
        page: Its own text.
    """
    parts = blocks_to_parts(blocks)
    of_node: dict[int, list[Misreading]] = defaultdict(list)
    nodes: dict[int, Node] = {}
    for misreading in parts_to_misreadings(parts, page):
        node = parts[misreading.part].nodes[misreading.cell]
        nodes[id(node)] = node
        of_node[id(node)].append(misreading)
    places = blocks_to_places(blocks) if nodes else {}
    return tuple(
        _correction(misreading, places.get(key))
        for key, node in nodes.items()
        # From the last word on, so that those before it stay where they are.
        for misreading in sorted(of_node[key], key=lambda each: -each.word)
        if _mend(node, misreading)
    )


def _correction(misreading: Misreading, place: tuple[int, int, int] | None) -> Correction:
    table, row, column = place or (None, None, None)
    return Correction(table=table, row=row, column=column, was=misreading.was, now=misreading.now)


def _mend(node: Node, misreading: Misreading) -> bool:
    """Whether the words could be replaced; those that markup divides stay, and stay doubted."""
    index = misreading.word
    for holder, place in _texts(node):
        text = str(holder.children[place])
        words = text.split()
        if index >= len(words):
            index -= len(words)
            continue
        if " ".join(words[index : index + misreading.words]) != misreading.was:
            return False
        before, after = _around(text, index, misreading.words)
        mended = Node("span", {_WAS: misreading.was}, [misreading.now])
        holder.children[place : place + 1] = [each for each in (before, mended, after) if each]
        return True
    return False


def _texts(node: Node) -> list[tuple[Node, int]]:
    """Every text that is the node's own, as :func:`blocks_to_parts` takes them, with where it stands."""
    found: list[tuple[Node, int]] = []
    for place, child in enumerate(node.children):
        if isinstance(child, str):
            found.append((node, place))
        elif child.tag not in tags.BLOCKS | tags.LISTS and child.attributes.get("class") not in tags.CLASSES:
            found += _texts(child)
    return found


def _around(text: str, index: int, count: int) -> tuple[str, str]:
    """What stands before and after so many words of a text, blanks included."""
    position = begin = 0
    for number, word in enumerate(text.split()):
        position = text.index(word, position)
        if number == index:
            begin = position
        position += len(word)
        if number == index + count - 1:
            return text[:begin], text[position:]
    return text, ""
