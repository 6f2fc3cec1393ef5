"""Pipe tables, also those that no Markdown parser takes: no separator row, bars and line feeds inside of cells."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pipeline.markup.repairs import Repair
from pipeline.markup.table import Table, rows_to_table

_SEPARATOR: Final = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\Z")
_ESCAPED_BAR: Final = "\ufdd2"
# A bar between cells; in a table that is written with blanks, one without is a part of its cell.
_SPACED: Final = re.compile(r"(?:(?<=\s)|^)\|(?=\s|$)")
# A separator row in the middle of a line: the whole table stands on it.
_ONE_LINE: Final = re.compile(r"\|\s{0,9}(\|(?:\s{0,9}:?-{2,99}:?\s{0,9}\|){2,99})")
# More header rows than that are none.
_MOST_HEAD: Final = 3
_FEWEST_BARS: Final = 3
# Lines that one row may be torn into.
_MOST_LINES: Final = 8


def is_row(line: str) -> bool:
    """Whether the line may be a row of a pipe table."""
    stripped = line.strip()
    return stripped.startswith("|") or (stripped.count("|") >= 1 and not stripped.startswith(("```", "~~~")))


def is_separator(line: str) -> bool:
    """Whether the line parts head and body: dashes between bars."""
    return "-" in line and "|" in line and bool(_SEPARATOR.match(line))


def lines_to_blocks(lines: Sequence[str]) -> Iterator[tuple[list[str], bool]]:
    """The lines in blocks, each with whether it may be a table, its rows one per line.

    Rows that a line feed within a cell has torn are whole again, and rows with an empty line after each are one block.
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
    """The rows of a table that begins at a line, and the line after them."""
    rows: list[str] = []
    single = True
    while index < len(lines):
        if is_row(lines[index]):
            end, row = _whole_row(lines, index, rows)
            rows += _line_to_rows(row)
            index = end
            continue
        gap = index
        while gap < len(lines) and not lines[gap].strip():
            gap += 1
        # Single rows with empty lines between: the next one is a row of as many bars, and no table begins with it.
        single = single and gap > index and bool(rows) and _is_single(lines, gap, rows, at=index)
        if not single:
            break
        index = gap
    return index, rows


def _is_single(lines: Sequence[str], gap: int, rows: Sequence[str], *, at: int) -> bool:
    """Whether the framed line at ``gap`` goes on with rows of which each stands by itself."""
    if gap >= len(lines) or not _is_framed(lines[gap]) or not _is_framed(rows[-1]):
        return False
    alone_before = at < 2 or not is_row(lines[at - 2])  # noqa: PLR2004 — the line before the last row
    alone = gap + 1 >= len(lines) or not is_row(lines[gap + 1])
    return alone_before and alone and lines[gap].count("|") == rows[-1].count("|")


def _is_framed(line: str) -> bool:
    stripped = line.strip()
    return len(stripped) > 1 and stripped.startswith("|") and stripped.endswith("|")


def _whole_row(lines: Sequence[str], index: int, rows: Sequence[str]) -> tuple[int, str]:
    """The row that begins at a line, put together where a cell's text goes on in the next lines."""
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
    """The rows of a line that holds a whole table; else the line."""
    found = _ONE_LINE.search(line)
    if not found or not _is_framed(line):
        return [line]
    head, body = line[: found.start() + 1], line[found.end() :].strip()
    width = found[1].count("|") - 1
    cells = [cell.strip() for cell in body.split("|")][1:-1]
    # A row's last bar and the next one's first have nothing between them.
    between = cells[width :: width + 1]
    if head.count("|") != width + 1 or any(between) or len(cells) % (width + 1) != width:
        return [line]
    rows = [cells[start : start + width] for start in range(0, len(cells), width + 1)]
    return [head, found[1], *("| " + " | ".join(row) + " |" for row in rows)]


def lines_to_table(lines: Sequence[str], repairs: set[Repair]) -> Table | None:
    """The lines as a table whose cells are Markdown; None where they are prose with a bar in it.

    Args:
        lines: For all of which :func:`is_row` holds.
        repairs: Receives what was mended.
    """
    separator = next((index for index, line in enumerate(lines) if is_separator(line)), None)
    framed = sum(line.strip().startswith("|") and line.strip().endswith("|") for line in lines)
    if separator is None and (framed < len(lines) or max(line.count("|") for line in lines) < _FEWEST_BARS):
        return None
    if separator is None:
        repairs.add(Repair.SEPARATOR)
    head = separator if separator is not None and separator <= _MOST_HEAD else 0
    width = len(_cells(lines[separator])) if separator is not None else 0
    rows = [line for line in lines if not is_separator(line)]
    return rows_to_table(_rows_to_cells(rows, width), head_rows=head)


def _rows_to_cells(rows: Sequence[str], width: int) -> list[list[str]]:
    """The cells of each row; where rows have more than the table is wide, bars without blanks are text.

    Args:
        rows: Of one table.
        width: Cells of the separator row, 0 where there is none.
    """
    plain = [_cells(row) for row in rows]
    usual = Counter(map(len, plain)).most_common(1)[0][0] if plain else 0
    width = width or usual
    if all(len(cells) <= width for cells in plain):
        return plain
    spaced = [_cells(row, spaced=True) for row in rows]
    return [
        by_blank if len(cells) != width == len(by_blank) else cells
        for cells, by_blank in zip(plain, spaced, strict=True)
    ]


def _cells(line: str, *, spaced: bool = False) -> list[str]:
    stripped = line.strip().replace("\\|", _ESCAPED_BAR)
    stripped = stripped.removeprefix("|").removesuffix("|")
    cells = _SPACED.split(stripped) if spaced else stripped.split("|")
    return [cell.strip().replace(_ESCAPED_BAR, "|") for cell in cells]
