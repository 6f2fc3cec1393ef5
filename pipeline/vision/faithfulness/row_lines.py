"""Finds rows of an answer in which a figure or label stands that the page has on the line of another row.

All words and figures of such a row are on the page, so that counting them shows nothing. Each row belongs to the line
of the page that has most of its cells. A cell counts as moved if that line does not have it, the line of another row
has it, and the cell of that other row in the same column is not on its own line either: a label beside several rows,
or a cell of several lines, is no such case.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from pipeline.vision.faithfulness.answer_parts import AnswerPart
from pipeline.vision.faithfulness.compared_words import texts_to_words
from pipeline.vision.faithfulness.numbers import Number, has_digits, text_to_numbers

#: What is on more lines tells none.
_MOST_LINES: Final = 40
#: A row has at least so many cells that say something.
_FEWEST_CELLS: Final = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the answer.

    Attributes:
        part: Its number among the answer's parts.
        lines: Of each cell, the lines of the page that have all of it; None where the cell says nothing.
        home: The line of the row.
    """

    part: int
    lines: tuple[frozenset[int] | None, ...]
    home: int


def rows_with_moved_cells(
    parts: Sequence[AnswerPart], lines: Sequence[str], numbers: Sequence[Iterable[Number]]
) -> list[int]:
    """The numbers of those parts that are rows with a cell of another row.

    Args:
        parts: Of the answer, in the form for comparison.
        lines: Of the page, from top to bottom.
        numbers: Of each line.
    """
    if not any(part.row and any(map(has_digits, part.cells)) for part in parts):
        return []
    having = _lines_having(lines, numbers)
    found = (_part_to_row(index, part, having) for index, part in enumerate(parts) if part.row)
    rows = [row for row in found if row is not None]
    homes = {row.home: row for row in rows}
    return [row.part for row in rows if any(_is_moved(row, column, homes) for column in range(len(row.lines)))]


def _lines_having(lines: Sequence[str], numbers: Sequence[Iterable[Number]]) -> Mapping[str, set[int]]:
    """The lines that have each word and number."""
    having: dict[str, set[int]] = defaultdict(set)
    for index, (line, found) in enumerate(zip(lines, numbers, strict=True)):
        for number in found:
            having[number.value].add(index)
        for word in texts_to_words([line]):
            having[word].add(index)
    return having


def _part_to_row(index: int, part: AnswerPart, having: Mapping[str, set[int]]) -> _Row | None:
    """A row with figures, and the line that has at least half of its cells; None where there is no such line."""
    lines = tuple(
        None if "rowspan" in node.attributes else _cell_to_lines(text, having)
        for text, node in zip(part.cells, part.nodes, strict=True)
    )
    filled = [each for each in lines if each is not None]
    if len(filled) < _FEWEST_CELLS or not any(map(has_digits, part.cells)):
        return None
    votes = Counter(chain.from_iterable(found for found in filled if len(found) <= _MOST_LINES))
    first = lines[0] or frozenset()
    home = max(votes, key=lambda line: (votes[line], line in first, -line), default=-1)
    return _Row(index, lines, home) if votes[home] * 2 >= len(filled) else None


def _cell_to_lines(text: str, having: Mapping[str, set[int]]) -> frozenset[int] | None:
    """The lines that have the whole text; where none has, and the text has no figure, those with most of its words."""
    figures = [number.value for number in text_to_numbers(text)] if has_digits(text) else []
    tokens = [*figures, *texts_to_words([text])]
    if not tokens:
        return None
    found = [having.get(token, set()) for token in tokens]
    whole = frozenset(set.intersection(*found))
    if whole or figures:
        return whole
    counts = Counter(chain.from_iterable(found))
    most = max(counts.values(), default=0)
    return frozenset(line for line, count in counts.items() if count == most and count * 2 >= len(tokens))


def _is_moved(row: _Row, column: int, homes: Mapping[int, _Row]) -> bool:
    lines = row.lines[column]
    if not lines or row.home in lines:
        return False
    others = (homes[line] for line in lines if line in homes)
    return any(_is_elsewhere(other, column) for other in others if len(other.lines) == len(row.lines))


def _is_elsewhere(row: _Row, column: int) -> bool:
    """Whether a row's cell is on the page, but not on the row's own line."""
    lines = row.lines[column]
    if not lines:
        return False
    return row.home not in lines
