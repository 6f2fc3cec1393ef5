"""Finds the cells and the doubted places of a page in its clean HTML, so that one can be changed and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pipeline.markup import tags
from pipeline.markup.table import SETTLED, UNSEEN
from pipeline.results.review_file import Place

# The HTML is clean: well formed, and a sign ">" stands in a tag only between quotes.
_TAG: Final = re.compile(r"""<(/?)([a-z][a-z0-9]*)((?:[^<>"]|"[^"]*")*)>""")
_SPAN: Final = re.compile(r'\b(rowspan|colspan)="(\d+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An element with its place.

    Attributes:
        start: Of its opening tag.
        inner: Where its content begins.
        inner_end: Where its content ends.
    """

    place: Place
    start: int
    inner: int
    inner_end: int


@dataclass(slots=True)
class _Grid:
    """A table that is open; rows and columns from 0."""

    number: int
    row: int = -1
    column: int = 0
    taken: set[tuple[int, int]] = field(default_factory=set)

    def begin_row(self) -> None:
        self.row, self.column = self.row + 1, 0

    def next_cell(self, attributes: str) -> tuple[int, int]:
        while (self.row, self.column) in self.taken:
            self.column += 1
        spans = {name: int(size) for name, size in _SPAN.findall(attributes)}
        row, column, across = self.row, self.column, spans.get("colspan", 1)
        self.taken.update(
            (row + down, column + right) for down in range(spans.get("rowspan", 1)) for right in range(across)
        )
        self.column += across
        return row + 1, column + 1


def html_to_places(html: str, page: int) -> dict[Place, Found]:
    """Each cell and each doubted or settled place in running text, in the order in which they end.

    Args:
        html: Clean.
        page: Number of the page.
    """
    return {found.place: found for found in _Finder(html, page).find()}


class _Finder:
    """One pass over the tags."""

    def __init__(self, html: str, page: int) -> None:
        self._html = html
        self._page = page
        self._grids: list[_Grid] = []
        self._cells: list[tuple[Place, int, int]] = []
        self._spans: list[tuple[Place, int, int] | None] = []
        self._tables = 0
        self._marks = 0

    def find(self) -> Iterator[Found]:
        for tag in _TAG.finditer(self._html):
            if tag[1]:
                yield from self._close(tag)
            else:
                self._open(tag)

    def _open(self, tag: re.Match[str]) -> None:
        name = tag[2]
        if name == "table":
            self._tables += 1
            self._grids.append(_Grid(self._tables))
        elif name == "tr" and self._grids:
            self._grids[-1].begin_row()
        elif name in tags.CELLS and self._grids:
            row, column = self._grids[-1].next_cell(tag[3])
            place = Place(page=self._page, table=self._grids[-1].number, row=row, column=column)
            self._cells.append((place, tag.start(), tag.end()))
        elif name == "span":
            self._spans.append(self._mark(tag))

    def _mark(self, tag: re.Match[str]) -> tuple[Place, int, int] | None:
        if self._cells or any(self._spans) or not (UNSEEN in tag[3] or SETTLED in tag[3]):
            return None
        self._marks += 1
        return Place(page=self._page, mark=self._marks), tag.start(), tag.end()

    def _close(self, tag: re.Match[str]) -> Iterator[Found]:
        begun = None
        if tag[2] == "table" and self._grids:
            self._grids.pop()
        elif tag[2] in tags.CELLS and self._cells:
            begun = self._cells.pop()
        elif tag[2] == "span" and self._spans:
            begun = self._spans.pop()
        if begun is not None:
            place, start, inner = begun
            yield Found(place=place, start=start, inner=inner, inner_end=tag.start())
