"""Watermarks: slanted or large text over the page's own text, which is in none of its lines."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.extraction.model import BBox, Word
from pipeline.extraction.tables.cells import word_to_angle
from pipeline.extraction.tables.word_index import WordIndex
from pipeline.extraction.text.lines import word_to_size

#: Slanted text is a watermark if it overlaps so many words of the page's own text.
LEAST_COVERED = 2
#: Horizontal text must also be at least this many times as large as the words that it overlaps.
LARGE = 2.0
#: The part of a glyph's box that has ink, from its top: a line only just above or below does not overlap it.
INK = (0.2, 0.8)
#: A slanted glyph has ink within this distance (type sizes) of its middle.
CORE = 0.25
#: Words of one line of a watermark are at most this many type sizes apart.
GAP = 1.5
#: Only longer lines are reduced to one copy: shorter ones cannot be told from pieces of other lines.
REPEATED = 3
_UPRIGHT = frozenset({0, 90, 180, 270})


class WatermarkWords(NamedTuple):
    """The words of a page.

    Attributes:
        text: Those of its text.
        marks: The words of watermarks; a repeated line once.
    """

    text: Sequence[Word]
    marks: tuple[Word, ...]


def words_to_text_and_marks(words: Sequence[Word]) -> WatermarkWords:
    """Separate the watermarks of a page from its text.

    Args:
        words: Of one page.
    """
    candidates = _words_to_candidates(words)
    if not candidates:
        return WatermarkWords(words, ())
    groups: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for word in candidates:
        groups[word_to_angle(word), round(word_to_size(word))].append(word)
    taken = {id(word) for word in candidates}
    others = WordIndex([word for word in words if id(word) not in taken and word_to_angle(word) in _UPRIGHT])
    marks = [group for group in groups.values() if _lies_over_text(group, others)]
    ids = {id(word) for group in marks for word in group}
    text = [word for word in words if id(word) not in ids]
    return WatermarkWords(text, tuple(word for group in marks for word in _group_to_lines(group)))


def _words_to_candidates(words: Sequence[Word]) -> list[Word]:
    """Slanted words, and words much larger than most."""
    sizes = sorted(word_to_size(word) for word in words)
    large = LARGE * sizes[len(sizes) // 2] if sizes else 0.0
    return [word for word in words if word_to_size(word) >= large or word_to_angle(word) not in _UPRIGHT]


def _lies_over_text(group: Sequence[Word], others: WordIndex) -> bool:
    covered: set[int] = set()
    is_slanted = word_to_angle(group[0]) not in _UPRIGHT
    for char in (char for word in group for char in word.chars):
        if is_slanted:
            x, y = (char.box.x0 + char.box.x1) / 2, (char.box.top + char.box.bottom) / 2
            near = others.inside(BBox(-math.inf, y - char.size, math.inf, y + char.size))
            covered.update(id(word) for word in near if _touches(word.box, x, y, CORE * char.size))
        else:
            under = others.inside(_ink(char.box))
            covered.update(id(word) for word in under if word_to_size(word) * LARGE <= char.size)
        if len(covered) >= LEAST_COVERED:
            return True
    return False


def _touches(box: BBox, x: float, y: float, reach: float) -> bool:
    return box.x0 - reach < x < box.x1 + reach and box.top - reach < y < box.bottom + reach


def _ink(box: BBox) -> BBox:
    height = box.bottom - box.top
    return BBox(box.x0, box.top + INK[0] * height, box.x1, box.top + INK[1] * height)


def _group_to_lines(group: Sequence[Word]) -> Iterator[Word]:
    """The lines of a watermark as words; a slanted line that the page has several times comes once."""
    if word_to_angle(group[0]) in _UPRIGHT:
        yield from group
        return
    angle = math.radians(word_to_angle(group[0]))
    rows: dict[int, list[tuple[float, Word]]] = defaultdict(list)
    for word in group:
        x, y = (word.box.x0 + word.box.x1) / 2, (word.box.top + word.box.bottom) / 2
        along, across = x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
        rows[round(across / word_to_size(word))].append((along, word))
    seen: set[str] = set()
    for _, row in sorted(rows.items()):
        for line in _row_to_lines(sorted(row, key=lambda placed: placed[0])):
            text = " ".join(word.text for word in line)
            if text not in seen or len(text) < REPEATED:
                seen.add(text)
                yield from line


def _row_to_lines(row: Sequence[tuple[float, Word]]) -> Iterator[list[Word]]:
    line: list[Word] = []
    end = -math.inf
    for along, word in row:
        half = len(word.text) * word_to_size(word) / 4
        if line and along - half - end > GAP * word_to_size(word):
            yield line
            line = []
        line.append(word)
        end = along + half
    yield line
