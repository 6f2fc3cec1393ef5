"""A page as its user has settled it: the marks of doubt are gone, and what was corrected says what it was.

A settled cell stays as the user said where the same reading comes again: after a retry, or in a page that has been
settled before.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pipeline.markup.characters import text_to_html
from pipeline.markup.table import SETTLED, UNSEEN, WAS, html_to_line, html_to_tables
from pipeline.results.page_places import Found, html_to_places
from pipeline.results.page_record import PageRecord
from pipeline.results.review_file import Settled
from pipeline.table import Cell, Table

_MARK: Final = re.compile(rf' {UNSEEN}(?:="")?(?=[ >])')
_LOOKS: Final = re.compile(r"(?:<(?:b|strong|i|em|u)>)+")
_INNER_TABLE: Final = re.compile(r"<table\b")


def settle_page(record: PageRecord, settled: Sequence[Settled]) -> tuple[PageRecord, list[Settled]]:
    """The page with what its user has said of it.

    Args:
        record: Of the page.
        settled: What was said of places of this page.

    Returns:
        The page, and what was said with whether it fits.
    """
    html, told = record.html, []
    for each in settled:
        found = html_to_places(html, record.page.number).get(each.place)
        changed = _settle(html, found, each) if found else None
        told.append(replace(each, fits=changed is not None))
        html = html if changed is None else changed
    if html == record.html:
        return record, told
    return replace(record, html=html, tables=_tables_of(html, record.tables, settled)), told


def reading_at(html: str, found: Found) -> str:
    """The text of a place in one line."""
    return html_to_line(html[found.inner : found.inner_end])


def may_be_corrected(html: str, found: Found) -> bool:
    """Whether other text can take a place's content; not where a table is in it."""
    return _INNER_TABLE.search(html, found.inner, found.inner_end) is None


def _settle(html: str, found: Found, settled: Settled) -> str | None:
    """The HTML with one place settled; None where the place has another reading."""
    inner = html[found.inner : found.inner_end]
    text = html_to_line(inner)
    if settled.was not in {text, html_to_line(inner, before=True)} and text != settled.now:
        return None
    if text != settled.now:
        if not may_be_corrected(html, found):
            return None
        inner = _with_looks(inner, _correction(settled))
    tag, inner = html[found.start : found.inner], _without_marks(inner)
    if settled.mark is None:
        return html[: found.start] + _MARK.sub("", tag) + inner + html[found.inner_end :]
    was = f' {WAS}="{text_to_html(settled.was)}"' if settled.was != settled.now else ""
    return f'{html[: found.start]}<span {SETTLED}=""{was}>{inner}{html[found.inner_end :]}'


def _correction(settled: Settled) -> str:
    text = text_to_html(settled.now)
    if settled.was == settled.now or settled.mark is not None:  # a place in running text is a span already
        return text
    return f'<span {WAS}="{text_to_html(settled.was)}">{text}</span>'


def _with_looks(inner: str, content: str) -> str:
    """Other content with the looks that all of the old content had."""
    looks = _LOOKS.match(inner)
    if looks is None:
        return content
    names = re.findall(r"\w+", looks[0])
    ends = "".join(f"</{name}>" for name in reversed(names))
    rest = inner[looks.end() :]
    if not rest.endswith(ends) or any(f"</{name}>" in rest.removesuffix(ends) for name in names):
        return content
    return f"{looks[0]}{content}{ends}"


def _without_marks(inner: str) -> str:
    """The content of a cell without marks of doubt, but with those of a table in it."""
    table = _INNER_TABLE.search(inner)
    end = table.start() if table else len(inner)
    return re.sub(rf"<span {UNSEEN}(?:=\"\")?>", "<span>", inner[:end]) + inner[end:]


def _tables_of(html: str, tables: Sequence[Table], settled: Sequence[Settled]) -> tuple[Table, ...]:
    """The tables of a changed page: what is new of those that were touched, and the boxes of all."""
    read = html_to_tables(html)
    if len(read) != len(tables):
        return read
    touched = {(each.table, each.row, each.column) for each in settled if each.mark is None}
    return tuple(
        _table_of(new, old, number, touched) for number, (new, old) in enumerate(zip(read, tables, strict=True), 1)
    )


def _table_of(new: Table, old: Table, number: int, touched: set[tuple[int | None, int | None, int | None]]) -> Table:
    fresh = {(cell.row, cell.column): cell for cell in new.cells}
    cells = (
        _cell_of(fresh.get((cell.row, cell.column), cell), cell)
        if (number, cell.row + 1, cell.column + 1) in touched
        else cell
        for cell in old.cells
    )
    return replace(old, caption=new.caption, cells=tuple(cells))


def _cell_of(new: Cell, old: Cell) -> Cell:
    doubt = old.doubt if new.doubt else None
    return replace(old, text=new.text, value=None, doubt=doubt, correction=new.correction)
