"""``NAME.tables.json``: every table of a document as a value, as ``tables.schema.json`` describes it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pipeline.document import DocumentFacts, Outcome
from pipeline.files.atomic import open_regular
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.outputs.cell_numbers import DecimalSign, table_to_valued
from pipeline.page_result import FallbackReason, Method, PageResult, fell_back
from pipeline.quantities import PageNumber
from pipeline.table import Cell, Place, Table

Schema: TypeAlias = Literal["dropleaf/tables/1"]
SCHEMA: Schema = "dropleaf/tables/1"
#: The size limit of a file that is read.
MOST_BYTES = 512 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """A page of the document.

    Attributes:
        fallback: Why the page is not from the engine that was asked for; None where it is.
        size: Width and height as shown, in points; None where they are not known.
    """

    number: PageNumber
    method: Method
    fallback: FallbackReason | None
    size: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTable:
    """A table with its place in the document; the other fields are as in :class:`pipeline.table.Table`.

    Attributes:
        id: As in the HTML: ``page-N-table-K``.
        page: Number of its page.
        continues: ``id`` of the table on the page before that it continues; None for none.
        method: How its page was read.
    """

    id: str
    page: PageNumber
    continues: str | None
    method: Method
    caption: str
    header_rows: Place
    cells: tuple[Cell, ...]

    @property
    def table(self) -> Table:
        """The table, without its place in the document."""
        return Table(caption=self.caption, header_rows=self.header_rows, cells=self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesFile:
    """The content of the file.

    Attributes:
        outcome: As in the manifest; None in a file of an earlier version.
        pages: One for each page that was asked for, in order.
        tables: In their order in the document.
    """

    schema: Schema = SCHEMA
    document: DocumentFacts
    outcome: Outcome | None = None
    pages: tuple[PageFacts, ...]
    tables: tuple[DocumentTable, ...]


def page_to_facts(page: PageResult, size: tuple[float, float] | None) -> PageFacts:
    """The facts about a page in the file."""
    return PageFacts(
        number=page.number, method=page.method, fallback=page.reason if page.fell_back else None, size=size
    )


def table_to_document_table(
    table: Table, page: PageFacts, *, ident: str, continues: str | None, decimal: DecimalSign | None
) -> DocumentTable:
    """Make a page's table one of its document.

    Args:
        table: A table of the page.
        page: The page.
        ident: The table's name in the document.
        continues: The name of the table that it continues.
        decimal: The decimal sign, used where the table itself does not show it.
    """
    valued = table_to_valued(table, decimal)
    return DocumentTable(
        id=ident,
        page=page.number,
        continues=continues,
        method=page.method,
        caption=valued.caption,
        header_rows=valued.header_rows,
        cells=valued.cells,
    )


def tables_to_pieces(
    document: DocumentFacts, pages: Sequence[PageFacts], tables: Iterable[DocumentTable]
) -> Iterator[bytes]:
    """The file in UTF-8, a line for each page and table, so that a large file is never in memory as a whole.

    Args:
        document: Facts about what was converted.
        pages: In order.
        tables: In order.
    """
    outcome = Outcome.PARTIAL if any(fell_back(page.method, page.fallback) for page in pages) else Outcome.COMPLETE
    yield b'{"schema": "' + SCHEMA.encode() + b'",\n"document": ' + value_to_json(document)
    yield b',\n"outcome": ' + value_to_json(outcome) + b',\n"pages": '
    yield from _lines(pages)
    yield b',\n"tables": '
    yield from _lines(tables)
    yield b"}\n"


def _lines(values: Iterable[object]) -> Iterator[bytes]:
    start = b"[\n"
    for value in values:
        yield start + value_to_json(value)
        start = b",\n"
    yield b"[]" if start == b"[\n" else b"\n]"


def read_tables(path: Path) -> TablesFile:
    """Read the file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no such file, or is larger than any that we write.
    """
    with open_regular(path) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes")
    return json_to_value(data, TablesFile)
