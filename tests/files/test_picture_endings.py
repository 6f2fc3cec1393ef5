"""Whether the end of a picture is there."""

import os
from pathlib import Path

import pytest
from made_pictures import drawn, saved, tiff

from pipeline.files.endings import Ending, ending_of

_NOISE = drawn(size=(90, 120)).resize((300, 400))
_PAGES = [drawn("L", word=str(number)) for number in range(3)]
_FILES = {
    "jpeg": saved(_NOISE, "JPEG"),
    "progressive jpeg": saved(_NOISE, "JPEG", progressive=True),
    "png": saved(_NOISE, "PNG"),
    "tiff whose list of pages is behind them": tiff(_PAGES, "tiff_lzw"),
    "tiff": saved(_NOISE, "TIFF"),
    "webp": saved(_NOISE, "WEBP"),
    "bmp": saved(_NOISE, "BMP"),
}


def _ending(path: Path, data: bytes) -> Ending:
    path.write_bytes(data)
    handle = os.open(path, os.O_RDONLY)
    try:
        return ending_of(handle, len(data))
    finally:
        os.close(handle)


@pytest.mark.parametrize("data", _FILES.values(), ids=_FILES)
def test_a_picture_is_complete_when_its_last_byte_is_there_and_not_before(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "picture"

    assert _ending(path, data) is Ending.THERE
    assert _ending(path, data + b"\0" * 5000) is Ending.THERE  # what cameras append
    for kept in {1, 2, 3, 7, 12, len(data) // 3, len(data) // 2, len(data) - 20}:
        assert _ending(path, data[:kept]) is Ending.MISSING, kept


def test_the_end_of_a_preview_within_a_photograph_is_not_its_end(tmp_path: Path) -> None:
    preview = saved(drawn(size=(24, 32)), "JPEG")
    photograph = saved(_NOISE, "JPEG")
    header = b"\xff\xe1" + (len(preview) + 2).to_bytes(2, "big") + preview
    whole = photograph[:2] + header + photograph[2:]

    assert _ending(tmp_path / "photo", whole) is Ending.THERE
    assert _ending(tmp_path / "photo", whole[: len(header) + 2]) is Ending.MISSING
    assert _ending(tmp_path / "photo", whole[:-2]) is Ending.MISSING


def test_a_tiff_whose_list_of_pages_comes_first_is_complete_when_its_pixels_are_there(tmp_path: Path) -> None:
    strips = b"\x55" * 200
    # Two entries: where the only strip lies, and its length.
    entries = b"\x11\x01\x04\x00\x01\x00\x00\x00\x26\x00\x00\x00" + b"\x17\x01\x04\x00\x01\x00\x00\x00\xc8\x00\x00\x00"
    head = b"II*\0\x08\x00\x00\x00" + b"\x02\x00" + entries + b"\0\0\0\0"

    assert _ending(tmp_path / "scan", head + strips) is Ending.THERE
    assert _ending(tmp_path / "scan", head + strips[:-1]) is Ending.MISSING


@pytest.mark.parametrize("data", [b"\xff\xd8\xff" + b"\xff" * 5000, b"II*\0\x08\0\0\0\xff\xff" + b"\1" * 900])
def test_damaged_pictures_are_waited_for_like_those_without_an_end(data: bytes, tmp_path: Path) -> None:
    assert _ending(tmp_path / "damaged", data) is Ending.MISSING


def test_other_files_show_nothing(tmp_path: Path) -> None:
    assert _ending(tmp_path / "text", b"nothing of the kind " * 100) is Ending.UNKNOWN
