"""Tables as CSV in a fence, as models write them that were made to read charts."""

import csv
import re
from typing import Final

from pipeline.markup.characters import text_to_html
from pipeline.markup.table import rows_to_table, table_to_html
from pipeline.vision.dialects.dialect import Dialect, Reading

_FENCE: Final = re.compile(
    r"^[ ]{0,3}(`{3,9}|~{3,9})[ \t]*(csv|tsv|CSV|TSV)[ \t]*\n(.*?)(?:^[ ]{0,3}\1[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_DELIMITERS: Final = "\t;|,"


def has_csv(text: str) -> bool:
    """Whether the text holds a fence of CSV."""
    return bool(_FENCE.search(text))


def csv_to_markup(text: str, reading: Reading) -> str:
    """The text with each fence of CSV set aside as an HTML table; the first row is the head."""
    return _FENCE.sub(lambda match: _fence_to_text(match, reading), text)


def _fence_to_text(match: re.Match[str], reading: Reading) -> str:
    lines = [line for line in match[3].split("\n") if line.strip()]
    delimiter = max(_DELIMITERS, key=lines[0].count) if lines else ","
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if row]
    except csv.Error:
        return match[0]
    if not rows:
        return match[0]
    table = rows_to_table(rows, head_rows=1 if len(rows) > 1 else 0)
    return reading.keep_block(table_to_html(table, text_to_html))


DIALECT: Final = Dialect(name="csv_tables", order=61, shows=has_csv, to_markup=csv_to_markup)
