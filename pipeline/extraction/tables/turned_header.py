"""Headings of columns that are turned or slanted because the columns are narrow."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Line, Word
from pipeline.extraction.tables.cells import Draft, word_to_angle, words_to_turned_lines
from pipeline.extraction.text.lines import line_to_size

#: The lower end of a heading is at most this many type sizes above the first row.
ABOVE = 2.5
#: It is at most so many type sizes beside its column.
BESIDE = 1.5
#: With fewer turned words than this above a table, they may be anything.
LEAST = 2
_RIGHT_ANGLE = 90


def with_turned_heads(drafts: Sequence[Draft], words: Iterable[Word]) -> list[Draft]:
    """The cells, with a first row of the turned texts if these are over at least half of the columns.

    Args:
        drafts: The cells of a table without a grid.
        words: The turned words of the page that are in no table.
    """
    columns = _drafts_to_columns(drafts)
    heads: dict[int, list[Word]] = {}
    tops = [word.box.top for draft in drafts for word in draft.words]
    if tops and len(columns) > LEAST:
        top = min(tops)
        for line in _words_to_lines(words):
            column = _line_to_column(line, columns, top)
            if column is not None:
                heads.setdefault(column, []).extend(line.words)
    if len(heads) < max(LEAST, (len(columns) - 1) / 2):
        return list(drafts)
    box = boxes_to_box([word.box for head in heads.values() for word in head])
    row = [
        Draft(
            row=0,
            column=column,
            words=tuple(heads.get(column, ())),
            box=BBox(x0, box.top, x1, box.bottom),
            header=True,
        )
        for column, (x0, x1) in columns.items()
    ]
    return [*row, *(replace(draft, row=draft.row + 1) for draft in drafts)]


def _drafts_to_columns(drafts: Sequence[Draft]) -> dict[int, tuple[float, float]]:
    """The x range of the text of each column, or of its cells where it has no text."""
    columns: dict[int, tuple[float, float]] = {}
    blank: dict[int, tuple[float, float]] = {}
    for draft in drafts:
        if draft.colspan == 1:
            box = boxes_to_box([word.box for word in draft.words]) if draft.words else draft.box
            extents = columns if draft.words else blank
            x0, x1 = extents.get(draft.column, (box.x0, box.x1))
            extents[draft.column] = min(x0, box.x0), max(x1, box.x1)
    columns = {**blank, **columns}
    count = max((draft.column + draft.colspan for draft in drafts), default=0)
    return {column: columns[column] for column in range(count)} if len(columns) == count else {}


def _words_to_lines(words: Iterable[Word]) -> Iterator[Line]:
    by_angle: dict[int, list[Word]] = {}
    for word in words:
        by_angle.setdefault(word_to_angle(word), []).append(word)
    for angle, turned in by_angle.items():
        yield from words_to_turned_lines(turned, angle)


def _line_to_column(line: Line, columns: dict[int, tuple[float, float]], top: float) -> int | None:
    """The column that the lower end of the line points at; None where there is none."""
    size = line_to_size(line)
    foot = max(line.words, key=lambda word: word.box.bottom)
    if not -size / 2 <= top - foot.box.bottom <= ABOVE * size:
        return None
    x = _foot_to_x(foot)
    away = {column: max(x0 - x, x - x1, 0.0) for column, (x0, x1) in columns.items()}
    nearest = min(away, key=lambda column: away[column])
    return nearest if away[nearest] <= BESIDE * size else None


def _foot_to_x(word: Word) -> float:
    """The lower end of a turned word; if the word leans to the right, it is on the left."""
    lean = math.tan(math.radians(_RIGHT_ANGLE - word_to_angle(word) % (2 * _RIGHT_ANGLE)))
    if abs(lean) < 0.1:  # noqa: PLR2004 — upright letters over each other, or lines that read upwards
        return (word.box.x0 + word.box.x1) / 2
    return word.box.x0 if lean > 0 else word.box.x1
