"""Words to lines: words of one baseline, with the raised and lowered ones that belong to them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipeline.extraction.bidi import visual_to_logical
from pipeline.extraction.model import DESCENT, BBox, Line, Word

#: Baselines of one line differ at most by this share of the type size from one word to the next ...
BASELINE_STEP = 0.15
#: ... and by this share over all.
BASELINE_SPREAD = 0.35
#: A line of type at most this much of the next one's size may be its raised or lowered parts ...
SCRIPT_SIZE = 0.85
#: ... when it overlaps that line by this share of its own height ...
SCRIPT_OVERLAP = 0.4
#: ... and each of its words stands at most this many (larger) type sizes from a word of that line.
SCRIPT_GAP = 0.6
#: How many rows away scripts are looked for.
SCRIPT_ROWS = 3
#: Words closer than this share of the type size are read as one.
GLUE = 0.12


def boxes_to_box(boxes: Sequence[BBox]) -> BBox:
    """The box around all of the boxes (at least one)."""
    if len(boxes) == 1:
        return boxes[0]
    x0, top, x1, bottom = boxes[0]
    for left, upper, right, lower in boxes:
        x0 = left if left < x0 else x0  # noqa: FURB136 — a third of the time of min(), and this runs for every glyph
        top = upper if upper < top else top  # noqa: FURB136 — as above
        x1 = right if right > x1 else x1  # noqa: FURB136 — as above
        bottom = lower if lower > bottom else bottom  # noqa: FURB136 — as above
    return BBox(x0, top, x1, bottom)


def word_to_size(word: Word) -> float:
    """The word's type size in points; its height where it has no characters."""
    return word.size or max((char.size for char in word.chars), default=word.box.bottom - word.box.top)


def word_to_baseline(word: Word) -> float:
    """How far below the page's top the word's baseline is, for upright words."""
    return word.box.bottom - DESCENT * (word.size or word_to_size(word))


def line_to_size(line: Line) -> float:
    """The type size that most of the line's letters have."""
    return line.size or _words_to_setting(line.words)[0]


def line_to_baseline(line: Line) -> float:
    """The baseline of the line's first word of the usual size, from the page's top."""
    return line.baseline if line.size else _words_to_setting(line.words)[1]


def _words_to_setting(words: Sequence[Word]) -> tuple[float, float]:
    """The usual type size, and the baseline of the first word of that size."""
    first = words[0].size
    if first and all(word.size == first for word in words):  # as in most lines
        return round(first, 1), word_to_baseline(words[0])
    letters: dict[float, int] = {}
    for word in words:
        size = round(word_to_size(word), 1)
        letters[size] = letters.get(size, 0) + len(word.text)
    usual = max(letters, key=lambda size: letters[size])
    return usual, next(word_to_baseline(word) for word in words if round(word_to_size(word), 1) == usual)


def words_to_line(words: Sequence[Word]) -> Line:
    """One line of the words, given as they stand from left to right.

    Args:
        words: At least one.
    """
    size, baseline = _words_to_setting(words)
    return Line(
        box=boxes_to_box([word.box for word in words]),
        words=tuple(visual_to_logical(words)),
        size=size,
        baseline=baseline,
    )


def words_to_lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """The lines of upright words that stand in one column, from the top.

    Args:
        words: In any order.
    """
    rows = [_Row(row) for row in _words_to_rows(words)]
    return tuple(words_to_line(row.words) for row in _with_scripts(rows))


class _Row:
    """Words of one baseline, from left to right."""

    __slots__ = ("box", "size", "starts", "words")

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = sorted(words, key=lambda word: word.box.x0)
        self.box = boxes_to_box([word.box for word in words])
        self.size = max(word_to_size(word) for word in words)
        self.starts = [word.box.x0 for word in self.words]

    def takes(self, other: "_Row") -> bool:
        """Whether the other row holds nothing but this one's raised or lowered parts."""
        if other.size > SCRIPT_SIZE * self.size:
            return False
        height = other.box.bottom - other.box.top
        overlap = min(self.box.bottom, other.box.bottom) - max(self.box.top, other.box.top)
        return overlap >= SCRIPT_OVERLAP * height and all(self._is_near(word) for word in other.words)

    def _is_near(self, word: Word) -> bool:
        reach = SCRIPT_GAP * self.size
        before = bisect_right(self.starts, word.box.x1 + reach)
        return before > 0 and word.box.x0 <= self.words[before - 1].box.x1 + reach


def _words_to_rows(words: Sequence[Word]) -> Iterator[list[Word]]:
    row: list[Word] = []
    first = last = 0.0
    for baseline, word in sorted(((word_to_baseline(word), word) for word in words), key=lambda pair: pair[0]):
        size = max(1.0, word_to_size(word))
        if row and (baseline - last > BASELINE_STEP * size or baseline - first > BASELINE_SPREAD * size):
            yield row
            row = []
        if not row:
            first = baseline
        row.append(word)
        last = baseline
    if row:
        yield row


def _with_scripts(rows: Sequence[_Row]) -> list[_Row]:
    """The rows from the top, each small one merged into the row below (superscripts) or above (subscripts)."""
    parts: dict[int, list[_Row]] = {}
    for index, row in enumerate(rows):
        home = next((near for near in _neighbours(index, len(rows)) if rows[near].takes(row)), index)
        parts.setdefault(home, []).append(row)
    return [_rows_to_row(parts[home]) for home in sorted(parts)]


def _rows_to_row(rows: Sequence[_Row]) -> _Row:
    return rows[0] if len(rows) == 1 else _Row([word for row in rows for word in row.words])


def _neighbours(index: int, count: int) -> Iterator[int]:
    """The rows below, then those above, as far as scripts may be away."""
    yield from range(index + 1, min(count, index + 1 + SCRIPT_ROWS))
    yield from range(index - 1, max(-1, index - 1 - SCRIPT_ROWS), -1)
