"""A table aligned with its page: for each token of a cell, the token of the page that it is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from pipeline.markup.table import node_to_table
from pipeline.markup.tree import Node
from pipeline.table import Cell, Table
from pipeline.vision.alignment.page_tokens import (
    CellWord,
    PageTokens,
    Token,
    text_to_cell_words,
    text_to_tokens,
)
from pipeline.vision.alignment.reaching_cells import cells_to_reaching
from pipeline.vision.alignment.row_lines import rows_to_lines
from pipeline.vision.alignment.subsequences import common_subsequence

#: The partner of a token that is not on its row's lines may be so many lines away.
_NEAR_LINES: Final = 2
#: A caption is at most so many lines away from its table.
_CAPTION_LINES: Final = 6
#: Words shorter than this are not searched for in pieces.
_SHORTEST_DIVIDED: Final = 3

#: Number of a cell, and number of the token in that cell.
Place = tuple[int, int]


class Hull(NamedTuple):
    """The part of the page where a table is.

    Attributes:
        first: Its first line.
        last: Its last line.
        x0: Left edge, in points.
        x1: Right edge, in points.
    """

    first: int
    last: int
    x0: float
    x1: float

    def holds(self, token: Token) -> bool:
        """Whether the token is in it."""
        return self.first <= token.line <= self.last and self.x0 - 1 < (token.x0 + token.x1) / 2 < self.x1 + 1


class Span(NamedTuple):
    """The range of x coordinates that something covers, in points."""

    x0: float
    x1: float

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share more than an edge."""
        return self.x0 < other.x1 and other.x0 < self.x1


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """Where most cells of a column are.

    Attributes:
        cells: How many cells show it.
    """

    span: Span
    cells: int


@dataclass(frozen=True, kw_only=True)
class LaidTable:
    """A table and its page.

    Attributes:
        table: As it is written.
        cells: Its cells; labels include the empty cells to their right or below that they may span.
        page: The page's tokens.
        words: For each cell, its words.
        tokens: For each token of a cell that is on the page, its token there.
        foreign: The tokens that are not on the page.
    """

    table: Table
    cells: tuple[Cell, ...]
    page: PageTokens
    words: tuple[tuple[CellWord, ...], ...]
    tokens: Mapping[Place, Token]
    foreign: tuple[Place, ...]
    #: Numbers of the page's tokens that are in the table, pieces of divided words included.
    taken: frozenset[int] = field(default_factory=frozenset)

    @cached_property
    def hull(self) -> Hull | None:
        """Where the table is; None for a table that is nowhere on the page."""
        return tokens_to_hull(self.tokens.values())

    @cached_property
    def of_cells(self) -> Mapping[int, tuple[Token, ...]]:
        """For each cell with tokens on the page, these tokens in order."""
        found: dict[int, list[Token]] = defaultdict(list)
        for (cell, _), token in sorted(self.tokens.items()):
            found[cell].append(token)
        return {cell: tuple(tokens) for cell, tokens in found.items()}

    @cached_property
    def spans(self) -> Mapping[int, Span]:
        """The range of x coordinates of each cell."""
        return {cell: tokens_to_span(tokens) for cell, tokens in self.of_cells.items()}

    @cached_property
    def cores(self) -> Mapping[int, Core]:
        """For each column, the median position of the cells that are in this column only."""
        columns: dict[int, list[Span]] = defaultdict(list)
        for number, span in self.spans.items():
            cell = self.cells[number]
            if cell.colspan == 1:
                columns[cell.column].append(span)
        return {column: _spans_to_core(spans) for column, spans in sorted(columns.items())}

    @cached_property
    def lines_of_rows(self) -> Mapping[int, tuple[int, ...]]:
        """For each row its lines on the page, without cells that span rows."""
        lines: dict[int, set[int]] = defaultdict(set)
        for (cell, _), token in self.tokens.items():
            if self.cells[cell].rowspan == 1:
                lines[self.cells[cell].row].add(token.line)
        return {row: tuple(sorted(found)) for row, found in sorted(lines.items())}


def tokens_to_span(tokens: Sequence[Token]) -> Span:
    """The range of x coordinates of tokens; at least one."""
    return Span(min(token.x0 for token in tokens), max(token.x1 for token in tokens))


def tokens_to_hull(tokens: Collection[Token]) -> Hull | None:
    """The part of the page that contains the tokens."""
    if not tokens:
        return None
    lines = [token.line for token in tokens]
    return Hull(min(lines), max(lines), min(token.x0 for token in tokens), max(token.x1 for token in tokens))


def table_to_laid(table: Table, page: PageTokens, used: frozenset[int] = frozenset()) -> LaidTable:
    """Align a table with its page.

    Args:
        table: As it is written.
        page: The page's tokens.
        used: Numbers of tokens that other tables have.
    """
    cells = tuple(cells_to_reaching(table.cells))
    layer = _Layer(cells, page, used)
    layer.lay()
    layer.lay_caption(table.caption)
    return LaidTable(
        table=table,
        cells=cells,
        page=page,
        words=layer.words,
        tokens=layer.found,
        foreign=tuple(layer.foreign()),
        taken=frozenset(layer.taken - used),
    )


def tables_to_laid(tables: Iterable[Node], page: PageTokens) -> tuple[LaidTable, ...]:
    """Align the tables of an answer with its page, each with the tokens that the tables before it have left.

    Args:
        tables: Clean elements, in order.
        page: The page's tokens.
    """
    found: list[LaidTable] = []
    used: frozenset[int] = frozenset()
    for table in tables:
        found.append(table_to_laid(node_to_table(table), page, used))
        used |= found[-1].taken
    return tuple(found)


def _spans_to_core(spans: Sequence[Span]) -> Core:
    middle = len(spans) // 2
    left, right = sorted(span.x0 for span in spans), sorted(span.x1 for span in spans)
    return Core(span=Span(left[middle], right[middle]), cells=len(spans))


class _Layer:
    """Aligns one table, step by step."""

    def __init__(self, cells: Sequence[Cell], page: PageTokens, used: frozenset[int]) -> None:
        self._cells = cells
        self._page = page
        self.words = tuple(text_to_cell_words(cell.text) for cell in cells)
        self._tokens = [[token for word in words for token in word.tokens] for words in self.words]
        self.found: dict[Place, Token] = {}
        self.taken = set(used)
        self._lines_of_rows: dict[int, set[int]] = defaultdict(set)

    def lay(self) -> None:
        rows: list[list[tuple[Place, str]]] = [
            [] for _ in range(max((cell.row for cell in self._cells), default=-1) + 1)
        ]
        for number, cell in enumerate(self._cells):
            if cell.rowspan == 1:
                rows[cell.row] += [((number, place), word) for place, word in enumerate(self._tokens[number])]
        lines = {
            text: [token.line for token in self._page.by_text.get(text, ()) if token.number not in self.taken]
            for tokens in self._tokens
            for text in tokens
        }
        pairs = rows_to_lines([[word for _, word in row] for row in rows], lines)
        for (row, line), _ in sorted(pairs, key=lambda pair: -pair[1]):
            self._lay_row(row, rows[row], line)
        self._lay_in_columns()
        self._lay_rest()
        self._lay_divided()

    def lay_caption(self, caption: str) -> None:
        """Take the tokens of the caption out of those that are free around the table."""
        hull = tokens_to_hull(self.found.values()) if caption else None
        if hull is None:
            return
        lines = range(hull.first - _CAPTION_LINES, hull.last + _CAPTION_LINES + 1)
        for text in text_to_tokens(caption):
            tokens = self._page.by_text.get(text, ())
            token = next((each for each in tokens if each.line in lines and each.number not in self.taken), None)
            self.taken.update([] if token is None else [token.number])

    def foreign(self) -> Iterator[Place]:
        """The tokens of cells that have no partner on the page."""
        for number, tokens in enumerate(self._tokens):
            yield from ((number, place) for place in range(len(tokens)) if (number, place) not in self.found)

    def _take(self, place: Place, token: Token) -> None:
        self.found[place] = token
        self.taken.add(token.number)

    def _lay_row(self, row: int, words: Sequence[tuple[Place, str]], line: int) -> None:
        ours = [(place, word) for place, word in words if place not in self.found]
        theirs = [token for token in self._page.by_line[line] if token.number not in self.taken]
        for mine, other in common_subsequence([word for _, word in ours], [token.text for token in theirs]):
            self._take(ours[mine][0], theirs[other])
            self._lines_of_rows[row].add(line)

    def _lay_in_columns(self) -> None:
        """Give a cell that was found beside its column the same figure within it, where no cell has that one."""
        spans: dict[int, list[Span]] = defaultdict(list)
        for (number, _), token in self.found.items():
            if self._cells[number].colspan == 1 and len(self._tokens[number]) == 1:
                spans[self._cells[number].column].append(Span(token.x0, token.x1))
        cores = {column: _spans_to_core(found).span for column, found in spans.items()}
        for place, token in list(self.found.items()):
            cell = self._cells[place[0]]
            core = cores.get(cell.column) if cell.colspan == 1 and len(self._tokens[place[0]]) == 1 else None
            if core is None or core.overlaps(Span(token.x0, token.x1)):
                continue
            for other in self._page.by_text[token.text]:
                free = other.number not in self.taken and other.line == token.line
                if free and core.overlaps(Span(other.x0, other.x1)):
                    self.taken.discard(token.number)
                    self._take(place, other)
                    break

    def _lay_rest(self) -> None:
        """Align cells that span rows, and tokens that are in another order than on the page."""
        hull = tokens_to_hull(self.found.values())
        if hull is None:
            return
        for place in list(self.foreign()):
            cell = self._cells[place[0]]
            free = [
                token
                for token in self._page.by_text.get(self._tokens[place[0]][place[1]], ())
                if token.number not in self.taken and (cell.rowspan > 1 or hull.holds(token))
            ]
            lines = [line for row in range(cell.row, cell.row + cell.rowspan) for line in self._lines_of_rows[row]]
            if not (free and lines):
                continue
            first, last = min(lines), max(lines)
            token = min(free, key=lambda token: max(first - token.line, token.line - last, 0))
            if max(first - token.line, token.line - last) <= _NEAR_LINES:
                self._take(place, token)

    def _lay_divided(self) -> None:
        """Align words that the page or the table writes in two pieces."""
        hull = tokens_to_hull(self.found.values())
        if hull is None:
            return
        foreign = list(self.foreign())
        free = [
            token
            for line in range(hull.first, hull.last + 1)
            for token in self._page.by_line.get(line, ())
            if foreign and token.number not in self.taken and hull.holds(token)
        ]
        for place in foreign:
            self._lay_in_pieces(place, free)
        for place, following in pairwise(foreign):
            if place[0] == following[0] and place[1] + 1 == following[1]:
                self._lay_joined(place, following, free)

    def _lay_in_pieces(self, place: Place, free: Sequence[Token]) -> None:
        word = self._tokens[place[0]][place[1]]
        if len(word) < _SHORTEST_DIVIDED:
            return
        for start, head in enumerate(free):
            if word.startswith(head.text) and (pieces := self._pieces(word, free[start:])):
                self._take(place, head)
                self.taken.update(piece.number for piece in pieces)
                return

    def _pieces(self, word: str, free: Sequence[Token]) -> list[Token]:
        """The first free tokens among these that make the word; none where they do not make it."""
        pieces: list[Token] = []
        for token in free:
            rest = word[sum(len(piece.text) for piece in pieces) :]
            if not rest or (pieces and token.line - pieces[-1].line > _NEAR_LINES):
                break
            near = not pieces or token.line > pieces[-1].line or token.x0 - pieces[-1].x1 < token.height
            if near and rest.startswith(token.text) and token.number not in self.taken:
                pieces.append(token)
            elif not pieces:
                break
        return pieces if sum(len(piece.text) for piece in pieces) == len(word) and len(pieces) > 1 else []

    def _lay_joined(self, place: Place, following: Place, free: Sequence[Token]) -> None:
        if place in self.found or following in self.found:
            return
        whole = self._tokens[place[0]][place[1]] + self._tokens[following[0]][following[1]]
        token = next((token for token in free if token.text == whole and token.number not in self.taken), None)
        if token is not None:
            self._take(place, token)
            self.found[following] = token
