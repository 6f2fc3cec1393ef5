"""Records of finished pages, as a worker may have written them."""

from dataclasses import replace
from pathlib import Path

import pytest
from claims import page_result

from pipeline.files.json_values import value_to_json
from pipeline.page_result import Content, Method
from pipeline.results.page_record import LARGEST_RECORD_BYTES, PageRecord, read_record, write_record
from pipeline.table import Box, Cell, CellCorrection, Doubt, Table, Value

TABLE = Table(
    caption="Trees",
    header_rows=1,
    cells=(
        Cell(row=0, column=0, colspan=2, text="Felled", header=True),
        Cell(row=1, column=0, text="Oak", box=Box(10, 20.5, 30, 40), method="text_layer"),
        Cell(
            row=1,
            column=1,
            text="-12,5 %",
            value=Value(number=-12.5, unit="%"),
            doubt=Doubt(page_reading="-12.6 %"),
            correction=CellCorrection(was="-12,4 %"),
        ),
    ),
)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "pages" / "1.json"
    content = Content(method=Method.VISION, html="<p>one\ntwo é</p>", tables=(TABLE,), size=(595.28, 842))

    write_record(path, page_result(1), content)

    assert read_record(path) == PageRecord(page=page_result(1), html=content.html, tables=(TABLE,), size=(595.28, 842))
    assert [each.name for each in path.parent.iterdir()] == ["1.json"]


def test_a_record_of_release_0_1_0_has_the_tables_of_its_html(tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    html = '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td data-unseen="">1</td></tr></tbody></table>'
    path.write_bytes(value_to_json(page_result(1)) + b"\n" + html.encode())

    record = read_record(path)

    assert record is not None
    assert (record.page, record.html, record.size) == (page_result(1), html, None)
    [table] = record.tables
    assert (table.header_rows, [cell.text for cell in table.cells]) == (1, ["a", "1"])
    assert [cell.doubt for cell in table.cells] == [None, Doubt()]


def test_tables_that_have_no_room_are_read_from_the_html_again(tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    text = "word " * 220 + "end"
    cells = tuple(Cell(row=row, column=0, text=text) for row in range(4_000))
    html = f"<table><tbody>{f'<tr><td>{text}</td></tr>' * len(cells)}</tbody></table>"

    write_record(path, page_result(1), Content(method=Method.VISION, html=html, tables=(Table(cells=cells),)))

    record = read_record(path)
    assert path.stat().st_size < LARGEST_RECORD_BYTES
    assert record is not None
    assert record.tables == (Table(cells=cells),)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]\n<p>", b'{"number": 0, "method": "vision"}\n', b'{"number": 1}\n'])
def test_what_is_no_record_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "1.json"
    path.write_bytes(data)

    assert read_record(path) is None


@pytest.mark.parametrize("row", [-1, 0.5, None])
def test_a_table_that_cannot_be_makes_a_record_none(tmp_path: Path, row: object) -> None:
    path = tmp_path / "1.json"
    table = Table(cells=(replace(TABLE.cells[0], row=row),))  # type: ignore[arg-type]  # what a worker may have written
    write_record(path, page_result(1), Content(method=Method.VISION, tables=(table,)))

    assert read_record(path) is None


def test_a_record_of_any_size_takes_no_more_memory_than_the_largest(tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    write_record(path, page_result(1), Content(method=Method.VISION, html="<p></p>"))
    with path.open("r+b") as file:
        file.truncate(LARGEST_RECORD_BYTES)
    whole = read_record(path)
    with path.open("r+b") as file:
        file.truncate(2 << 30)

    assert whole is not None
    assert read_record(path) is None
