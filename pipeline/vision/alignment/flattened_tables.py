"""Tables that the answer has as running text: one paragraph for each cell or row."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.markup.tree import Node, node_to_text
from pipeline.vision.alignment.page_tokens import text_to_tokens
from pipeline.vision.alignment.replacing import Replacement

#: A block belongs to a table if the table has this share of it. The table is there if such blocks have this share of
#: the table.
_LEAST_SHARED: Final = 0.8
#: Blocks that are cells or rows have at most so many tokens on average.
_LONGEST: Final = 20
#: At least so many blocks make a table.
_FEWEST_BLOCKS: Final = 4
#: At most so many other blocks may be among those of a table: the model read them in another order.
_BETWEEN: Final = 2


def blocks_to_unflattened(blocks: Sequence[Node], tables: Sequence[Node]) -> Iterator[Replacement]:
    """The replacements for blocks that are such a table.

    Args:
        blocks: Of the answer.
        tables: Tables of the page that the answer has no table for.
    """
    used: set[int] = set()
    bags = [
        Counter(text_to_tokens(node_to_text(block))) if block.tag != "table" else Counter[str]() for block in blocks
    ]
    for table in tables:
        wanted = Counter(text_to_tokens(node_to_text(table)))
        run = _longest_run([number for number, bag in enumerate(bags) if number not in used and _is_part(bag, wanted)])
        had = sum((bags[number] for number in run), Counter[str]())
        enough = (had & wanted).total() >= _LEAST_SHARED * wanted.total()
        if enough and len(run) >= _FEWEST_BLOCKS and had.total() <= _LONGEST * len(run):
            used.update(run)
            yield Replacement(replaced=tuple(blocks[number] for number in run), tables=(table,))


def _is_part(bag: Counter[str], table: Counter[str]) -> bool:
    return bool(bag) and (bag & table).total() >= _LEAST_SHARED * bag.total()


def _longest_run(numbers: Sequence[int]) -> list[int]:
    """The longest run of consecutive numbers among them."""
    best: list[int] = []
    run: list[int] = []
    for number in numbers:
        run = [*run, number] if run and number - run[-1] <= _BETWEEN + 1 else [number]
        best = max(best, run, key=len)
    return best
