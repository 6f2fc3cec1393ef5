"""The file of all tables of a document, held against its schema."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from pipeline.document import DocumentFacts, Outcome
from pipeline.outputs.cell_numbers import DecimalSign
from pipeline.outputs.tables_file import (
    SCHEMA,
    DocumentTable,
    PageFacts,
    TablesFile,
    read_tables,
    table_to_document_table,
    tables_to_pieces,
)
from pipeline.page_result import FallbackReason, Method
from pipeline.table import Box, Cell, CellCorrection, Doubt, Table, Value

TREE = json.loads((files("pipeline") / "tables.schema.json").read_text(encoding="utf-8"))
DOCUMENT = DocumentFacts(name="r\udcff.pdf", sha256="ab" * 32, bytes=5, pages=2)
PAGES = (
    PageFacts(number=1, method=Method.VISION, fallback=None, size=(595.28, 841.89)),
    PageFacts(number=2, method=Method.TEXT_LAYER, fallback=FallbackReason.TIMEOUT, size=None),
)
CELLS = (
    Cell(row=0, column=0, colspan=2, text="Kind", header=True),
    Cell(row=1, column=0, text="1,234", box=Box(1, 2, 3.5, 4), method="text_layer", doubt=Doubt(page_reading="1,284")),
    Cell(row=1, column=1, text="12,5 %", doubt=Doubt(), correction=CellCorrection(was="12,4 %")),
)


def table_on(page: PageFacts, *, continues: str | None = None) -> DocumentTable:
    table = Table(caption="Trees", header_rows=1, cells=CELLS)
    ident = f"page-{page.number}-table-1"
    return table_to_document_table(table, page, ident=ident, continues=continues, decimal=DecimalSign.POINT)


def written(tables: tuple[DocumentTable, ...]) -> bytes:
    return b"".join(tables_to_pieces(DOCUMENT, PAGES, tables))


def test_the_schema_is_one_and_names_itself() -> None:
    Draft202012Validator.check_schema(TREE)

    assert TREE["properties"]["schema"]["const"] == TREE["$id"] == SCHEMA


@pytest.mark.parametrize("tables", [(), (table_on(PAGES[0]), table_on(PAGES[1], continues="page-1-table-1"))])
def test_the_file_keeps_its_schema_and_is_read_as_it_was_written(
    tmp_path: Path, tables: tuple[DocumentTable, ...]
) -> None:
    data = written(tables)
    (tmp_path / "r.tables.json").write_bytes(data)

    Draft202012Validator(TREE).validate(json.loads(data))
    assert read_tables(tmp_path / "r.tables.json") == TablesFile(
        document=DOCUMENT, outcome=Outcome.PARTIAL, pages=PAGES, tables=tables
    )


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (PAGES[0], "complete"),
        (PAGES[1], "partial"),
        (PageFacts(number=1, method=Method.NONE, fallback=None, size=None), "partial"),
    ],
)
def test_it_says_whether_the_document_is_complete(page: PageFacts, outcome: str) -> None:
    tree = json.loads(b"".join(tables_to_pieces(DOCUMENT, [page], ())))

    assert tree["outcome"] == outcome


def test_a_file_of_an_earlier_version_does_not_say_it(tmp_path: Path) -> None:
    tree = json.loads(written(()))
    del tree["outcome"]
    (tmp_path / "r.tables.json").write_text(json.dumps(tree))

    Draft202012Validator(TREE).validate(tree)
    assert read_tables(tmp_path / "r.tables.json").outcome is None


def test_the_cells_have_their_values() -> None:
    table = table_on(PAGES[0])

    assert [cell.value for cell in table.cells] == [None, Value(number=1.234), Value(number=12.5, unit="%")]
    assert table.table.caption == "Trees"


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "dropleaf/tables/2"},
        {"pages": [{"number": 0, "method": "vision", "fallback": None, "size": None}]},
        {"tables": [{"id": "page-1-table-1"}]},
    ],
)
def test_another_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "r.tables.json"
    path.write_text(json.dumps({**json.loads(written(())), **change}))

    with pytest.raises(ValueError, match=r"."):
        read_tables(path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(written(()))
    (tmp_path / "r.tables.json").symlink_to(tmp_path / "other")

    with pytest.raises(OSError, match=r"."):
        read_tables(tmp_path / "r.tables.json")
