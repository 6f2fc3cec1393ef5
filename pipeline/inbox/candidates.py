"""Finds the files of an inbox that may be documents, by listing its folders."""

import errno
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.files.folders import list_folder, walk_folders
from pipeline.host.held_folder import HeldFolder
from pipeline.inbox.file_names import is_candidate, is_visible_folder
from pipeline.inbox.left_alone import LeftAlone, find_left_alone
from pipeline.kinds import ALL_KINDS, Kind
from pipeline.results.claiming import hidden_to_name, put_back

# Seconds after which a file that a claim has set aside is given back, if it belongs to no document in work.
_STRAY_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxListing:
    """The files of an inbox.

    Attributes:
        files: That are named like finished documents.
        left: The others.
    """

    files: tuple[Path, ...]
    left: LeftAlone


def list_below(root: Path, kinds: Collection[Kind] = ALL_KINDS) -> InboxListing:
    """Every file below a folder.

    Args:
        root: May be missing; folders that cannot be listed are left out.
        kinds: That are read.
    """
    files: list[Path] = []
    left = LeftAlone()
    for listing in walk_folders(root, enter=lambda _, name: is_visible_folder(name)):
        files += (Path(listing.folder, name) for name in listing.names if is_candidate(name, kinds))
        folder = PurePosixPath(Path(listing.folder).relative_to(root).as_posix())
        left += find_left_alone(folder, listing.names, kinds)
    return InboxListing(files=tuple(files), left=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """The content of one folder of an inbox.

    Attributes:
        folder: Its path, relative to the inbox.
        candidates: Names of files that may be documents.
        folders: Names of the subfolders to look into.
        error: Why it could not be listed; None also for a folder that is gone.
        too_deep: Its path is longer than the system allows.
        left: The other files there.
    """

    folder: PurePosixPath
    candidates: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    error: OSError | None = None
    too_deep: bool = False
    left: LeftAlone = field(default_factory=LeftAlone)


def look_into(root: Path, folder: PurePosixPath, claims: Path, kinds: Collection[Kind] = ALL_KINDS) -> FolderFacts:
    """List one folder of an inbox, and give back files there that an interrupted claim has set aside.

    Args:
        root: The inbox.
        folder: Its path, relative to the inbox.
        claims: The folder of the documents in work.
        kinds: That are read.
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
        candidates=tuple(name for name in listing.names if is_candidate(name, kinds)),
        folders=tuple(filter(is_visible_folder, listing.folders)),
        left=find_left_alone(folder, listing.names, kinds),
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
