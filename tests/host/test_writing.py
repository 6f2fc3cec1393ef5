"""Writing to a descriptor without waiting for whoever reads it."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from claims import eventually

from pipeline.host.linux.writing import new_writer
from pipeline.host.portable.writing import new_writer as new_unix_writer
from pipeline.host.windows.writing import new_writer as new_windows_writer

LINE = b"x" * 1000


def flood(write: Callable[[bytes], int]) -> None:
    while True:
        write(LINE)


def takes(write: Callable[[bytes], int]) -> bool:
    with suppress(BlockingIOError):
        return write(LINE) in {512, len(LINE)}
    return False


@pytest.mark.parametrize("new", [new_writer, new_unix_writer, new_windows_writer], ids=["linux", "unix", "windows"])
def test_a_pipe_that_nobody_reads_refuses_at_once_and_stays_as_it_is_for_others(
    new: Callable[[int], Callable[[bytes], int]],
) -> None:
    reader, writer = os.pipe()
    write = new(writer)

    with pytest.raises(BlockingIOError):
        flood(write)

    assert os.get_blocking(writer)  # the flag belongs to the open file, which others share
    os.read(reader, 1 << 16)
    assert eventually(lambda: takes(write))
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("new", [new_writer, new_unix_writer, new_windows_writer], ids=["linux", "unix", "windows"])
def test_a_file_takes_all(tmp_path: Path, new: Callable[[int], Callable[[bytes], int]]) -> None:
    with (tmp_path / "log").open("wb") as file:
        assert new(file.fileno())(LINE) == len(LINE)

    assert (tmp_path / "log").read_bytes() == LINE
