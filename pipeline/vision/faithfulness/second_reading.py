"""An answer for a scan compared with what text recognition reads there, which errs itself: a lower standing.

Text recognition misreads and misses figures, small ones above all, so a number that it does not have proves nothing.
What counts is a figure that it reads, that the answer lacks, and that the answer has with one digit changed, or run
together with its neighbours: one of the two has misread it, and a person should look.
"""

import re
from dataclasses import replace

from pipeline.vision.faithfulness.comparison import Comparison, Faith
from pipeline.vision.faithfulness.numbers import text_to_numbers

_NO_DIGIT = re.compile(r"\D")
#: Figures of fewer digits are too often misread, and too like each other ...
FEWEST_DIGITS = 3
#: ... and a figure that is put together of others has at least so many, of parts of at least so many.
FEWEST_JOINED, FEWEST_IN_PART = 5, 2
_MOST_SHOWN = 5


def comparison_to_second_reading(comparison: Comparison) -> Comparison:
    """The comparison without the doubts that text recognition alone may have caused.

    Args:
        comparison: Of an answer with what text recognition has read.
    """
    if comparison.faith not in {Faith.FAITHFUL, Faith.DOUBTFUL}:
        return comparison
    read = {_digits(value) for value in _spellings_to_values(comparison.checks.numbers_missing)}
    unseen = tuple(
        spelling
        for spelling in comparison.checks.numbers_unseen
        if any(_is_read_otherwise(_digits(value), read) for value in _spellings_to_values((spelling,)))
    )
    suspects = frozenset(_spellings_to_values(unseen))
    shown = ", ".join(unseen[:_MOST_SHOWN])
    more = f" and {len(unseen) - _MOST_SHOWN} more" if len(unseen) > _MOST_SHOWN else ""
    return replace(
        comparison,
        faith=Faith.DOUBTFUL if suspects else Faith.FAITHFUL,
        checks=replace(comparison.checks, numbers_unseen=unseen),
        detail=f"Text recognition reads other figures in place of {shown}{more}." if suspects else "",
        suspects=suspects,
        rows=frozenset(),
    )


def _spellings_to_values(spellings: tuple[str, ...]) -> list[str]:
    return [number.value for spelling in spellings for number in text_to_numbers(spelling)]


def _digits(value: str) -> str:
    return _NO_DIGIT.sub("", value)


def _is_read_otherwise(figure: str, read: set[str]) -> bool:
    """Whether text recognition reads the figure with one other digit, or as several figures."""
    if any(_differ_in_one(figure, other) for other in read):
        return True
    return len(figure) >= FEWEST_JOINED and _parts_of(figure, read) > 1


def _differ_in_one(one: str, other: str) -> bool:
    """Whether two figures have the same number of digits, and all but one of them in common."""
    if len(one) != len(other) or len(one) < FEWEST_DIGITS:
        return False
    return sum(left != right for left, right in zip(one, other, strict=True)) == 1


def _parts_of(figure: str, read: set[str]) -> int:
    """The most figures that this one can be put together of; 0 where it cannot."""
    parts = [0] * (len(figure) + 1)
    for end in range(1, len(figure) + 1):
        starts = (start for start in range(end - FEWEST_IN_PART + 1) if start == 0 or parts[start])
        parts[end] = max((parts[start] + 1 for start in starts if figure[start:end] in read), default=0)
    return parts[len(figure)]
