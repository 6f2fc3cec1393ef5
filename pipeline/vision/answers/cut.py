"""The unfinished end of an answer that was cut."""

import re
from typing import Final

from pipeline.markup.repairs import Repair

_TABLE: Final = re.compile(r"<(/?)table(?=[\s>])[^<>]*+>", re.IGNORECASE)
_ROW: Final = re.compile(r"<(/?)tr(?=[\s>])[^<>]*+>", re.IGNORECASE)
_HALF_TAG: Final = re.compile(r"<(?:/?[A-Za-z!|][^<>\n]{0,300})?\Z")


def completed(text: str, repairs: set[Repair]) -> str:
    """The text up to the last row that is whole: half a row would be a row with wrong or missing figures."""
    whole = _without_half_row(_HALF_TAG.sub("", text))
    whole = _without_half_places(whole)
    whole = _without_half_line(whole)
    if whole != text:
        repairs.add(Repair.CUT)
    return whole


def _without_half_row(text: str) -> str:
    tables = list(_TABLE.finditer(text))
    if not tables or tables[-1][1]:
        return text
    rows = list(_ROW.finditer(text, tables[-1].end()))
    if not rows or rows[-1][1]:
        return text[: rows[-1].end()] if rows else text
    return text[: rows[-1].start()]


def _without_half_places(text: str) -> str:
    end = text.rfind("<nl>")
    if end < 0 or "</otsl>" in text[end:] or not re.search(r"<[fe]cel>|<[cr]hed>", text[end:]):
        return text
    return text[: end + len("<nl>")]


def _without_half_line(text: str) -> str:
    """Drop the last line where it begins as a pipe table's row and does not end as one."""
    body, _, last = text.rstrip().rpartition("\n")
    if last.lstrip().startswith("|") and body.rstrip().endswith("|"):
        bars = body.rstrip().rpartition("\n")[2].count("|")
        if last.count("|") < bars or not last.endswith("|"):
            return body
    return text
