"""Finds the numbers that only the answer or only the page has, counted with multiplicity."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipeline.vision.faithfulness.numbers import Number

# More numbers than any page has; further ones are not compared.
_MOST: Final = 5_000
# So many numbers in a row may be one number on the other side: 1 234 567 890.
_RUNS: Final = (2, 3, 4)
_TOO_LONG_A_GROUP: Final = re.compile(r",[0-9]{3}[0-9]\Z")

Numbers = Sequence[Sequence[Number]]


def numbers_to_differences(answer: Numbers, page: Numbers, free: Counter[str]) -> tuple[list[Number], list[Number]]:
    """The numbers of the answer that the page has not, and those of the page that the answer has not.

    A number that one side writes as several ("1 234"), or with a footnote mark joined to it, is not a difference.

    Args:
        answer: The numbers of each row and block.
        page: The numbers of each line.
        free: Numbers, as compared, that the answer may have without the page: of lists and descriptions of pictures.
    """
    unseen = _surplus(answer, Counter(number.value for line in page for number in line))
    missing = _surplus(page, Counter(number.value for row in answer for number in row) + free)
    unseen, missing = _without_joined(unseen, missing, page)
    missing, unseen = _without_joined(missing, unseen, answer)
    unseen, missing = _without_points(unseen, missing)
    missing, unseen = _without_points(missing, unseen)
    return _without_marked(unseen, missing)


def _without_points(zeroed: list[Number], pointed: list[Number]) -> tuple[list[Number], list[Number]]:
    """Both lists without numbers that differ by the zero before their point ("0.21" for ".21")."""
    twins = Counter(f"0.{number.digits}" for number in pointed if number.spelling.startswith("."))
    here = Counter(number.value for number in zeroed) & twins
    if not here:
        return zeroed, pointed
    there = Counter(number.value for number in pointed)
    there.subtract({number.value: here[f"0.{number.digits}"] for number in pointed if number.spelling.startswith(".")})
    return _first_of_each(zeroed, Counter(number.value for number in zeroed) - here), _first_of_each(pointed, +there)


def _surplus(numbers: Numbers, others: Counter[str]) -> list[Number]:
    """The numbers that the others do not have, or not so often."""
    left = Counter(others)
    found: list[Number] = []
    for row in numbers:
        for number in row:
            if left[number.value]:
                left[number.value] -= 1
            else:
                found.append(number)
    return found[:_MOST]


def _without_joined(whole: list[Number], parts: list[Number], places: Numbers) -> tuple[list[Number], list[Number]]:
    """Both lists without numbers that are one here and several in a row there.

    At least one of the several must itself be a difference: else any two neighbours could explain a wrong number.
    """
    if not whole:
        return whole, parts
    runs = _runs(places, {number.digits for number in whole})
    loose = Counter(number.value for number in parts)
    kept: list[Number] = []
    for number in whole:
        run = next((run for run in runs.get(number.digits, ()) if any(loose[value] for value in run)), None)
        if run is None:
            kept.append(number)
        else:
            loose.subtract(value for value in run if loose[value] > 0)
    return kept, _first_of_each(parts, +loose)


def _runs(places: Numbers, wanted: set[str]) -> Mapping[str, list[tuple[str, ...]]]:
    """Runs of neighbours whose digits make a wanted number, by those digits."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in places:
        for length in _RUNS:
            for at in range(len(line) - length + 1):
                run = line[at : at + length]
                digits = "".join(number.digits for number in run)
                if digits in wanted:
                    found.setdefault(digits, []).append(tuple(number.value for number in run))
    return found


def _without_marked(unseen: list[Number], missing: list[Number]) -> tuple[list[Number], list[Number]]:
    """Both lists without numbers that differ only by a footnote mark joined to one of them ("1,2343" for 1,234)."""
    unseen, missing = _without_marks(unseen, missing)
    missing, unseen = _without_marks(missing, unseen)
    return unseen, missing


def _without_marks(plain: list[Number], marked: list[Number]) -> tuple[list[Number], list[Number]]:
    twins = Counter(number.digits for number in marked if _TOO_LONG_A_GROUP.search(number.spelling))
    kept: list[Number] = []
    gone: Counter[str] = Counter()
    for number in plain:
        twin = next((number.digits + mark for mark in "123456789" if twins[number.digits + mark]), None)
        if twin is None:
            kept.append(number)
        else:
            twins[twin] -= 1
            gone[twin] += 1
    left: list[Number] = []
    for number in marked:
        if gone[number.digits] and _TOO_LONG_A_GROUP.search(number.spelling):
            gone[number.digits] -= 1
        else:
            left.append(number)
    return kept, left


def _first_of_each(numbers: Iterable[Number], counts: Counter[str]) -> list[Number]:
    """For each value as many numbers as are counted."""
    left = Counter(counts)
    found: list[Number] = []
    for number in numbers:
        if left[number.value] > 0:
            left[number.value] -= 1
            found.append(number)
    return found
