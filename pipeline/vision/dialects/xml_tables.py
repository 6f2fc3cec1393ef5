"""Tables in the elements of other kinds of XML: TEI, CALS (DocBook, JATS), spreadsheets."""

import re
from typing import Final

from pipeline.vision.dialects.dialect import Dialect, Reading

_SHOWS: Final = re.compile(r"<(?:\w{1,9}:)?(?:row|cell|entry)[\s>/]", re.IGNORECASE)
_BEGIN: Final = re.compile(r"<(?:\w{1,9}:)?(?:table|informaltable)(?=[\s>])", re.IGNORECASE)
_END: Final = re.compile(r"(</(?:\w{1,9}:)?(?:table|informaltable)\s{0,9}>)", re.IGNORECASE)
_ROWS: Final = re.compile(r"<(?:tr|td|th)[\s>]", re.IGNORECASE)
_TAG: Final = re.compile(r"<(/?)(?:\w{1,9}:)?([A-Za-z]{1,20})((?:\s[^<>]{0,300})?)(/?)>")
_NAMES: Final = {
    "row": "tr", "cell": "td", "entry": "td", "head": "caption", "title": "caption", "table": "table",
    "informaltable": "table", "thead": "thead", "tbody": "tbody", "tfoot": "tfoot", "caption": "caption",
}  # fmt: skip
# Elements that say nothing of their own.
_SILENT: Final = frozenset({"tgroup", "colspec", "spanspec", "data", "worksheet", "workbook", "column", "p", "para"})
_ATTRIBUTE: Final = re.compile(r"(?:\w{1,9}:)?(\w{1,20})\s?=\s?[\"']?([A-Za-z_]{0,9})([0-9]{1,4})")


def xml_to_markup(text: str, _reading: Reading) -> str:
    """The text with each such table as HTML."""
    parts = _END.split(text)
    for index in range(0, len(parts) - 1, 2):
        begin = _BEGIN.search(parts[index])
        if begin is None or _ROWS.search(parts[index], begin.start()):
            continue
        table = parts[index][begin.start() :]
        parts[index] = parts[index][: begin.start()] + _TAG.sub(_tag_to_html, table)
        parts[index + 1] = "</table>"
    return "".join(parts)


def _tag_to_html(match: re.Match[str]) -> str:
    name = match[2].lower()
    if name in _SILENT:
        return ""
    if name not in _NAMES:
        return match[0]
    tag = _NAMES[name]
    if match[1]:
        return f"</{tag}>"
    spans = _spans({each[1].lower(): int(each[3]) for each in _ATTRIBUTE.finditer(match[3])}) if tag == "td" else ""
    return f"<{tag}{spans}>" + (f"</{tag}>" if match[4] else "")


def _spans(numbers: dict[str, int]) -> str:
    """The spans of a cell: their number (TEI), how many more (CALS, spreadsheets), or the first and the last column."""
    columns = numbers.get("cols", numbers.get("colspan", numbers.get("mergeacross", 0) + 1))
    if "namest" in numbers and "nameend" in numbers:
        columns = numbers["nameend"] - numbers["namest"] + 1
    rows = numbers.get("rows", numbers.get("rowspan", max(numbers.get("morerows", 0), numbers.get("mergedown", 0)) + 1))
    return "".join(f' {name}="{number}"' for name, number in (("colspan", columns), ("rowspan", rows)) if number > 1)


DIALECT: Final = Dialect(
    name="xml_tables",
    order=70,
    shows=lambda text: bool(_SHOWS.search(text) and _BEGIN.search(text) and _END.search(text)),
    to_markup=xml_to_markup,
)
