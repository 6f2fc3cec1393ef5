"""Pipe tables, even those that no Markdown parser accepts: no separator row, bars and line feeds in cells."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.markup.repairs import Repair
from pipeline.table import Table, rows_to_table

_SEPARATOR: Final = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\Z")
# The separator row as databases print it, where the rows have no frame, and as Emacs does.
_CROSSED: Final = re.compile(r"\s*\|?-{2,}(?:\+-{2,})+\|?\s*\Z")
_ESCAPED_BAR: Final = "\ufdd2"
# A bar between cells. In a table written with blanks around its bars, a bar without blanks is text of its cell.
_SPACED: Final = re.compile(r"(?:(?<=\s)|^)\|(?=\s|$)")
# A separator row in the middle of a line: the whole table is on that line.
_ONE_LINE: Final = re.compile(r"\|\s{0,9}(\|(?:\s{0,9}:?-{2,99}:?\s{0,9}\|){2,99})")
# More rows than this are no head.
_MOST_HEAD: Final = 3
_FEWEST_BARS: Final = 3
# A row may be broken into so many lines.
_MOST_LINES: Final = 8


def is_row(line: str) -> bool:
    """Whether the line may be a row of a pipe table."""
    stripped = line.strip()
    has_bar = stripped.count("|") >= 1 and not stripped.startswith(("```", "~~~"))
    return stripped.startswith("|") or has_bar or bool(_CROSSED.match(line))


def is_separator(line: str) -> bool:
    """Whether the line separates head and body: dashes between bars."""
    return "-" in line and (("|" in line and bool(_SEPARATOR.match(line))) or bool(_CROSSED.match(line)))


def lines_to_pipe_blocks(lines: Sequence[str]) -> Iterator[tuple[list[str], bool]]:
    """The lines in blocks, each with whether it may be a table, its rows one per line.

    Rows that were broken by a line feed within a cell are joined again. Rows with an empty line after each are one
    block.
    """
    index = 0
    while index < len(lines):
        end, rows = _rows_from(lines, index)
        if rows:
            yield rows, True
            index = end
        else:
            yield [lines[index]], False
            index += 1


def _rows_from(lines: Sequence[str], index: int) -> tuple[int, list[str]]:
    """The rows of a table that begins at this line, and the number of the line after them."""
    rows: list[str] = []
    if _leads_to_rows(lines, index):
        return index, rows
    while index < len(lines):
        if is_row(lines[index]):
            index, row = _whole_row(lines, index, rows)
            rows += _line_to_rows(row)
            continue
        gap = index
        while gap < len(lines) and not lines[gap].strip():
            gap += 1
        if gap == index or not rows or not _goes_on(lines, gap, rows):
            break
        index = gap
    return index, rows


def _leads_to_rows(lines: Sequence[str], index: int) -> bool:
    """Whether a line with a bar is text before rows of another kind."""
    if index + 1 >= len(lines) or not is_row(lines[index]) or lines[index].lstrip().startswith("|"):
        return False
    after = lines[index + 1]
    return after.lstrip().startswith("|") and after.count("|") != lines[index].count("|")


def _goes_on(lines: Sequence[str], gap: int, rows: Sequence[str]) -> bool:
    """Whether the table continues after an empty line: with framed rows of as many bars, which are no table themselves.

    A separate table would have a separator row after its head.
    """
    if gap >= len(lines) or not _is_framed(lines[gap]) or not _is_framed(rows[0]):
        return False
    if lines[gap].count("|") not in {rows[0].count("|"), rows[-1].count("|"), max(rows, key=is_separator).count("|")}:
        return False
    if not any(map(is_separator, rows)):
        return is_separator(lines[gap]) or not is_row(lines[min(gap + 1, len(lines) - 1)]) or gap + 1 == len(lines)
    return not any(map(is_separator, lines[gap : gap + _MOST_HEAD]))


def _is_framed(line: str) -> bool:
    stripped = line.strip()
    return len(stripped) > 1 and stripped.startswith("|") and stripped.endswith("|")


def _whole_row(lines: Sequence[str], index: int, rows: Sequence[str]) -> tuple[int, str]:
    """The row that begins at this line, joined where a cell's text continues in the next lines."""
    row = lines[index]
    wanted = rows[0].count("|") if rows and _is_framed(rows[0]) else 0
    if not wanted or not row.lstrip().startswith("|") or row.rstrip().endswith("|") or row.count("|") >= wanted:
        return index + 1, row
    for end in range(index + 1, min(index + _MOST_LINES, len(lines))):
        if not lines[end].strip() or lines[end].lstrip().startswith("|"):
            break
        row = f"{row.rstrip()} {lines[end].strip()}"
        if row.count("|") >= wanted:
            return (end + 1, row) if row.count("|") == wanted and _is_framed(row) else (index + 1, lines[index])
    return index + 1, lines[index]


def _line_to_rows(line: str) -> list[str]:
    """The rows of a line that contains a whole table; otherwise the line."""
    found = _ONE_LINE.search(line)
    if not found or not _is_framed(line):
        return [line]
    head, body = line[: found.start() + 1], line[found.end() :].strip()
    width = found[1].count("|") - 1
    cells = [cell.strip() for cell in body.split("|")][1:-1]
    # Between a row's last bar and the next row's first bar there is nothing.
    between = cells[width :: width + 1]
    if head.count("|") != width + 1 or any(between) or len(cells) % (width + 1) != width:
        return [line]
    rows = [cells[start : start + width] for start in range(0, len(cells), width + 1)]
    return [head, found[1], *("| " + " | ".join(row) + " |" for row in rows)]


def lines_to_table(lines: Sequence[str], repairs: set[Repair]) -> Table | None:
    """The lines as a table whose cells are Markdown; None where they are prose with a bar.

    Args:
        lines: Lines that are rows by :func:`is_row`.
        repairs: Receives the repairs.
    """
    separator = next((index for index, line in enumerate(lines) if is_separator(line)), None)
    framed = sum(line.strip().startswith("|") and line.strip().endswith("|") for line in lines)
    if separator is None and (framed < len(lines) or max(line.count("|") for line in lines) < _FEWEST_BARS):
        return None
    if separator is None:
        repairs.add(Repair.SEPARATOR)
    if separator in {0, len(lines) - 1} and len(lines) > 1:
        repairs.add(Repair.BROKEN_TABLE)  # a head without rows, or rows without a head: the others are elsewhere
    head = separator if separator is not None and separator <= _MOST_HEAD else 0
    width = len(_cells(lines[separator].replace("+", "|"))) if separator is not None else 0
    rows = [line for line in lines if not is_separator(line)]
    return rows_to_table(_rows_to_cells(rows, width), header_rows=head)


def _rows_to_cells(rows: Sequence[str], width: int) -> list[list[str]]:
    """The cells of each row; where a row has more cells than the table has columns, bars without blanks are text.

    Args:
        rows: Of one table.
        width: Cells of the separator row, 0 where there is none.
    """
    plain = [_cells(row) for row in rows]
    usual = Counter(map(len, plain)).most_common(1)[0][0] if plain else 0
    width = width or usual
    if all(len(cells) <= width for cells in plain):
        return plain
    spaced = [_cells(row, spaced=True) if "||" not in row else [] for row in rows]
    return [
        by_blank if len(cells) != width == len(by_blank) else cells
        for cells, by_blank in zip(plain, spaced, strict=True)
    ]


def _cells(line: str, *, spaced: bool = False) -> list[str]:
    stripped = line.strip().replace("\\|", _ESCAPED_BAR)
    stripped = stripped.removeprefix("|").removesuffix("|")
    cells = _SPACED.split(stripped) if spaced else stripped.split("|")
    return [cell.strip().replace(_ESCAPED_BAR, "|") for cell in cells]
