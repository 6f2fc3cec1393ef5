"""How a page contradicts a table that is aligned with it, counted by kind.

Only the positions of the page's words count as evidence, and only where the table is: what is above, below and beside
it may be another part of the page.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final

from pipeline.vision.alignment.laid_table import Core, Hull, LaidTable, Span, tokens_to_span
from pipeline.vision.alignment.page_tokens import PageTokens, Token

#: A gap wider than this share of the height separates two cells of a row.
_WIDE_GAP: Final = 1.0
#: The position of a column is known only where at least so many cells show it.
_FEWEST_CELLS: Final = 2
#: Weight of a word that differs, and of a piece beside the table; a cell in the wrong place counts 1.
_WORDS: Final = 0.25
_BESIDE: Final = 0.5
#: The additional weight of a piece beside the table that another reading has in its table.
_CONFIRMED_BESIDE: Final = 0.25
#: The weight of a table that continues in another one.
_DIVIDED: Final = 3
#: Two lines of one table are at most this many times the usual distance apart.
_LARGEST_PITCH: Final = 1.7
#: A table with as many columns at the same places, at most so many lines further, continues the one above.
_NEAR_LINES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradictions:
    """How often a page contradicts its tables.

    Attributes:
        foreign: Tokens that are not on the page.
        lost: Tokens on the page, within the table's area, that are nowhere in the answer.
        disordered: Tokens that are in another order than in their row.
        misplaced: Cells that are in another column.
        run_together: Gaps between columns inside cells.
        stacked: Lines of figures that are in one cell, in rows where several cells have such lines.
        torn: Tokens of a line that are in another row than most tokens of the line.
        wrapped: Cells that begin in the middle of a sentence, directly below the cell where it began.
        titled: Rows at the top and bottom that are one text across the columns: titles and notes.
        outside: Pieces of lines beside, above or in the middle of the table that are in its columns.
        divided: Tables that continue where another one ends, with the same columns.
    """

    foreign: int = 0
    lost: int = 0
    disordered: int = 0
    misplaced: int = 0
    run_together: int = 0
    stacked: int = 0
    torn: int = 0
    wrapped: int = 0
    titled: int = 0
    outside: int = 0
    divided: int = 0

    @property
    def total(self) -> int:
        """The number of all kinds together."""
        places = self.disordered + self.misplaced + self.run_together + self.stacked + self.torn
        return places + self.wrapped + self.titled + self.divided + self.outside + self.foreign + self.lost

    def weight(self, *, faithful: bool) -> float:
        """Their weight together. Differing words count less, since they may be spelled differently; places cannot.

        Args:
            faithful: Whether every word of the answer is somewhere on the page.
        """
        words = self.lost if faithful else self.foreign + self.lost
        beside = self.outside
        return self.total - self.foreign - self.lost - beside + _WORDS * words + _BESIDE * beside


def laid_to_contradictions(
    tables: Sequence[LaidTable], hulls: Sequence[Hull], free: Mapping[int, Sequence[Token]], rest: Counter[str]
) -> Contradictions:
    """Count what on the page contradicts the tables in one part of it.

    Args:
        tables: Of one answer.
        hulls: The parts of the page that are searched for lost tokens.
        free: For each line of the page, the tokens that are in no table of the answer.
        rest: The tokens of the answer outside of tables.
    """
    one_by_one = (_disordered, _misplaced, _run_together, _stacked, _torn, _wrapped, _titled)
    counts = {count.__name__.removeprefix("_"): sum(map(count, tables)) for count in one_by_one}
    return Contradictions(
        foreign=sum(len(laid.foreign) for laid in tables),
        lost=_lost(hulls, free, rest),
        outside=sum(_outside(laid, hulls, free) for laid in tables),
        divided=_divided(tables),
        **counts,
    )


def tables_to_free(tables: Iterable[LaidTable], page: PageTokens) -> Mapping[int, Sequence[Token]]:
    """For each line of a page, the tokens that are in none of the tables."""
    taken = {index for laid in tables for index in laid.taken}
    return {line: [token for token in tokens if token.number not in taken] for line, tokens in page.by_line.items()}


def _lost(hulls: Sequence[Hull], free: Mapping[int, Sequence[Token]], rest: Counter[str]) -> int:
    inside = {
        token.number: token.text
        for hull in hulls
        for line in range(hull.first, hull.last + 1)
        for token in free.get(line, ())
        if hull.holds(token)
    }
    return (Counter(inside.values()) - rest).total()


def _divided(tables: Sequence[LaidTable]) -> int:
    """Count only tables with as many columns, and with at most one line between them."""
    placed = sorted((laid for laid in tables if laid.hull), key=lambda laid: laid.hull or Hull(0, 0, 0.0, 0.0))
    return sum(
        _DIVIDED
        for above, below in pairwise(placed)
        if above.table.columns == below.table.columns
        and above.hull
        and below.hull
        and 0 < below.hull.first - above.hull.last <= _NEAR_LINES
        and _are_below(above.cores, below.cores)
    )


def _are_below(above: Mapping[int, Core], below: Mapping[int, Core]) -> bool:
    shared = above.keys() & below.keys()
    return bool(shared) and all(above[column].span.overlaps(below[column].span) for column in shared)


def _disordered(laid: LaidTable) -> int:
    """For each row and line: the tokens outside of the longest run whose columns go from left to right."""
    lines: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    for number, tokens in laid.of_cells.items():
        cell = laid.cells[number]
        if cell.rowspan == 1:
            for token in tokens:
                lines[cell.row, token.line].append((token.x0, cell.column))
    return sum(len(line) - _longest_rise([column for _, column in sorted(line)]) for line in lines.values())


def _longest_rise(numbers: Iterable[int]) -> int:
    """Length of the longest subsequence that never decreases (patience sorting; Fredman, 1975)."""
    ends: list[int] = []
    for number in numbers:
        place = bisect_right(ends, number)
        ends[place : place + 1] = [number]
    return len(ends)


def misplaced_cells(laid: LaidTable) -> Iterator[tuple[int, int]]:
    """The cells that the page has under another column than the table, each with that column."""
    sure = {column: core.span for column, core in laid.cores.items() if core.cells >= _FEWEST_CELLS}
    for number, span in laid.spans.items():
        cell = laid.cells[number]
        own = sure.get(cell.column)
        if cell.colspan > 1 or (own is not None and own.overlaps(span)):
            continue
        others = [column for column, core in sure.items() if column != cell.column and core.overlaps(span)]
        if others and (own is not None or laid.cores[cell.column].cells < _FEWEST_CELLS):
            yield number, others[0]


def _misplaced(laid: LaidTable) -> int:
    sure = [core for core in laid.cores.values() if core.cells >= _FEWEST_CELLS]
    backwards = sum(min(left.cells, right.cells) for left, right in pairwise(sure) if sum(left.span) > sum(right.span))
    return sum(1 for _ in misplaced_cells(laid)) + backwards


def _run_together(laid: LaidTable) -> int:
    """Count only gaps that another row of the column has, too: words of justified text are far apart anywhere."""
    gaps: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    for number, tokens in laid.of_cells.items():
        cell = laid.cells[number]
        for left, right in pairwise(sorted(tokens, key=lambda token: token.number)):
            if _is_wide(left, right):
                gaps[cell.column].append((cell.row, Span(left.x1, right.x0)))
    return sum(
        any(row != other and gap.overlaps(theirs) for other, theirs in column)
        for column in gaps.values()
        for row, gap in column
    )


def _is_wide(left: Token, right: Token) -> bool:
    return right.number == left.number + 1 and left.line == right.line and right.x0 - left.x1 > _WIDE_GAP * right.height


def _stacked(laid: LaidTable) -> int:
    """Count only rows where several cells have figures, or where all cells continue from line to line with figures."""
    rows: dict[int, list[tuple[int, Mapping[int, bool]]]] = defaultdict(list)
    for number, tokens in laid.of_cells.items():
        cell = laid.cells[number]
        if cell.rowspan == 1:
            lines: dict[int, bool] = {}
            for token in tokens:
                lines[token.line] = lines.get(token.line, True) and token.text.isdigit()
            rows[cell.row].append((cell.column, lines))
    return sum(map(_row_to_stacked, rows.values()))


def _row_to_stacked(cells: Sequence[tuple[int, Mapping[int, bool]]]) -> int:
    lines = set[int]().union(*(lines for _, lines in cells))
    figures = [lines for column, lines in cells if column > 0]
    whole = all(lines == on.keys() for _, on in cells)
    each = all(any(on.get(line, False) for on in figures) for line in lines)
    stacked = (len(lines) - 1) * len(cells) if len(cells) > 1 and whole and each else 0
    only = [len(on) - 1 for _, on in cells if len(on) > 1 and all(on.values())]
    return max(stacked, sum(only) if len(only) > 1 else 0)


def _torn(laid: LaidTable) -> int:
    lines: dict[int, Counter[int]] = defaultdict(Counter)
    for number, tokens in laid.of_cells.items():
        if laid.cells[number].rowspan == 1:
            for token in tokens:
                lines[token.line][laid.cells[number].row] += 1
    return sum(rows.total() - max(rows.values()) for rows in lines.values())


def _wrapped(laid: LaidTable) -> int:
    """Count only rows whose every cell continues, and which have no figure."""
    above: dict[int, str] = {}
    count = row = 0
    for row in range(laid.table.rows):
        cells = {cell.column: cell.text for cell in laid.table.cells if cell.row == row and cell.text.strip()}
        if cells and all(_goes_on(text, above.get(column, "")) for column, text in cells.items()):
            count += len(cells)
        above = cells
    return count


def _goes_on(text: str, above: str) -> bool:
    return bool(above) and text.strip()[:1].islower() and above.strip()[-1:] not in ".:;!?"


def _titled(laid: LaidTable) -> int:
    return sum(1 for _ in _title_rows(laid))


def _title_rows(laid: LaidTable) -> Iterator[int]:
    for rows in (range(laid.table.rows), range(laid.table.rows - 1, -1, -1)):
        yield from takewhile(lambda row: _is_title(laid, row), rows)


def confirmed_by(
    tables: Sequence[LaidTable], others: Sequence[LaidTable], hulls: Sequence[Hull], free: Mapping[int, Sequence[Token]]
) -> float:
    """What it is worth that titles, and pieces outside of the tables, are such by another reading, too.

    Args:
        tables: Of one answer.
        others: Of the other one, in the same part of the page.
        hulls: Where all of them stand.
        free: The tokens of each line of the page that no table of the answer has.
    """
    theirs = {token.number for laid in others for token in laid.tokens.values()}
    shared = {line: [token for token in tokens if token.number in theirs] for line, tokens in free.items()}
    titles = sum(
        all(
            token.number not in theirs
            for number, tokens in laid.of_cells.items()
            for token in tokens
            if laid.cells[number].row == row
        )
        for laid in tables
        for row in _title_rows(laid)
    )
    return titles + _CONFIRMED_BESIDE * sum(_outside(laid, hulls, shared) for laid in tables)


def _is_title(laid: LaidTable, row: int) -> bool:
    full = [number for number, cell in enumerate(laid.table.cells) if cell.row == row and cell.text.strip()]
    if len(full) != 1 or full[0] not in laid.spans:
        return False
    cell, span = laid.table.cells[full[0]], laid.spans[full[0]]
    return (
        cell.column == 0
        and cell.colspan == 1
        and any(
            column > 0 and core.cells >= _FEWEST_CELLS and core.span.overlaps(span)
            for column, core in laid.cores.items()
        )
    )


def _outside(laid: LaidTable, hulls: Sequence[Hull], free: Mapping[int, Sequence[Token]]) -> int:
    hull = laid.hull
    if hull is None or len(laid.lines_of_rows) < _FEWEST_CELLS:
        return 0
    beside = _rows_outside(laid, hull, free) | _rows_in_hulls(laid, hull, hulls, free)
    return _inside(laid, hull, free) + sum(beside.values()) + _columns_outside(laid, hull, free)


def _inside(laid: LaidTable, hull: Hull, free: Mapping[int, Sequence[Token]]) -> int:
    """Pieces on a few lines between lines of the table. After more such lines, the next line is not the table's."""
    most = 3
    count = 0
    for above, below in pairwise(sorted(_lines(laid))):
        if below - above <= most:
            for line in range(above + 1, below):
                tokens = [token for token in free.get(line, ()) if hull.holds(token)]
                count += sum(1 for _ in _to_pieces(tokens))
    return count


def _rows_outside(laid: LaidTable, hull: Hull, free: Mapping[int, Sequence[Token]]) -> dict[int, int]:
    """The lines right above and below whose pieces are in different columns, one each, with the number of pieces."""
    middles = {line: _middle(tokens) for line, tokens in _lines(laid).items()}
    pitch = _pitch(laid, middles)
    found: dict[int, int] = {}
    for start, step in ((hull.first, -1), (hull.last, 1)):
        line, last = start + step, middles[start]
        while (pieces := _to_row(laid, hull, free.get(line, ()))) > 1:
            middle = _middle(free[line])
            if abs(middle - last) > pitch * _LARGEST_PITCH:
                break
            found[line] = pieces
            line, last = line + step, middle
    return found


def _rows_in_hulls(
    laid: LaidTable, hull: Hull, hulls: Sequence[Hull], free: Mapping[int, Sequence[Token]]
) -> dict[int, int]:
    """The same for lines above and below that another reading has in its table."""
    lines = {line for each in hulls for line in range(each.first, each.last + 1)}
    rows = {line: _to_row(laid, hull, free.get(line, ())) for line in lines if not hull.first <= line <= hull.last}
    return {line: pieces for line, pieces in rows.items() if pieces > 1}


def _to_row(laid: LaidTable, hull: Hull, free: Sequence[Token]) -> int:
    """How many pieces a line above or below the table has; 0 unless each is in a column of its own."""
    tokens = [token for token in free if hull.x0 - 1 < (token.x0 + token.x1) / 2 < hull.x1 + 1]
    columns = [_columns_of(piece, laid.cores) for piece in _to_pieces(tokens)]
    return len(columns) if _are_columns(columns) else 0


def _lines(laid: LaidTable) -> Mapping[int, Sequence[Token]]:
    lines: dict[int, list[Token]] = defaultdict(list)
    for token in laid.tokens.values():
        lines[token.line].append(token)
    return lines


def _middle(tokens: Sequence[Token]) -> float:
    return (tokens[0].top + tokens[0].bottom) / 2


def _pitch(laid: LaidTable, middles: Mapping[int, float]) -> float:
    distances = sorted(middles[below] - middles[above] for above, below in pairwise(sorted(middles)))
    return distances[len(distances) // 2] if distances else next(iter(laid.tokens.values())).height * 2


def _to_pieces(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    piece: list[Token] = []
    for token in tokens:
        if piece and token.x0 - piece[-1].x1 > _WIDE_GAP * token.height:
            yield piece
            piece = []
        piece.append(token)
    if piece:
        yield piece


def _columns_of(piece: Sequence[Token], cores: Mapping[int, Core]) -> tuple[int, ...]:
    span = tokens_to_span(piece)
    return tuple(column for column, core in cores.items() if core.span.overlaps(span))


def _are_columns(columns: Sequence[tuple[int, ...]]) -> bool:
    single = [each[0] for each in columns if len(each) == 1]
    return len(columns) > 1 and len(single) == len(columns) == len(set(single))


def _columns_outside(laid: LaidTable, hull: Hull, free: Mapping[int, Sequence[Token]]) -> int:
    left: dict[int, list[Token]] = {}
    right: dict[int, list[Token]] = {}
    for line in range(hull.first, hull.last + 1):
        left[line] = [token for token in free.get(line, ()) if token.x1 <= hull.x0]
        right[line] = [token for token in free.get(line, ()) if token.x0 >= hull.x1]
    own = sorted(_lines(laid))
    return _beside_to_count(left, own) + _beside_to_count(right, own)


def _beside_to_count(beside: Mapping[int, Sequence[Token]], own: Sequence[int]) -> int:
    """Lines with a short piece beside the table, where most lines of its rows have one and hardly any other line."""
    longest, most, least = 8, 0.6, 4
    short = [line for line in own if 0 < len(beside[line]) <= longest]
    others = [line for line, tokens in beside.items() if tokens and line not in own]
    many = len(short) >= max(_FEWEST_CELLS, most * len(own)) and len(others) * least < len(short)
    return len(short) if many and all(len(beside[line]) <= longest for line in own) else 0
