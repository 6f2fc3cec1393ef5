"""Words in the form in which they are compared: two spellings of the same number or word are equal."""

import re
from collections.abc import Sequence
from typing import Final

from pipeline.vision.faithfulness.numbers import text_to_comparable, text_to_numbers

_SIGNS: Final = str.maketrans(
    dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}", "-")
    | dict.fromkeys("\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{PRIME}", "'")
    | dict.fromkeys("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}", '"')
)
_DIGIT: Final = re.compile("[0-9]")
#: Digits and the characters that may be between them in one number.
_SEPARATED: Final = re.compile("[0-9.,' \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]*")
#: The same, for one character.
_NOT_BETWEEN: Final = re.compile("[0-9.,' \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]")
_PLAIN_NUMBER: Final = re.compile("[0-9][0-9.,']*[0-9]|[0-9]")
#: The first group of a number with blanks, and a further group.
_HEAD: Final = re.compile(r"[^0-9]{0,3}[0-9]{1,3}")
_GROUP: Final = re.compile(r"[0-9]{3}(?:[.,][0-9]+)?[^0-9]{0,3}")


def words_of_number(words: Sequence[str], index: int) -> int:
    """How many words the number that begins here has: "1 234 567" has three."""
    count = 1
    if _HEAD.fullmatch(words[index]):
        while index + count < len(words) and _GROUP.fullmatch(words[index + count]):
            count += 1
    return count


def respelled(was: str, now: str) -> str:
    """The page's word. For numbers with as many digits, only the digits change, and the sign if it differs."""
    ours, theirs = _DIGIT.findall(was), _DIGIT.findall(now)
    theirs_whole = now.rstrip(",;:") if was[-1:].isalnum() or was[-1:] in ")%" else now
    if len(ours) != len(theirs) or not ours:
        return theirs_whole
    first, last = was.index(ours[0]), was.rindex(ours[-1]) + 1
    before, core, after = was[:first], was[first:last], was[last:]
    if not _SEPARATED.fullmatch(core):
        if _NOT_BETWEEN.sub("", was) != _NOT_BETWEEN.sub("", now):
            return theirs_whole
    elif key_to_value(word_to_key(was))[:1] != key_to_value(word_to_key(now))[:1]:
        before, after = now[: now.index(theirs[0])], now[now.rindex(theirs[-1]) + 1 :].rstrip(",;:")
    digits = iter(theirs)
    spelled = before + _DIGIT.sub(lambda _: next(digits), core) + after
    same = key_to_value(word_to_key("".join(spelled.split()))) == key_to_value(word_to_key(now))
    return spelled if same else theirs_whole


def word_to_key(word: str) -> str:
    """The word in the form in which it is compared: spellings that a reader takes for the same are equal."""
    key = text_to_comparable(word).translate(_SIGNS).casefold()
    return "".join(number.value for number in text_to_numbers(key)) if _PLAIN_NUMBER.fullmatch(key) else key


def squeezed(key: str) -> str:
    """Its letters and digits."""
    return "".join(filter(str.isalnum, key))


def letters_of(key: str) -> str:
    """Its letters."""
    return "".join(filter(str.isalpha, key))


def key_to_value(key: str) -> tuple[str, ...]:
    """The numbers in a word, the first one with its sign."""
    numbers = [number.value for number in text_to_numbers(key)]
    negative = key.lstrip("$\N{EURO SIGN}\N{POUND SIGN}").startswith(("-", "("))
    return ("-" if negative else "+", *numbers) if numbers else ()


def edit_distance(one: str, other: str) -> int:
    """How many letters must be changed, inserted or removed (Levenshtein's distance)."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, against in enumerate(other, 1):
            current.append(min(before[column] + 1, current[-1] + 1, before[column - 1] + (letter != against)))
        before = current
    return before[-1]
