"""Tables whose columns stand below groups of dashes, as pandoc and reStructuredText write simple tables."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from pipeline.markup.table import table_to_html
from pipeline.table import Table, rows_to_table
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.markdown import inline_to_html

_RULE: Final = re.compile(r"^ {0,20}([-=]{2,})(?: {1,60}[-=]{2,})+ *$", re.MULTILINE)
_GROUP: Final = re.compile(r"[-=]+")


def simple_to_markup(text: str, reading: Reading) -> str:
    """The text with each simple table set aside as HTML; lines that do not keep to the columns stay text."""
    lines = text.split("\n")
    result: list[str] = []
    index = 0
    while index < len(lines):
        end, table = _table_from(lines, index)
        if table is None:
            result.append(lines[index])
            index += 1
        else:
            result.append(reading.keep_block(table_to_html(table, inline_to_html)))
            index = end
    return "\n".join(result)


def _table_from(lines: Sequence[str], start: int) -> tuple[int, Table | None]:
    """The table that begins with this line, its head or the rule above its head, and the number of the line after."""
    framed = bool(_RULE.match(lines[start]))
    head = start + framed
    rule = head + 1
    if rule >= len(lines) or not lines[head].strip() or _RULE.match(lines[head]) or not _RULE.match(lines[rule]):
        return start, None
    groups = [group.span() for group in _GROUP.finditer(lines[rule])]
    end = rule + 1
    while end < len(lines) and lines[end].strip() and not _RULE.match(lines[end]):
        end += 1
    rows = [lines[head], *lines[rule + 1 : end]]
    if len(rows) == 1 or not all(_keeps_to(row, groups) for row in rows):
        return start, None
    closed = end < len(lines) and bool(_RULE.match(lines[end]))
    return end + closed, rows_to_table([_cells(row, groups) for row in rows], header_rows=1)


def _keeps_to(row: str, groups: Sequence[tuple[int, int]]) -> bool:
    """Whether a row has nothing but blanks where the dashes leave gaps."""
    gaps = ((left[1], right[0]) for left, right in pairwise(groups))
    return "\t" not in row and not any(row[start:end].strip() for start, end in gaps)


def _cells(row: str, groups: Sequence[tuple[int, int]]) -> list[str]:
    starts = [start for start, _ in groups]
    return [row[start:end].strip() for start, end in zip(starts, [*starts[1:], len(row)], strict=True)]


DIALECT: Final = Dialect(
    name="simple_tables", order=63, shows=lambda text: bool(_RULE.search(text)), to_markup=simple_to_markup
)
