"""Compares an answer with the page's own text: words, numbers, and the order of the figures in a row.

The thresholds come from the 36 born-digital PDFs of the ICDAR-2013 table competition's development half
(tests/benchmarks/faithfulness.py): answers made of the published truth of the tables and of another reader's text,
unchanged and with one thing changed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, islice, pairwise
from typing import Final

from pipeline.markup.tree import Node
from pipeline.page_result import Checks
from pipeline.vision.faithfulness.answer_parts import AnswerPart, blocks_to_parts
from pipeline.vision.faithfulness.compared_words import (
    mostly_right_to_left,
    share_had,
    texts_to_words,
    words_lacking,
)
from pipeline.vision.faithfulness.number_differences import numbers_to_differences
from pipeline.vision.faithfulness.numbers import (
    Number,
    blanks_joined,
    has_digits,
    narrow_joined,
    text_to_comparable,
    text_to_numbers,
)
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.faithfulness.row_lines import rows_with_moved_cells
from pipeline.vision.faithfulness.signs import figures_of_other_sign

# If a smaller share of the answer's words is on the page, it is about something else. Measured: faithful answers have
# at least 0.98, answers for another page of the sample at most 0.45.
LEAST_PRECISION: Final = 0.5
# An answer with a smaller share of the page's words leaves most of the page out.
LEAST_RECALL: Final = 0.3
# A text with fewer words may be a stamp on a scan, which proves nothing about an answer.
FEWEST_WORDS: Final = 30
# An answer with such a share of the page's words is about this page, whatever else it has.
PARTIAL_RECALL: Final = 0.8
# Below this share the page is marked; the faithful answers of the measurement have at least 0.99.
WORRYING_RECALL: Final = 0.9
# From this share of words that are not on the page on, a row or block counts as invented.
INVENTED_SHARE: Final = 0.6
# How many lines at the top and the bottom an answer may leave out: running heads, page numbers.
MARGIN_LINES: Final = 2
MARGIN_NUMBERS: Final = 2
MARGIN_WORDS: Final = 14
# A cell with more letters is a label, even where it has a number ("n/a", "mn").
_FIGURE_LETTERS: Final = 3
# The content of a cell without a figure.
_NOTHING: Final = frozenset({"-", "..", "...", "n/a", "na", "n.a.", "nil"}) | frozenset(
    "\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{HORIZONTAL ELLIPSIS}"
)
_NOT_WHOLE: Final = (
    "The page's own text was not read to its end, for want of time, so the answer was not compared with it."
)


class Faith(StrEnum):
    """What a comparison found."""

    UNKNOWN = "unknown"
    FAITHFUL = "faithful"
    DOUBTFUL = "doubtful"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The comparison of an answer with the page's own text.

    Attributes:
        faith: Faithful; doubtful: to be marked; invented: not this page.  Unknown where there is no text to compare.
        checks: For the manifest.
        detail: A sentence; empty where nothing is wrong.
        suspects: The numbers, as compared, that the page does not have, or only with the other sign.
        rows: The answer's parts that are suspect as a whole: figures in another order, words that are not on the page.
    """

    faith: Faith
    checks: Checks = field(default_factory=Checks)
    detail: str = ""
    suspects: frozenset[str] = frozenset()
    rows: frozenset[int] = frozenset()


def compare(blocks: Sequence[Node], page_text: PageText) -> Comparison:
    """Compare the blocks of a clean page with the page's own text."""
    if not page_text.usable:
        return Comparison(faith=Faith.UNKNOWN, detail="" if page_text.whole else _NOT_WHOLE)
    return _Comparer(blocks_to_parts(blocks), page_text).comparison()


class _Comparer:
    """Everything that is counted for an answer and its page."""

    def __init__(self, parts: Sequence[AnswerPart], page_text: PageText) -> None:
        self._parts = [part_to_plain(part) for part in parts]
        self._page_text = page_text
        self._lines = [" ".join(line) for line in page_text.lines]
        self._figures = [tuple(_figures(line)) for line in self._lines]
        self._page_numbers = [list(text_to_numbers(line)) for line in self._lines]
        self._answer_numbers = [list(text_to_numbers(" | ".join(part.cells))) for part in self._parts]
        free = Counter(number.value for part in self._parts for number in text_to_numbers(part.free))
        self._unseen, missing = numbers_to_differences(self._answer_numbers, self._page_numbers, free)
        self._missing = self._without_margins(missing)
        self._pieces = [list(_line_to_pieces(*line)) for line in zip(page_text.lines, page_text.pieces, strict=True)]
        self._turned = figures_of_other_sign((part.cells for part in self._parts if part.row), self._pieces)

    def comparison(self) -> Comparison:
        page, answer = list(texts_to_words(self._lines)), [list(texts_to_words(part.cells)) for part in self._parts]
        free = (texts_to_words((part.free,)) for part in self._parts)
        page_words, answer_words = Counter(page), Counter(chain.from_iterable(answer))
        squeezed_answer = "".join(chain.from_iterable(map(chain, answer, free)))
        absent = words_lacking(page_words, answer_words, squeezed_answer)
        foreign = words_lacking(answer_words, page_words, "".join(page))
        recall, precision = share_had(page_words, absent), share_had(answer_words, foreign)
        checks = Checks(
            text_recall=round(recall, 4),
            numbers_unseen=tuple(sorted({number.spelling for number in self._unseen})),
            numbers_missing=tuple(sorted({number.spelling for number in self._missing})),
        )
        faith, detail = _gross(precision, recall, page_words)
        if faith is not Faith.FAITHFUL:
            return Comparison(faith=faith, checks=checks, detail=detail)
        swapped, joined = self._swapped(), [*self._joined(), *self._run_together()]
        moved = rows_with_moved_cells(self._parts, self._lines, self._page_numbers)
        invented = self._invented(foreign)
        lost = self._lost(absent)
        doubts = [
            *self._doubts(swapped, invented, lost, recall),
            *_rows_to_doubts(len(moved), len(joined), self._flattened()),
        ]
        return Comparison(
            faith=Faith.DOUBTFUL if doubts else Faith.FAITHFUL,
            checks=checks,
            detail=" ".join(doubts),
            suspects=frozenset(number.value for number in (*self._unseen, *self._turned)),
            rows=frozenset((*swapped, *moved, *joined, *invented)),
        )

    def _swapped(self) -> list[int]:
        """Rows whose figures are next to each other on one line of the page, but only in another order."""
        lines = self._figures
        windows: dict[int, tuple[set[tuple[str, ...]], set[tuple[str, ...]]]] = {}
        found: list[int] = []
        for index, part in enumerate(self._parts):
            figures = [cell for cell in part.cells if _is_figure(cell)] if part.row else []
            row = tuple(value for cell in figures for value in _figures(cell))
            if len(set(row)) < 2:  # noqa: PLR2004 — an order takes two
                continue
            if len(row) not in windows:
                exact = {line[at : at + len(row)] for line in lines for at in range(len(line) - len(row) + 1)}
                windows[len(row)] = exact, {tuple(sorted(window)) for window in exact}
            exact, orderless = windows[len(row)]
            if row not in exact and tuple(sorted(row)) in orderless:
                found.append(index)
        return found

    def _joined(self) -> list[int]:
        """Rows that hold the figures of several lines of the page, one line after the other."""
        fewest = 4
        lines = [_figure_cells(pieces) for pieces in self._pieces]
        starts: dict[str, list[int]] = {}
        for number, line in enumerate(lines):
            if len(line) > 1:
                starts.setdefault(line[0], []).append(number)
        rows = ((index, _figure_cells(part.cells)) for index, part in enumerate(self._parts) if part.row)
        return [
            index
            for index, row in rows
            if len(row) >= fewest and any(_is_joined(row, lines, start) for start in starts.get(row[0], ()))
        ]

    def _run_together(self) -> list[int]:
        """Rows with an empty cell, and a cell with a figure and a text that a wide gap separates on the page."""
        pairs = [
            (left, right)
            for pieces in self._pieces
            for left, right in pairwise(pieces)
            if _is_figure(right) and not any(map(str.isalpha, right))
        ]
        labelled = {"".join((left + right).split()) for left, right in pairs if not _is_figure(left)}
        figures = {" ".join(f"{left} {right}".split()) for left, right in pairs if _is_figure(left)}
        return [
            index
            for index, part in enumerate(self._parts)
            if part.row
            and not all(map(str.strip, part.cells))
            and any("".join(cell.split()) in labelled or " ".join(cell.split()) in figures for cell in part.cells)
        ]

    def _flattened(self) -> int:
        """Number of the page's table rows that are running text in the answer, if most of them are."""
        fewest = 3
        tabular = [
            tuple(number.value for number in numbers)
            for pieces, numbers in zip(self._pieces, self._page_numbers, strict=True)
            if len(pieces) > 1 and len(numbers) > 1 and sum(map(_is_figure, pieces)) > 1
        ]
        if len(tabular) < fewest:
            return 0
        numbers = list(zip(self._parts, self._answer_numbers, strict=True))
        in_rows = {number.value for part, found in numbers if part.row for number in found}
        running = {number.value for part, found in numbers if not part.row for number in found}
        flat = [line for line in tabular if running.issuperset(line) and in_rows.isdisjoint(line)]
        return len(flat) if len(flat) >= fewest and len(flat) * 2 > len(tabular) else 0

    def _invented(self, foreign: Counter[str]) -> list[int]:
        """Rows and blocks most of whose words are not on the page, or not so often."""
        return [
            index for index, part in enumerate(self._parts) if foreign and _mostly_in(part.cells, foreign, fewest=2)
        ]

    def _lost(self, absent: Counter[str]) -> list[str]:
        """Pieces of the page's lines most of whose words the answer has too seldom."""
        return [
            piece
            for index, pieces in enumerate(self._pieces)
            if absent and not self._is_margin(index)
            for piece in pieces
            if _mostly_in([piece], absent, fewest=1)
        ]

    def _doubts(self, swapped: list[int], invented: list[int], lost: list[str], recall: float) -> list[str]:
        """What is doubtful, a sentence each."""
        return [
            sentence
            for found, sentence in (
                (self._unseen, f"Numbers that the page does not have: {_listed(self._unseen)}."),
                (self._missing, f"Numbers of the page that the answer does not have: {_listed(self._missing)}."),
                (self._turned, f"Figures with another sign than on the page: {_listed(self._turned)}."),
                (swapped, f"Figures in another order than on the page: {_counted(len(swapped), 'row')}."),
                (invented, f"Words that the page does not have: {_counted(len(invented), 'row or paragraph')}."),
                (lost, f"Text of the page that the answer does not have: {_quoted(lost)}."),
                (recall < WORRYING_RECALL, f"The answer has {recall:.0%} of the page's words."),
            )
            if found
        ]

    def _is_margin(self, index: int) -> bool:
        """Whether a line may be left out: it is one of the first or last, and not a row of a table."""
        edge = min(index, len(self._lines) - 1 - index)
        return (
            edge < MARGIN_LINES
            and len(self._figures[index]) <= MARGIN_NUMBERS
            and len(self._page_text.lines[index]) <= MARGIN_WORDS
        )

    def _without_margins(self, missing: list[Number]) -> list[Number]:
        """The missing numbers without those in a margin, such as the page's number."""
        margins = Counter(
            number.value for index, line in enumerate(self._page_numbers) for number in line if self._is_margin(index)
        )
        kept: list[Number] = []
        for number in missing:
            if margins[number.value]:
                margins[number.value] -= 1
            else:
                kept.append(number)
        return kept


def _mostly_in(texts: Iterable[str], lacking: Counter[str], *, fewest: int) -> bool:
    """Whether most of the texts' words, and at least ``fewest``, are lacking."""
    words = list(texts_to_words(texts))
    if lacking.keys().isdisjoint(words):
        return False
    absent = (Counter(words) & lacking).total()
    return absent >= fewest and absent >= len(words) * INVENTED_SHARE


def _line_to_pieces(line: Sequence[str], gaps: Sequence[int]) -> Iterable[str]:
    for start, end in zip((0, *gaps), (*gaps, len(line)), strict=True):
        yield " ".join(line[start:end])


def _is_figure(cell: str) -> bool:
    # Letters are counted only up to the limit, since most texts are prose.
    letters = len(list(islice(filter(str.isalpha, cell), _FIGURE_LETTERS + 1)))
    return letters <= _FIGURE_LETTERS and (any(map(str.isdigit, cell)) or cell.strip().casefold() in _NOTHING)


def _figures(text: str) -> Iterable[str]:
    """The numbers of a text, and the signs in place of a number."""
    for word in text.split():
        if word.casefold() in _NOTHING:
            yield "-"
        elif has_digits(word):
            yield from (number.value for number in text_to_numbers(word))


def part_to_plain(part: AnswerPart) -> AnswerPart:
    """The part with its texts in the form for comparison."""
    join = blanks_joined if part.row else narrow_joined
    return AnswerPart(
        tuple(join(text_to_comparable(cell)) for cell in part.cells),
        text_to_comparable(part.free),
        row=part.row,
        nodes=part.nodes,
    )


def _gross(precision: float, recall: float, page_words: Counter[str]) -> tuple[Faith, str]:
    """Whether answer and page have nothing to do with each other; faithful where the details decide."""
    if precision >= LEAST_PRECISION and recall >= LEAST_RECALL:
        return Faith.FAITHFUL, ""
    share = f"{precision:.0%} of the answer's words stand on the page, {recall:.0%} of the page's in the answer."
    if page_words.total() < FEWEST_WORDS or mostly_right_to_left(page_words):
        return Faith.UNKNOWN, f"The page's own text says too little to compare: {share}"
    if recall >= PARTIAL_RECALL:
        return Faith.DOUBTFUL, f"The page's own text is only a part of what the answer has: {share}"
    return Faith.INVENTED, f"The answer is about something else than the page: {share}"


def _figure_cells(texts: Iterable[str]) -> tuple[str, ...]:
    """Those of the texts that are figures, without blanks."""
    return tuple("".join(text.split()) for text in texts if text.strip() and _is_figure(text))


def _is_joined(row: tuple[str, ...], lines: Sequence[tuple[str, ...]], start: int) -> bool:
    """Whether a row begins with all figures of one line, and goes on with all those of the next."""
    position, number = 0, start
    while position < len(row) and number < len(lines):
        line = lines[number]
        if len(line) < 2 or row[position : position + len(line)] != line:  # noqa: PLR2004 — one is no row
            return False
        position, number = position + len(line), number + 1
    return position == len(row) and number > start + 1


def _rows_to_doubts(moved: int, joined: int, flattened: int) -> list[str]:
    """What is doubtful about the rows of tables, a sentence each."""
    return [
        sentence
        for found, sentence in (
            (moved, f"Cells that belong to another row of the page: {_counted(moved, 'row')}."),
            (joined, f"Lines or columns of the page stand in one row or cell of a table: {_counted(joined, 'row')}."),
            (flattened, f"A table of the page is running text in the answer: {_counted(flattened, 'row')}."),
        )
        if found
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _quoted(texts: Sequence[str]) -> str:
    most, longest = 3, 60
    quoted = ", ".join(repr(text[:longest]) for text in texts[:most])
    return quoted + (f" and {len(texts) - most} more" if len(texts) > most else "")


def _listed(numbers: Sequence[Number]) -> str:
    most = 8
    spellings = list(dict.fromkeys(number.spelling for number in numbers))
    return ", ".join(spellings[:most]) + (" and more" if len(spellings) > most else "")
