"""Headers and footers: blocks alone at the page's upper and lower edge."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.extraction.model import Table
from pipeline.extraction.text.blocks import Block, BlockKind
from pipeline.extraction.text.lines import line_to_size

#: Headers and footers are within this share of the page's height from the edge.
EDGE = 0.095
#: The same for a bare page number.
NUMBER_EDGE = 0.16
#: The gap between them and the text is at least this many body sizes.
GAP = 1.2
#: Headers and footers have at most so many lines.
MAX_LINES = 3
#: Headers and footers have at most so many letters.
MAX_LETTERS = 160
#: Type larger than this many body sizes and than this many points is a title.
MAX_SIZE, MAX_POINTS = 1.3, 11.0
_PAGE_NUMBER = re.compile(
    r"(?:page|p\.)?\s*[-\u2013\u2014|\[(]*\s*(?:\d{1,4}|[ivxlc]{1,7})\s*(?:(?:of|/)\s*\d{1,4})?\s*[-\u2013\u2014|\])]*",
    re.IGNORECASE,
)


def parts_to_furnished(parts: Sequence[Block | Table], height: float, body: float) -> list[Block | Table]:
    """The parts, with headers and footers marked as such.

    Args:
        parts: Of one page.
        height: Of the page.
        body: Type size of the running text, in points.
    """
    downwards = [_Reach(part.box.top, part.box.bottom, part if isinstance(part, Block) else None) for part in parts]
    upwards = [_Reach(height - reach.end, height - reach.start, reach.block) for reach in downwards]
    headers = {id(block) for block in _reaches_to_edge(downwards, height, body)}
    footers = {id(block) for block in _reaches_to_edge(upwards, height, body)}
    if len(headers | footers) == len(parts):
        return list(parts)
    return [_part_to_furnished(part, headers, footers) for part in parts]


def _part_to_furnished(part: Block | Table, headers: Collection[int], footers: Collection[int]) -> Block | Table:
    if isinstance(part, Block) and (id(part) in headers or id(part) in footers):
        kind = BlockKind.HEADER if id(part) in headers else BlockKind.FOOTER
        return replace(part, kind=kind, level=0, ordered=False)
    return part


class _Reach(NamedTuple):
    """The distances from the edge where something begins and ends; ``block`` is None for a table."""

    start: float
    end: float
    block: Block | None


def _reaches_to_edge(reaches: Sequence[_Reach], height: float, body: float) -> list[Block]:
    """The blocks at one edge, separated from the rest by a gap: a few short lines, or a page number."""
    found: list[Block] = []
    end = 0.0
    taken: list[Block] = []
    for reach in sorted(reaches, key=lambda reach: reach.start):
        if found and reach.start - end >= GAP * body:
            taken = list(found)
        block = reach.block
        if block is None or not _is_small(block, body) or reach.end > _zone(block) * height:
            break
        found.append(block)
        end = max(end, reach.end)
        if sum(len(each.lines) for each in found) > MAX_LINES:
            break
    return taken


def _zone(block: Block) -> float:
    """The share of the page's height within which the block may be, from its edge."""
    text = " ".join(word.text for line in block.lines for word in line.words)
    return NUMBER_EDGE if _PAGE_NUMBER.fullmatch(text) else EDGE


def _is_small(block: Block, body: float) -> bool:
    letters = sum(len(word.text) for line in block.lines for word in line.words)
    size = max(line_to_size(line) for line in block.lines)
    return (
        len(block.lines) <= MAX_LINES
        and letters <= MAX_LETTERS
        and size <= max(MAX_SIZE * body, MAX_POINTS)
        and not block.angle
    )
