"""Whether a model has fallen into a loop, seen while it writes.

The end of the text is compared with what stands before it: a stretch that equals itself moved by some period is a
loop once it is longer than anything that pages repeat honestly.  How long that is depends on what is repeated: a
paragraph is suspicious the fourth time, while a form may have dozens of empty rows and a leader hundreds of dots.
Counting ("Item 17", "Item 18", …) has no constant period; there each number is taken for one sign, and the numbers
must go up evenly.  The cost is linear in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

# Characters between two looks: about half a second of a fast model.
_STEP = 64
# Characters that are looked back; holds three turns and a bit of the longest unit.
_WINDOW = 16384
_LONGEST_UNIT = 5000
# The end of the text that is searched for; shorter ones are found everywhere.
_PROBE = 40
# Earlier places of the probe that are tried; a row of many empty cells has that many.
_MOST_PLACES = 24

# Tags, dots, lines, boxes, blanks and zeros carry no text of their own.
_MARKUP = re.compile(r"<[^<>]*>|&nbsp;|(?<![0-9])0+(?:[.,]0+)*(?![0-9])|&#160;|[\s.·…_\-=|*:+\u00a0☐☑☒□]+")
_NUMBER = re.compile(r"[0-9]+")
_SIGN = "\x01"

# A unit that is a line of its own: a row, a paragraph, an item of a list.
_ROW = re.compile(r"<(?:tr|p|li|br|div)\b|\n")

# Characters that a loop covers from which no longer period is looked for: it would be the same loop.
_LONG_SPAN = 1500
# Nothing is a loop before its third turn.
_LEAST_TURNS = 3
# Turns of a row, and characters of anything else, that a page may well have without any text in them.  Forms with
# dozens of empty rows have several columns; a row of one or two empty cells is what models fall into.
_EMPTY_ROWS = 32
_NARROW_ROWS = 22
_NARROW = 30
_EMPTY_SPAN = 400
# Characters of visible text in a unit from which it is a phrase, a sentence, a paragraph.
_PHRASE = 6
_SENTENCE = 40
_PARAGRAPH = 160
# Turns of a labelled row: a list to sign, a form to fill in.
_LABELLED_ROWS = 20
# Characters of a phrase again and again: three seconds of a fast model.
_PHRASE_SPAN = 600
# Characters of the fourth turn of a paragraph.
_FOURTH_TURN = 200
# Bare numbers that a page may well count; rows and items that differ by a number, such as the days of a month; and
# paragraphs that do.
_COUNTED = 60
_COMMA = 1
_COUNTED_ROWS = 33
_COUNTED_PARAGRAPHS = 8
# Turns that are looked at first: most tables count nothing.
_FIRST_LOOK = 4
# Digits of a number that can still be counted with.
_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """What the end of a text repeats.

    Attributes:
        unit: One turn; it begins anywhere in it.
        span: Characters that the turns cover.
    """

    unit: str
    span: int

    @property
    def turns(self) -> int:
        """How often the unit stands there completely."""
        return self.span // len(self.unit)


class RepetitionWatch:
    """Reads an answer as it comes and tells when it goes round in circles."""

    def __init__(self) -> None:
        self._text = ""
        self._shape = ""
        self._pieces: list[str] = []
        self._fresh = 0

    def feed(self, fresh: str) -> str | None:
        """Take the next characters; returns a sentence's end that describes the loop once there is one."""
        self._pieces.append(fresh)
        self._fresh += len(fresh)
        if self._fresh < _STEP:
            return None
        added = "".join(self._pieces)
        self._pieces.clear()
        self._fresh = 0
        self._text = (self._text + added)[-_WINDOW:]
        self._shape = _joined(self._shape, _NUMBER.sub(_SIGN, added))[-_WINDOW:]
        return text_to_loop_words(self._text) or _shape_to_loop_words(self._shape, self._text)


def text_to_loop_words(text: str) -> str | None:
    """The loop that a text ends in, in words; None where it ends in none."""
    for loop in _tail_to_loops(text):
        if loop.turns >= _LEAST_TURNS and loop.span >= _EMPTY_SPAN and loop.span >= _honest_span(loop.unit):
            return f"{_shown(loop.unit)} stands there {loop.turns} times in a row"
    return None


def _shape_to_loop_words(shape: str, text: str) -> str | None:
    for loop in _tail_to_loops(shape):
        if loop.turns >= _COUNTED_PARAGRAPHS and _SIGN in loop.unit and _counts(loop, text):
            return f"it counts: {_shown(loop.unit.replace(_SIGN, 'N'))}, {loop.turns} times in a row"
    return None


def _tail_to_loops(text: str) -> Iterator[Loop]:
    """Every period that the end of the text can be said to have, the shortest first."""
    probe = text[-_PROBE:]
    at = len(text) - len(probe)
    known: list[Loop] = []
    for _ in range(_MOST_PLACES):
        at = text.rfind(probe, 0, at + len(probe) - 1)
        period = len(text) - len(probe) - at
        if at < 0 or period > _LONGEST_UNIT:
            break
        if any(loop.span > period and period % len(loop.unit) == 0 for loop in known):
            continue  # several turns of a loop that has been looked at
        loop = Loop(unit=text[-period:], span=period + _common_end(text, len(text) - period))
        yield loop
        if loop.span > _LONG_SPAN:
            break
        known.append(loop)


def _common_end(text: str, stop: int) -> int:
    """How many characters before ``stop`` equal those at the text's end."""
    least, most = 0, min(stop, _PROBE)
    while most < stop and text.startswith(text[-most:], stop - most):
        least, most = most, min(stop, 2 * most)
    while least < most:
        middle = (least + most + 1) // 2
        if text.startswith(text[-middle:], stop - middle):
            least = middle
        else:
            most = middle - 1
    return least


def _honest_span(unit: str) -> int:
    """Characters up to which a page may repeat this unit."""
    size, visible = len(unit), _visible(unit)
    row = _ROW.search(unit * 2) is not None
    if visible >= _PARAGRAPH:
        return 3 * size + _FOURTH_TURN
    if visible >= _PHRASE:
        least = _LABELLED_ROWS if row and visible < _SENTENCE else 5
        return size * min(_EMPTY_ROWS, max(least, ceil(_PHRASE_SPAN / size)))
    if not row and not visible:
        return _EMPTY_SPAN
    return max(_EMPTY_SPAN, size * (_NARROW_ROWS if row and size <= _NARROW else _EMPTY_ROWS))


def _honest_count(unit: str) -> int:
    """Turns up to which a page may count this way."""
    visible = _visible(unit.replace(_SIGN, ""))
    if visible >= _PARAGRAPH:
        return _COUNTED_PARAGRAPHS
    return _COUNTED_ROWS if visible > _COMMA or "<" in unit else _COUNTED


def _visible(unit: str) -> int:
    """Characters of text in one turn; a tag may be cut where the unit begins, so two turns and three are compared."""
    return len(_MARKUP.sub("", unit * 3)) - len(_MARKUP.sub("", unit * 2))


def _counts(loop: Loop, text: str) -> bool:
    """Whether a loop goes on longer than a page may count, and counts all the way."""
    if not _rises_evenly(loop.unit, _FIRST_LOOK, text):
        return False
    turns = _honest_count(loop.unit)
    return loop.turns >= turns and _rises_evenly(loop.unit, turns - 1, text)


def _rises_evenly(unit: str, turns: int, text: str) -> bool:
    """Whether the last numbers go up evenly, each at its place in the unit, and at least one of them moves."""
    places = unit.count(_SIGN)
    # The last number may not be complete yet, and the first one not any more.
    end = text[-(turns + 2) * (len(unit) + places * _DIGITS) :].rstrip("0123456789")
    numbers = [int(number[:_DIGITS]) for number in _NUMBER.findall(end)[-turns * places :]]
    moves = False
    for place in range(min(places, len(numbers))):
        steps = {after - before for before, after in pairwise(numbers[place::places])}
        if len(steps) > 1:
            return False
        moves = moves or bool(steps - {0})
    return moves


def _joined(shape: str, more: str) -> str:
    """A number that came in two pieces is one number."""
    return shape + more[1:] if shape.endswith(_SIGN) and more.startswith(_SIGN) else shape + more


def _shown(unit: str) -> str:
    words = " ".join(unit.split())
    return repr(words if len(words) <= _PROBE else words[:_PROBE] + "…")
