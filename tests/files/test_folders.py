"""Folders looked through, however deep."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.files.folders import walk_folders


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder for what Python itself could not remove."""
    yield tmp_path / "deep"
    subprocess.run(["rm", "-rf", "--", str(tmp_path / "deep")], check=True)


def nest(folder: Path, depth: int, name: str = "d") -> None:
    """Folders within each other, deeper than a path may be long; each made from within the last."""
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=handle)
        inner = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(os.open("file", os.O_CREAT, dir_fd=handle))
    os.close(handle)


def test_every_folder_is_found_in_order_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "a").mkdir()
    (tmp_path / "skipped" / "x").mkdir(parents=True)
    (tmp_path / "a" / "link").symlink_to(tmp_path / "b")
    (tmp_path / "file").touch()

    listings = list(walk_folders(tmp_path, enter=lambda _, name: name != "skipped"))

    assert [os.path.relpath(each.folder, tmp_path) for each in listings] == [".", "a", "b", "b/c"]
    assert [each.names for each in listings] == [("file",), ("link",), (), ()]
    assert listings[0].folders == ("a", "b", "skipped")


def test_folders_deeper_than_the_stack_are_walked_and_deeper_than_a_path_are_told(deep: Path) -> None:
    depth = sys.getrecursionlimit() + 200
    (deep / "long").mkdir(parents=True)
    nest(deep, depth)
    nest(deep / "long", 60, "n" * 100)
    errors: list[OSError] = []

    found = [listing.folder for listing in walk_folders(deep, fails=errors.append) if "file" in listing.names]

    assert [path.count(os.sep) - str(deep).count(os.sep) for path in found] == [depth]
    assert [error.strerror for error in errors] == ["File name too long"]


def test_a_folder_that_is_missing_is_told_of(tmp_path: Path) -> None:
    errors: list[OSError] = []

    assert list(walk_folders(tmp_path / "gone", fails=errors.append)) == []
    assert [type(error) for error in errors] == [FileNotFoundError]
