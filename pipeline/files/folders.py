"""Lists folders without recursion, so that deeply nested folders overflow no stack."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The content of one folder.

    Attributes:
        folder: Its path, as a string: a path object with a thousand parts is slow.
        names: Of everything that is not a folder (a link to a folder is not one), in order.
        folders: Names of its subfolders, in order.
    """

    folder: str
    names: tuple[str, ...]
    folders: tuple[str, ...]


def list_folder(folder: str) -> Listing:
    """The content of a folder.

    Raises:
        OSError: It cannot be listed.
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
        enter: Says whether to list a subfolder; called with the path of the folder around it, and its name.
        fails: Called for folders that cannot be listed, which are left out.
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
