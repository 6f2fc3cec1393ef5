"""Words to lines: words of one baseline, with the raised and lowered words that belong to them.

A raised or lowered word belongs to the larger word that it touches. Large type beside several small lines (a key
figure and what it counts) is a line of its own. A drop capital belongs to the first line beside it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipeline.extraction.bidi import visual_to_logical
from pipeline.extraction.geometry import boxes_to_box
from pipeline.extraction.model import DESCENT, Line, Word

#: Between neighbouring words of one line, baselines differ by at most this share of the type size.
BASELINE_STEP = 0.15
#: Over the whole line, baselines differ by at most this share of the type size.
BASELINE_SPREAD = 0.35
#: A line may be raised or lowered parts of the next one if its type is at most this share of that line's size.
SCRIPT_SIZE = 0.85
#: Each of its words is then at least this share of the size of the word that it belongs to.
LEAST_SCRIPT = 0.4
#: It then overlaps that line by this share of its own height.
SCRIPT_OVERLAP = 0.4
#: Each of its words is then at most this many (larger) type sizes from a word of that line.
SCRIPT_GAP = 0.6
#: How many rows further such parts are looked for, and how many words of a row are checked for each.
SCRIPT_ROWS = 3
SCRIPT_WORDS = 3
#: Large type is at least so many times as large as the lines beside it.
LARGE = 1.7
#: These lines have together at least so many letters; so many rows above and below are checked.
BESIDE_LETTERS = 8
BESIDE_ROWS = 40
#: A drop capital has at most so many letters (a quotation mark before it, or a ligature, counts).
CAPITAL_LETTERS = 3
#: Its lines begin at most this share of its size to its right, and the first one is as far below its top.
CAPITAL_GAP = 0.4
_QUOTES = "\"'\u201c\u201e\u00ab\u2018"
#: Words closer than this share of the type size are read as one word.
GLUE = 0.12


def word_to_size(word: Word) -> float:
    """The word's type size in points; its height where it has no characters."""
    return word.size or max((char.size for char in word.chars), default=word.box.bottom - word.box.top)


def word_to_baseline(word: Word) -> float:
    """The distance of the word's baseline from the page's top, for upright words."""
    return word.box.bottom - DESCENT * (word.size or word_to_size(word))


def line_to_size(line: Line) -> float:
    """The type size of most of the line's letters."""
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
    """A line made of words in their order from left to right.

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
    """The lines of upright words in one column, from the top.

    Args:
        words: In any order.
    """
    if len(words) == 1:  # as in most cells of figures
        return (words_to_line(words),)
    rows = [_Row(row) for row in _words_to_rows(words)]
    return tuple(words_to_line(row.words) for row in _with_scripts(_with_large_type_apart(rows)))


class _Row:
    """Words of one baseline, from left to right."""

    __slots__ = ("box", "size", "starts", "words")

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = sorted(words, key=lambda word: word.box.x0)
        self.box = boxes_to_box([word.box for word in words])
        self.size = max(word_to_size(word) for word in words)
        self.starts = [word.box.x0 for word in self.words]

    def takes(self, other: "_Row") -> bool:
        """Whether the other row has only raised or lowered parts of this one."""
        if other.size > SCRIPT_SIZE * self.size:
            return False
        height = other.box.bottom - other.box.top
        overlap = min(self.box.bottom, other.box.bottom) - max(self.box.top, other.box.top)
        return overlap >= SCRIPT_OVERLAP * height and all(self._carries(word) for word in other.words)

    def _carries(self, script: Word) -> bool:
        """Whether a word next to the script is large enough for it, and at its height on the page."""
        start = bisect_right(self.starts, script.box.x1 + SCRIPT_GAP * self.size)
        least, most = word_to_size(script) / SCRIPT_SIZE, word_to_size(script) / LEAST_SCRIPT
        height = script.box.bottom - script.box.top
        for word in self.words[max(0, start - SCRIPT_WORDS) : start]:
            size = word_to_size(word)
            gap = max(script.box.x0 - word.box.x1, word.box.x0 - script.box.x1)
            overlap = min(script.box.bottom, word.box.bottom) - max(script.box.top, word.box.top)
            if least <= size <= most and gap <= SCRIPT_GAP * size and overlap >= SCRIPT_OVERLAP * height:
                return True
        return False

    def large(self) -> tuple[list[Word], list[Word]]:
        """Words at one end (or all) that may be large type beside small lines; and the other words."""
        count = len(self.words)
        sizes = [word_to_size(word) for word in self.words]
        if max(sizes) < LARGE * min(sizes):
            return list(self.words), []
        is_large = [size * LARGE > self.size for size in sizes]
        start = next((index for index in range(count) if not is_large[index]), count)
        end = next((index for index in range(count, 0, -1) if not is_large[index - 1]), 0)
        words, rest = (self.words[:start], self.words[start:]) if start else (self.words[end:], self.words[:end])
        is_apart = bool(words) and min(map(word_to_size, words)) >= LARGE * max(map(word_to_size, rest))
        return (words, rest) if is_apart else ([], self.words)

    def is_beside(self, large: "_Row") -> bool:
        """Whether the row is completely left or right of the large type, within its height, and much smaller."""
        box, own = large.box, self.box
        middle = (own.top + own.bottom) / 2
        within = box.top - DESCENT * large.size <= middle <= box.bottom
        return within and large.size >= LARGE * self.size and (own.x0 >= box.x1 or own.x1 <= box.x0)

    def is_capital_of(self, first: "_Row") -> bool:
        """Whether this large type is the first letter of that line."""
        word, gap = self.words[0], first.box.x0 - self.box.x1
        letters = word.text.strip(_QUOTES)
        return (
            len(self.words) == 1
            and len(word.text) <= CAPITAL_LETTERS
            and letters[:1].isalpha()
            and letters == letters.upper()
            and 0 <= gap <= CAPITAL_GAP * self.size
            and first.box.top <= self.box.top + CAPITAL_GAP * self.size
        )


def _with_large_type_apart(rows: Sequence[_Row]) -> list[_Row]:
    """The rows from the top; large type is before the small lines to its right, or after those to its left."""
    if all(row.size < LARGE * rows[0].size and rows[0].size < LARGE * row.size for row in rows):
        return list(rows)
    placed = [(float(index), row) for index, row in enumerate(rows)]
    for index, row in enumerate(rows):
        words, rest = row.large()
        if not words:
            continue
        large = _Row(words)
        others = [_Row(rest)] if rest else []
        beside = _row_to_beside(rows, index, large)
        letters = sum(len(word.text) for other in [*beside.values(), *others] for word in other.words)
        if not beside or letters < BESIDE_LETTERS:
            continue
        first, last = min([index, *beside]), max([index, *beside])
        placed[index] = (index, others[0]) if others else (-1.0, row)
        if first < index and large.is_capital_of(rows[first]):
            placed[first] = (first, _Row([*words, *rows[first].words]))
        elif large.box.x0 < beside[min(beside)].box.x0:
            placed.append((first - 0.5, large))
        else:
            placed.append((last + 0.5, large))
    return [row for place, row in sorted(placed, key=_place) if place > -1]


def _place(placed: tuple[float, _Row]) -> float:
    return placed[0]


def _row_to_beside(rows: Sequence[_Row], index: int, large: _Row) -> dict[int, _Row]:
    """The rows near this one that are beside its large type, by their index."""
    beside: dict[int, _Row] = {}
    for near in (range(index - 1, max(-1, index - 1 - BESIDE_ROWS), -1), range(index + 1, index + 1 + BESIDE_ROWS)):
        for other in near:
            if other >= len(rows) or not rows[other].is_beside(large):
                break
            beside[other] = rows[other]
    return beside


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
    """The rows from the top, where each small one is merged into the row below (superscripts) or above (subscripts)."""
    parts: dict[int, list[_Row]] = {}
    for index, row in enumerate(rows):
        home = next((near for near in _neighbours(index, len(rows)) if rows[near].takes(row)), index)
        parts.setdefault(home, []).append(row)
    return [_rows_to_row(parts[home]) for home in sorted(parts)]


def _rows_to_row(rows: Sequence[_Row]) -> _Row:
    return rows[0] if len(rows) == 1 else _Row([word for row in rows for word in row.words])


def _neighbours(index: int, count: int) -> Iterator[int]:
    """The rows below, then those above, within the distance where scripts may be."""
    yield from range(index + 1, min(count, index + 1 + SCRIPT_ROWS))
    yield from range(index - 1, max(-1, index - 1 - SCRIPT_ROWS), -1)
