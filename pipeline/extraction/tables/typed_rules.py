"""Typed rules: rows of hyphens, underscores, equals signs or dots instead of a drawn line."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.extraction.model import BBox, Ruling, Word
from pipeline.extraction.tables.segments import DOTS, is_rule, words_to_rows

#: A row only of dots, at least so many, is a rule. Dots beside text are a leader, and several rows of dots beside each
#: other are cells without a figure.
LEAST_DOTS = 10
_BLANK_SIGN = "_"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedRules:
    """The typed rules of a page.

    Attributes:
        words: The ids of their words; these are no text of a table without a grid.
        all: All of them, even beside text.
        bounding: Those that are alone on their line and so may bound a table. Underscores in pieces may not:
            they are blanks of a form.
    """

    words: frozenset[int]
    all: tuple[Ruling, ...]
    bounding: tuple[Ruling, ...]


_NONE = TypedRules(words=frozenset(), all=(), bounding=())


def words_to_typed_rules(words: Sequence[Word]) -> TypedRules:
    """The typed rules among the words of a page."""
    if not any(is_rule(word.text) or _is_dots(word.text) for word in words):
        return _NONE
    found: list[Word] = []
    bounding: list[Word] = []
    for row in words_to_rows(words):
        rules = [word for word in row if is_rule(word.text)]
        if len(rules) == len(row):
            alone = len(row) == 1 or not any(_BLANK_SIGN in word.text for word in row)
            bounding += row if alone else []
        elif len(row) == 1 and _is_dots(row[0].text):
            rules = row
            bounding += row
        found += rules
    return TypedRules(
        words=frozenset(map(id, found)),
        all=tuple(map(_word_to_ruling, found)),
        bounding=tuple(map(_word_to_ruling, bounding)),
    )


def _is_dots(text: str) -> bool:
    return len(text) >= LEAST_DOTS and not text.strip(DOTS)


def _word_to_ruling(word: Word) -> Ruling:
    middle = (word.box.top + word.box.bottom) / 2
    return Ruling(box=BBox(word.box.x0, middle, word.box.x1, middle), width=1.0)
