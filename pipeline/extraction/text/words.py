"""Characters to words, by place alone: the order in which a file draws them does not matter.

Per direction of writing the glyphs are sorted into rows of one baseline, each row from left to right; a word ends at a
blank that the file draws, at a gap that is wide for the type size and for the row's own letter spacing, and where the
type size changes abruptly.  A glyph drawn twice at nearly the same place (the poor man's bold) counts once, as bold.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter, neg
from statistics import median

from pipeline.extraction.bidi import visual_to_logical
from pipeline.extraction.model import DESCENT, BBox, Char, Word
from pipeline.extraction.text.lines import boxes_to_box

#: Baselines of one row differ at most by this share of the type size from one glyph to the next ...
BASELINE_STEP = 0.12
#: ... and by this share over all.
BASELINE_SPREAD = 0.35
#: A gap wider than this share of the type size ends a word ...
GAP = 0.18
#: ... over and above the letter spacing of its row, when that is positive.
GAP_OVER_SPACING = 0.16
#: A drawn blank ends a word only where there is room for it (share of the type size); blanks get overprinted.
BLANK_GAP = 0.04
#: A size change by more than this factor ends a word.
SIZE_CHANGE = 1.35
#: The same glyph at most this far (share of the size) from where it was just drawn is the same glyph.
DOUBLE = 0.16
#: The doubling makes it bold when it is further off than this; what is drawn twice at one place looks as before.
BOLDER = 0.01


def chars_to_words(chars: Sequence[Char]) -> tuple[Word, ...]:
    """The words that the characters form, row by row from the top, left to right; rotated text comes last.

    Args:
        chars: Of one page, in any order, blanks among them.
    """
    by_angle: dict[int, list[Char]] = defaultdict(list)
    for char in chars:
        by_angle[char.angle].append(char)
    return tuple(
        word
        for angle in sorted(by_angle)
        for row in _placed_to_rows(_chars_to_placed(by_angle[angle], angle))
        for word in _row_to_words(row)
    )


#: A character in the coordinates of its own direction of writing: baseline, start, end, text, size, and itself.  A bare
#: tuple, since there is one for every glyph and all of it is wanted at once.
_Placed = tuple[float, float, float, str, float, Char]


def _chars_to_placed(chars: Sequence[Char], angle: int) -> Iterable[_Placed]:
    texts, boxes, _, sizes, *_ = zip(*chars, strict=True)
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    feet: Iterable[float]
    starts: Iterable[float]
    ends: Iterable[float]
    match angle:
        case 0:
            feet, starts, ends = bottoms, lefts, rights
        case 90:
            feet, starts, ends = rights, map(neg, bottoms), map(neg, tops)
        case 180:
            feet, starts, ends = map(neg, tops), map(neg, rights), map(neg, lefts)
        case 270:
            feet, starts, ends = map(neg, lefts), tops, bottoms
        case _:
            return [_slanted_to_placed(char, angle) for char in chars]
    baselines = [foot - DESCENT * size for foot, size in zip(feet, sizes, strict=True)]
    return zip(baselines, starts, ends, texts, sizes, chars, strict=True)


def _slanted_to_placed(char: Char, angle: int) -> _Placed:
    """Of slanted text only the middle of a glyph is known, and roughly its width."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = (char.box.x0 + char.box.x1) / 2, (char.box.top + char.box.bottom) / 2
    along, across = x * cosine - y * sine, x * sine + y * cosine
    # The box around a turned rectangle w by s is w |cos| + s |sin| wide and w |sin| + s |cos| high.
    around = char.box.x1 - char.box.x0 + char.box.bottom - char.box.top
    half = max(0.1 * char.size, around / (abs(cosine) + abs(sine)) - char.size) / 2
    return across, along - half, along + half, char.text, char.size, char


def _placed_to_rows(placed: Iterable[_Placed]) -> Iterator[list[_Placed]]:
    """Rows of one baseline, from the top; each from left to right, without doubles."""
    row: list[_Placed] = []
    first = last = -math.inf
    for item in sorted(placed, key=itemgetter(0)):
        baseline = item[0]
        if baseline != first:
            size = max(1.0, item[4])
            if row and (baseline - last > BASELINE_STEP * size or baseline - first > BASELINE_SPREAD * size):
                yield _without_doubles(row)
                row = []
            if not row:
                first = baseline
            last = baseline
        row.append(item)
    if row:
        yield _without_doubles(row)


def _without_doubles(row: list[_Placed]) -> list[_Placed]:
    row.sort(key=itemgetter(1, 2))
    kept: list[_Placed] = []
    before = -math.inf
    for item in row:
        start = item[1]
        index = None if start - before > DOUBLE * item[4] else _double_to_index(item, kept)
        if index is None:
            kept.append(item)
            before = start
        elif start - kept[index][1] > BOLDER * item[4] and item[-1].mapped:
            kept[index] = (*kept[index][:-1], kept[index][-1]._replace(bold=True))
    return kept


def _double_to_index(item: _Placed, before: list[_Placed]) -> int | None:
    """Where among the last few glyphs this one is, drawn a little to the left."""
    _, start, _, text, size, _ = item
    for index in range(len(before) - 1, max(-1, len(before) - 5), -1):
        _, x, _, other, other_size, _ = before[index]
        if other == text and start - x <= DOUBLE * size and abs(other_size - size) <= DOUBLE * size:
            return index
    return None


def _row_to_words(row: list[_Placed]) -> Iterator[Word]:
    widest: float | None = None
    word: list[Char] = []
    last_size = last_end = 0.0
    blank = False
    for _, start, end, text, char_size, char in row:
        if text == " ":
            blank = True
            continue
        if word and (blank or char_size != last_size or start - last_end > GAP * last_size):
            size = min(last_size, char_size)
            gap = start - last_end
            ends = (blank and gap > BLANK_GAP * size) or max(char_size, last_size) > SIZE_CHANGE * size
            if not ends and gap > GAP * size:
                if widest is None:
                    widest = max(GAP, _row_to_spacing(row) + GAP_OVER_SPACING)
                ends = gap > widest * size
            if ends:
                yield chars_to_word(word)
                word = []
        word.append(char)
        blank = False
        last_size, last_end = char_size, end
    if word:
        yield chars_to_word(word)


def _row_to_spacing(row: list[_Placed]) -> float:
    """The usual gap between neighbouring glyphs, as a share of their size; at least 0."""
    gaps = [
        (start - end) / size
        for (_, _, end, text, size, _), (_, start, _, following, _, _) in pairwise(row)
        if size > 0 and " " not in (text, following)
    ]
    close = [gap for gap in gaps if gap < 1.0]
    return max(0.0, median(close)) if len(close) > 3 else 0.0  # noqa: PLR2004 — fewer gaps say nothing


def chars_to_word(chars: Sequence[Char]) -> Word:
    """One word of the characters, given in the order in which they stand from left to right (as they are written).

    Args:
        chars: At least one.
    """
    text = "".join([char.text for char in chars])
    ordered = chars
    if not text.isascii():
        ordered = visual_to_logical(chars)
        text = "".join([char.text for char in ordered])
    return Word(
        text=text,
        box=boxes_to_box([char.box for char in chars]),
        chars=tuple(ordered),
        size=max([char.size for char in chars]),
    )


def text_to_word(text: str, x0: float, top: float, x1: float, bottom: float) -> Word:
    """A word of which only the text and the box are known (from OCR); its characters share the box evenly.

    Args:
        text: Without blanks, in reading order; at least one character.
        x0: Left edge of the word, as all four in points from the page's top left.
        top: Upper edge.
        x1: Right edge.
        bottom: Lower edge.
    """
    step = (x1 - x0) / len(text)
    chars = tuple(
        Char(
            text=letter,
            box=BBox(x0 + index * step, top, x0 + (index + 1) * step, bottom),
            font="",
            size=max(1.0, bottom - top),
        )
        for index, letter in enumerate(text)
    )
    return Word(text=text, box=BBox(x0, top, x1, bottom), chars=chars, size=chars[0].size)
