"""Labels of several rows: text in the middle of the rows that it names, not necessarily level with any of them."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

#: The middle of a label is at most this share of the row distance from the middle of its rows.
OFF = 0.3
#: The distance of two lines of text in type sizes, at most: labels are placed by it.
LEADING = 1.6
#: The middles of the lines of one label are at most this many type sizes apart, if it has fewer lines than rows.
SPACED = 2.0
#: A label has at most so many lines.
MOST_LINES = 6
#: The cost of a further line in a label; the cost of a distance from the middle is its square, as a share of the row
#: distance.
JOINED = 0.02
#: The cost of a further line in a label of several rows, if as many labels could name these rows.
DOUBT = 0.2


class LabelLine(NamedTuple):
    """A line of a label: the y of its middle, and its type size."""

    middle: float
    size: float


class LabelRun(NamedTuple):
    """Lines ``first_line`` to ``last_line`` of a column name the rows ``first_row`` to ``last_row``."""

    first_line: int
    last_line: int
    first_row: int
    last_row: int


def lines_to_label_runs(lines: Sequence[LabelLine], rows: Sequence[float]) -> list[LabelRun] | None:
    """Find which rows each label names, so that every label is in the middle of its rows, and every row has one.

    Args:
        lines: The lines of one column, from the top.
        rows: The y of each row's middle, from the top.

    Returns:
        The runs from the top; None where this is not possible.
    """
    pitch = _pitch(rows)
    best: dict[tuple[int, int], tuple[float, tuple[LabelRun, ...]]] = {(0, 0): (0.0, ())}
    for line in range(len(lines)):
        for row in range(len(rows)):
            state = best.get((line, row))
            if state is None:
                continue
            for run, cost in _runs_from(lines, rows, (line, row), pitch):
                key, total = (run.last_line + 1, run.last_row + 1), state[0] + cost
                if key not in best or total < best[key][0]:
                    best[key] = (total, (*state[1], run))
    whole = best.get((len(lines), len(rows)))
    return None if whole is None else list(whole[1])


def _pitch(rows: Sequence[float]) -> float:
    """The smallest distance of two rows."""
    return min((b - a for a, b in pairwise(rows)), default=float("inf"))


def _runs_from(
    lines: Sequence[LabelLine], rows: Sequence[float], start: tuple[int, int], pitch: float
) -> list[tuple[LabelRun, float]]:
    """The runs that begin with this line and this row, each with its cost."""
    line, row = start
    found = []
    spaced = False
    for last_line in range(line, min(len(lines), line + MOST_LINES)):
        step = (
            (lines[last_line].middle - lines[last_line - 1].middle) / lines[last_line].size if last_line > line else 0.0
        )
        if step > SPACED:
            break
        spaced = spaced or step > LEADING
        middle = (lines[line].middle + lines[last_line].middle) / 2
        aim = bisect_left(rows, 2 * middle - rows[row], lo=row)
        for last_row in range(max(row, aim - 1), min(len(rows), aim + 1)):
            reach = min(pitch, lines[line].size * LEADING)
            off = abs((rows[row] + rows[last_row]) / 2 - middle) / reach
            if off <= OFF and (not spaced or last_row - row > last_line - line):
                doubt = DOUBT * min(last_line - line, last_row - row)
                found.append(
                    (LabelRun(line, last_line, row, last_row), off * off + JOINED * (last_line - line) + doubt)
                )
    return found
