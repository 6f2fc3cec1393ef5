"""Opening, keeping and marking files, on both sides."""

import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.host.linux import files as linux
from pipeline.host.portable import files as unix


def read(handle: int) -> bytes:
    with os.fdopen(handle, "rb") as file:
        return file.read()


def test_a_file_is_opened_and_a_link_to_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1\r\n2")
    (tmp_path / "link").symlink_to(tmp_path / "a")

    assert read(unix.open_unfollowed(tmp_path / "a")) == b"1\r\n2"
    with pytest.raises(OSError, match="symbolic links"):
        unix.open_unfollowed(tmp_path / "link")
    with pytest.raises(FileNotFoundError):
        unix.open_unfollowed(tmp_path / "gone")


def test_a_pipe_without_a_writer_holds_up_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ended = threading.Event()

    def attempt() -> None:
        with suppress(OSError):
            os.close(unix.open_unfollowed(tmp_path / "pipe"))
        ended.set()

    threading.Thread(target=attempt, daemon=True).start()

    assert ended.wait(60)


def test_no_part_of_the_way_below_a_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "root" / "a" / "b").mkdir(parents=True)
    (tmp_path / "root" / "a" / "b" / "file").write_bytes(b"inside")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"outside")
    (tmp_path / "root" / "a" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "outside" / "file")

    assert read(unix.open_below(tmp_path / "root", ["a", "b", "file"])) == b"inside"
    for parts in (["a", "link", "file"], ["link"], ["a", "gone", "file"]):
        with pytest.raises(OSError, match=r"Not a directory|symbolic links|No such file"):
            unix.open_below(tmp_path / "root", parts)


def test_a_folder_that_is_gone_cannot_be_synced(tmp_path: Path) -> None:
    unix.sync_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        unix.sync_folder(tmp_path / "gone")


@pytest.mark.linux
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
