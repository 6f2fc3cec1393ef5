"""Gives each table of a document a name, and marks tables that continue from the page before."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

_TAG = re.compile(r"<(/?)(table|tr|t[hd])\b([^>]*)>")
_ANY_TAG = re.compile(r"<[^>]*>")
_NAMES = re.compile(r'<table id="page-\d+-table-\d+"(?: data-continues="page-\d+-table-\d+")?')
_COLSPAN = re.compile(r'\bcolspan="(\d+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTable:
    """What is needed to see whether a table continues on the next page.

    Attributes:
        name: ``page-N-table-K``; K counts from 1 in the order of the page, nested tables after the one around them.
        start: Offset of its tag in the page's HTML.
        columns: How many it has.
        head: The texts of its first row.
    """

    name: str
    start: int
    columns: int
    head: tuple[str, ...]

    def goes_on_from(self, earlier: "PageTable") -> bool:
        """Whether it has the same number of columns and the same first row as the earlier one."""
        return self.columns == earlier.columns and self.head == earlier.head and any(self.head)


def pages_to_named(pages: Iterable[tuple[int, str]]) -> Iterator[str]:
    """The sanitised HTML of each page, with names in its tables.

    If the first table of a page continues the last one of the page before, it says so (``data-continues``); the tables
    are not joined.

    Args:
        pages: In order, each with its number.
    """
    last: PageTable | None = None
    before = 0
    for number, html in pages:
        tables = html_to_tables(html, number)
        earlier = last if number == before + 1 else None
        yield _with_names(html, tables, earlier)
        last, before = (tables[-1] if tables else None), number


def without_names(html: str) -> str:
    """The HTML as it was before :func:`pages_to_named`; the sanitiser lets no other names of tables pass."""
    return _NAMES.sub("<table", html)


def html_to_tables(html: str, page: int) -> list[PageTable]:
    """The tables of a page's clean HTML, in order."""
    starts: list[int] = []
    heads: list[list[tuple[int, str]]] = []
    rows: list[int] = []
    around: list[int] = []
    for match in _TAG.finditer(html):
        closing, tag, attributes = match.groups()
        if tag == "table" and not closing:
            around.append(len(starts))
            starts.append(match.start())
            heads.append([])
            rows.append(0)
        elif tag == "table":
            around.pop()
        elif not closing:
            rows[around[-1]] += tag == "tr"
            if tag != "tr" and rows[around[-1]] == 1:
                heads[around[-1]].append(_cell(html, match.end(), attributes))
    return [
        PageTable(
            name=f"page-{page}-table-{index}",
            start=start,
            columns=sum(span for span, _ in head),
            head=tuple(text for _, text in head),
        )
        for index, (start, head) in enumerate(zip(starts, heads, strict=True), start=1)
    ]


def _cell(html: str, start: int, attributes: str) -> tuple[int, str]:
    """How many columns the cell has, and its text."""
    span = _COLSPAN.search(attributes)
    following = _TAG.search(html, start)
    text = html[start : following.start() if following else None]
    return int(span[1]) if span else 1, " ".join(unescape(_ANY_TAG.sub(" ", text)).split())


def _with_names(html: str, tables: Iterable[PageTable], earlier: PageTable | None) -> str:
    pieces: list[str] = []
    end = 0
    for index, table in enumerate(tables):
        goes_on = index == 0 and earlier is not None and table.goes_on_from(earlier)
        continues = f' data-continues="{earlier.name}"' if goes_on and earlier else ""
        tag = table.start + len("<table")
        pieces += [html[end:tag], f' id="{table.name}"{continues}']
        end = tag
    return "".join([*pieces, html[end:]])
