"""How far a file has come."""

import re
from pathlib import Path

import pytest
from pdfs import numbered_pdf

from pipeline.files.endings import Ending, ending_of, has_broken_index

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


def is_broken(path: Path) -> bool:
    with path.open("rb") as file:
        return has_broken_index(file.fileno(), path.stat().st_size)


def test_a_pdf_that_says_where_its_objects_are_is_sound(tmp_path: Path) -> None:
    path = numbered_pdf(tmp_path / "a.pdf", 2)
    sound = is_broken(path)
    path.write_bytes(b"mail header\r\n" + path.read_bytes())

    assert (sound, is_broken(path)) == (False, False)


@pytest.mark.parametrize(
    ("old", "new"),
    [(rb"startxref\n\d+", b"startxref\n7"), (rb"startxref\n\d+", b""), (rb"startxref\n\d+", b"startxref\n99999999")],
)
def test_a_pdf_that_does_not_say_where_its_objects_are_is_broken(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = numbered_pdf(tmp_path / "a.pdf", 2)
    path.write_bytes(re.sub(old, new, path.read_bytes()))

    assert is_broken(path)


def test_a_file_of_another_kind_has_no_index_that_could_be_broken(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"words")

    assert not is_broken(path)
