"""Writing to a descriptor without waiting for whoever reads it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.host.linux.writing import new_writer
from pipeline.host.portable.writing import new_writer as new_portable_writer

LINE = b"x" * 1000


def flood(write: Callable[[bytes], int]) -> None:
    while True:
        write(LINE)


def test_a_pipe_that_nobody_reads_refuses_at_once_and_stays_as_it_is_for_others() -> None:
    reader, writer = os.pipe()
    write = new_writer(writer)

    with pytest.raises(BlockingIOError):
        flood(write)

    assert os.get_blocking(writer)  # the flag belongs to the open file, which others share
    os.read(reader, 1 << 16)
    assert write(LINE) == len(LINE)
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("new", [new_writer, new_portable_writer], ids=["linux", "portable"])
def test_a_file_takes_all(tmp_path: Path, new: Callable[[int], Callable[[bytes], int]]) -> None:
    with (tmp_path / "log").open("wb") as file:
        assert new(file.fileno())(LINE) == len(LINE)

    assert (tmp_path / "log").read_bytes() == LINE
