"""Finds the files of an inbox that may be documents, by listing its folders."""

import errno
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.files.folders import list_folder, walk_folders
from pipeline.host.held_folder import HeldFolder
from pipeline.inbox.file_names import is_candidate, is_visible_folder
from pipeline.results.claiming import hidden_to_name, put_back

# Seconds after which a file that a claim has set aside is given back, if it belongs to no document in work.
_STRAY_S = 600.0


def files_below(root: Path) -> Iterator[Path]:
    """Every file below a folder that is named like a finished PDF.

    Args:
        root: May be missing; folders that cannot be listed are left out.
    """
    for listing in walk_folders(root, enter=lambda _, name: is_visible_folder(name)):
        yield from (Path(listing.folder, name) for name in listing.names if is_candidate(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """The content of one folder of an inbox.

    Attributes:
        folder: Its path, relative to the inbox.
        candidates: Names of files that may be documents.
        folders: Names of the subfolders to look into.
        error: Why it could not be listed; None also for a folder that is gone.
        too_deep: Its path is longer than the system allows.
    """

    folder: PurePosixPath
    candidates: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    error: OSError | None = None
    too_deep: bool = False


def look_into(root: Path, folder: PurePosixPath, claims: Path) -> FolderFacts:
    """List one folder of an inbox, and give back files there that an interrupted claim has set aside.

    Args:
        root: The inbox.
        folder: Its path, relative to the inbox.
        claims: The folder of the documents in work.
    """
    try:
        listing = list_folder(f"{root}/{folder}")
    except (FileNotFoundError, NotADirectoryError):
        return FolderFacts(folder=folder)
    except OSError as error:
        too_deep = error.errno == errno.ENAMETOOLONG
        return FolderFacts(folder=folder, error=None if too_deep else error, too_deep=too_deep)
    _put_back_strays(root, folder, listing.names, claims)
    return FolderFacts(
        folder=folder,
        candidates=tuple(filter(is_candidate, listing.names)),
        folders=tuple(filter(is_visible_folder, listing.folders)),
    )


def _put_back_strays(root: Path, folder: PurePosixPath, names: Iterable[str], claims: Path) -> None:
    """Give back files whose claim was lost because somebody removed the working state."""
    for hidden in names:
        parts = hidden_to_name(hidden)
        if parts is None or (claims / parts[0]).exists():
            continue
        with suppress(OSError), HeldFolder(root, folder.parts) as held:
            if time.time() - held.stat(hidden).st_ctime > _STRAY_S:
                put_back(held, hidden, parts[1])
