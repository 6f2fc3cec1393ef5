"""When a file in the inbox is complete: closed after writing, renamed in, or unchanged for a while."""

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.host.files import is_held_open

# Names that wait for their rename: hidden, of office programs, of downloads and uploads.
_TEMPORARY = re.compile(r"^\.|^~\$|\.(part|tmp|crdownload)$", re.IGNORECASE)
_IGNORED_FOLDERS = frozenset({"@eaDir"})

# How long a file that nobody has changed may be kept waiting by a program that still holds it open for writing.
HELD_OPEN_S = 60.0

# A PDF ends with this mark; a file that was closed without it may be opened again to be written on.
_END_MARK = b"%%EOF"
_END_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What tells one state of a file from another.

    Attributes:
        modified_ns: Of the content, as programs set it.
        changed_ns: Of the file, as the kernel sets it: also where a program puts the time of modification back, and
            where the file is made readable.
    """

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A file that is looked at until it is complete.

    Attributes:
        stamp: Its state at the last look.
        since: When it was first seen in this state, in seconds of the monotonic clock.
        finished: An event has said that it was closed or renamed in.
    """

    stamp: Stamp
    since: float
    finished: bool


def is_candidate(name: str) -> bool:
    """Whether a file name is that of a PDF that somebody has finished naming."""
    return name.lower().endswith(".pdf") and not _TEMPORARY.search(name)


def is_visible_folder(name: str) -> bool:
    """Whether a subfolder of the inbox is looked into."""
    return not name.startswith(".") and name not in _IGNORED_FOLDERS


def files_below(root: Path, fails: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """Everything below a folder that is named like a finished PDF, whatever it is.

    Args:
        root: May be missing.
        fails: Told of folders that cannot be looked into, which are left out.
    """
    for folder, folders, names in os.walk(root, onerror=fails):
        folders[:] = sorted(name for name in folders if is_visible_folder(name))
        yield from (Path(folder, name) for name in sorted([*names, *folders]) if is_candidate(name))


def stamp_of(path: Path) -> Stamp | None:
    """The state of a regular file; None where it is something else.

    Raises:
        OSError: It is gone, or cannot be looked at.
    """
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        return None
    return Stamp(
        device=facts.st_dev,
        inode=facts.st_ino,
        size=facts.st_size,
        modified_ns=facts.st_mtime_ns,
        changed_ns=facts.st_ctime_ns,
    )


def look_again(before: Sighting | None, stamp: Stamp, *, finished: bool, now: float) -> Sighting:
    """The next state of a file that is waited for."""
    if before is None or before.stamp != stamp:
        return Sighting(stamp=stamp, since=now, finished=finished)
    return Sighting(stamp=stamp, since=before.since, finished=before.finished or finished)


def seconds_until_complete(path: Path, sighting: Sighting, *, settle: float, now: float) -> float:
    """0.0 for a file that is complete, otherwise the seconds after which to look again.

    Args:
        path: Of the file.
        sighting: Its state now.
        settle: Seconds of no change that make a file complete where no event says so.
        now: Seconds of the monotonic clock.

    Raises:
        OSError: The file is gone or cannot be opened.
    """
    unchanged = now - sighting.since
    if unchanged >= HELD_OPEN_S:
        return 0.0
    if is_held_open(path):
        return settle
    if sighting.finished and sighting.stamp.size and _has_end_mark(path, sighting.stamp.size):
        return 0.0
    return max(0.0, settle - unchanged)


def _has_end_mark(path: Path, size: int) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, size - _END_BYTES))
        return _END_MARK in file.read(_END_BYTES)
