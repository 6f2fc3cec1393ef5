"""Characters to words, by position: the order in which a file draws them matters only where two texts overlap.

For each direction of writing the glyphs are sorted into rows of one baseline, each row from left to right. A word ends
at a blank that the file draws, at a gap that is wide for the type size and for the row's letter spacing, and where the
type size changes much. A glyph drawn twice at nearly the same place (a way to make bold letters) counts once, as bold.
Where a text overlaps the next one, as in a narrow column, their letters would be mixed by position: there each string
is kept together as it was drawn, and is made narrow enough to end before the next string, so that it keeps its cell.
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from itertools import pairwise
from operator import itemgetter, neg
from statistics import median

from pipeline.extraction.bidi import is_mirrored, is_right_to_left, mirrored, visual_to_logical
from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import DESCENT, Char, Word
from pipeline.extraction.text.overlapping_rows import DOUBLE, Order, Placed, overlaps, row_to_layers

#: Between neighbouring glyphs of one row, baselines differ by at most this share of the type size.
BASELINE_STEP = 0.12
#: Over the whole row, baselines differ by at most this share of the type size.
BASELINE_SPREAD = 0.35
#: A gap wider than this share of the type size ends a word.
GAP = 0.18
#: In a row with positive letter spacing, the gap must exceed that spacing by this share.
GAP_OVER_SPACING = 0.16
#: A row with at least so many glyphs and no drawn blanks is tight if this share of its gaps is at most so wide. There a
#: gap before a letter that is wider than this last share of the type size ends a word.
TIGHT_ROW, TIGHT_SHARE, CLOSE, TIGHT_GAP = 30, 0.75, 0.03, 0.125
#: A drawn blank ends a word only if it has room (share of the type size): other glyphs may be drawn over blanks.
BLANK_GAP = 0.04
#: A size change by more than this factor ends a word.
SIZE_CHANGE = 1.35
#: If at least this share of a row's glyphs is left without doubles, the row was not drawn twice.
FEW_DOUBLES = 0.8
#: Doubled glyphs are bold if their distance is larger than this; doubled at one place they look the same as before.
BOLDER = 0.01

# Made of a tuple, in a third of the time of a call with every field: a page has hundreds.
_tuple_to_word = partial(tuple.__new__, Word)


def chars_to_words(chars: Sequence[Char]) -> tuple[Word, ...]:
    """The words that the characters form, row by row from the top, left to right; rotated text comes last.

    Args:
        chars: Of one page, in any order, blanks among them.
    """
    by_angle: dict[int, list[Char]] = defaultdict(list)
    for char in chars:
        by_angle[char.angle].append(char)
    order = Order(chars)
    return tuple(
        word
        for angle in sorted(by_angle)
        for row in _placed_to_rows(_chars_to_placed(by_angle[angle], angle))
        for word in _as_meant(_placed_to_words(row, order))
    )


def _placed_to_words(row: list[Placed], order: Order) -> Iterator[Word]:
    """The words of one row, from left to right."""
    kept = _without_doubles(row)
    if not overlaps(kept):
        return _row_to_words(kept)
    # A few letters coincide by chance and are no doubles; if many do, the whole row was drawn twice.
    return _overlapping_to_words(row if len(kept) > FEW_DOUBLES * len(row) else kept, order)


def _as_meant(row: Iterable[Word]) -> Iterable[Word]:
    """The words of a row; in text from right to left, brackets are converted to those that are meant."""
    words = list(row)
    if not any(not word.text.isascii() and is_right_to_left(word.text) for word in words):
        return words
    return [_with_brackets_as_meant(word) if is_mirrored(word.text) else word for word in words]


def _with_brackets_as_meant(word: Word) -> Word:
    chars = tuple(char._replace(text=mirrored(char.text)) for char in word.chars)
    return word._replace(text=mirrored(word.text), chars=chars)


def _overlapping_to_words(row: Sequence[Placed], order: Order) -> Iterator[Word]:
    """The words of a row with overlapping strings, from left to right."""
    starts: list[tuple[float, Word]] = []
    for layer in row_to_layers(row, order):
        places = {id(item[-1]): item[1] for item in layer}
        starts += [(min(places[id(char)] for char in word.chars), word) for word in _row_to_words(layer)]
    yield from (word for _, word in sorted(starts, key=itemgetter(0)))


def _chars_to_placed(chars: Sequence[Char], angle: int) -> Iterable[Placed]:
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


def _slanted_to_placed(char: Char, angle: int) -> Placed:
    """The position of slanted text, of which only the middle of each glyph and roughly its width are known."""
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = (char.box.x0 + char.box.x1) / 2, (char.box.top + char.box.bottom) / 2
    along, across = x * cosine - y * sine, x * sine + y * cosine
    # The box around a turned rectangle w by s is w |cos| + s |sin| wide and w |sin| + s |cos| high.
    around = char.box.x1 - char.box.x0 + char.box.bottom - char.box.top
    half = max(0.1 * char.size, around / (abs(cosine) + abs(sine)) - char.size) / 2
    return across, along - half, along + half, char.text, char.size, char


def _placed_to_rows(placed: Iterable[Placed]) -> Iterator[list[Placed]]:
    """Rows of one baseline, from the top."""
    row: list[Placed] = []
    first = last = -math.inf
    for item in sorted(placed, key=itemgetter(0)):
        baseline = item[0]
        if baseline != first:
            size = max(1.0, item[4])
            if row and (baseline - last > BASELINE_STEP * size or baseline - first > BASELINE_SPREAD * size):
                yield row
                row = []
            if not row:
                first = baseline
            last = baseline
        row.append(item)
    if row:
        yield row


def _without_doubles(row: list[Placed]) -> list[Placed]:
    row.sort(key=itemgetter(1, 2))
    kept: list[Placed] = []
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


def _double_to_index(item: Placed, before: list[Placed]) -> int | None:
    """The index of this glyph among the last few ones, drawn a little further left; used to find doubles."""
    _, start, _, text, size, _ = item
    for index in range(len(before) - 1, max(-1, len(before) - 5), -1):
        _, x, _, other, other_size, _ = before[index]
        if other == text and start - x <= DOUBLE * size and abs(other_size - size) <= DOUBLE * size:
            return index
    return None


class _Spacing:
    """The widths of gaps in a row; computed only for the few rows that need them."""

    def __init__(self, row: list[Placed]) -> None:
        self._row = row

    @cached_property
    def _widest(self) -> float:
        return max(GAP, _row_to_spacing(self._row) + GAP_OVER_SPACING)

    @cached_property
    def _is_tight(self) -> bool:
        return _is_tight(self._row)

    def parts(self, gap: float, size: float, last: Char, text: str) -> bool:
        """Whether a gap separates the last glyph of a word from the next one, whose text is given."""
        if gap > GAP * size:
            return gap > self._widest * size
        return gap > TIGHT_GAP * size and text.isalpha() and not last.text.isdigit() and self._is_tight


def _row_to_words(row: list[Placed]) -> Iterator[Word]:
    spacing = _Spacing(row)
    word: list[Char] = []
    last_size = last_end = 0.0
    blank = False
    for _, start, end, text, char_size, char in row:
        if text == " ":
            blank = True
            continue
        if word and (blank or char_size != last_size or start - last_end > TIGHT_GAP * last_size):
            size = min(last_size, char_size)
            gap = start - last_end
            ends = (blank and gap > BLANK_GAP * size) or max(char_size, last_size) > SIZE_CHANGE * size
            if ends or spacing.parts(gap, size, word[-1], text):
                yield chars_to_word(word)
                word = []
        word.append(char)
        blank = False
        last_size, last_end = char_size, end
    if word:
        yield chars_to_word(word)


def _is_tight(row: Sequence[Placed]) -> bool:
    """Whether a row has no drawn blanks and no gaps between letters, so that even a narrow gap ends a word."""
    gaps = [(start - end) / max(1.0, size) for (_, _, end, _, size, _), (_, start, _, _, _, _) in pairwise(row)]
    close = sum(abs(gap) <= CLOSE for gap in gaps)
    return len(gaps) >= TIGHT_ROW and close >= TIGHT_SHARE * len(gaps) and all(item[3] != " " for item in row)


def _row_to_spacing(row: list[Placed]) -> float:
    """The usual gap between neighbouring glyphs, as a share of their size; at least 0.

    Glyphs that were read as one piece count as having no gaps between them.
    """
    gaps = [0.0] * sum(len(item[3]) - 1 for item in row) + [
        (start - end) / size
        for (_, _, end, text, size, _), (_, start, _, following, _, _) in pairwise(row)
        if size > 0 and " " not in (text, following)
    ]
    close = [gap for gap in gaps if gap < 1.0]
    return max(0.0, median(close)) if len(close) > 3 else 0.0  # noqa: PLR2004 — fewer gaps say nothing


def chars_to_word(chars: Sequence[Char]) -> Word:
    """One word made of the characters, which are in order from left to right as they are on the page.

    Args:
        chars: At least one.
    """
    if len(chars) == 1 and chars[0].text.isascii():  # most words of a page that is read in pieces
        (char,) = chars
        return _tuple_to_word((char.text, char.box, (char,), char.size))
    text = "".join([char.text for char in chars])
    ordered = chars
    if not text.isascii():
        ordered = _chars_to_logical(chars)
        text = "".join([char.text for char in ordered])
    return Word(
        text=text,
        box=boxes_to_box([char.box for char in chars]),
        chars=tuple(ordered),
        size=max([char.size for char in chars]),
    )


def _chars_to_logical(chars: Sequence[Char]) -> Sequence[Char]:
    """The characters in reading order: from right to left, with marks after their letters."""
    ordered = visual_to_logical(chars)
    if not is_right_to_left("".join([char.text for char in ordered])):
        return ordered
    for index in range(len(ordered) - 1):
        mark, letter = ordered[index : index + 2]
        if _is_mark(mark) and not _is_mark(letter) and _covers(letter, mark):
            ordered[index : index + 2] = [letter, mark]
    return ordered


def _is_mark(char: Char) -> bool:
    return bool(char.text) and unicodedata.category(char.text[0]) == "Mn"


def _covers(letter: Char, mark: Char) -> bool:
    """Whether the mark's middle is over the letter, or slightly beside it, as with narrow letters."""
    middle, slack = (mark.box.x0 + mark.box.x1) / 2, DOUBLE * letter.size
    return letter.box.x0 - slack <= middle <= letter.box.x1 + slack
