"""Folders looked through without recursion: however deep somebody's folders are, no stack overflows."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What lies in one folder.

    Attributes:
        folder: Its path, as text: a path object of a thousand parts is slow.
        names: Of everything that is no folder, links to folders included, in order.
        folders: Names of its subfolders, in order.
    """

    folder: str
    names: tuple[str, ...]
    folders: tuple[str, ...]


def list_folder(folder: str) -> Listing:
    """What lies in a folder.

    Raises:
        OSError: It cannot be looked into.
    """
    names: list[str] = []
    folders: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            (folders if _is_folder(entry) else names).append(entry.name)
    return Listing(folder=folder, names=tuple(sorted(names)), folders=tuple(sorted(folders)))


def walk_folders(
    root: Path,
    *,
    enter: Callable[[str, str], bool] = lambda _, __: True,
    fails: Callable[[OSError], None] = lambda _: None,
) -> Iterator[Listing]:
    """Every folder below a folder, itself included, each before those in it.

    Args:
        root: May be missing.
        enter: Whether a subfolder is looked into, told by the path of the folder that it is in, and its name.
        fails: Told of folders that cannot be looked into, which are left out.
    """
    left = [str(root)]
    while left:
        try:
            listing = list_folder(left.pop())
        except OSError as error:
            fails(error)
            continue
        yield listing
        left += [f"{listing.folder}/{name}" for name in reversed(listing.folders) if enter(listing.folder, name)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
