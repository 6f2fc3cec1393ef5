"""Lines to readers that do not read."""

import fcntl
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from claims import eventually

from pipeline.log.line_writer import MOST_BYTES, LineWriter

_LINE = "x" * 99 + "\n"


def told(count: int) -> str:
    return json.dumps({"dropped": count}) + "\n"


@contextmanager
def reader_that_sleeps(kind: str) -> Iterator[tuple[int, int]]:
    """Two descriptors: one to read from, one to write to."""
    if kind == "pipe":
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    else:
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        reader, writer = one.detach(), other.detach()
    try:
        yield reader, writer
    finally:
        os.close(writer)
        os.close(reader)


def read_all(reader: int, end: str) -> list[str]:
    """The lines up to a last one."""
    text = ""
    while not text.endswith(end):
        text += os.read(reader, 1 << 16).decode()
    return text.splitlines(keepends=True)


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_lines_that_nobody_reads_are_kept_in_order_and_written_when_somebody_does(kind: str) -> None:
    with reader_that_sleeps(kind) as (reader, descriptor):
        writer = LineWriter(descriptor, tell_dropped=told)
        expected = [f"{number} {_LINE}" for number in range(5000)]
        for line in expected:
            writer.write(line)

        assert not writer.finish(0.0)
        assert read_all(reader, expected[-1]) == expected
        assert writer.finish(10.0)


def test_beyond_the_limit_the_oldest_are_dropped_and_the_reader_is_told_how_many() -> None:
    with reader_that_sleeps("pipe") as (reader, descriptor):
        writer = LineWriter(descriptor, tell_dropped=told)
        count = 5 * MOST_BYTES // 4 // len(_LINE)
        for number in range(count):
            writer.write(f"{number:06} {_LINE}")
        writer.write("last\n")

        lines = read_all(reader, "last\n")

    dropped = [json.loads(line)["dropped"] for line in lines if line.startswith("{")]
    kept = [int(line[:6]) for line in lines if line[0].isdigit()]
    assert kept == sorted(kept)
    assert kept[-1] == count - 1
    assert sum(dropped) == count - len(kept)
    assert all(line.endswith("\n") and len(line) in {len(_LINE) + 7, 5} for line in lines if not line.startswith("{"))


def test_where_no_open_file_of_its_own_is_to_be_had_it_does_not_wait_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError

    with reader_that_sleeps("pipe") as (reader, descriptor):
        monkeypatch.setattr(os, "open", refuse)
        writer = LineWriter(descriptor, tell_dropped=told)
        monkeypatch.undo()
        for _ in range(200):
            writer.write(_LINE)
        writer.write("last\n")

        assert len(read_all(reader, "last\n")) == 201


def test_the_open_file_that_others_share_keeps_its_mode() -> None:
    with reader_that_sleeps("pipe") as (_, descriptor):
        LineWriter(descriptor, tell_dropped=told).write(_LINE)

        assert os.get_blocking(descriptor)


def test_a_reader_that_goes_away_ends_the_wait() -> None:
    reader, descriptor = os.pipe()
    writer = LineWriter(descriptor, tell_dropped=told)
    for _ in range(1000):
        writer.write(_LINE)
    assert not writer.finish(0.0)

    os.close(reader)

    assert writer.finish(10.0)
    writer.write(_LINE)
    os.close(descriptor)
    assert eventually(lambda: all(thread.name != "log" for thread in threading.enumerate()))


def test_a_file_is_appended_to_where_its_other_writers_are(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb", buffering=0) as file:
        writer = LineWriter(file.fileno(), tell_dropped=told)
        writer.write("one\n")
        file.write(b"two\n")
        writer.write("three \udcff\n")

    assert (tmp_path / "log").read_text() == "one\ntwo\nthree \\udcff\n"
