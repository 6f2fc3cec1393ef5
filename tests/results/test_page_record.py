"""Records of finished pages, as a worker may have written them."""

from pathlib import Path

import pytest
from claims import page_result

from pipeline.results.page_record import LARGEST_RECORD_BYTES, read_record, write_record


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "pages" / "1.json"

    write_record(path, page_result(1), "<p>one\ntwo é</p>")

    assert read_record(path) == (page_result(1), "<p>one\ntwo é</p>")
    assert [each.name for each in path.parent.iterdir()] == ["1.json"]


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]\n<p>", b'{"number": 0, "method": "vision"}\n', b'{"number": 1}\n'])
def test_what_is_no_record_is_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "1.json"
    path.write_bytes(data)

    assert read_record(path) is None


def test_a_record_of_any_size_takes_no_more_memory_than_the_largest(tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    write_record(path, page_result(1), "<p></p>")
    with path.open("r+b") as file:
        file.truncate(LARGEST_RECORD_BYTES)
    whole = read_record(path)
    with path.open("r+b") as file:
        file.truncate(2 << 30)

    assert whole is not None
    assert read_record(path) is None
