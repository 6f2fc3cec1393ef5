"""Gives each table of a document a name, and marks tables that continue from the page before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.table import Table

_NAMES = re.compile(r'<table id="page-\d+-table-\d+"(?: data-continues="page-\d+-table-\d+")?')
_START = "<table"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableName:
    """The name of a table.

    Attributes:
        ident: ``page-N-table-K``; K counts from 1 in the order of the page, nested tables after the one around them.
        continues: The name of the table that it goes on from, None where it goes on from none.
    """

    ident: str
    continues: str | None = None


class TableNames:
    """Gives the tables of one document their names, page after page.

    The first table of a page that is told again under the same first row as the last one of the page before goes on
    from it; nothing is joined.
    """

    def __init__(self) -> None:
        """Before the first page."""
        self._number = 0
        self._last: tuple[str, Table] | None = None

    def of_page(self, number: int, tables: Sequence[Table]) -> list[TableName]:
        """The names of a page's tables.

        Args:
            number: Of the page; pages come in order.
            tables: Of it, in its order.
        """
        names = [TableName(ident=f"page-{number}-table-{index}") for index in range(1, len(tables) + 1)]
        earlier = self._last if number == self._number + 1 else None
        if names and earlier and _goes_on(tables[0], earlier[1]):
            names[0] = TableName(ident=names[0].ident, continues=earlier[0])
        self._number = number
        self._last = (names[-1].ident, tables[-1]) if names else None
        return names


def with_names(html: str, names: Sequence[TableName]) -> str:
    """A page's clean HTML with the names of its tables; one that has another number of tables stays as it is."""
    first, *pieces = html.split(_START)
    if len(pieces) != len(names):
        return html
    return first + "".join(f"{_START}{_attributes(name)}{piece}" for name, piece in zip(names, pieces, strict=True))


def without_names(html: str) -> str:
    """The HTML as it was before :func:`with_names`; the sanitiser lets no other names of tables pass."""
    return _NAMES.sub(_START, html)


def _attributes(name: TableName) -> str:
    continues = f' data-continues="{name.continues}"' if name.continues else ""
    return f' id="{name.ident}"{continues}'


def _goes_on(table: Table, earlier: Table) -> bool:
    """Whether it has as many columns as the earlier one, and the same first row."""
    head = _first_row(table)
    return table.columns == earlier.columns and head == _first_row(earlier) and any(head)


def _first_row(table: Table) -> list[str]:
    return [cell.text for cell in table.cells if cell.row == 0]
