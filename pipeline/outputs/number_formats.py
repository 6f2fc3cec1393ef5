"""Converts a number in a cell for spreadsheets: the value, and the format that shows it as on the page.

Source of the formats: ECMA-376, Office Open XML, part 1, 18.8.31 (numFmts).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pipeline.table import Cell, Value

_DIGITS: Final = re.compile(r"[0-9](?:[0-9.,'\u2019 \u00a0\u202f\u2009]*[0-9])?|[.,][0-9]+")
_DECIMALS: Final = re.compile(r"[.,]([0-9]+)$")
_GROUPS: Final = re.compile("[0-9][^0-9][0-9]{3}")
_POWER: Final = re.compile(r"[eE][+-][0-9]+")
_SIGNS: Final = re.compile("[-+()\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{MINUS SIGN}]")
_PERCENT: Final = "%"
_LEAST_GROUPED: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetNumber:
    """A number and its format.

    Attributes:
        number: As spreadsheets store it: a percentage is divided by 100.
        format: In the notation of spreadsheets.
    """

    number: float
    format: str


def cell_to_sheet_number(cell: Cell) -> SheetNumber | None:
    """How a spreadsheet stores the cell; None where it is no number."""
    value = cell.value
    if value is None:
        return None
    return SheetNumber(number=value_to_stored(value), format=_text_to_format(cell.text, value))


def value_to_stored(value: Value) -> float:
    """The number that a spreadsheet stores; a percentage is divided by 100."""
    if value.unit == _PERCENT:
        return float(Decimal(str(value.number)) / 100)
    return value.number


def _text_to_format(text: str, value: Value) -> str:
    """The format that shows the number as it is written, with all characters around its digits."""
    digits = _DIGITS.search(text)
    if digits is None:
        return "General"
    power = _POWER.match(text, digits.end())
    shown = ("#,##0" if _is_grouped(digits[0], value) else "0") + _places(digits[0], value) + ("E+00" if power else "")
    left, right = text[: digits.start()], text[power.end() if power else digits.end() :]
    before = _literal(_SIGNS.sub("", left))
    after = _PERCENT.join(map(_literal, _SIGNS.sub("", right).split(_PERCENT)))
    if "(" in left and value.number < 0:
        return f"{before}{shown}{after};{before}({shown}){after}"
    if "+" in left:
        return f"+{before}{shown}{after};-{before}{shown}{after}"
    return f"{before}{shown}{after}"


def _literal(text: str) -> str:
    """Text in the notation of formats."""
    shown = text.replace('"', "").replace("\\", "")
    return f'"{shown}"' if shown else ""


def _is_grouped(written: str, value: Value) -> bool:
    return abs(value.number) >= _LEAST_GROUPED and _GROUPS.search(written) is not None


def _places(written: str, value: Value) -> str:
    """As many decimals in the format as are written."""
    decimals = _DECIMALS.search(written)
    return f".{'0' * len(decimals[1])}" if decimals and isinstance(value.number, float) else ""
