"""Rows with overlapping strings, as in narrow columns: by position alone, their letters would be mixed."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter

from pipeline.extraction.model import Char

#: An equal glyph at most this far (as a share of the size) from where one was just drawn is the same glyph.
DOUBLE = 0.16
#: A glyph overlaps its neighbour if it begins at least this share of the type size before the neighbour's end.
OVERLAP = 0.3
#: With so many overlapping letters, two strings would be mixed; one is enough for a string shorter than this.
MIXED = 2
LONG_STRING = 4
#: So many later strings are checked for the one that a string overlaps.
STRINGS = 4
#: A string that overlaps the next one is made narrower, so that it ends this share of the type size before it.
SQUEEZED_GAP = 1.0
#: This is done only if it leaves the string this much room.
LEAST_ROOM = 2.0
#: The next glyph of a string begins at most this share of the type size after the last one.
STRING_GAP = 1.0


#: A character in coordinates along its direction of writing: baseline, start, end, text, size, and the character. It is
#: a plain tuple for speed, since there is one for every glyph.
Placed = tuple[float, float, float, str, float, Char]


class Order:
    """The position of each character in the file; computed when first needed, since few rows need it."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self._chars = chars

    @cached_property
    def _indexes(self) -> Mapping[int, int]:
        return {id(char): index for index, char in enumerate(self._chars)}

    def of(self, item: Placed) -> int:
        """The position of one character; 0 for one that was changed since (a glyph drawn twice, made bold)."""
        return self._indexes.get(id(item[-1]), 0)


def overlaps(row: Sequence[Placed]) -> bool:
    """Whether a glyph begins well before the end of the previous one."""
    end = -math.inf
    for item in row:
        if item[1] < end - OVERLAP * item[4]:
            return True
        end = item[2]
    return False


def row_to_layers(row: Sequence[Placed], order: Order) -> list[list[Placed]]:
    """The glyphs of a row in layers without overlapping strings; a string too long for its room is made narrower.

    Args:
        row: Glyphs of one baseline.
        order: The order in which the page draws glyphs; it shows which glyphs form a string.
    """
    strings = _without_double_strings(sorted(_row_to_strings(row, order), key=_string_to_start))
    layers: list[list[list[Placed]]] = []
    for index, string in enumerate(strings):
        over = next((other for other in strings[index + 1 : index + 1 + STRINGS] if _are_mixed(string, other)), None)
        squeezed = string if over is None else _squeezed(string, _string_to_start(over))
        free = next((layer for layer in layers if not _are_mixed(layer[-1], squeezed)), None)
        if free is None:
            layers.append([squeezed])
        else:
            free.append(squeezed)
    return [sorted(chain(*layer), key=itemgetter(1, 2)) for layer in layers]


def _without_double_strings(strings: Sequence[list[Placed]]) -> list[list[Placed]]:
    kept: list[list[Placed]] = []
    for string in strings:
        near = (other for other in kept[-STRINGS:] if abs(string[0][1] - other[0][1]) <= DOUBLE * string[0][4])
        if not any([item[3] for item in other] == [item[3] for item in string] for other in near):
            kept.append(string)
    return kept


def _string_to_start(string: Sequence[Placed]) -> float:
    return string[0][1]


def _squeezed(string: list[Placed], limit: float) -> list[Placed]:
    """An upright string, made narrow enough to end before the limit; unchanged where there is no room at all."""
    start, end, size = string[0][1], string[-1][2], string[0][4]
    room = limit - SQUEEZED_GAP * size - start
    if string[0][-1].angle or room < LEAST_ROOM * size or room >= end - start:
        return string
    share = room / (end - start)
    squeezed = []
    for baseline, left, right, text, own, char in string:
        x0, x1 = start + share * (left - start), start + share * (right - start)
        squeezed.append((baseline, x0, x1, text, own, char._replace(box=char.box._replace(x0=x0, x1=x1))))
    return squeezed


def _row_to_strings(row: Sequence[Placed], order: Order) -> Iterator[list[Placed]]:
    """Glyphs that were drawn one after the other."""
    string: list[Placed] = []
    for item in sorted(row, key=order.of):
        if string and not -OVERLAP * item[4] <= item[1] - string[-1][2] <= STRING_GAP * item[4]:
            yield string
            string = []
        string.append(item)
    if string:
        yield string


def _are_mixed(first: Sequence[Placed], second: Sequence[Placed]) -> bool:
    """Whether letters of each string are within the other one: several letters, or one of a very short string."""
    start, end = second[0][1], first[-1][2]
    if end - start < OVERLAP * second[0][4]:
        return False
    inner = sum(item[1] + item[2] > 2 * start and item[3].isalnum() for item in first)
    outer = sum(item[1] + item[2] < 2 * end and item[3].isalnum() for item in second)
    is_short = len(first) >= LONG_STRING and 1 < len(second) < LONG_STRING
    return min(inner, outer) >= (1 if is_short else MIXED)
