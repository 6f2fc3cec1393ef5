"""Tick boxes drawn with lines: small squares beside a label, empty or with a cross, a tick or a filling."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.extraction.geometry import IDENTITY, is_middle_in
from pipeline.extraction.model import BBox, Char, Ruling
from pipeline.extraction.readers.checkboxes import box_to_char
from pipeline.extraction.readers.paths import Marks

#: A page with more squares than this is a drawing.
MAX_SQUARES = 400
#: Squares this close (points) to each other are cells of a grid.
APART = 2.5
#: A mark in a square ticks it if it has at least this share of its side, a filling if it is this dark (0 to 1).
LEAST_MARK, DARK = 0.3, 0.6
#: A label is at most so many sides of the square away, at its middle or at most this share of its side higher or lower.
LABEL, LEVEL = 2.5, 0.8
#: The letters that people type into a box to tick it.
_TYPED = frozenset("xX\u00d7\u2713\u2714\u2715\u2717\u2718\u25cf\u25a0*")


class Drawn(NamedTuple):
    """A page whose drawn boxes are replaced by signs.

    Attributes:
        chars: The characters, with these signs, and without letters typed into boxes.
        rulings: The rulings, without the sides of the boxes.
    """

    chars: list[Char]
    rulings: tuple[Ruling, ...]


def boxes_to_signs(marks: Marks, chars: Sequence[Char]) -> Drawn:
    """Find the tick boxes among the drawn squares of a page.

    Args:
        marks: Of the page.
        chars: Of the page, including blanks.
    """
    rulings = marks.all_rulings()
    if not 0 < len(marks.squares) <= MAX_SQUARES:
        return Drawn(list(chars), rulings)
    letters = _Letters([char for char in chars if char.text != " "])
    signs: list[Char] = []
    boxes: list[BBox] = []
    typed: set[int] = set()
    for square in marks.squares:
        inside = letters.inside(square)
        is_box = all(char.text in _TYPED for char in inside) and len(inside) <= 1 and letters.has_label(square)
        if is_box and not any(_touch(square, other) for other in marks.squares if other is not square):
            ticked = bool(inside) or _is_marked(square, marks)
            signs.append(box_to_char(*square, ticked=ticked, matrix=IDENTITY))
            boxes.append(square)
            typed.update(map(id, inside))
    kept = tuple(ruling for ruling in rulings if not any(_is_side(ruling, box) for box in boxes))
    return Drawn([*(char for char in chars if id(char) not in typed), *signs], kept)


class _Letters:
    """The letters of a page, from the top."""

    def __init__(self, chars: Sequence[Char]) -> None:
        self._chars = sorted(chars, key=_middle)
        self._middles = list(map(_middle, self._chars))

    def _level(self, top: float, bottom: float) -> list[Char]:
        return self._chars[bisect_left(self._middles, top) : bisect_right(self._middles, bottom)]

    def inside(self, square: BBox) -> list[Char]:
        return [char for char in self._level(square.top, square.bottom) if square.x0 < _x(char) < square.x1]

    def has_label(self, square: BBox) -> bool:
        side = square.x1 - square.x0
        y = (square.top + square.bottom) / 2
        near = self._level(y - LEVEL * side, y + LEVEL * side)
        return any(
            char.text.isalnum()
            and (0 < char.box.x0 - square.x1 + 1 <= LABEL * side or 0 < square.x0 - char.box.x1 + 1 <= LABEL * side)
            for char in near
        )


def _middle(char: Char) -> float:
    return (char.box.top + char.box.bottom) / 2


def _x(char: Char) -> float:
    return (char.box.x0 + char.box.x1) / 2


def _touch(first: BBox, second: BBox) -> bool:
    """Whether two squares are so close that they are cells; a square drawn around another one is the same box."""
    across = max(first.x0, second.x0) - min(first.x1, second.x1)
    along = max(first.top, second.top) - min(first.bottom, second.bottom)
    is_same = across < -APART and along < -APART
    return across <= APART and along <= APART and not is_same


def _is_marked(square: BBox, marks: Marks) -> bool:
    side = square.x1 - square.x0
    drawn = (box for box in marks.strokes if is_middle_in(box, square))
    filled = (fill.box for fill in marks.fills if fill.colour is None or sum(fill.colour) / 3 < DARK)
    return any(_side(box) >= LEAST_MARK * side for box in drawn) or any(
        is_middle_in(box, square) and LEAST_MARK * side <= _side(box) <= side for box in filled
    )


def _side(box: BBox) -> float:
    return max(box.x1 - box.x0, box.bottom - box.top)


def _is_side(ruling: Ruling, square: BBox) -> bool:
    return _side(ruling.box) <= 1 + _side(square) and is_middle_in(ruling.box, square)
