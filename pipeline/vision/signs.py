"""Figures of a table whose sign the page contradicts: a loss that became a profit has all its digits right."""

import re
from collections.abc import Iterable
from typing import Final

from pipeline.vision.numbers import Number, text_to_numbers

_MINUS: Final = "-\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}"
_SIGN: Final = f"(+{re.escape(_MINUS)}"
_DIGITS: Final = "[0-9][0-9.,'\N{RIGHT SINGLE QUOTATION MARK}\N{MIDDLE DOT}]*"
# A cell that is one figure: perhaps a currency, a sign, brackets, a unit, a mark for a note.
_CELL: Final = re.compile(
    rf"[^\w{_SIGN}]*(?P<before>[{_SIGN}]?)[^\w){_SIGN}]*(?P<digits>{_DIGITS})[^\w)]*(?P<after>\)?)[^0-9]{{0,4}}"
)
# A figure on the page.  A sign apart from it may be the dash of an empty cell before: it proves nothing.
_PLACE: Final = re.compile(
    rf"(?:(?<!\w)(?P<before>[{_SIGN}])(?P<apart>\s*)[$€£¥]?\s?|(?<![0-9.,]))"
    rf"(?P<digits>{_DIGITS})[ %]{{0,2}}(?P<after>\)?)"
)
# Whole numbers of so many digits in brackets are the numbers of columns and notes, which models write without them.
_NUMBERING: Final = 2


def figures_of_other_sign(cells: Iterable[str], pieces: Iterable[str]) -> list[Number]:
    """The figures in the cells that stand on the page only with the other sign.

    Brackets around a figure are a minus, as accountants write it.  Only cells that are one figure are looked at: a dash
    inside of running text is a range, a hyphen or a sign.

    Args:
        cells: The cells of an answer's tables, as compared.
        pieces: Of the lines of the page's own text, parted at wide gaps where it is known how far apart words are.
    """
    signs: dict[str, set[bool]] = {}
    for piece in pieces:
        for place in _PLACE.finditer(piece):
            for number in text_to_numbers(place["digits"]):
                signs.setdefault(number.value, set()).update(_signs_of(place, number))
    return [number for cell in cells for number in _one_figure(cell, signs)]


def _one_figure(cell: str, signs: dict[str, set[bool]]) -> Iterable[Number]:
    found = _CELL.fullmatch(cell.strip())
    numbers = list(text_to_numbers(found["digits"])) if found else []
    if found is None or len(numbers) != 1 or not numbers[0].value.strip("0."):
        return
    bracketed = found["before"] == "(" and found["after"] == ")"
    negative = bracketed or (found["before"] != "" and found["before"] in _MINUS)
    if (found["before"] == "(") == bracketed and not (bracketed and _is_numbering(numbers[0])):
        known = signs.get(numbers[0].value, {negative})
        if negative not in known:
            yield numbers[0]


def _signs_of(place: re.Match[str], number: Number) -> set[bool]:
    """Whether a figure of the page is negative; both, where it may be either."""
    before = place["before"] or ""
    if before == "(":
        return {True, False} if place["after"] != ")" or _is_numbering(number) else {True}
    if before and before in _MINUS:
        return {True, False} if place["apart"] else {True}
    return {False}


def _is_numbering(number: Number) -> bool:
    return number.value.isdecimal() and len(number.value) <= _NUMBERING
