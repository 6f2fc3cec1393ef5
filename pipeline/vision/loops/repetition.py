"""Whether a model has fallen into a loop, seen while it writes.

The end of the text is compared with what stands before it: a stretch that equals itself moved by some period is a
loop once it is longer than anything that pages repeat honestly.  How long that is depends on what is repeated: a
paragraph is suspicious the fourth time, while a form may have dozens of empty rows and a leader hundreds of dots.
Where the page itself can be asked, it decides: what it shows twelve times may stand there twelve times, and what it
shows twice is a loop within three seconds.  Counting ("Item 17", "Item 18", …) has no constant period; there each
number is taken for one sign, and the numbers must go up evenly.  The cost is linear in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Final

from pipeline.vision.loops.page_evidence import Evidence

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
# The same of signs with blanks between them, which are fewer in a line and tokens of their own; and of line feeds.
_SPACED_SPAN = 240
_GAP_SPAN = 120
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
# Characters after the third turn of what the page does not show so often: less than three seconds of a fast model,
# which takes more tokens for bars and blanks than for words and tags.
_IN_TIME = 460
_BARS_IN_TIME = 150
# Bare numbers that a page may well count; rows and items that differ by a number, such as the days of a month; and
# paragraphs that do.
_COUNTED = 60
_COMMA = 1
_COUNTED_ROWS = 33
_COUNTED_PARAGRAPHS = 8
# Turns that are looked at first: most tables count nothing, and fewer prove nothing.
_FIRST_LOOK = 4
# Digits of a number that can still be counted with.
_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
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


_NO_PAGE: Final = Evidence()


class RepetitionWatch:
    """Reads an answer as it comes and tells when it goes round in circles."""

    def __init__(self, page: Evidence = _NO_PAGE) -> None:
        """Begin with an empty answer about this page."""
        self._page = page
        self._text = ""
        self._shape = ""
        self._pieces: list[str] = []
        self._fresh = 0

    def feed(self, fresh: str) -> str | None:
        """Take the next characters; returns a sentence's end that describes the loop once there is one."""
        if len(fresh) <= _STEP:  # one event, as nearly always
            return self._take(fresh)
        looks = (self._take(fresh[start : start + _STEP]) for start in range(0, len(fresh), _STEP))
        return next((loop for loop in looks if loop), None)

    def _take(self, fresh: str) -> str | None:
        self._pieces.append(fresh)
        self._fresh += len(fresh)
        if self._fresh < _STEP:
            return None
        added = "".join(self._pieces)
        self._pieces.clear()
        self._fresh = 0
        self._text = (self._text + added)[-_WINDOW:]
        self._shape = _joined(self._shape, _NUMBER.sub(_SIGN, added))[-_WINDOW:]
        return self._constant() or self._counting()

    def _constant(self) -> str | None:
        for loop in _tail_to_loops(self._text):
            if loop.turns >= _LEAST_TURNS and self._goes_too_far(loop):
                return f"{_shown(loop.unit)} stands there {loop.turns} times in a row"
        return None

    def _goes_too_far(self, loop: Repetition) -> bool:
        """Whether the turns are more than this page may have."""
        size, words = len(loop.unit), _visible(loop.unit) > 0
        usual = _honest_span(loop.unit)
        soon = min(usual, _LEAST_TURNS * size + (_IN_TIME if words or "<" in loop.unit else _BARS_IN_TIME))
        if loop.span < soon:
            return False
        turns = self._page.turns(loop.unit) if words or _ROW.search(loop.unit * 2) else None
        if turns is None:
            return loop.span >= usual
        # What a page shows of rows without text is a guess from its lines, and never more than any page may have.
        shown = max(turns * size, soon)
        return loop.span >= (shown if words else min(usual, shown))

    def _counting(self) -> str | None:
        for loop in _tail_to_loops(self._shape):
            if _SIGN in loop.unit and loop.turns > _FIRST_LOOK and self._counts(loop):
                return f"it counts: {_shown(loop.unit.replace(_SIGN, 'N'))}, {loop.turns} times in a row"
        return None

    def _counts(self, loop: Repetition) -> bool:
        """Whether a loop goes on longer than this page may count, and counts all the way."""
        moving = _rising(loop.unit, _FIRST_LOOK, self._text)
        if not moving:
            return False
        turns = self._most_counted(loop.unit, moving)
        return loop.turns >= turns and bool(_rising(loop.unit, turns - 1, self._text))

    def _most_counted(self, unit: str, moving: list[int]) -> int:
        """Turns up to which this page may count this way, being at the numbers ``moving``."""
        usual, plain = _honest_count(unit), unit.replace(_SIGN, " ")
        if _visible(plain) > _COMMA:
            turns = self._page.turns(plain)
        else:
            turns = 0 if any(self._page.shows(str(number)) is False for number in moving) else None
        return usual if turns is None else max(turns, min(usual, _FIRST_LOOK + _IN_TIME // len(unit)))


def _tail_to_loops(text: str) -> Iterator[Repetition]:
    """Every period that the end of the text can be said to have, the shortest first."""
    probe = text[-_PROBE:]
    at = len(text) - len(probe)
    known: list[Repetition] = []
    for _ in range(_MOST_PLACES):
        at = text.rfind(probe, 0, at + len(probe) - 1)
        period = len(text) - len(probe) - at
        if at < 0 or period > _LONGEST_UNIT:
            break
        if any(loop.span > period and period % len(loop.unit) == 0 for loop in known):
            continue  # several turns of a loop that has been looked at
        loop = Repetition(unit=text[-period:], span=period + _common_end(text, len(text) - period))
        yield loop
        if loop.span > _LONG_SPAN:
            break
        known.append(loop)


def _common_end(text: str, stop: int) -> int:
    """How many characters before ``stop`` equal those at the text's end."""
    end = len(text)
    least, most = 0, min(stop, _PROBE)
    # What is known to be equal is not looked at again: most of the time goes into copying.
    while most < stop and text.startswith(text[end - most : end - least], stop - most):
        least, most = most, min(stop, 2 * most)
    while least < most:
        middle = (least + most + 1) // 2
        if text.startswith(text[end - middle : end - least], stop - middle):
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
    if unit.isspace() and row:
        return _GAP_SPAN
    if not row and not visible:
        return _SPACED_SPAN if size == 2 and " " in unit else _EMPTY_SPAN  # noqa: PLR2004 — a dot and a blank
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


def _rising(unit: str, turns: int, text: str) -> list[int]:
    """The last ones of the numbers that move; empty where not all go up evenly, each at its place in the unit."""
    places = unit.count(_SIGN)
    # The last number may not be complete yet, and the first one not any more.
    end = text[-(turns + 2) * (len(unit) + places * _DIGITS) :].rstrip("0123456789")
    numbers = [int(number[:_DIGITS]) for number in _NUMBER.findall(end)[-turns * places :]]
    moving: list[int] = []
    for place in range(min(places, len(numbers))):
        steps = {after - before for before, after in pairwise(numbers[place::places])}
        if len(steps) > 1:
            return []
        if steps - {0}:
            moving.append(numbers[place::places][-1])
    return moving


def _joined(shape: str, more: str) -> str:
    """A number that came in two pieces is one number."""
    return shape + more[1:] if shape.endswith(_SIGN) and more.startswith(_SIGN) else shape + more


def _shown(unit: str) -> str:
    words = " ".join(unit.split())
    return repr(words if len(words) <= _PROBE else words[:_PROBE] + "…")
