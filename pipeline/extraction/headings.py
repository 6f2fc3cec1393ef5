"""Which blocks are headings, and of which level, by size and weight against the page's running text."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.blocks import Block, BlockKind, is_bold, words_to_bold_share
from pipeline.extraction.lines import line_to_size

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


def blocks_to_headed(blocks: Sequence[Block], body: float) -> list[Block]:
    """The blocks, with those that are headings marked as such.

    Args:
        blocks: Of one page.
        body: Type size of the running text, in points.
    """
    words = (word for block in blocks for line in block.lines for word in line.words)
    bold_tells = words_to_bold_share(words) <= BOLD_PAGE
    return [_block_to_headed(block, body, bold_tells=bold_tells) for block in blocks]


def _block_to_headed(block: Block, body: float, *, bold_tells: bool) -> Block:
    if block.kind not in {BlockKind.PARAGRAPH, BlockKind.ITEM} or len(block.lines) > MAX_LINES:
        return block
    text = " ".join(word.text for line in block.lines for word in line.words)
    letters = sum(letter.isalpha() for letter in text)
    if letters < 2 or len(text) > MAX_LETTERS:  # noqa: PLR2004 — a number or a drop cap is no heading
        return block
    level = _size_to_level(max(line_to_size(line) for line in block.lines) / body)
    if level is None and bold_tells and all(is_bold(line) for line in block.lines):
        level = BOLD_LEVEL if len(text) <= MAX_BOLD_LETTERS and not text.endswith(_SENTENCE_ENDS) else None
    return block if level is None else replace(block, kind=BlockKind.HEADING, level=level, ordered=False)


def _size_to_level(ratio: float) -> int | None:
    return next((level for least, level in LEVELS if ratio >= least), None)
