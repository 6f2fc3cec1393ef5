"""Finds the numbers that one of two readings of a page has and the other does not have."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from pipeline.vision.faithfulness.numbers import text_to_numbers

_TAG: Final = re.compile(r"(<[^<>]*>)")
_REFERENCE: Final = re.compile(r"&#?[0-9A-Za-z]{1,8};")
_ODD_BLANK: Final = re.compile(
    "(?<=[0-9])[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}](?=[0-9]{3}(?![0-9]))"
)
# A cell that is one number, with plain blanks between its groups.
_ONE_NUMBER: Final = re.compile(r"[^0-9]{0,3}[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?[^0-9]{0,3}")
# With more numbers than this (no page has so many) the order is not compared, since that takes quadratic time.
_MOST_ALIGNED: Final = 1500


class _Place(NamedTuple):
    """The place of a number: the piece of the text, its first character, and the end."""

    piece: int
    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A reading in which the numbers are marked that only it has.

    Attributes:
        html: The fragment, each number that the other reading lacks in a ``<mark>``.
        numbers: Those numbers in order, as they are spelt.
    """

    html: str
    numbers: tuple[str, ...] = ()


def mark_differing(html: str, other: str) -> Marked:
    """The clean fragment with each number marked that the other fragment lacks, or has less often.

    Of several equal numbers those are marked that are out of the other fragment's order.
    """
    pieces = _TAG.split(html)
    places, others = _places(pieces), _places(_TAG.split(other))
    lacking = Counter(place.value for place in places) - Counter(place.value for place in others)
    chosen = sorted(_chosen(places, lacking, _matched(places, others)))
    numbers = tuple(pieces[place.piece][place.start : place.end] for place in chosen)
    for place in reversed(chosen):
        text = pieces[place.piece]
        marked = f"<mark>{text[place.start : place.end]}</mark>"
        pieces[place.piece] = f"{text[: place.start]}{marked}{text[place.end :]}"
    return Marked(html="".join(pieces), numbers=numbers)


def _places(pieces: Sequence[str]) -> list[_Place]:
    return [place for index, piece in enumerate(pieces) if piece[:1] != "<" for place in _piece_to_places(index, piece)]


def _piece_to_places(index: int, piece: str) -> Iterator[_Place]:
    """The numbers of a piece of text; characters are replaced one for one before, so places stay right."""
    text = _REFERENCE.sub(lambda match: " " * len(match[0]), piece)
    text = _ODD_BLANK.sub("'", text)
    if _ONE_NUMBER.fullmatch(text.strip()):
        text = re.sub("(?<=[0-9]) (?=[0-9])", "'", text)
    at = 0
    for number in text_to_numbers(text):
        start = text.index(number.spelling, at)
        at = start + len(number.spelling)
        yield _Place(index, start, at, number.value)


def _matched(places: Sequence[_Place], others: Sequence[_Place]) -> frozenset[int]:
    """The indices of the numbers that are in the same order in both."""
    if max(len(places), len(others)) > _MOST_ALIGNED:
        return frozenset()
    matcher = SequenceMatcher(None, [each.value for each in places], [each.value for each in others], autojunk=False)
    return frozenset(block.a + step for block in matcher.get_matching_blocks() for step in range(block.size))


def _chosen(places: Sequence[_Place], lacking: Counter[str], matched: frozenset[int]) -> Iterable[_Place]:
    """For each value as many numbers as the other reading lacks, first those that are out of its order."""
    left = Counter(lacking)
    for index in sorted(range(len(places)), key=lambda index: (index in matched, index)):
        place = places[index]
        if left[place.value] > 0:
            left[place.value] -= 1
            yield place
