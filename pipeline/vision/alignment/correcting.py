"""Replaces what a model misread by the page's own characters, and records each correction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipeline.markup import tags
from pipeline.markup.table import WAS, blocks_to_places, table_to_cells
from pipeline.markup.tree import Node
from pipeline.page_result import Correction
from pipeline.vision.alignment.laid_table import LaidTable
from pipeline.vision.alignment.misreadings import Misreading, parts_to_misreadings
from pipeline.vision.alignment.table_misreadings import laid_to_misreadings
from pipeline.vision.faithfulness.answer_parts import blocks_to_parts
from pipeline.vision.faithfulness.page_text import PageText


def correct_text(blocks: Sequence[Node], page: PageText) -> tuple[Correction, ...]:
    """Correct misread words of running text in place; the model's markup stays, and each correction keeps the old text.

    Args:
        blocks: Of a clean page; they are changed.
        page: Its own text.
    """
    parts = blocks_to_parts(blocks)
    found = ((parts[index].nodes[0], misreading) for index, misreading in parts_to_misreadings(parts, page))
    return _mend_all(found, {})


def correct_tables(
    blocks: Sequence[Node], tables: Sequence[Node], laid: Sequence[LaidTable], page: PageText
) -> tuple[Correction, ...]:
    """The same for the cells of tables.

    Args:
        blocks: Of a clean page; they are changed.
        tables: The elements in them.
        laid: Each table aligned with the page.
        page: Its own text.
    """
    taken = frozenset(index for each in laid for index in each.taken)
    found: list[tuple[Node, Misreading]] = []
    for table, each in zip(tables, laid, strict=True):
        misreadings = list(laid_to_misreadings(each, page, taken))
        cells = [node for node, _ in table_to_cells(table)] if misreadings else []
        found += [(cells[cell], misreading) for cell, misreading in misreadings]
    return _mend_all(found, blocks_to_places(blocks) if found else {})


def _mend_all(
    found: Iterable[tuple[Node, Misreading]], places: Mapping[int, tuple[int, int, int]]
) -> tuple[Correction, ...]:
    of_node: dict[int, list[Misreading]] = defaultdict(list)
    nodes: dict[int, Node] = {}
    for node, misreading in found:
        nodes[id(node)] = node
        of_node[id(node)].append(misreading)
    return tuple(
        _correction(misreading, places.get(key))
        for key, node in nodes.items()
        # From the last word to the first, so that the positions of earlier words stay right.
        for misreading in sorted(of_node[key], key=lambda each: -each.word)
        if _mend(node, misreading)
    )


def _correction(misreading: Misreading, place: tuple[int, int, int] | None) -> Correction:
    table, row, column = place or (None, None, None)
    return Correction(table=table, row=row, column=column, was=misreading.was, now=misreading.now)


def _mend(node: Node, misreading: Misreading) -> bool:
    """Whether the words could be replaced; words divided by markup stay as they are, and stay doubted."""
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
        mended = Node("span", {WAS: misreading.was}, [misreading.now])
        holder.children[place : place + 1] = [each for each in (before, mended, after) if each]
        return True
    return False


def _texts(node: Node) -> list[tuple[Node, int]]:
    """Every text of the node itself, as :func:`blocks_to_parts` takes them, with its position."""
    found: list[tuple[Node, int]] = []
    for place, child in enumerate(node.children):
        if isinstance(child, str):
            found.append((node, place))
        elif child.tag not in tags.BLOCKS | tags.LISTS and child.attributes.get("class") not in tags.CLASSES:
            found += _texts(child)
    return found


def _around(text: str, index: int, count: int) -> tuple[str, str]:
    """The text before and after so many words of a text, blanks included."""
    position = begin = 0
    for number, word in enumerate(text.split()):
        position = text.index(word, position)
        if number == index:
            begin = position
        position += len(word)
        if number == index + count - 1:
            return text[:begin], text[position:]
    return text, ""
