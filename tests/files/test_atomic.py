"""Files that appear whole or not at all."""

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from kills import kill_points, names_below, other_file_system, run_in_child, small_disk

from pipeline.files.atomic import (
    copy_whole,
    file_to_sha256,
    link_whole,
    open_regular,
    write_whole,
)
from pipeline.host.files import sync_folder
from pipeline.host.moving import remove_tree

LONGEST = "ä" * 125 + ".html"


def broken_parts() -> Iterator[bytes]:
    yield b"half"
    raise RuntimeError("the source broke")


def test_a_file_is_written_and_what_was_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / LONGEST
    path.write_bytes(b"old")

    write_whole(path, [b"new ", b"content"])
    write_whole(path, [b"newer"], aside=tmp_path)

    assert path.read_bytes() == b"newer"
    assert names_below(tmp_path) == {LONGEST}


@pytest.mark.parametrize("aside", [True, False])
def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path, *, aside: bool) -> None:
    path = tmp_path / "results" / "a.html"
    path.parent.mkdir()
    path.write_bytes(b"old")

    with pytest.raises(RuntimeError):
        write_whole(path, broken_parts(), aside=tmp_path if aside else None)

    assert path.read_bytes() == b"old"
    assert names_below(tmp_path) == {"results/a.html"}


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        with pytest.raises(OSError, match="No space left") as caught:
            write_whole(disk / "a.html", [b"x" * 4096] * 100)

        assert caught.value.errno == errno.ENOSPC
        assert names_below(disk) == set()
        write_whole(disk / "a.html", [b"x" * 4096])


def test_a_file_over_the_size_limit_of_the_process_leaves_nothing(tmp_path: Path) -> None:
    def write_too_much() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        with pytest.raises(OSError, match="too large"):
            write_whole(tmp_path / "a.html", [b"x" * 500] * 10)

    assert run_in_child(write_too_much) == 0
    assert names_below(tmp_path) == set()


@pytest.mark.parametrize("place", ["gone/a.html", "file/a.html", "folder"])
def test_where_no_file_can_be_nothing_is_left(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"a file where a folder should be")
    (tmp_path / "folder").mkdir()

    with pytest.raises(OSError, match=r"No such file|Not a directory|Is a directory"):
        write_whole(tmp_path / place, [b"content"])

    assert names_below(tmp_path) == {"file"}


def test_a_writer_killed_at_any_point_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(b"old")

    seen = [path.read_bytes() for _ in kill_points(lambda: write_whole(path, [b"new"]))]

    assert seen == [b"old", b"old", b"new"]  # dead before the file aside was opened, before the rename, before the sync


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "device"])
def test_only_regular_files_are_opened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.pdf"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    before = len(list(Path("/proc/self/fd").iterdir()))

    with pytest.raises(OSError, match=r"regular|symbolic"):
        open_regular(Path("/dev/zero") if kind == "device" else path)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")

    assert file_to_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_second_name_replaces_what_was_there_and_may_be_given_again(tmp_path: Path) -> None:
    source, target = tmp_path / "original.pdf", tmp_path / "report.pdf"
    source.write_bytes(b"original")
    target.write_bytes(b"older")

    for _ in range(2):
        link_whole(source, target)

    assert target.samefile(source)
    assert names_below(tmp_path) == {"original.pdf", "report.pdf"}


def test_where_no_second_name_is_possible_the_file_is_copied(tmp_path: Path) -> None:
    source = tmp_path / "original.pdf"
    source.write_bytes(b"original")
    target = other_file_system(tmp_path) / f"dropleaf-{os.getpid()}.pdf"

    try:
        with pytest.raises(OSError, match="cross-device"):
            link_whole(source, target)
        copy_whole(source, target)

        assert target.read_bytes() == b"original"
    finally:
        target.unlink(missing_ok=True)


def test_a_tree_is_removed_and_a_missing_one_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"")

    remove_tree(tmp_path / "a")
    remove_tree(tmp_path / "a")

    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "a")
