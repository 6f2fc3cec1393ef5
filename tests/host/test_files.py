"""Opening, keeping and marking files, on both sides."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.host.linux import files as linux
from pipeline.host.portable import files as unix
from pipeline.host.windows import files as windows

SIDES = ["unix", "windows"]
sync_folder = pytest.mark.parametrize("sync", [unix.sync_folder, windows.sync_folder], ids=SIDES)
open_unfollowed = pytest.mark.parametrize("open_it", [unix.open_unfollowed, windows.open_unfollowed], ids=SIDES)
open_below = pytest.mark.parametrize("open_it", [unix.open_below, windows.open_below], ids=SIDES)

Open = Callable[[Path], int]
OpenBelow = Callable[[Path, list[str]], int]


def read(handle: int) -> bytes:
    with os.fdopen(handle, "rb") as file:
        return file.read()


@open_unfollowed
def test_a_file_is_opened_and_a_link_to_it_is_not(tmp_path: Path, open_it: Open) -> None:
    (tmp_path / "a").write_bytes(b"1\r\n2")
    (tmp_path / "link").symlink_to(tmp_path / "a")

    assert read(open_it(tmp_path / "a")) == b"1\r\n2"
    with pytest.raises(OSError, match=r"symbolic links|Not a regular file"):
        open_it(tmp_path / "link")
    with pytest.raises(FileNotFoundError):
        open_it(tmp_path / "gone")


@open_unfollowed
def test_a_pipe_without_a_writer_holds_up_nobody(tmp_path: Path, open_it: Open) -> None:
    os.mkfifo(tmp_path / "pipe")
    ended = threading.Event()

    def attempt() -> None:
        with suppress(OSError):
            os.close(open_it(tmp_path / "pipe"))
        ended.set()

    threading.Thread(target=attempt, daemon=True).start()

    assert ended.wait(10)


@open_below
def test_no_part_of_the_way_below_a_folder_may_be_a_link(tmp_path: Path, open_it: OpenBelow) -> None:
    (tmp_path / "root" / "a" / "b").mkdir(parents=True)
    (tmp_path / "root" / "a" / "b" / "file").write_bytes(b"inside")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"outside")
    (tmp_path / "root" / "a" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "outside" / "file")

    assert read(open_it(tmp_path / "root", ["a", "b", "file"])) == b"inside"
    for parts in (["a", "link", "file"], ["link"], ["a", "gone", "file"]):
        with pytest.raises(OSError, match=r"Not a|symbolic links|No such file"):
            open_it(tmp_path / "root", parts)


@sync_folder
def test_a_folder_that_is_gone_cannot_be_synced(tmp_path: Path, sync: Callable[[Path], None]) -> None:
    sync(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "gone")


def test_who_holds_a_file_open_for_writing_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with (tmp_path / "a").open("rb") as reader:
        assert linux.is_written_to(reader.fileno()) is False
        assert unix.is_written_to(reader.fileno()) is None  # the size alone decides
        with (tmp_path / "a").open("ab"):
            assert linux.is_written_to(reader.fileno()) is True
        assert linux.is_written_to(reader.fileno()) is False


def test_of_what_is_no_file_nothing_tells_who_writes_to_it(tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        assert linux.is_written_to(handle) is None
    finally:
        os.close(handle)


def test_where_files_can_carry_no_word_that_is_an_error_as_on_a_file_system_without(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")

    with pytest.raises(OSError, match="cannot be kept"):
        unix.write_attribute(tmp_path / "a", "engine", "basic")
    with pytest.raises(OSError, match="not kept"):
        unix.read_attribute(0, "engine")
    with pytest.raises(OSError, match="not kept"):
        unix.remove_attribute(tmp_path / "a", "engine")
