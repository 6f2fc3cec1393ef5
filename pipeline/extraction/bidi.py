"""Right-to-left text: from the order on the page to the order in which it is read."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Protocol, TypeVar

_STRONG_LEFT = frozenset({"L"})
_STRONG_RIGHT = frozenset({"R", "AL"})
_NUMBER = frozenset({"EN", "AN"})
#: Where Unicode has letters that run from right to left: texts without any need no closer look.
_PAIRS = ("()", "[]", "{}", "<>", "\u00ab\u00bb", "\u2039\u203a")
_OPENING = frozenset(pair[0] for pair in _PAIRS)
_MIRRORED = frozenset("".join(_PAIRS))
_TO_MIRRORED = str.maketrans("".join(_PAIRS), "".join(pair[::-1] for pair in _PAIRS))
_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")


class HasText(Protocol):
    """Anything with a text."""

    @property
    def text(self) -> str:
        """The text."""


Item = TypeVar("Item", bound=HasText)


def is_right_to_left(text: str) -> bool:
    """Whether most of the text's letters run from right to left."""
    if text.isascii() or _RIGHT.search(text) is None:
        return False
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    right = sum(kind in _STRONG_RIGHT for kind in kinds)
    return right > sum(kind in _STRONG_LEFT for kind in kinds)


def visual_to_logical(items: Sequence[Item]) -> list[Item]:
    """The items in reading order, given as they stand from left to right.

    Left-to-right pieces and numbers inside right-to-left text keep their order (levels 1 and 2 of the Unicode
    bidirectional algorithm; deeper nesting does not occur in one line of a page often enough to matter).

    Args:
        items: Characters of a word, or words of a line.
    """
    if not is_right_to_left("".join([item.text for item in items])):
        return list(items)
    ordered: list[Item] = []
    run: list[Item] = []
    for item in reversed(items):
        if _runs_left_to_right(item.text):
            run.append(item)
            continue
        ordered += reversed(run)
        run = []
        ordered.append(item)
    return [*ordered, *reversed(run)]


def _runs_left_to_right(text: str) -> bool:
    kinds = {unicodedata.bidirectional(letter) for letter in text}
    return not kinds & _STRONG_RIGHT and bool(kinds & (_STRONG_LEFT | _NUMBER))


def is_mirrored(text: str) -> bool:
    """Whether the brackets of a text from right to left, in reading order, are those that its shapes look like.

    A file maps a bracket to the sign that it looks like, or to the one that it means; only as it is meant do brackets
    open before they close.

    Args:
        text: In reading order.
    """
    other = text.translate(_TO_MIRRORED)
    return other != text and (_disorder(other), -_fits(other)) < (_disorder(text), -_fits(text))


def mirrored(text: str) -> str:
    """The text with its brackets turned round."""
    return text.translate(_TO_MIRRORED)


def _disorder(text: str) -> int:
    """How many brackets close that have not been opened while others open that are not closed."""
    opened = unopened = 0
    for sign in text:
        if sign in _OPENING:
            opened += 1
        elif sign in _MIRRORED:
            if opened:
                opened -= 1
            else:
                unopened += 1
    return min(opened, unopened)


def _fits(text: str) -> int:
    """How many opening brackets stand before a letter, and closing ones behind one."""
    padded = f" {text} "
    return sum(
        padded[index + 2 if sign in _OPENING else index].isalnum()
        for index, sign in enumerate(text)
        if sign in _MIRRORED
    )
