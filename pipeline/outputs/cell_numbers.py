"""Finds which cells are numbers, with value and unit.

A text can mean two numbers: ``1,234`` may be 1234 or 1.234. Other cells of the same table decide, and after them other
tables of the document. Where nothing decides, the cell has no value and stays text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from pipeline.table import Table, Value

_BLANKS: Final = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_APOSTROPHES: Final = "'\N{RIGHT SINGLE QUOTATION MARK}"
_MINUS: Final = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{MINUS SIGN}"
_CURRENCIES: Final = (
    "(?:(?:US|C|CA|A|AU|NZ|HK|R|S)?\\$|[€£¥₹₽₩₺₴₪฿¢]|"
    "(?:EUR|USD|GBP|CHF|JPY|CNY|SEK|NOK|DKK|PLN|CZK|HUF|INR|AUD|CAD|BRL|MXN|RUB|KRW|ZAR|TRY|NZD|HKD|SGD|Fr\\.|Rs\\.?)(?![A-Za-z]))"
)
# Units that may follow a number: shares, multiples, sizes, weights, times, energy, and other physical units.
_UNITS: Final = (
    r"(?:%|‰|°[CFK]?|pp|bps?|[kMG]?bn|mn|mio\.?|mrd\.?|tsd\.?|million|billion|thousand"
    r"|[µμnmckM]?m[²³23]?|ha|km/h|m/s|[µμmk]?g|t|[mcdhµμ]?l|L|[nµμm]?s|min|h|hrs?|d|days?|yrs?|years?"
    r"|[kMGT]?W(?:h|p)?|[kM]?J|k?cal|[mk]?V|m?A|[kMG]?Hz|[kM]?Pa|m?bar|[kMGT]i?B|dB|ppm|ppb|mol|[µμm]?M|K|N|px|pt)(?![A-Za-z])"
)
_CORE: Final = rf"[0-9](?:[0-9.,{_APOSTROPHES}{_BLANKS}]*[0-9])?|[.,][0-9]+"
_NUMBER: Final = re.compile(
    rf"(?P<minus>[{_MINUS}+])?\s*(?P<before>{_CURRENCIES})?\s*(?P<open>\()?\s*(?P<inner>[{_MINUS}+])?\s*"
    rf"(?P<within>{_CURRENCIES})?\s*(?P<core>{_CORE})(?P<power>[eE][+-][0-9]{{1,3}})?"
    rf"\s*(?P<after>{_UNITS}|{_CURRENCIES})?\s*(?P<close>\))?\s*(?P<behind>{_UNITS}|{_CURRENCIES})?"
)
#: Signs of notes beside a number. After a plain integer a raised one may be a power.
_RAISED: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
_MARKS: Final = re.compile(r"^[*†‡§¶]+\s*|\s*[*†‡§¶#]+$")
_NOTES: Final = re.compile(rf"(?<=[0-9%)])[{_RAISED}][{_RAISED},]*$")
_RAISED_DIGIT: Final = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]")
_BY_BLANKS: Final = re.compile(
    rf"([0-9]{{1,3}}(?:([{_BLANKS}{_APOSTROPHES}])[0-9]{{3}})(?:\2[0-9]{{3}})*)(?:([.,])([0-9]+))?"
)
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:(?!\1)[.,]([0-9]+))?")
_SINGLE: Final = re.compile(r"([0-9]*)([.,])([0-9]+)")
_NOT_DIGIT: Final = re.compile(r"[^0-9]")
#: Spreadsheets store so many digits of a number; longer numbers are identifiers.
_MOST_DIGITS: Final = 15
#: If both decimal signs occur, one decides if it occurs so many times as often as the other.
_CLEARLY: Final = 10
_GROUP: Final = 3


class DecimalSign(StrEnum):
    """The sign before decimals."""

    POINT = "."
    COMMA = ","

    @property
    def other(self) -> "DecimalSign":
        """The other sign, which then separates thousands."""
        return DecimalSign.COMMA if self is DecimalSign.POINT else DecimalSign.POINT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    """A number as it is written.

    Attributes:
        core: Its digits with the signs between them.
        power: The exponent of ten, as it is written; empty for none.
    """

    negative: bool
    core: str
    power: str
    unit: str | None


class Evidence:
    """What the numbers of some tables show about the decimal sign."""

    def __init__(self) -> None:
        """Begin without any evidence."""
        self._seen: Counter[DecimalSign] = Counter()

    def add(self, table: Table) -> None:
        """Add the numbers of a table."""
        self._seen.update(_table_to_signs(table))

    @property
    def decimal(self) -> DecimalSign | None:
        """The decimal sign; None where nothing has shown it, or both occur."""
        for sign in DecimalSign:
            if self._seen[sign] > _CLEARLY * self._seen[sign.other]:
                return sign
        return None


def table_to_valued(table: Table, document: DecimalSign | None) -> Table:
    """The table with the values of its cells.

    Args:
        table: Of one page.
        document: The decimal sign in other tables of its document; None where they do not show it.
    """
    numbers = [_text_to_number(cell.text) for cell in table.cells]
    if not any(numbers):
        return table
    evidence = Evidence()
    evidence.add(table)
    decimal = evidence.decimal or document
    cells = (
        replace(cell, value=_number_to_value(number, decimal)) if number else cell
        for cell, number in zip(table.cells, numbers, strict=True)
    )
    return replace(table, cells=tuple(cells))


def text_to_value(text: str, decimal: DecimalSign | None = None) -> Value | None:
    """The number that a text shows.

    Args:
        text: The text of a cell.
        decimal: The decimal sign, used where the text itself does not show it.
    """
    number = _text_to_number(text)
    return _number_to_value(number, decimal) if number else None


def is_number(text: str) -> bool:
    """Whether a text is a number, even if its value is not clear."""
    return _text_to_number(text) is not None


@lru_cache(maxsize=8192)  # each output of a document asks again
def _text_to_number(text: str) -> _Number | None:
    bare = _MARKS.sub("", text.strip())
    core = _NOTES.sub("", bare)
    if core != bare and core.isdecimal() and _RAISED_DIGIT.search(bare):
        return None  # 10² is a power, or ten with a note
    found = _NUMBER.fullmatch(core)
    if found is None or (found["open"] is None) != (found["close"] is None):
        return None
    units = [unit for unit in (found["before"], found["within"], found["after"], found["behind"]) if unit]
    signs = [sign for sign in (found["minus"], found["inner"]) if sign]
    if len(units) > 1 or len(signs) > 1 or (signs and found["open"]):
        return None
    negative = found["open"] is not None or (bool(signs) and signs[0] in _MINUS)
    return _Number(negative=negative, core=found["core"], power=found["power"] or "", unit=units[0] if units else None)


def _number_to_value(number: _Number, decimal: DecimalSign | None) -> Value | None:
    plain = _core_to_plain(number.core, decimal)
    if plain is None or len(_NOT_DIGIT.sub("", plain).lstrip("0")) > _MOST_DIGITS:
        return None
    exact = Decimal(plain + number.power)
    exact = -exact if number.negative else exact
    whole = "." not in plain and not number.power
    return Value(number=int(exact) if whole else float(exact), unit=number.unit)


def _core_to_plain(core: str, decimal: DecimalSign | None) -> str | None:
    """The digits with a point before decimals; None where it is no number, or could be two."""
    if core.isdecimal():
        return core if core == "0" or not core.startswith("0") else None  # 007 is an identifier
    if blanks := _BY_BLANKS.fullmatch(core):
        return _NOT_DIGIT.sub("", blanks[1]) + (f".{blanks[4]}" if blanks[4] else "")
    sign = _core_to_sign(core) or decimal
    known = _GROUPED.fullmatch(core) or _SINGLE.fullmatch(core)
    return _parted_to_plain(core, sign) if known and sign else None


def _parted_to_plain(core: str, sign: DecimalSign) -> str | None:
    """The same for digits with points or commas, with a known decimal sign."""
    whole, point, decimals = core.rpartition(sign.value)
    if not point:
        whole, decimals = core, ""
    if sign.value in whole or sign.other.value in decimals or (decimals and not _is_whole(whole, sign)):
        return None
    digits = whole.replace(sign.other.value, "") or "0"
    if len(digits) > 1 and digits.startswith("0"):
        return None
    return f"{digits}.{decimals}" if decimals else digits


def _is_whole(text: str, sign: DecimalSign) -> bool:
    first, *groups = text.split(sign.other.value)
    return not groups or (bool(first) and all(len(group) == _GROUP for group in groups))


@lru_cache(maxsize=8192)  # as above, and a table is asked for what its columns show
def _core_to_sign(core: str) -> DecimalSign | None:
    """The decimal sign that a number shows by itself."""
    if blanks := _BY_BLANKS.fullmatch(core):
        return DecimalSign(blanks[3]) if blanks[3] else None
    if single := _SINGLE.fullmatch(core):
        before, sign, after = single.groups()
        grouped = len(after) == _GROUP and 0 < len(before) <= _GROUP and not before.startswith("0")
        return None if grouped else DecimalSign(sign)
    if grouped_core := _GROUPED.fullmatch(core):
        return DecimalSign(grouped_core[1]).other
    return None


def _table_to_signs(table: Table) -> Iterator[DecimalSign]:
    """The decimal sign of each number that shows it."""
    columns: dict[int, list[str]] = {}
    for cell in table.cells:
        if number := _text_to_number(cell.text):
            columns.setdefault(cell.column, []).append(number.core)
            if sign := _core_to_sign(number.core):
                yield sign
    for cores in columns.values():
        yield from _column_to_signs(cores)


def _column_to_signs(cores: Sequence[str]) -> Iterable[DecimalSign]:
    """In a column with short integers without decimals, a group of three digits is thousands."""
    whole = [core for core in cores if core.isdecimal() and len(core) > 1]
    open_signs = {match[2] for core in cores if _core_to_sign(core) is None and (match := _SINGLE.fullmatch(core))}
    if len(open_signs) == 1 and whole and all(len(core) <= _GROUP for core in whole):
        yield DecimalSign(open_signs.pop()).other
