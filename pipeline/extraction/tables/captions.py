"""Captions: text directly above or below a table that names it belongs to the table, and is no paragraph."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.model import Table
from pipeline.extraction.text.blocks import Block, BlockKind, Part, block_to_text
from pipeline.extraction.text.captions_begin import TABLE_CAPTION
from pipeline.extraction.text.heading_words import is_parenthesised
from pipeline.extraction.text.lines import line_to_size

#: A caption ends at most so many type sizes above its table, or begins at most so many below.
GAP = 3.0
#: A caption has at most so many letters.
MAX_LETTERS = 300
#: Only the number; the title is below.
_LABEL = re.compile(r"\S+(?:\s\S+)?")
#: In a sentence about a table, a small letter follows the number.
_SENTENCE = re.compile(r"^\S+\s*\S+\s+[a-z]")


def parts_to_captioned(parts: Sequence[Part]) -> list[Part]:
    """The parts with every caption moved into its table.

    The title below a bare "Table 3", and a line in parentheses (mostly the unit), belong to the caption.

    Args:
        parts: In reading order.
    """
    owners: dict[int, range] = {}
    for index, part in enumerate(parts):
        if isinstance(part, Block) and _is_caption(part):
            end = _caption_to_end(parts, index)
            above, below = _gap(parts, index, index - 1), _gap(parts, end - 1, end)
            nearest = end if below <= above else index - 1
            if min(above, below) <= GAP and nearest not in owners:
                owners[nearest] = range(index, end if nearest == end else index + 1)
    moved = {index for places in owners.values() for index in places}
    return [
        _with_caption(part, [parts[place] for place in owners[index]]) if index in owners else part
        for index, part in enumerate(parts)
        if index not in moved
    ]


def _caption_to_end(parts: Sequence[Part], index: int) -> int:
    """The index after the last part that belongs to the caption, if the table comes below it."""
    end = index + 1
    label = parts[index]
    if isinstance(label, Block) and _LABEL.fullmatch(block_to_text(label)) and _is_title(label, parts[end : end + 1]):
        end += 1
    while end < len(parts) and _is_unit(parts[end]):
        end += 1
    return end


def _is_title(label: Block, following: Sequence[Part]) -> bool:
    return any(
        isinstance(part, Block)
        and _may_name(part)
        and TABLE_CAPTION.match(block_to_text(part)) is None
        and 0 <= part.box.top - label.box.bottom <= GAP * line_to_size(part.lines[0])
        for part in following
    )


def _is_caption(block: Block) -> bool:
    text = block_to_text(block)
    return _may_name(block) and TABLE_CAPTION.match(text) is not None and _SENTENCE.match(text) is None


def _may_name(block: Block) -> bool:
    named = block.kind in {BlockKind.PARAGRAPH, BlockKind.HEADING} and not block.angle
    return named and len(block_to_text(block)) <= MAX_LETTERS


def _is_unit(part: Part) -> bool:
    return isinstance(part, Block) and part.kind is BlockKind.PARAGRAPH and is_parenthesised(block_to_text(part))


def _gap(parts: Sequence[Part], index: int, beside: int) -> float:
    """The distance of the block from the table beside it, in its type sizes; infinite where there is no table."""
    block = parts[index]
    table = parts[beside] if 0 <= beside < len(parts) else None
    if not isinstance(block, Block) or not isinstance(table, Table):
        return float("inf")
    if block.box.x0 >= table.box.x1 or block.box.x1 <= table.box.x0:
        return float("inf")
    gap = table.box.top - block.box.bottom if beside > index else block.box.top - table.box.bottom
    return abs(gap) / max(map(line_to_size, block.lines))


def _with_caption(part: Part, blocks: Sequence[Part]) -> Part:
    lines = (line for block in blocks if isinstance(block, Block) for line in block.lines)
    return replace(part, caption=tuple(lines)) if isinstance(part, Table) else part
