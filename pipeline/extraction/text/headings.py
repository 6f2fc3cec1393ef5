"""Which blocks are headings, and of which level, by size and weight against the page's running text."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.extraction.text.blocks import Block, BlockKind, is_bold, words_to_bold_share
from pipeline.extraction.text.lines import line_to_size

#: From this many times the body size on, a heading is of the level.
LEVELS = ((1.75, 1), (1.35, 2), (1.12, 3))
#: The level of a heading that only its weight tells from the text.
BOLD_LEVEL = 4
#: A heading has at most so many lines ...
MAX_LINES = 4
#: ... and letters.
MAX_LETTERS = 220
#: A bold line of the body size is a heading when it is at most so long.
MAX_BOLD_LETTERS = 110
#: Where more than this share of a page's letters are bold, weight says nothing.
BOLD_PAGE = 0.5
_SENTENCE_ENDS = (".", ",", ";")
_PARENTHESISED = re.compile(r"\((?:[^()]|\([^()]*\))*\)")

# Type size in half points, and whether all of it is bold.
_Look = tuple[float, bool]


def blocks_to_headed(blocks: Sequence[Block], body: float) -> list[Block]:
    """The blocks, with those that are headings marked as such.

    Args:
        blocks: Of one page.
        body: Type size of the running text, in points.
    """
    words = (word for block in blocks for line in block.lines for word in line.words)
    bold_tells = words_to_bold_share(words) <= BOLD_PAGE
    running = {_block_to_look(block) for block in blocks if _is_long(block)}
    return [_block_to_headed(block, body, running, bold_tells=bold_tells) for block in blocks]


def _block_to_headed(block: Block, body: float, running: Collection[_Look], *, bold_tells: bool) -> Block:
    if block.kind not in {BlockKind.PARAGRAPH, BlockKind.ITEM} or _is_long(block):
        return block
    text = block_to_text(block)
    if sum(letter.isalpha() for letter in text) < 2:  # noqa: PLR2004 — a number or a drop cap is no heading
        return block
    if is_parenthesised(text):
        return block
    look = _block_to_look(block)
    # What is set like a whole paragraph is text too, be it the smaller part: notes can outnumber what they belong to.
    level = None if look in running else _size_to_level(look[0] / body)
    if level is None and bold_tells and all(is_bold(line) for line in block.lines):
        level = BOLD_LEVEL if len(text) <= MAX_BOLD_LETTERS and not text.endswith(_SENTENCE_ENDS) else None
    return block if level is None else replace(block, kind=BlockKind.HEADING, level=level, ordered=False)


def is_parenthesised(text: str) -> bool:
    """Whether all of the text stands in parentheses: an aside to what is above it, mostly a unit, and no heading."""
    return _PARENTHESISED.fullmatch(text) is not None


def _is_long(block: Block) -> bool:
    """Whether it is longer than any heading."""
    return len(block.lines) > MAX_LINES or len(block_to_text(block)) > MAX_LETTERS


def _block_to_look(block: Block) -> _Look:
    size = max(line_to_size(line) for line in block.lines)
    return round(size * 2) / 2, all(is_bold(line) for line in block.lines)


def block_to_text(block: Block) -> str:
    """The block's words with a blank between."""
    return " ".join(word.text for line in block.lines for word in line.words)


def _size_to_level(ratio: float) -> int | None:
    return next((level for least, level in LEVELS if ratio >= least), None)
