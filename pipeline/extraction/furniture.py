"""Headers and footers: what stands alone at the page's upper and lower edge."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.blocks import Block, BlockKind
from pipeline.extraction.lines import line_to_size
from pipeline.extraction.model import BBox

#: Headers end, and footers begin, within this share of the page's height.
EDGE = 0.095
#: At least this many body sizes lie between them and the text.
GAP = 0.7
#: They have at most so many lines ...
MAX_LINES = 3
#: ... and letters.
MAX_LETTERS = 160
#: Larger type than this many body sizes is a title.
MAX_SIZE = 1.3
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.)?\s*[-\u2013\u2014|\[(]*\s*(?:\d{1,4}|[ivxlc]{1,7})\s*(?:(?:of|/)\s*\d{1,4})?\s*[-\u2013\u2014|\])]*",
    re.IGNORECASE,
)


def blocks_to_furnished(blocks: Sequence[Block], others: Sequence[BBox], height: float, body: float) -> list[Block]:
    """The blocks, with headers and footers marked as such.

    Args:
        blocks: Of one page.
        others: Boxes of what else is on the page (tables).
        height: Of the page.
        body: Type size of the running text, in points.
    """
    small = {id(block) for block in blocks if _is_small(block, body)}
    upper = {id(block) for block in blocks if id(block) in small and block.box.bottom <= EDGE * height}
    lower = {id(block) for block in blocks if id(block) in small and block.box.top >= (1 - EDGE) * height}
    if len(upper) + len(lower) == len(blocks) and not others:
        return list(blocks)
    inner = [block.box for block in blocks if id(block) not in upper | lower] + list(others)
    first, last = min((box.top for box in inner), default=height), max((box.bottom for box in inner), default=0.0)
    return [
        _marked(block, BlockKind.HEADER, first - block.box.bottom, body)
        if id(block) in upper
        else _marked(block, BlockKind.FOOTER, block.box.top - last, body)
        if id(block) in lower
        else block
        for block in blocks
    ]


def _is_small(block: Block, body: float) -> bool:
    letters = sum(len(word.text) for line in block.lines for word in line.words)
    size = max(line_to_size(line) for line in block.lines)
    return len(block.lines) <= MAX_LINES and letters <= MAX_LETTERS and size <= MAX_SIZE * body and not block.angle


def _marked(block: Block, kind: BlockKind, gap: float, body: float) -> Block:
    text = " ".join(word.text for line in block.lines for word in line.words)
    if gap < GAP * body and not _PAGE_NUMBER.fullmatch(text):
        return block
    return replace(block, kind=kind, level=0, ordered=False)
