"""Where the cells of an answer's tables are on the page, and what the page says where a cell is doubted.

Each row of the answer is matched with a line of the page: each cell votes for the lines that have its text, and the
lines of all rows are chosen together, so that they come in the order of the rows (a dynamic program over a few
candidates per row). Within its line a cell is found by its letters, from the edge of one word to the edge of another;
blanks are ignored. A cell that continues on further lines is followed there. All functions are pure: they get words
with boxes, from any source.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Final

from pipeline.table import Box, Cell, Doubt, Table
from pipeline.vision.faithfulness.numbers import text_to_comparable
from pipeline.vision.faithfulness.page_text import PageText

#: How many lines of the page are considered for a row.
_CANDIDATES: Final = 6
#: How many lines one cell may have.
_CELL_LINES: Final = 8
#: A line above the line of the row before reduces a row's votes by this much.
_BACKWARDS: Final = 0.9
#: Each line between two rows costs this much, up to a limit: heads are repeated in the next table.
_APART: Final = 0.02
_FAR: Final = 40
#: A cell with at least so many letters is also found inside a longer word.
_FEWEST_INSIDE: Final = 4


class _Line:
    """A line of the page: its letters and digits without blanks, and for each of them the number of its word."""

    def __init__(self, words: Sequence[str], boxes: Sequence[Box]) -> None:
        self.words, self.boxes = words, boxes
        #: The letters and digits of each word.
        self.keys = keys = [_squeezed(word) for word in words]
        self.text = "".join(keys)
        self.owners = [index for index, key in enumerate(keys) for _ in key]
        bounds = accumulate(map(len, keys), initial=0)
        self.starts = {start: index for index, (start, key) in enumerate(zip(bounds, keys, strict=False)) if key}
        self.ends = {start + len(keys[index]) for start, index in self.starts.items()}

    def find(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """The first and last word that make up this text; None where the line does not have it."""
        loose: tuple[int, int] | None = None
        at = self.text.find(text, start)
        while at >= 0:
            found = self.owners[at], self.owners[at + len(text) - 1]
            if at in self.starts and at + len(text) in self.ends:
                return found
            loose = loose or (found if len(text) >= _FEWEST_INSIDE else None)
            at = self.text.find(text, at + 1)
        return loose

    def begins(self, text: str) -> Iterator[tuple[int, int, int]]:
        """The runs of words with which this text begins, as first word, last word and length; longest first."""
        found = []
        for at, first in self.starts.items():
            length = _shared(self.text, at, text)
            while length and at + length not in self.ends:
                length -= 1
            if length:
                found.append((length, first, self.owners[at + length - 1]))
        return ((first, last, length) for length, first, last in sorted(found, reverse=True))

    def box(self, first: int, last: int) -> Box:
        """The box around some of its words."""
        return _around(self.boxes[first : last + 1])

    def within(self, x0: float, x1: float) -> list[int]:
        """The words whose middle is between two x coordinates."""
        return [index for index, box in enumerate(self.boxes) if x0 <= (box.x0 + box.x1) / 2 <= x1]


@dataclass(frozen=True)
class _Page:
    lines: Sequence[_Line]

    @cached_property
    def by_word(self) -> Mapping[str, Sequence[int]]:
        """The lines that contain each word."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self.lines):
            for key in set(line.keys) - {""}:
                found[key].append(number)
        return found


def tables_to_placed(tables: Sequence[Table], page: PageText) -> tuple[Table, ...]:
    """The tables, with boxes for the cells that are found on the page, and the page's text for doubted cells.

    Args:
        tables: Of an answer.
        page: The words of its page; without boxes, no cell is found.
    """
    if not (tables and page.boxes):
        return tuple(tables)
    lines = [_Line(words, boxes) for words, boxes in zip(page.lines, page.boxes, strict=True)]
    known = _Page(lines)
    return tuple(_Placer(table, known).placed() for table in tables)


class _Placer:
    """Aligns one table with the page."""

    def __init__(self, table: Table, page: _Page) -> None:
        self._table = table
        self._page = page
        self._keys = [_squeezed(cell.text) for cell in table.cells]
        self._rows: dict[int, list[int]] = defaultdict(list)
        for index, cell in enumerate(table.cells):
            self._rows[cell.row].append(index)
        self._lines = self._rows_to_lines()
        self._boxes: dict[int, Box] = {}

    def placed(self) -> Table:
        """The table with what was found added."""
        for row, line in self._lines.items():
            self._place_row(row, line)
        columns = self._columns()
        cells = (self._with_place(index, cell, columns) for index, cell in enumerate(self._table.cells))
        return replace(self._table, cells=tuple(cells))

    def _rows_to_lines(self) -> dict[int, int]:
        """The line of each row that has one, by the best path down the page."""
        chosen: list[tuple[int, list[tuple[int, float]]]] = []
        for row, members in sorted(self._rows.items()):
            votes = self._votes(members)
            if votes:
                chosen.append((row, sorted(votes.items(), key=lambda vote: -vote[1])[:_CANDIDATES]))
        best: list[list[tuple[float, int]]] = []  # for each candidate: the sum so far, and the candidate before it
        for number, (_, candidates) in enumerate(chosen):
            before = chosen[number - 1][1] if number else []
            steps = (
                [(best[-1][index][0] + _gain(above, line, own), index) for index, (above, _) in enumerate(before)]
                for line, own in candidates
            )
            best.append([max(each, default=(own, -1)) for each, (_, own) in zip(steps, candidates, strict=True)])
        return dict(_way_back(chosen, best))

    def _votes(self, members: Sequence[int]) -> dict[int, float]:
        """How much of a row each line has; words that are on many lines count little."""
        votes: dict[int, float] = defaultdict(float)
        for index in members:
            for word in set(map(_squeezed, self._table.cells[index].text.split())) - {""}:
                lines = self._page.by_word.get(word, ())
                for line in lines:
                    votes[line] += len(word) ** 0.5 / len(lines)
        return votes

    def _place_row(self, row: int, number: int) -> None:
        line, position = self._page.lines[number], 0
        for index in self._rows[row]:
            key = self._keys[index]
            if not key:
                continue
            found = line.find(key, position) or line.find(key)
            if found is not None:
                self._boxes[index] = line.box(*found)
                position = max(position, line.text.find(key, position) + len(key))
            elif (box := self._box_over_lines(key, number)) is not None:
                self._boxes[index] = box

    def _box_over_lines(self, key: str, number: int) -> Box | None:
        """The box around a cell that continues over lines near the line of its row."""
        near = range(max(0, number - _CELL_LINES), min(len(self._page.lines), number + _CELL_LINES))
        for first in sorted(near, key=lambda line: abs(line - number)):
            for begin, end, length in list(self._page.lines[first].begins(key))[:2]:
                box = self._follow(key[length:], first + 1, self._page.lines[first].box(begin, end))
                if box is not None:
                    return box
        return None

    def _follow(self, rest: str, number: int, box: Box) -> Box | None:
        """The box around what was found of a cell and its rest on the next lines; None where some of it is missing."""
        last = min(len(self._page.lines), number + _CELL_LINES)
        while rest:
            if number >= last:
                return None
            line = self._page.lines[number]
            number += 1
            below = ((line.box(begin, end), length) for begin, end, length in line.begins(rest))
            found = next((each for each in below if each[0].x0 < box.x1 and box.x0 < each[0].x1), None)
            if found is not None:
                box, rest = _around([box, found[0]]), rest[found[1] :]
        return box

    def _columns(self) -> dict[int, tuple[float, float]]:
        """The x range of each column, from cells that span no other column."""
        spans: dict[int, tuple[float, float]] = {}
        for index, box in self._boxes.items():
            cell = self._table.cells[index]
            if cell.colspan == 1 and cell.doubt is None:
                x0, x1 = spans.get(cell.column, (box.x0, box.x1))
                spans[cell.column] = min(x0, box.x0), max(x1, box.x1)
        return spans

    def _with_place(self, index: int, cell: Cell, columns: Mapping[int, tuple[float, float]]) -> Cell:
        box = self._boxes.get(index)
        line = self._lines.get(cell.row)
        if cell.doubt is None or line is None or cell.column not in columns or cell.colspan > 1:
            return replace(cell, box=box) if box else cell
        words = self._page.lines[line].within(*columns[cell.column])
        if not words:
            return replace(cell, box=box) if box else cell
        reading = " ".join(self._page.lines[line].words[word] for word in words)
        place = _around([self._page.lines[line].boxes[word] for word in words])
        return replace(cell, box=place, doubt=Doubt(page_reading=reading))


def _gain(above: int, line: int, votes: float) -> float:
    """The gain if a row is on this line and the row before it on the line ``above``."""
    if line <= above:
        return votes * (1 - _BACKWARDS)
    return votes - _APART * min(line - above, _FAR)


def _way_back(
    chosen: Sequence[tuple[int, Sequence[tuple[int, float]]]], best: Sequence[Sequence[tuple[float, int]]]
) -> Iterator[tuple[int, int]]:
    """The rows with their lines, from the last row up."""
    if not best:
        return
    index = max(range(len(best[-1])), key=lambda each: best[-1][each][0])
    for (row, candidates), sums in zip(reversed(chosen), reversed(best), strict=True):
        yield row, candidates[index][0]
        index = sums[index][1]


def _shared(text: str, start: int, other: str) -> int:
    """How many letters of another text follow in a text from a position on."""
    length = 0
    most = min(len(text) - start, len(other))
    while length < most and text[start + length] == other[length]:
        length += 1
    return length


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        round(min(box.x0 for box in boxes), 2),
        round(min(box.top for box in boxes), 2),
        round(max(box.x1 for box in boxes), 2),
        round(max(box.bottom for box in boxes), 2),
    )


def _squeezed(text: str) -> str:
    """The letters and digits of a text, in the form in which they are compared."""
    folded = text.lower() if text.isascii() else text_to_comparable(text).casefold()
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))
