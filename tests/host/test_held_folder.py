"""A folder that is held while files are taken out of it, on each side."""

import ctypes
import errno
import os
from pathlib import Path

import pytest

from pipeline.host.linux import held_folder as linux
from pipeline.host.portable import held_folder as unix

SIDES = [linux.HeldFolder, unix.HeldFolder]
each = pytest.mark.parametrize("side", SIDES, ids=["linux", "unix"])
Side = type[linux.HeldFolder | unix.HeldFolder]


@each
def test_files_are_looked_at_renamed_taken_out_put_back_and_removed(tmp_path: Path, side: Side) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "x").write_bytes(b"x")

    with side(tmp_path, ["a", "b"]) as folder:
        assert folder.stat("x").st_size == 1
        with os.fdopen(folder.open("x"), "rb") as file:
            assert file.read() == b"x"
        folder.hide("x", ".x")
        folder.rename(".x", "y")
        folder.move_out("y", tmp_path / "out")
        folder.move_in(tmp_path / "out", "z")
        folder.remove("z")

    assert list((tmp_path / "a" / "b").iterdir()) == []


@each
def test_no_rename_replaces_anything(tmp_path: Path, side: Side) -> None:
    for name in ("x", "y", "out"):
        (tmp_path / name).write_text(name)

    with side(tmp_path, []) as folder:
        with pytest.raises(FileExistsError):
            folder.rename("x", "y")
        with pytest.raises(FileExistsError):
            folder.move_in(tmp_path / "out", "y")
        with pytest.raises(FileNotFoundError):
            folder.rename("gone", "new")

    assert [(tmp_path / name).read_text() for name in ("x", "y", "out")] == ["x", "y", "out"]


@each
def test_no_part_of_the_way_may_be_a_link_and_nothing_is_opened_through_one(tmp_path: Path, side: Side) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "link").symlink_to(tmp_path / "real" / "x")

    with pytest.raises(OSError, match=r"Not a directory|symbolic links"):
        side(tmp_path, ["link"])
    with pytest.raises(FileNotFoundError):
        side(tmp_path, ["gone"])
    with side(tmp_path / "link", []) as folder, pytest.raises(OSError, match="symbolic links"):
        folder.open("link")


@each
def test_what_is_done_is_done_in_the_folder_that_was_opened(tmp_path: Path, side: Side) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x").write_bytes(b"ours")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "x").write_bytes(b"private")

    with side(tmp_path, ["sub"]) as folder:
        (tmp_path / "sub").rename(tmp_path / "away")
        (tmp_path / "sub").symlink_to(tmp_path / "private")
        folder.move_out("x", tmp_path / "out")

    assert (tmp_path / "out").read_bytes() == b"ours"
    assert (tmp_path / "private" / "x").exists()


class _OldLibrary:
    """A C library without renameat2."""


def _refuse(*_: object) -> int:
    ctypes.set_errno(errno.EINVAL)
    return -1


class _OldFileSystem:
    """A file system that does not know the flag."""

    renameat2 = staticmethod(_refuse)


@pytest.mark.linux
@pytest.mark.parametrize("library", [_OldLibrary, _OldFileSystem])
@pytest.mark.parametrize("links", [True, False])
def test_where_the_kernel_has_no_such_rename_nothing_is_replaced_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: type, *, links: bool
) -> None:
    monkeypatch.setattr(linux, "_LIBRARY", library())
    if not links:

        def no_links(*_: object, **__: object) -> None:
            raise PermissionError(errno.EPERM, "no links here")

        monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "x").write_text("x")
    (tmp_path / "y").write_text("y")

    with pytest.raises(FileExistsError):
        linux.rename_to_free(tmp_path / "x", tmp_path / "y")
    linux.rename_to_free(tmp_path / "x", tmp_path / "z")

    (tmp_path / "folder").mkdir()
    linux.rename_to_free(tmp_path / "folder", tmp_path / "new")  # which has no second name

    left = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
    assert left == {"y": "y", "z": "x"}


def test_a_folder_is_renamed_whole_and_never_over_another_or_a_file(tmp_path: Path) -> None:
    for name in ("folder", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "folder" / "x").write_text("x")
    (tmp_path / "other" / "theirs").write_text("theirs")
    (tmp_path / "file").write_text("file")

    for taken in ("other", "file"):
        with pytest.raises(FileExistsError):
            unix.rename_to_free(tmp_path / "folder", tmp_path / taken)
    unix.rename_to_free(tmp_path / "folder", tmp_path / "new")

    assert {path.name for path in tmp_path.iterdir()} == {"file", "new", "other"}
    assert (tmp_path / "new" / "x").read_text() == "x"
    assert (tmp_path / "file").read_text() == "file"


def test_a_rename_that_a_death_has_interrupted_between_its_two_steps_is_finished(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    (tmp_path / "y").hardlink_to(tmp_path / "x")

    unix.rename_to_free(tmp_path / "x", tmp_path / "y")

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("y", "x")]
