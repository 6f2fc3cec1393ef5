"""Reads numbers in running text in any spelling: 1,234.5 and 1 234,5 and 1.234,5 are the same number."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

_SEPARATORS: Final = ".,'\N{RIGHT SINGLE QUOTATION MARK}\N{MIDDLE DOT}"
# A point without a digit before it belongs to the number in ".21", but not in "p.21" and "....21". It begins with a set
# of signs, so that the search leaps over letters: a third of the time of an optional beginning.
_RUN: Final = re.compile(rf"[.0-9](?:(?<=[0-9])[0-9]*+|(?<![\w.]\.)(?<=\.)[0-9]++)(?:[{_SEPARATORS}][0-9]++)*+")
# Groups of three digits with one kind of separator, and perhaps a decimal part.
_GROUPED: Final = re.compile(
    rf"[0-9]{{1,3}}(?:([{_SEPARATORS}])[0-9]{{3}}(?:\1[0-9]{{3}})*+)(?:[.,\N{{MIDDLE DOT}}]([0-9]++))?"
)
_DECIMAL: Final = re.compile(r"([0-9]++)[.,\N{MIDDLE DOT}]([0-9]++)")
# A blank of any width between groups of three: 1 234 567.
_BLANK: Final = re.compile(
    "(?<![0-9.,])([0-9]{1,3})((?:[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}][0-9]{3})++)(?![0-9])"
)
_ANY_DIGIT: Final = re.compile("[0-9]")
_NOT_DIGIT: Final = re.compile(r"[^0-9]++")
_ODD_SPACE: Final = re.compile("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]")
# Invisible joiners.
_INVISIBLE: Final = re.compile(
    "[\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{WORD JOINER}\ufeff]"
)


class Number(NamedTuple):
    """One number.

    Attributes:
        value: The form for comparison: digits, with a point before decimals; what may be a group of thousands is read
            as one.
        digits: All its digits.
        spelling: As it is in the text.
    """

    value: str
    digits: str
    spelling: str


def has_digits(text: str) -> bool:
    """Whether a text can have numbers: most words have none, and need no further search."""
    return _ANY_DIGIT.search(text) is not None


def text_to_comparable(text: str) -> str:
    """The text without ligatures, superscript digits, wide forms and invisible joiners."""
    return text if text.isascii() else unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))


def blanks_joined(text: str) -> str:
    """The text of one cell, with blanks inside of numbers removed."""
    return _BLANK.sub(lambda match: match[1] + _NOT_DIGIT.sub("", match[2]), text)


def narrow_joined(text: str) -> str:
    """The text without blanks inside of numbers, except plain spaces."""
    return _BLANK.sub(lambda match: match[1] + _ODD_SPACE.sub("", match[2]), text)


def text_to_numbers(text: str) -> Iterator[Number]:
    """The numbers of a text in order."""
    for spelling in _RUN.findall(text):
        if spelling.isdecimal():
            yield Number(_stripped(spelling), spelling, spelling)
        elif grouped := _GROUPED.fullmatch(spelling):
            yield _grouped_to_number(spelling, grouped[2])
        elif decimal := _DECIMAL.fullmatch(spelling):
            yield Number(f"{_stripped(decimal[1])}.{decimal[2]}", decimal[1] + decimal[2], spelling)
        elif spelling.startswith(".") and spelling[1:].isdecimal():
            yield Number(_stripped(spelling[1:]), spelling[1:], spelling)
        else:
            for digits in _NOT_DIGIT.split(spelling.removeprefix(".")):
                yield Number(_stripped(digits), digits, digits)


def _grouped_to_number(spelling: str, decimals: str | None) -> Number:
    digits = _NOT_DIGIT.sub("", spelling)
    if digits.startswith("0"):
        return Number(f"0.{digits[1:]}" if spelling[1] in ".," else digits, digits, spelling)
    if decimals:
        return Number(f"{digits[: -len(decimals)]}.{decimals}", digits, spelling)
    return Number(digits, digits, spelling)


def _stripped(digits: str) -> str:
    return digits.lstrip("0") or "0"
