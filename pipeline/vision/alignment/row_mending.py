"""Repairs rows of a model's table from its page: repeated, split, shifted and lost ones; the model's markup stays.

Only what the page shows without doubt is repaired, row by row, and only in rows whose cells span no other row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from pipeline.markup import tags
from pipeline.markup.table import WAS, node_to_table
from pipeline.markup.tree import Node
from pipeline.table import Cell
from pipeline.vision.alignment.contradictions import misplaced_cells
from pipeline.vision.alignment.laid_table import Hull, LaidTable, Span, table_to_laid
from pipeline.vision.alignment.page_tokens import Token
from pipeline.vision.faithfulness.page_text import PageText, is_unreadable

#: A row is on the page where at least this share of its tokens is there.
_LEAST_THERE: Final = 0.34
#: Nothing is repaired in a table with a smaller share of its rows on the page: it is not this page's table.
_LEAST_ROWS: Final = 0.4
#: A row may be torn into so many additional parts, which are joined one by one.
_TORN_PARTS: Final = 3
#: Two rows with no row missing between them are at most this many times the usual distance apart.
_LARGEST_PITCH: Final = 1.6
#: The position of a column is known only where at least so many of its cells show it.
_FEWEST_CELLS: Final = 2
#: A cell with more letters is a label, even if it has a number.
_FIGURE_LETTERS: Final = 3


class RowMend(StrEnum):
    """What was wrong with a row."""

    DOUBLED = "doubled"
    INVENTED = "invented"
    TORN = "torn"
    SHIFTED = "shifted"
    FILLED = "filled"
    LOST = "lost"


@dataclass(slots=True)
class _Row:
    """A row of a table: its element, its group, and the cells that begin in the row."""

    node: Node
    group: Node
    cells: list[tuple[int, Node, Cell]]
    simple: bool


def mend_rows(
    table: Node, laid: LaidTable, page: PageText, used: frozenset[int], rest: Counter[str]
) -> tuple[RowMend, ...]:
    """Repair the rows of a table in place.

    Args:
        table: A clean element; it is changed.
        laid: The table aligned with its page.
        page: The page's own text.
        used: Tokens of the page that are in other tables of the answer.
        rest: Tokens of the answer outside of its tables.
    """
    done: list[RowMend] = []
    if laid.hull is None or not _stands_there(table, laid):
        return ()
    for mend in (_mend_repeated, *(_mend_torn,) * _TORN_PARTS, _mend_shifted):
        mended = list(mend(table, laid))
        done += mended
        laid = table_to_laid(node_to_table(table), laid.page, used) if mended else laid
    filled = list(_fill_empty(table, laid, page, used, rest))
    done += filled
    laid = table_to_laid(node_to_table(table), laid.page, used) if filled else laid
    done += _put_back_lost(table, laid, page, used, rest)
    return tuple(done)


def _stands_there(table: Node, laid: LaidTable) -> bool:
    """Whether enough of the table's rows are on the page."""
    there = [_there(row, laid) > _LEAST_THERE for row in _rows(table, laid)]
    return sum(there) >= _LEAST_ROWS * len(there)


def _rows(table: Node, laid: LaidTable) -> list[_Row]:
    covered = {row for cell in laid.table.cells if cell.rowspan > 1 for row in range(cell.row, cell.row + cell.rowspan)}
    by_row: dict[int, list[tuple[int, Node, Cell]]] = defaultdict(list)
    lines = [
        (line, group)
        for group in table.children
        if isinstance(group, Node) and group.tag in tags.ROW_GROUPS
        for line in group.children
        if isinstance(line, Node)
    ]
    nodes = [node for line, _ in lines for node in line.children if isinstance(node, Node) and node.tag in tags.CELLS]
    for number, (node, cell) in enumerate(zip(nodes, laid.table.cells, strict=True)):
        by_row[cell.row].append((number, node, cell))
    return [_Row(line, group, by_row[row], row not in covered) for row, (line, group) in enumerate(lines)]


def _remove(row: _Row) -> None:
    row.group.children = [child for child in row.group.children if child is not row.node]


def _there(row: _Row, laid: LaidTable) -> float:
    """The share of a row's tokens that are on the page; 1 for a row without tokens."""
    places = [
        (number, word.first + place)
        for number, _, _ in row.cells
        for word in laid.words[number]
        for place in range(len(word.tokens))
    ]
    return sum(place in laid.tokens for place in places) / len(places) if places else 1.0


def _tokens_of(row: _Row, laid: LaidTable) -> tuple[tuple[str, ...], ...]:
    return tuple(token.tokens for number, _, _ in row.cells for token in laid.words[number])


# ---- torn -----------------------------------------------------------------------------------------


def _mend_torn(table: Node, laid: LaidTable) -> Iterator[RowMend]:
    """Join two rows that are on one line, where each has cells that the other lacks."""
    rows = _rows(table, laid)
    index = 0
    while index + 1 < len(rows):
        above, below = rows[index], rows[index + 1]
        lines = laid.lines_of_rows.get(index, ()), laid.lines_of_rows.get(index + 1, ())
        together = lines[0] and lines[1] and (set(lines[0]) <= set(lines[1]) or set(lines[1]) <= set(lines[0]))
        if together and _fit(above, below):
            _join(above, below)
            yield RowMend.TORN
            index += 1
        index += 1


def _fit(above: _Row, below: _Row) -> bool:
    if not (above.simple and below.simple and len(above.cells) == len(below.cells)):
        return False
    return all(
        one.column == other.column and one.colspan == other.colspan and not (one.text.strip() and other.text.strip())
        for (_, _, one), (_, _, other) in zip(above.cells, below.cells, strict=True)
    )


def _join(above: _Row, below: _Row) -> None:
    for (_, node, cell), (_, other, _) in zip(above.cells, below.cells, strict=True):
        if not cell.text.strip():
            node.children = other.children
    _remove(below)


# ---- doubled and invented -------------------------------------------------------------------------


def _mend_repeated(table: Node, laid: LaidTable) -> Iterator[RowMend]:
    """Remove rows that the page has only once, and rows for which it has neither words nor space."""
    rows = _rows(table, laid)
    there = [_there(row, laid) for row in rows]
    full = {_tokens_of(row, laid) for row, share in zip(rows, there, strict=True) if share > 1 - _LEAST_THERE}
    for index, row in enumerate(rows):
        if there[index] > _LEAST_THERE or not row.simple:
            continue
        if _tokens_of(row, laid) in full:
            _remove(row)
            yield RowMend.DOUBLED
        elif _has_no_room(index, laid) and not _has_figure_there(row, laid):
            _remove(row)
            yield RowMend.INVENTED


def _has_figure_there(row: _Row, laid: LaidTable) -> bool:
    return any(
        (number, word.first + place) in laid.tokens
        for number, _, _ in row.cells
        for word in laid.words[number]
        for place, token in enumerate(word.tokens)
        if token.isdigit()
    )


def _has_no_room(index: int, laid: LaidTable) -> bool:
    """Whether the rows above and below are as close as neighbouring rows are."""
    tops = {
        row: [token.top for token in laid.tokens.values() if token.line in lines]
        for row, lines in laid.lines_of_rows.items()
    }
    above = max((row for row in tops if row < index), default=None)
    below = min((row for row in tops if row > index), default=None)
    if above is None:
        return False
    pitch = _pitch(tops)
    if below is not None:
        return min(tops[below]) - max(tops[above]) <= pitch * _LARGEST_PITCH
    under = [token.top for token in laid.page.tokens if token.top > max(tops[above]) + 1]
    return bool(under) and min(under) - max(tops[above]) <= pitch * _LARGEST_PITCH


def _pitch(tops: Mapping[int, Sequence[float]]) -> float:
    order = sorted(tops)
    distances = sorted(min(tops[below]) - max(tops[above]) for above, below in pairwise(order) if below == above + 1)
    positive = [distance for distance in distances if distance > 0]
    return positive[len(positive) // 2] if positive else 0.0


# ---- shifted --------------------------------------------------------------------------------------


def _mend_shifted(table: Node, laid: LaidTable) -> Iterator[RowMend]:
    """Move the cells of a row to the columns where the page has them."""
    wrong = dict(misplaced_cells(laid))
    rows = _rows(table, laid)
    places: dict[int, Sequence[int]] = {}
    for index, row in enumerate(rows):
        moved = [cell for number, _, cell in row.cells if number in wrong]
        columns = _row_to_columns(row, laid) if row.simple and moved else None
        if columns is not None and all(_is_figure(cell.text) for cell in moved):
            places[index] = columns
    # If some columns would be filled by misplaced cells only, more than a few rows of the table are wrong.
    filled = {
        cell.column for index, row in enumerate(rows) if index not in places for _, _, cell in row.cells if cell.text
    }
    filled.update(column for columns in places.values() for column in columns)
    if len(filled) == laid.table.columns:
        yield from (RowMend.SHIFTED for index, columns in places.items() if _move(rows[index], columns))


def _is_figure(text: str) -> bool:
    return any(map(str.isdigit, text)) and sum(map(str.isalpha, text)) <= _FIGURE_LETTERS


def _row_to_columns(row: _Row, laid: LaidTable) -> list[int] | None:
    """The column of each cell that is not empty, from left to right; None where this is not clear."""
    if len(row.cells) != laid.table.columns:
        return None
    cores = {column: core.span for column, core in laid.cores.items() if core.cells >= _FEWEST_CELLS}
    columns: list[int] = []
    for number, _, cell in row.cells:
        if not cell.text.strip():
            continue
        span = laid.spans.get(number)
        standing = [column for column, core in cores.items() if span is not None and core.overlaps(span)]
        columns.append(standing[0] if len(standing) == 1 else cell.column)
    rising = all(left < right for left, right in pairwise(columns))
    return columns if rising else None


def _move(row: _Row, columns: Sequence[int]) -> bool:
    nodes = [node for _, node, _ in row.cells]
    full = [node for _, node, cell in row.cells if cell.text.strip()]
    contents = [node.children for node in full]
    if [column for column, (_, _, cell) in enumerate(row.cells) if cell.text.strip()] == list(columns):
        return False
    for node in nodes:
        node.children = []
    for column, content in zip(columns, contents, strict=True):
        nodes[column].children = content
    return True


# ---- filled ---------------------------------------------------------------------------------------


def _fill_empty(
    table: Node, laid: LaidTable, page: PageText, used: frozenset[int], rest: Counter[str]
) -> Iterator[RowMend]:
    """Fill empty cells with words at their place on the page that are nowhere in the answer."""
    spans = {column: core.span for column, core in laid.cores.items() if core.cells >= _FEWEST_CELLS}
    for index, row in enumerate(_rows(table, laid)):
        lines = laid.lines_of_rows.get(index, ())
        for _, node, cell in row.cells:
            if cell.text.strip() or cell.colspan > 1 or cell.rowspan > 1 or cell.column not in spans or len(lines) != 1:
                continue
            words = _free_words(laid, lines[0], used | laid.taken, rest)
            text = [
                page.lines[lines[0]][word]
                for word, span in words.items()
                if [column for column, core in spans.items() if core.overlaps(span)] == [cell.column]
            ]
            if text and not any(map(is_unreadable, text)):
                node.children = [Node("span", {WAS: ""}, [" ".join(text)])]
                yield RowMend.FILLED


def _free_words(laid: LaidTable, line: int, taken: frozenset[int], rest: Counter[str]) -> dict[int, Span]:
    """The words of a line that are nowhere in the answer, with their positions."""
    found: dict[int, list[Token]] = defaultdict(list)
    for token in laid.page.by_line.get(line, ()):
        found[token.word].append(token)
    return {
        word: Span(tokens[0].x0, tokens[-1].x1)
        for word, tokens in found.items()
        if not any(token.number in taken or rest[token.text] > 0 for token in tokens)
    }


# ---- lost -----------------------------------------------------------------------------------------


def _put_back_lost(
    table: Node, laid: LaidTable, page: PageText, used: frozenset[int], rest: Counter[str]
) -> Iterator[RowMend]:
    """Insert lines of the page that are nowhere in the answer as rows, at their place."""
    hull = laid.hull
    cores = [laid.cores[column] for column in sorted(laid.cores)]
    if hull is None or len(cores) < laid.table.columns or any(core.cells < _FEWEST_CELLS for core in cores):
        return
    rows = _rows(table, laid)
    new: list[tuple[int, list[str]]] = []
    for line in _lost_lines(laid, hull, used, rest):
        texts = _line_to_texts(page, line, Span(hull.x0, hull.x1), [core.span for core in cores])
        row = max((row for row, lines in laid.lines_of_rows.items() if lines[0] < line), default=0)
        if texts is not None and rows[row].simple:
            new.append((-1 if line < hull.first else row, texts))
    for row, texts in reversed(new):
        _insert(rows, row, texts)
        yield RowMend.LOST


def _insert(rows: Sequence[_Row], after: int, texts: Sequence[str]) -> None:
    """Insert a row after another one (-1: before the first); its cells have the tags of the row beside it."""
    beside = rows[max(after, 0)]
    names = {cell.column: node.tag for _, node, cell in beside.cells}
    cells: list[Node | str] = [
        Node(names.get(column, "td"), {}, [Node("span", {WAS: ""}, [text])] if text else [])
        for column, text in enumerate(texts)
    ]
    place = next(place for place, child in enumerate(beside.group.children) if child is beside.node)
    beside.group.children.insert(place + (after >= 0), Node("tr", {}, cells))


def _lost_lines(laid: LaidTable, hull: Hull, used: frozenset[int], rest: Counter[str]) -> list[int]:
    """Lines within the table's area, and directly above and below it, of which the answer has nothing."""
    lines = defaultdict[int, list[Token]](list)
    for token in laid.page.tokens:
        if hull.x0 - 1 < (token.x0 + token.x1) / 2 < hull.x1 + 1:
            lines[token.line].append(token)
    taken = laid.taken | used
    lost = {
        line
        for line, tokens in lines.items()
        if not any(token.number in taken for token in tokens)
        and sum(rest[token.text] <= 0 for token in tokens) > len(tokens) / 2
    }
    pitch = _pitch({row: [lines[line][0].top for line in found] for row, found in laid.lines_of_rows.items()})
    found = [line for line in sorted(lost) if hull.first < line < hull.last]
    for start, step in ((hull.first, -1), (hull.last, 1)):
        line = start + step
        while line in lost and abs(lines[line][0].top - lines[line - step][0].top) <= pitch * _LARGEST_PITCH:
            found.append(line)
            line += step
    return sorted(found)


def _line_to_texts(page: PageText, line: int, hull: Span, columns: Sequence[Span]) -> list[str] | None:
    """The texts of a line by column; None where its pieces are not in columns, or all in one."""
    texts: list[list[str]] = [[] for _ in columns]
    starts = {0, *page.pieces[line]}
    column = -1
    for number, (word, place) in enumerate(zip(page.lines[line], page.boxes[line], strict=True)):
        if not hull.x0 - 1 < (place.x0 + place.x1) / 2 < hull.x1 + 1:
            continue
        span = Span(place.x0, place.x1)
        standing = [index for index, core in enumerate(columns) if core.overlaps(span)]
        if number in starts or len(standing) == 1 or column < 0:
            nearest = min(range(len(columns)), key=lambda index: _distance(columns[index], span))
            column = standing[0] if len(standing) == 1 else max(nearest, column)
        texts[column].append(word)
    full = sum(map(bool, texts))
    return [" ".join(words) for words in texts] if full > 1 else None


def _distance(core: Span, span: Span) -> float:
    return max(core.x0 - span.x1, span.x0 - core.x1, 0.0) or -min(core.x1, span.x1) + max(core.x0, span.x0)
