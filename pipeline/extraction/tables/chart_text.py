"""Recognises the text of charts in rows: ticks of axes, letters of panels."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from pipeline.extraction.model import Cell, Table
from pipeline.extraction.tables.row_labels import cell_text, is_figure

#: An axis has at least so many ticks.
TICKS = 3
#: The steps between them differ by at most this share.
EQUAL = 0.01


def are_panels(table: Table) -> bool:
    """Whether the cells have only letters of panels, in order: A, B, C, or (a), (b), (c)."""
    texts = [cell_text(cell).strip("().").lower() for cell in table.cells if cell.lines]
    letters = [ord(text) for text in texts if len(text) == 1 and text.isalpha()]
    return len(letters) == len(texts) > 1 and all(b == a + 1 for a, b in pairwise(letters))


def are_axes(table: Table) -> bool:
    """Whether every row begins with a figure, with equal steps up or down, as the ticks of an axis."""
    if not all(is_figure(cell) for cell in table.cells if cell.column == 0 and cell.lines):
        return False
    rows: dict[int, list[float]] = defaultdict(list)
    for cell in table.cells:
        for line in cell.lines:
            for word in line.words:
                if (number := _text_to_number(word.text)) is not None:
                    rows[cell.row].append(number)
    return len(rows) == table.rows and all(
        len(numbers) >= TICKS and _are_equal_steps(numbers) for numbers in rows.values()
    )


def has_axis(table: Table) -> bool:
    """Whether at least half of the rows have only ticks of an axis: figures in the first column, fewer from the top."""
    filled: dict[int, list[Cell]] = defaultdict(list)
    for cell in table.cells:
        if cell.lines:
            filled[cell.row].append(cell)
    alone = [cells[0] for cells in filled.values() if len(cells) == 1 and cells[0].column == 0]
    numbers = [_text_to_number(word.text) for cell in alone for line in cell.lines for word in line.words]
    ticks = [number for number in numbers[:TICKS] if number is not None]
    falling = len(ticks) == TICKS and ticks[0] > ticks[1] and _are_equal_steps(ticks)
    return falling and None not in numbers and 2 * len(alone) >= len(filled)


def _text_to_number(text: str) -> float | None:
    try:
        return float(text.replace("\u2212", "-").replace(",", ""))
    except ValueError:
        return None


def _are_equal_steps(numbers: Sequence[float]) -> bool:
    steps = [b - a for a, b in pairwise(numbers)]
    return steps[0] != 0 and all(abs(step - steps[0]) <= EQUAL * abs(steps[0]) for step in steps)
