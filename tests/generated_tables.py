"""Tables of any form that a document may have, made by chance from a seed."""

import random
from collections.abc import Iterator

from pipeline.document import DocumentFacts
from pipeline.outputs.document_tables import DocumentTables
from pipeline.outputs.tables_file import DocumentTable, PageFacts, table_to_document_table
from pipeline.page_result import Method
from pipeline.table import Cell, CellCorrection, Doubt, Table

_TEXTS = (
    "Oak",
    "",
    " ",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "a|b",
    "<b>&amp;",
    "Müller",
    "1,234",
    "007",
    "n/a",
    "\N{EN DASH}",
    "https://example.org",
    "_x0041_",
    'say "x"',
    "a;b,c",
    "zwölf\N{NO-BREAK SPACE}Bäume",
    "1 or 2",
    "日本語",
    "*",
    "12.05.2020",
    "x" * 300,
    "'quoted",
    "TRUE",
    "#N/A",
    "\x07bell",
)
_NUMBERS = (
    "{whole}",
    "-{whole}",
    "\N{MINUS SIGN}{whole}",
    "({whole})",
    "{whole}.{tenth}",
    "({whole}.{tenth})",
    "{whole}.{tenth} %",
    "({whole}.{tenth})%",
    "${grouped}",
    "\N{EURO SIGN} {grouped}.{tenth}0",
    "{grouped}.{tenth}",
    "{whole} kg",
    "+{whole}.{tenth}",
    "*{whole}.{tenth}",
    "{whole}.{tenth}**",
    "0.{tenth}{tenth}",
    "{whole}.{tenth}e-3",
    "1 {three}.{tenth}",
)


def generated_tables(seed: int, count: int) -> DocumentTables:
    """A document of one page with so many tables."""
    chance = random.Random(seed)
    page = PageFacts(number=1, method=Method.VISION, fallback=None, size=None)
    tables = [
        table_to_document_table(_table(chance), page, ident=f"page-1-table-{number}", continues=None, decimal=None)
        for number in range(1, count + 1)
    ]
    facts = DocumentFacts(name="r.pdf", sha256="ab" * 32, bytes=1, pages=1)
    return DocumentTables(name="r", document=facts, pages=(page,), tables=tables)


def _table(chance: random.Random) -> Table:
    rows, columns = chance.randint(1, 6), chance.randint(1, 5)
    header = chance.randint(0, min(2, rows - 1))
    cells = tuple(_cells(chance, rows, columns, header))
    return Table(caption=chance.choice(_TEXTS), header_rows=header, cells=cells)


def _cells(chance: random.Random, rows: int, columns: int, header: int) -> Iterator[Cell]:
    taken: set[tuple[int, int]] = set()
    for row in range(rows):
        for column in range(columns):
            if (row, column) in taken:
                continue
            rowspan, colspan = _spans(chance, rows - row, columns - column)
            places = {(row + down, column + across) for down in range(rowspan) for across in range(colspan)}
            if places & taken:
                rowspan = colspan = 1
                places = {(row, column)}
            taken |= places
            yield Cell(
                row=row,
                column=column,
                text=_text(chance),
                rowspan=rowspan,
                colspan=colspan,
                header=row < header,
                doubt=Doubt(page_reading=chance.choice([None, "41"])) if chance.random() < 0.1 else None,
                correction=CellCorrection(was="40") if chance.random() < 0.05 else None,
            )


def _spans(chance: random.Random, rows: int, columns: int) -> tuple[int, int]:
    if chance.random() < 0.8:
        return 1, 1
    return chance.randint(1, min(3, rows)), chance.randint(1, min(3, columns))


def _text(chance: random.Random) -> str:
    if chance.random() < 0.4:
        return chance.choice(_TEXTS)
    whole, tenth, three = chance.randint(1, 999), chance.randint(0, 9), chance.randint(100, 999)
    grouped = f"{chance.randint(1, 99)},{three}"
    return chance.choice(_NUMBERS).format(whole=whole, tenth=tenth, three=three, grouped=grouped)


def document_table(table: Table, *, page: int = 1, number: int = 1) -> DocumentTable:
    """A table of a document whose numbers have a point before decimals."""
    facts = PageFacts(number=page, method=Method.VISION, fallback=None, size=None)
    ident = f"page-{page}-table-{number}"
    return table_to_document_table(table, facts, ident=ident, continues=None, decimal=None)
