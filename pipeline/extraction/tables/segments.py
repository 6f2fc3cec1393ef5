"""Words to lines, and lines to segments: words that are together on one line, without a wide gap."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from statistics import median
from typing import NamedTuple

from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import BBox, Word
from pipeline.extraction.text.lines import word_to_baseline, word_to_size

#: A gap wider than this many times the type size ends a segment. Blanks between words are a quarter of it, in
#: fixed-pitch type 0.6 of it, and in justified lines seldom more than 0.8.
WIDE_GAP = 0.9
#: Words that overlap by more than this share of the lower one's height are on one line (footnote marks are raised).
SAME_LINE = 0.5

#: Words with more than a thin blank between them are on different lines if their baselines differ by more than this
#: share of the type size.
LEVEL = 0.25
#: The usual width of a blank in proportional type, as a share of the type size; Computer Modern has 0.33, and 0.42 in
#: small type.
BLANK = 0.28
#: A wide one, where too few blanks show how wide they are.
WIDE_BLANK = 0.33
#: So many blanks show it.
BLANKS = 4
#: Gaps of at least so many type sizes are no blanks in proportional type.
WIDEST_BLANK = 0.6
#: Type is fixed-pitch if at least this share of its letters, and at least so many, have equal widths.
FIXED_PITCH = 0.95
FEW_LETTERS = 12
#: So many letters are enough to decide this.
SAMPLE = 2000
#: A currency sign may be this far (in type sizes) from its figure.
FAR = 12.0
#: The dots between a label and its figure are at most this many type sizes apart.
LEADER = 1.5
#: The widest blank (in type sizes) within the digits of a figure, or before a footnote mark.
THIN_BLANK = 0.4
#: Footnote marks are smaller than this share of the type size beside them.
RAISED = 0.8
#: Signs before figures.
CURRENCIES = frozenset({"$", "€", "£", "¥", "US$", "C$", "A$", "R$", "$(", "($"})

#: Signs after figures.
PERCENT = frozenset({"%", ")", "%)"})
#: Signs before, within and after figures, and the word of a range.
SIGNS = CURRENCIES | PERCENT | frozenset("([])±+-\u2212\u00d7·/<>≤≥=~≈↑↓") | {"+/-", "to"}
#: Characters of leaders.
DOTS = ".…·"

# Hyphen, figure dash, en dash, em dash, bar and minus: PDF files use any of them for any other.
_DASH = "-\u2012\u2013\u2014\u2015\u2212"
_NUMBER = re.compile(
    rf"^[{_DASH}(\[<>≤≥~±+$€£¥#*]*\d[\d.,:/%'\u2019]*(?:[eE]?[{_DASH}±\u00d7][\d.,]+)*[)\]%‰*†‡§¶a-z°]{{0,3}}$"
)
_MARK = re.compile(rf"^(?:[{_DASH}.…*†‡§#]+|n\.?/?a\.?|n\.?d\.?|\(?x\)?|ref\.?)$", re.IGNORECASE)
_DOTS = re.compile(rf"^[{DOTS}]+$")
_THOUSANDS = re.compile(r"^\d{3}(?:[.,]\d+)?\)?$")
_LEADING = re.compile(rf"^[{_DASH}+(]?\d{{1,3}}$")
_RULE = re.compile(rf"^[{_DASH}_=─━]{{5,}}$")


def is_number(text: str) -> bool:
    """Whether the text is a figure, possibly with signs around it."""
    return _NUMBER.match(text) is not None


def is_value(text: str) -> bool:
    """Whether the text is a figure, or a sign for a missing one."""
    return _NUMBER.match(text) is not None or _MARK.match(text) is not None


def are_figures(texts: Sequence[str]) -> bool:
    """Whether the words are figures, or signs for missing ones, with signs before, between and after them."""
    signs = sum(1 for text in texts if text in SIGNS)
    return (not texts or signs < len(texts)) and all(text in SIGNS or is_value(text) for text in texts)


def is_year(text: str) -> bool:
    """Whether the text is a year, or a range of years."""
    return text[:4].isdecimal() and text[:2] in {"19", "20"} and len("2001") <= len(text) <= len("2001-2002")


def is_rule(text: str) -> bool:
    """Whether the text is a rule made of characters."""
    return _RULE.match(text) is not None


class Segment(NamedTuple):
    """Words of one line that belong together.

    Attributes:
        size: Type size of the largest character, in points.
    """

    words: tuple[Word, ...]
    box: BBox
    size: float

    @property
    def text(self) -> str:
        """The words, separated by blanks."""
        return " ".join(word.text for word in self.words)

    @property
    def numeric(self) -> bool:
        """Whether every word is a figure or a sign for a missing one."""
        if len(self.words) == 1:
            text = self.words[0].text
            return text not in SIGNS and is_value(text)
        return are_figures([word.text for word in self.words])

    @property
    def bold(self) -> bool:
        """Whether most of the characters are bold."""
        chars = [char for word in self.words for char in word.chars]
        return sum(1 for char in chars if char.bold) > len(chars) / 2

    @property
    def baseline(self) -> float:
        """The distance of the first word's baseline from the page's top."""
        return word_to_baseline(self.words[0])


def words_to_segment(words: Sequence[Word]) -> Segment:
    """The segment of these words (at least one)."""
    if len(words) == 1:
        return Segment((words[0],), words[0].box, word_to_size(words[0]))
    return Segment(tuple(words), boxes_to_box([word.box for word in words]), max(word_to_size(word) for word in words))


def units_to_segment(units: Sequence[Segment]) -> Segment:
    """The segment of the words of these units (at least one)."""
    return units[0] if len(units) == 1 else words_to_segment([word for unit in units for word in unit.words])


def words_to_rows(words: Iterable[Word]) -> list[list[Word]]:
    """Words that share a baseline, top to bottom, each row from left to right."""
    rows: list[list[Word]] = []
    bands: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda word: (word.box.top + word.box.bottom, word.box.x0)):
        _, top, _, bottom = word.box
        height = bottom - top
        for index in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            row_top, row_bottom = bands[index]
            row_height = row_bottom - row_top
            # Without min() and max(), which take three times as long; this runs for every word several times.
            overlap = (bottom if bottom < row_bottom else row_bottom) - (top if top > row_top else row_top)  # noqa: FURB136
            if overlap > SAME_LINE * (height if height < row_height else row_height):  # noqa: FURB136
                rows[index].append(word)
                if height > row_height:
                    bands[index] = (top, bottom)
                break
        else:
            rows.append([word])
            bands.append((top, bottom))
    order = sorted(range(len(rows)), key=lambda index: bands[index])
    return [sorted(rows[index], key=lambda word: word.box.x0) for index in order]


def rows_to_blank(rows: Sequence[Sequence[Word]]) -> float:
    """The width of a blank, as a share of the type size: that of a letter in fixed-pitch type, else of most blanks.

    Small type has wider blanks than large type, and every font its own.

    Args:
        rows: Words of one line each, from left to right.
    """
    widths: Counter[float] = Counter()
    for word in chain.from_iterable(rows):
        widths.update(
            round((char.box.x1 - char.box.x0) / char.size, 2)
            for char in word.chars
            if char.text.isalpha() and char.size
        )
        if widths.total() > SAMPLE:
            break
    width, count = widths.most_common(1)[0] if widths else (0.0, 0)
    if count >= FIXED_PITCH * widths.total() and count >= FEW_LETTERS:
        return width
    gaps = [
        gap
        for row in rows
        for left, right in pairwise(row)
        if 0 < (gap := (right.box.x0 - left.box.x1) / (left.size or 1.0)) < WIDEST_BLANK
        and (left.text[-1].isalpha() or right.text[0].isalpha())
    ]
    return max(BLANK, median(gaps)) if len(gaps) >= BLANKS else WIDE_BLANK


def row_to_units(row: Sequence[Word]) -> list[Segment]:
    """The words of a row in groups: ``$ 12``, ``12 %``, ``1 234 567``, ``12 *``, ``Total . . .``."""
    groups: list[list[Word]] = []
    follows = bool(row) and row[-1].text in CURRENCIES
    for word in row:
        if groups and _joins(groups[-1], word, currency_follows=follows):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [words_to_segment(group) for group in groups]


def _joins(group: Sequence[Word], word: Word, *, currency_follows: bool) -> bool:
    """Whether the word belongs to the group: a figure after its currency, a sign after its figure.

    Args:
        group: Words that belong together.
        word: The next one.
        currency_follows: Whether the row has currencies after its figures; it has if it ends with a currency.
    """
    last = group[-1]
    gap = (word.box.x0 - last.box.x1) / max(word_to_size(last), word_to_size(word))
    if last.text in CURRENCIES and not currency_follows:
        return gap <= FAR and is_value(word.text)
    if word.text in PERCENT or (currency_follows and word.text in CURRENCIES):
        return gap <= 2 * WIDE_GAP and is_number(last.text)
    if gap <= THIN_BLANK and _continues_figure(group, word):
        return True
    return gap <= LEADER and word.text[0] in DOTS and _DOTS.match(word.text) is not None


def _continues_figure(group: Sequence[Word], word: Word) -> bool:
    """Whether the word is the next group of digits, or a raised mark."""
    if word.text[0].isdigit() and _THOUSANDS.match(word.text):
        return bool(_LEADING.match(group[0].text)) and all(_THOUSANDS.match(other.text) for other in group[1:])
    return word_to_size(word) < RAISED * word_to_size(group[-1])


def row_to_segments(row: Sequence[Word], gap: float = WIDE_GAP) -> list[Segment]:
    """Divide a row at wide gaps, and where the baseline changes by more than a raised mark does."""
    groups: list[list[Segment]] = []
    for unit in row_to_units(row):
        if groups and not _are_apart(groups[-1][-1], unit, gap):
            groups[-1].append(unit)
        else:
            groups.append([unit])
    return [units_to_segment(group) for group in groups]


def _are_apart(left: Segment, right: Segment, gap: float) -> bool:
    size = min(left.size, right.size)
    blank = right.box.x0 - left.box.x1
    return blank > gap * size or (blank > THIN_BLANK * size and abs(left.baseline - right.baseline) > LEVEL * size)
