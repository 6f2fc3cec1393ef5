"""A page's clean HTML as the document shows it, and back, byte for byte.

Headings and the first doubt get names to be linked to, tables a box that scrolls, and figures in cells a mark that
puts them to the right. None of these marks passes the sanitiser, so whatever has them was put there here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from pipeline.outputs.cell_numbers import is_number
from pipeline.printable import printable
from pipeline.results.table_ids import TableName, with_names, without_names
from pipeline.table import Table

_HEADING: Final = re.compile(r"<h([1-6])((?: [^>]*)?)>(.*?)</h\1>", re.DOTALL)
_HEADING_NAME: Final = re.compile(r'(<h[1-6]) id="page-\d+-heading-\d+"')
_TAG: Final = re.compile(r"<[^>]*>")
_TABLE: Final = re.compile(r"<(/?)table\b[^>]*>")
_BOX: Final = re.compile(r'<div class="table[^>]*>|</div>')
# A cell whose text has looks at most: what stands in it is one line.
_CELL: Final = re.compile(r"<td((?: [^>]*)?)>((?:[^<]|</?(?:b|i|em|strong|span|sup|sub|u)\b[^>]*>)*)</td>")
_DOUBT: Final = re.compile(r"<(td|th|span)(?=[^>]* data-unseen\b)")
_DOUBT_NAME: Final = re.compile(r'(<(?:td|th|span)) id="page-\d+-doubt"')
_NUMBER: Final = '<td class="number"'
#: Columns from which on a table is wide, and so wide that its print must be small.
_WIDE, _WIDEST = 8, 14
# What stands in the place of a figure.
_NOTHING: Final = re.compile(r"[-\u2013\u2014\u2026*.]+|\([xX]\)|[nN][./]?[aA]\.?")
_LONGEST_HEADING: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a page.

    Attributes:
        ident: By which it is linked to.
        level: From 1.
        text: Without looks, cut where it is long.
    """

    ident: str
    level: int
    text: str


def page_to_headings(html: str, number: int) -> list[Heading]:
    """The headings of a page that have a text.

    Args:
        html: Clean.
        number: Of the page.
    """
    found = (
        Heading(ident=_heading_name(number, index), level=int(match[1]), text=_to_line(match[3]))
        for index, match in enumerate(_HEADING.finditer(html), 1)
    )
    return [heading for heading in found if heading.text]


def page_to_shown(html: str, number: int, tables: Sequence[Table], names: Sequence[TableName]) -> str:
    """The page as the document shows it.

    Args:
        html: Clean.
        number: Of the page.
        tables: Those in it, in its order.
        names: Of the tables.
    """
    index = 0

    def named(match: re.Match[str]) -> str:
        nonlocal index
        index += 1
        return f'<h{match[1]} id="{_heading_name(number, index)}"{match[2]}>{match[3]}</h{match[1]}>'

    shown = _HEADING.sub(named, html)
    if len(tables) == len(names) and "<table" in shown:
        shown = with_names(_boxed(_CELL.sub(_with_number, shown), number, tables), names)
    return _DOUBT.sub(rf'<\1 id="{doubt_name(number)}"', shown, count=1)


def doubt_name(number: int) -> str:
    """The name of the first doubted place of a page, to which links lead."""
    return f"page-{number}-doubt"


def has_doubt(html: str) -> bool:
    """Whether a page has a place that is marked as doubted."""
    return _DOUBT.search(html) is not None


def shown_to_page(html: str) -> str:
    """The page as it was before :func:`page_to_shown`."""
    bare = _BOX.sub("", without_names(_DOUBT_NAME.sub(r"\1", html))).replace(_NUMBER, "<td")
    return _HEADING_NAME.sub(r"\1", bare)


def _heading_name(number: int, index: int) -> str:
    return f"page-{number}-heading-{index}"


def _to_line(html: str) -> str:
    text = printable(" ".join(unescape(_TAG.sub("", html)).split()))
    return text if len(text) <= _LONGEST_HEADING else f"{text[: _LONGEST_HEADING - 1]}\N{HORIZONTAL ELLIPSIS}"


def _with_number(match: re.Match[str]) -> str:
    text = unescape(_TAG.sub("", match[2])).strip()
    if _NOTHING.fullmatch(text) or is_number(text):
        return f"{_NUMBER}{match[1]}>{match[2]}</td>"
    return match[0]


def _boxed(html: str, number: int, tables: Sequence[Table]) -> str:
    """Each table that stands in no other one in a box."""
    pieces: list[str] = []
    end = depth = index = 0
    for tag in _TABLE.finditer(html):
        if not tag[1]:
            if depth == 0:
                pieces += [html[end : tag.start()], _box(tables[index], number, index + 1)]
                end = tag.start()
            index += 1
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                pieces += [html[end : tag.end()], "</div>"]
                end = tag.end()
    return "".join([*pieces, html[end:]])


def _box(table: Table, page: int, index: int) -> str:
    columns = table.columns
    if columns < _WIDE:
        return '<div class="table">'
    width = "widest" if columns >= _WIDEST else "wide"
    # A box that scrolls can be reached with the keyboard.
    return f'<div class="table {width}" role="region" tabindex="0" aria-label="Table {index} of page {page}">'
