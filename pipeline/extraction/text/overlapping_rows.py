"""Rows in which strings lie over each other, as in narrow columns: place alone would mix their letters."""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter

from pipeline.extraction.model import Char

#: The same glyph at most this far (share of the size) from where it was just drawn is the same glyph.
DOUBLE = 0.16
#: A glyph that begins this share of the type size before the end of its neighbour lies over it ...
OVERLAP = 0.3
#: ... and where so many letters of two strings do, they would be mixed; of a shorter string than this one will do.
MIXED = 2
LONG_STRING = 4
#: So many strings behind one are looked at for the one that it runs into.
STRINGS = 4
#: A string that runs into the next is squeezed to end this share of the type size before it ...
SQUEEZED_GAP = 1.0
#: ... where that leaves it so much room.
LEAST_ROOM = 2.0
#: The next glyph of a string begins at most this share of the type size behind the last.
STRING_GAP = 1.0


#: A character in the coordinates of its own direction of writing: baseline, start, end, text, size, and itself.  A bare
#: tuple, since there is one for every glyph and all of it is wanted at once.
Placed = tuple[float, float, float, str, float, Char]


class Order:
    """Where in the file each character comes; looked up for few rows, so made when first asked for."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self._chars = chars

    @cached_property
    def _indexes(self) -> Mapping[int, int]:
        return {id(char): index for index, char in enumerate(self._chars)}

    def of(self, item: Placed) -> int:
        """The place of one character; 0 for one that has been changed since (a double made bold)."""
        return self._indexes.get(id(item[-1]), 0)


def overlaps(row: Sequence[Placed]) -> bool:
    """Whether a glyph begins well before the end of the one before it."""
    end = -math.inf
    for item in row:
        if item[1] < end - OVERLAP * item[4]:
            return True
        end = item[2]
    return False


def row_to_layers(row: Sequence[Placed], order: Order) -> list[list[Placed]]:
    """The glyphs of a row in layers in which no string lies over another; what runs over is squeezed into its room.

    Args:
        row: Of one baseline.
        order: In which its page was drawn: it tells the strings apart.
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
    """An upright string made so narrow that it ends before the limit; as it was where there is no room at all."""
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
    """Glyphs that were drawn one behind the other."""
    string: list[Placed] = []
    for item in sorted(row, key=order.of):
        if string and not -OVERLAP * item[4] <= item[1] - string[-1][2] <= STRING_GAP * item[4]:
            yield string
            string = []
        string.append(item)
    if string:
        yield string


def _are_mixed(first: Sequence[Placed], second: Sequence[Placed]) -> bool:
    """Whether letters of each string stand within the other one: several of them, or one of a very short string."""
    start, end = second[0][1], first[-1][2]
    if end - start < OVERLAP * second[0][4]:
        return False
    inner = sum(item[1] + item[2] > 2 * start and item[3].isalnum() for item in first)
    outer = sum(item[1] + item[2] < 2 * end and item[3].isalnum() for item in second)
    is_short = len(first) >= LONG_STRING and 1 < len(second) < LONG_STRING
    return min(inner, outer) >= (1 if is_short else MIXED)
