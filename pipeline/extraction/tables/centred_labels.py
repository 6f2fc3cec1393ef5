"""A label in the middle of several rows that no rule parts, in a grid: the cells beside it have a line for each row."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import mean

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import Word
from pipeline.extraction.tables.cells import Draft
from pipeline.extraction.tables.segments import is_value, words_to_rows
from pipeline.extraction.text.lines import word_to_size

#: Lines of two cells are level, and a label is in their middle, up to this share of the type size.
LEVEL = 0.35
#: A line had room for one more word if more than this (in type sizes) would have been left, with the cell's padding.
ROOM = 1.5
#: At least this share of the lines above others had room for the next word, so they end on purpose.
ENDED = 0.5
#: A figure and its unit are so many words.
WITH_UNIT = 2
#: So many cells beside the label have a line for each row.
CELLS = 2

Rows = Sequence[Sequence[Word]]


def has_centred_label(band: Sequence[Draft]) -> bool:
    """Whether the first cell between two rules has fewer lines than the others, and these are rows.

    They are where a cell has mostly figures, or the label is in their middle and lines end on purpose: lines of wrapped
    text beside a label look alike, but each of them ends where the next word has no room.

    Args:
        band: The cells between two rules, from the left.
    """
    cells = [(draft, words_to_rows(draft.words)) for draft in band if draft.words]
    if len(cells) <= CELLS or cells[0][0].column > 0:
        return False
    label, beside = cells[0][1], [rows for _, rows in cells[1:]]
    count = len(beside[0])
    if not len(label) < count or any(len(rows) != count for rows in beside):
        return False
    size = word_to_size(beside[0][0][0])
    levels = [[_middle(row) for row in rows] for rows in beside]
    level = all(max(at) - min(at) <= LEVEL * size for at in zip(*levels, strict=True))
    centred = abs(mean(map(_middle, label)) - mean(levels[0])) <= LEVEL * size
    said = {_are_rows(draft, rows) for draft, rows in cells[1:]}
    return level and (any(map(_holds_figures, beside)) or (centred and True in said and False not in said))


def _middle(row: Sequence[Word]) -> float:
    box = boxes_to_box([word.box for word in row])
    return (box.top + box.bottom) / 2


def _holds_figures(rows: Rows) -> bool:
    """Whether lines of one word each are figures for the most part: no text that goes on is like that."""
    figures = sum(1 for row in rows if is_value(row[0].text))
    return all(len(row) == 1 for row in rows) and figures > 1 and 2 * figures >= len(rows)


def _are_rows(draft: Draft, rows: Rows) -> bool | None:
    """Whether the lines of a cell are figures, or had room for the word that begins the next line.

    Returns:
        None where lines of one word say nothing.
    """
    if all(is_value(row[0].text) and len(row) <= WITH_UNIT for row in rows):
        return True
    if all(len(row) == 1 for row in rows):
        return None
    width = draft.box.x1 - draft.box.x0
    ended = 0
    for above, row in pairwise(rows):
        box, first = boxes_to_box([word.box for word in above]), row[0].box
        ended += box.x1 - box.x0 + first.x1 - first.x0 + ROOM * word_to_size(row[0]) < width
    return ended >= ENDED * (len(rows) - 1)
