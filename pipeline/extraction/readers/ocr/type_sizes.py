"""Converts words with an engine's boxes to words with type size and baseline, as the rest of extraction needs them.

Engines give boxes around the ink, some with a margin, so "no" and "Gap" on one line have different heights. A word's
letters say how far its ink extends above and below the baseline, so the type size can be computed from the ink.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from pipeline.extraction.model import ASCENT, DESCENT, BBox, Char, Word
from pipeline.extraction.readers.ocr.engine import SeenWord
from pipeline.extraction.readers.ocr.picture import INK, Picture
from pipeline.extraction.readers.ocr.rulings import DrawnLine
from pipeline.extraction.readers.ocr.unruled import ink_without_level_lines

#: The height of letters above the baseline, in type sizes, averaged over usual fonts.
_CAPITAL, _SMALL = 0.69, 0.49
#: The depth of other characters below it.
_DEEP, _COMMA = 0.21, 0.13
_SMALL_LETTERS = frozenset("acegmnopqrsuvwxyz\u0131\u00e6\u0153")
_DEEP_LETTERS = frozenset("gjpqy\u00e7\u015f()[]{}|/_\u00a7")
_COMMAS = frozenset(",;Q")
#: Signs whose ink does not show the type size.
_SIGNS = frozenset(
    ".,;:-\u2013\u2014_=~+*\u00b7\u2022\u2026'\"\u00b4`^\u00b0<>\u00ab\u00bb\u201c\u201d\u2018\u2019\u201e|"
)
#: Words of one line have the same size if they differ by at most this share.
_SAME = 0.22
#: Lines have the same size if they differ by at most this share.
_ONE_SIZE = 0.09
#: Words this near to the baseline of their line, in type sizes, stand on it if they have its size; if they have another
#: one, their box may be cut off.
_BESIDE, _SAME_BASELINE = 0.25, 0.1
#: The middle of a dash is so high above its baseline; other signs are at most so far away from there.
_MIDDLE, _FLOATS = 0.27, 0.45
#: Letters are seldom narrower than this share of their size, on average over a word.
_NARROW = 0.3
_LEAST, _MOST = 3.0, 120.0
#: Letters are equally wide if at least so many words, all but one in ten, are as wide as their number of letters says,
#: give or take this share of a letter. Measured: .2 to .3 for typewriters' letters, 1.3 to 1.7 for others.
_FEWEST, _EVEN_SHARE, _EVEN = 20, 0.9, 0.5


class _Ink(NamedTuple):
    """The ink of a word, in pixels, and the size that its letters show.

    Attributes:
        size: Type size in pixels; 0 where the letters do not show it.
        baseline: From the top, in pixels.
        tall: Whether it has letters as high as capitals; these show the size best, since fonts differ more in others.
        letter: Mean width of a letter, in pixels.
    """

    box: BBox
    size: float
    baseline: float
    tall: bool = False
    letter: float = 0.0


def seen_to_words(seen: Sequence[SeenWord], picture: Picture, lines: Iterable[DrawnLine] = ()) -> list[Word]:
    """The words in points, in their given order; words of one line have one size.

    They have one baseline where they stand on it: engines also take for one line what is beside the middle of two
    lines, as in cells of tables.

    Args:
        seen: Words in pixels of the picture.
        picture: The picture in which they were read.
        lines: Those drawn in it, which are no ink of words.
    """
    bare = ink_without_level_lines(picture, lines)
    inks = [_word_to_ink(word, picture, bare) for word in seen]
    numbered: dict[int, list[int]] = defaultdict(list)
    for index, word in enumerate(seen):
        numbered[word.line].append(index)
    usual = _sizes_to_usual([_line_to_size([inks[index] for index in line], seen, line) for line in numbered.values()])
    placed: dict[int, _Ink] = {}
    for line, size in zip(numbered.values(), usual, strict=True):
        placed |= zip(line, _place([inks[index] for index in line], size), strict=True)
    pitches = _inks_to_pitches([(seen[index].text, ink) for index, ink in placed.items()])
    return [
        _to_word(word.text, _with_sides(placed[index], len(word.text), pitches), picture.points)
        for index, word in enumerate(seen)
    ]


def _inks_to_pitches(words: Iterable[tuple[str, _Ink]]) -> dict[float, float]:
    """The width of a letter, in pixels, for each size whose letters are all equally wide, as a typewriter's."""
    groups: dict[float, list[tuple[int, float]]] = defaultdict(list)
    for text, ink in words:
        if len(text) > 1:
            groups[ink.size].append((len(text), ink.box.x1 - ink.box.x0))
    fitted = {size: _widths_to_pitch(pairs) for size, pairs in groups.items() if len(pairs) >= _FEWEST}
    return {size: pitch for size, pitch in fitted.items() if pitch is not None}


def _widths_to_pitch(pairs: Sequence[tuple[int, float]]) -> float | None:
    """The slope of the line through these numbers of letters and widths; None where they are not on a line."""
    middle = sum(letters for letters, _ in pairs) / len(pairs)
    middle_width = sum(width for _, width in pairs) / len(pairs)
    spread = sum((letters - middle) ** 2 for letters, _ in pairs)
    pitch = sum((letters - middle) * (width - middle_width) for letters, width in pairs) / spread if spread else 0.0
    if pitch <= 0:
        return None
    away = sorted(abs(width - middle_width - pitch * (letters - middle)) for letters, width in pairs)
    return pitch if away[int(_EVEN_SHARE * len(away))] <= _EVEN * pitch else None


def _with_sides(ink: _Ink, letters: int, pitches: dict[float, float]) -> _Ink:
    """The ink with the paper that belongs to its letters where each has the same width: "1" as much as "m"."""
    missing = pitches.get(ink.size, 0.0) * letters - (ink.box.x1 - ink.box.x0)
    if not 0 < missing < pitches.get(ink.size, 0.0):
        return ink
    box = ink.box._replace(x0=ink.box.x0 - missing / 2, x1=ink.box.x1 + missing / 2)
    return ink._replace(box=box)


def _word_to_ink(word: SeenWord, picture: Picture, ink: bytes) -> _Ink:
    box = _box_to_ink(word.box, picture, ink)
    letters = set(word.text) - _SIGNS
    if not letters:
        return _Ink(box, 0.0, box.bottom)
    above = _SMALL if letters <= _SMALL_LETTERS else _CAPITAL
    signs = set(word.text)
    below = _DEEP if signs & _DEEP_LETTERS else _COMMA if signs & _COMMAS else 0.0
    size = (box.bottom - box.top) / (above + below)
    letter = (box.x1 - box.x0) / len(word.text)
    return _Ink(box, size, box.bottom - below * size, above == _CAPITAL, letter)


def _box_to_ink(box: BBox, picture: Picture, ink: bytes) -> BBox:
    """The part of a box that contains ink; the box itself where it has none."""
    left, top = max(0, int(box.x0)), max(0, int(box.top))
    right, bottom = min(picture.width, round(box.x1)), min(picture.height, round(box.bottom))
    rows = [ink[row * picture.width + left : row * picture.width + right] for row in range(top, bottom)]
    inked = [index for index, row in enumerate(rows) if INK in row]
    if not inked:
        return box
    rows = rows[inked[0] : inked[-1] + 1]
    first = min(place for row in rows if (place := row.find(INK)) >= 0)
    last = max(row.rfind(INK) for row in rows)
    return BBox(left + first, top + inked[0], left + last + 1, top + inked[-1] + 1)


def _line_to_size(inks: Sequence[_Ink], seen: Sequence[SeenWord], line: Sequence[int]) -> float:
    """The size of a line, in pixels, weighted by the words' lengths; from its height where no letter shows the size."""
    told = [(ink, len(seen[index].text)) for ink, index in zip(inks, line, strict=True) if ink.size]
    best = [pair for pair in told if pair[0].tall] or told
    sizes = [ink.size for ink, letters in best for _ in range(letters)]
    return median(sizes) if sizes else max(ink.box.bottom - ink.box.top for ink in inks) / _CAPITAL


def _sizes_to_usual(sizes: Sequence[float]) -> list[float]:
    """The sizes, where nearly equal ones are made equal: a page has only a few sizes."""
    order = sorted(range(len(sizes)), key=lambda index: sizes[index])
    usual = list(sizes)
    group: list[int] = []
    for index in order:
        if group and sizes[index] > (1 + _ONE_SIZE) * sizes[group[0]]:
            _level(usual, group)
            group = []
        group.append(index)
    _level(usual, group)
    return usual


def _level(sizes: list[float], group: Iterable[int]) -> None:
    members = list(group)
    if members:
        middle = median(sizes[index] for index in members)
        for index in members:
            sizes[index] = middle


def _place(inks: Sequence[_Ink], size: float) -> list[_Ink]:
    """The words of a line with one baseline, except words that clearly have another size."""
    own = [ink for ink in inks if ink.size and abs(ink.size - size) <= _SAME * size]
    baseline = median(ink.baseline for ink in own) if own else max(ink.box.bottom for ink in inks)
    return [_place_one(ink, size, baseline) for ink in inks]


def _place_one(ink: _Ink, size: float, baseline: float) -> _Ink:
    """A word on the baseline of its line, or on its own one; what has no size of its own has that of the line."""
    own = ink.baseline if ink.size else (ink.box.top + ink.box.bottom) / 2 + _MIDDLE * size
    off = abs(own - baseline)
    if _hangs(ink, size, baseline) or _reaches_beyond(ink, size, baseline):
        return _Ink(ink.box, size, baseline)
    if not ink.size or abs(ink.size - size) <= _SAME * size:
        return _Ink(ink.box, size, baseline if off <= (_BESIDE if ink.size else _FLOATS) * size else own)
    return _Ink(ink.box, size, baseline) if off <= _SAME_BASELINE * size else ink


def _hangs(ink: _Ink, size: float, baseline: float) -> bool:
    """Whether a letter hangs below the baseline that seldom does: "f" in italics, figures of an old style."""
    if not ink.size or ink.baseline != ink.box.bottom:
        return False
    height = size * ((_CAPITAL if ink.tall else _SMALL) + _DEEP)
    return (
        abs(ink.box.bottom - _DEEP * size - baseline) <= _SAME_BASELINE * size
        and abs(ink.box.bottom - ink.box.top - height) <= _SAME_BASELINE * size
    )


def _reaches_beyond(ink: _Ink, size: float, baseline: float) -> bool:
    """Whether the box has ink of other lines, too: its letters are too narrow for a size that is clearly larger."""
    is_larger = ink.size > (1 + _SAME) * size and ink.letter < _NARROW * ink.size
    return is_larger and ink.box.top + _SMALL * size < baseline <= ink.box.bottom


def _to_word(text: str, ink: _Ink, points: float) -> Word:
    size = min(_MOST, max(_LEAST, ink.size * points))
    baseline = ink.baseline * points
    top, bottom = baseline - ASCENT * size, baseline + DESCENT * size
    x0, step = ink.box.x0 * points, (ink.box.x1 - ink.box.x0) * points / len(text)
    chars = tuple(
        Char(letter, BBox(x0 + index * step, top, x0 + (index + 1) * step, bottom), "", size)
        for index, letter in enumerate(text)
    )
    return Word(text, BBox(x0, top, ink.box.x1 * points, bottom), chars, size)
