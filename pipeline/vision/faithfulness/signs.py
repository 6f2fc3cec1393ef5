"""Finds figures of a table whose sign the page contradicts, such as a loss that became a profit."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from pipeline.vision.faithfulness.numbers import Number, has_digits, text_to_numbers

_MINUS: Final = "-\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}"
_DASH: Final = f"[{re.escape(_MINUS)}]"
_SIGN: Final = f"(+{re.escape(_MINUS)}"
_DIGITS: Final = "[0-9][0-9.,'\N{RIGHT SINGLE QUOTATION MARK}\N{MIDDLE DOT}]*"
# A cell that is one figure: perhaps a currency, a sign, brackets, a unit, a mark for a note.
_CELL: Final = re.compile(
    rf"[^\w{_SIGN}]*(?P<before>[{_SIGN}]?)[^\w){_SIGN}]*(?P<digits>{_DIGITS})(?P<behind>{_DASH}?)[^\w)]*(?P<after>\)?)"
    r"[^0-9]{0,4}"
)
# A figure on the page. A sign with a blank after it may be the dash of an empty cell before it, so it proves nothing.
_PLACE: Final = re.compile(
    rf"(?:(?<!\w)(?P<before>[{_SIGN}])(?P<apart>\s*)[$€£¥]?\s?\.?|(?<![0-9])(?<![0-9][.,]))(?P<digits>{_DIGITS})"
    rf"(?:(?=(?P<range>\s?{_DASH}\s?[0-9]))|(?P<behind>{_DASH}(?!\w))|[ %]{{0,2}}(?P<after>\)?))"
)
# Whole numbers of so few digits in brackets are numbers of columns and notes, which models write without brackets.
_NUMBERING: Final = 2
# A row with so many figures, and so many digits, is found on a line of the page.
_FEWEST_FIGURES: Final = 2
_FEWEST_DIGITS: Final = 3
# A row whose digits are at more places than this cannot be located, such as "1 1 1" on a page of ones.
_MOST_PLACES: Final = 100

#: Whether a figure is negative; both, where it may be either.
Signs = frozenset[bool]
_EITHER: Final = frozenset({True, False})


class _Figure(NamedTuple):
    number: Number
    signs: Signs


def figures_of_other_sign(rows: Iterable[Sequence[str]], lines: Iterable[Sequence[str]]) -> list[Number]:
    """The figures in the rows that stand on the page only with the other sign.

    A row whose digits are found in a line is compared with that line, so that a figure that is on the page with both
    signs gets the one of its own place; any other figure is searched by itself. Brackets around a figure are a minus,
    as accountants write it. Only cells with a single figure are compared: a dash in running text may be a range, a
    hyphen or a sign.

    Args:
        rows: The cells of each row of an answer's tables, as compared.
        lines: Each line of the page's own text, parted at wide gaps where it is known how far apart words are.
    """
    page = _Page(lines)
    return [number for row in rows for number in page.contradicted([list(_cell_to_figures(cell)) for cell in row])]


class _Page:
    """The digits on the page, with their places and signs."""

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        digits: list[str] = []
        at = 0
        self._signs: dict[str, set[bool]] = {}
        self._places: dict[int, Signs] = {}
        for line in lines:
            for figure in (figure for piece in line for figure in _piece_to_figures(piece)):
                self._signs.setdefault(figure.number.value, set()).update(figure.signs)
                self._places[at] = figure.signs
                digits.append(figure.number.digits)
                at += len(figure.number.digits)
            digits.append("|")
            at += 1
        self._digits = "".join(digits)

    def contradicted(self, cells: Sequence[Sequence[_Figure]]) -> list[Number]:
        """The figures of one row that have another sign on the page."""
        figures = [figure for cell in cells for figure in cell]
        alone = [number for number, signs in figures if not signs & self._signs.get(number.value, signs)]
        return alone or min(self._by_places(figures), key=len, default=[])

    def _by_places(self, figures: Sequence[_Figure]) -> Iterator[list[Number]]:
        """For each place with the row's digits, the figures with another sign there; nothing if there are too many."""
        starts = list(accumulate((len(figure.number.digits) for figure in figures), initial=0))
        if len(figures) < _FEWEST_FIGURES or starts[-1] < _FEWEST_DIGITS:
            return
        digits = "".join(figure.number.digits for figure in figures)
        at = -1
        for _ in range(_MOST_PLACES):
            at = self._digits.find(digits, at + 1)
            if at < 0:
                return
            end = at + len(digits)
            if at in self._places and (end in self._places or self._digits[end] == "|"):
                yield [
                    number
                    for start, (number, signs) in zip(starts, figures, strict=False)
                    if not signs & self._places.get(at + start, signs)
                ]
        yield []


def _cell_to_figures(cell: str) -> Iterator[_Figure]:
    """The figures of a cell; one without a sign, or not alone in its cell, may have either sign."""
    if not has_digits(cell):
        return
    found = _CELL.fullmatch(cell.strip())
    numbers = list(text_to_numbers(found["digits"] if found else cell))
    if found is None or len(numbers) != 1:
        yield from (_Figure(number, _EITHER) for number in numbers)
        return
    bracketed = found["before"] == "(" and found["after"] == ")"
    negative = bracketed or (found["before"] != "" and found["before"] in _MINUS)
    unclear = (
        not numbers[0].value.strip("0.")
        or found["behind"] != ""
        or (found["before"] == "(") != bracketed
        or (bracketed and _is_numbering(numbers[0]))
    )
    yield _Figure(numbers[0], _EITHER if unclear else frozenset({negative}))


def _piece_to_figures(piece: str) -> Iterator[_Figure]:
    for place in _PLACE.finditer(piece) if has_digits(piece) else ():
        for number in text_to_numbers(place["digits"]):
            yield _Figure(number, _signs_of(place, number))


def _signs_of(place: re.Match[str], number: Number) -> Signs:
    before = place["before"] or ""
    if before == "(":
        if place["range"]:
            return frozenset({False})
        return _EITHER if place["after"] != ")" or _is_numbering(number) else frozenset({True})
    if place["behind"]:
        return _EITHER
    if before and before in _MINUS:
        return _EITHER if place["apart"] else frozenset({True})
    return frozenset({False})


def _is_numbering(number: Number) -> bool:
    return number.value.isdecimal() and len(number.value) <= _NUMBERING
