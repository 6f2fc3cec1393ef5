"""How far a file has come."""

from pathlib import Path

import pytest

from pipeline.files.endings import Ending, ending_of

_WHOLE = b"%PDF-1.7\nwords\n%%EOF\n"
_LINEARIZED = b"%%PDF-1.7\n1 0 obj <</Linearized 1 /L %d /H [1 2]>> endobj\n%%%%EOF\n"


def ending(folder: Path, data: bytes) -> Ending:
    path = folder / "file"
    path.write_bytes(data)
    with path.open("rb") as file:
        return ending_of(file.fileno(), len(data))


@pytest.mark.parametrize(
    "data",
    [
        _WHOLE,
        b"junk before\n" + _WHOLE,
        _WHOLE + b"\0" * 5000,
        _WHOLE + b"trailing words of a mail program",
        _WHOLE + b"\r\n" * 300_000,
        _LINEARIZED % 200,
        _LINEARIZED % 10,
    ],
)
def test_a_pdf_with_its_last_bytes_is_there(tmp_path: Path, data: bytes) -> None:
    assert ending(tmp_path, data) is Ending.THERE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%",
        b"%PD",
        b"%PDF-1.7\nwords",
        _WHOLE + b"x" * 5000,
        b"\0" * 5000,
        b"%PDF-1.7\nwords" + b"\0" * (2 << 20),
        _LINEARIZED % 50_000,
    ],
)
def test_what_has_begun_and_has_no_last_bytes_misses_them(tmp_path: Path, data: bytes) -> None:
    assert ending(tmp_path, data) is Ending.MISSING


@pytest.mark.parametrize("data", [b"<html>", b"x", b"PK\x03\x04" * 1000, b" \n\t words"])
def test_of_anything_else_nothing_tells(tmp_path: Path, data: bytes) -> None:
    assert ending(tmp_path, data) is Ending.UNKNOWN
