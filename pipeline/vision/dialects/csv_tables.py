"""Tables as CSV, with or without a code fence around them, as models for reading charts write them."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from pipeline.markup.characters import text_to_html
from pipeline.markup.table import table_to_html
from pipeline.table import rows_to_table
from pipeline.vision.dialects.dialect import Dialect, Reading

_FENCE: Final = re.compile(
    r"^[ ]{0,3}(`{3,9}|~{3,9})[ \t]*(csv|tsv|CSV|TSV)[ \t]*\n(.*?)(?:^[ ]{0,3}\1[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_DELIMITERS: Final = "\t;|,"
_FIGURE: Final = re.compile(r"[^\w]{0,3}[0-9][0-9.,%]*[^\w]{0,3}\Z")
_TABS: Final = re.compile(r"\t+")
_LONGEST: Final = 2_000
_FEWEST: Final = 2
_FEWEST_DENSE: Final = 3


def has_csv(text: str) -> bool:
    """Whether the text has a code fence with CSV, or rows of CSV."""
    if not any(mark in text for mark in "\t,;"):
        return False
    if _FENCE.search(text):
        return True
    return any(mark and _are_rows(rows, mark) for mark, rows in _groups(_aligned(text.split("\n"))))


def csv_to_markup(text: str, reading: Reading) -> str:
    """The text with place holders for its CSV, which becomes HTML tables; the first row is the head."""
    text = _FENCE.sub(lambda match: _lines_to_text(match[3].split("\n"), reading) or match[0], text)
    return "\n".join(_bare_to_text(_aligned(text.split("\n")), reading))


def _aligned(lines: Sequence[str]) -> list[str]:
    """The lines with one tab between cells, where several only align them: their numbers differ, not those of cells."""
    result: list[str] = []
    for tabbed, found in groupby(lines, lambda line: "\t" in line.strip()):
        group = list(found)
        single = [_TABS.sub("\t", line.strip()) for line in group] if tabbed and len(group) > 1 else group
        uneven = len({line.strip().count("\t") for line in group}) > 1
        result += single if uneven and len({line.count("\t") for line in single}) == 1 else group
    return result


def _bare_to_text(lines: Sequence[str], reading: Reading) -> Iterator[str]:
    """The lines, where consecutive lines with the same number of cells became a table."""
    for mark, rows in _groups(lines):
        if mark and _are_rows(rows, mark) and (table := _lines_to_text(rows, reading, mark)):
            yield table
        else:
            yield from rows


def _groups(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Consecutive lines that have the same separator and the same number of cells, with the separator."""
    for (mark, _), group in groupby(lines, _marks):
        yield mark, list(group)


def _marks(line: str) -> tuple[str, int]:
    """The separator of a line's cells, and how often the line has it; an empty one where the line is prose.

    Tabs separate cells everywhere. Signs that also occur in prose do so only where no blank follows any of them.
    """
    if "\t" in line.strip("\n "):
        return "\t", line.count("\t")
    if len(line) > _LONGEST or "<" in line or "|" in line:
        return "", 0
    found = ((mark, _count(line, mark)) for mark in ";," if mark in line and f"{mark} " not in line)
    return next(((mark, count) for mark, count in found if count), ("", 0))


def _count(line: str, mark: str) -> int:
    return len(next(csv.reader([line], delimiter=mark), [])) - 1


def _are_rows(lines: Sequence[str], mark: str) -> bool:
    """Whether the lines are a table: at least two tabs each, or a head without figures above rows with figures."""
    if mark == "\t" and lines[0].count(mark) >= _FEWEST:
        return len(lines) >= _FEWEST
    rows = list(csv.reader(lines, delimiter=mark))
    body = [cell for row in rows[1:] for cell in row[1:]]
    figures = sum(1 for cell in body if _FIGURE.match(cell))
    return len(rows) >= _FEWEST_DENSE and not any(map(_FIGURE.match, rows[0])) and 2 * figures > len(body)


def _lines_to_text(lines: Sequence[str], reading: Reading, mark: str = "") -> str:
    """A place holder for the table of the lines, empty where there is no table; a title is alone on the first line."""
    lines = [line for line in lines if line.strip()]
    counts = {each: Counter(line.count(each) for line in lines) for each in _DELIMITERS}
    delimiter = mark or max(
        _DELIMITERS, key=lambda each: (counts[each][0] < len(lines) / 2, lines[-1].count(each)) if lines else 0
    )
    try:
        rows = [
            row
            for row in csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, skipinitialspace=True)
            if row
        ]
    except csv.Error:
        return ""
    if not rows:
        return ""
    titled = len(rows) > _FEWEST and len(rows[0]) == 1 < len(rows[1])
    title = rows.pop(0)[0] if titled else ""
    table = rows_to_table(([cell.strip() for cell in row] for row in rows), header_rows=1 if len(rows) > 1 else 0)
    html = table_to_html(replace(table, caption=title), lambda cell: text_to_html(cell).replace("\n", "<br>"))
    return reading.keep_block(html)


DIALECT: Final = Dialect(name="csv_tables", order=61, shows=has_csv, to_markup=csv_to_markup)
