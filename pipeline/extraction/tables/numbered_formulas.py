"""Displayed formulas with their numbers at the right, which stand like two columns of a table."""

import re
from itertools import pairwise

from pipeline.extraction.model import Table
from pipeline.extraction.tables.row_labels import cell_text

#: The number of a formula: "(12)", "(3.4)", "(A.1)", "(5b)".
_NUMBER = re.compile(r"^\((?:[A-Z]\.?|\d{1,2}\.)?(\d{1,3})([a-z]?)\)$")


def are_numbered_formulas(table: Table) -> bool:
    """Whether the last column has only numbers in parentheses that count on, more than one."""
    last = table.columns - 1
    cells = sorted(
        (cell for cell in table.cells if cell.column + cell.colspan - 1 == last and cell.lines), key=lambda c: c.row
    )
    numbers = [_NUMBER.match(cell_text(cell)) if cell.column == last else None for cell in cells]
    found = [(int(number[1]), number[2]) for number in numbers if number is not None]
    return len(found) == len(cells) > 1 and all(_counts_on(a, b) for a, b in pairwise(found))


def _counts_on(above: tuple[int, str], below: tuple[int, str]) -> bool:
    step = below[0] - above[0]
    return step == 1 or (step == 0 and bool(above[1]) and ord(below[1] or " ") == ord(above[1]) + 1)
