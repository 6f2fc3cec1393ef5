"""Tables as CSV, in a fence or bare, as models write them that were made to read charts."""

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
_LONGEST: Final = 2_000
_FEWEST: Final = 2
_FEWEST_DENSE: Final = 3


def has_csv(text: str) -> bool:
    """Whether the text holds a fence of CSV, or rows of it."""
    if not any(mark in text for mark in "\t,;"):
        return False
    return bool(_FENCE.search(text)) or any(mark and _are_rows(rows, mark) for mark, rows in _groups(text.split("\n")))


def csv_to_markup(text: str, reading: Reading) -> str:
    """The text with CSV set aside as HTML tables; the first row is the head."""
    text = _FENCE.sub(lambda match: _lines_to_text(match[3].split("\n"), reading) or match[0], text)
    return "\n".join(_bare_to_text(text.split("\n"), reading))


def _bare_to_text(lines: Sequence[str], reading: Reading) -> Iterator[str]:
    """The lines with those in a row that have the same number of cells as a table."""
    for mark, rows in _groups(lines):
        if mark and _are_rows(rows, mark) and (table := _lines_to_text(rows, reading, mark)):
            yield table
        else:
            yield from rows


def _groups(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The lines by what parts their cells, those together that have the same number of them."""
    for (mark, _), group in groupby(lines, _marks):
        yield mark, list(group)


def _marks(line: str) -> tuple[str, int]:
    """The sign that parts a line's cells, and how often it stands there; an empty one where the line is prose.

    Tabs part cells wherever they stand; signs that prose has, too, do where no blank stands behind any.
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
    """Whether lines with as many cells each are a table: by two tabs, or with a head without figures above figures."""
    if mark == "\t" and lines[0].count(mark) >= _FEWEST:
        return len(lines) >= _FEWEST
    rows = list(csv.reader(lines, delimiter=mark))
    body = [cell for row in rows[1:] for cell in row[1:]]
    figures = sum(1 for cell in body if _FIGURE.match(cell))
    return len(rows) >= _FEWEST_DENSE and not any(map(_FIGURE.match, rows[0])) and 2 * figures > len(body)


def _lines_to_text(lines: Sequence[str], reading: Reading, mark: str = "") -> str:
    """A place holder for the table of the lines, empty where they are none; a title stands alone on the first one."""
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
