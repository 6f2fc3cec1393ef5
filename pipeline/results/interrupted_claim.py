"""Claims that a crash interrupted: finished if the file is still the one that was looked at, else undone."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath

from pipeline.files.atomic import copy_hashed, open_regular
from pipeline.files.stamp import Stamp
from pipeline.host.files import is_written_to
from pipeline.host.held_folder import HeldFolder
from pipeline.host.moving import move, remove
from pipeline.results.claim_note import Origin
from pipeline.results.claiming import Source, aside_name, is_over, may_be_written, put_back
from pipeline.results.state_folder import WorkFolder


def mend_claim(origin: Origin, work_folder: WorkFolder, most_mib: int | None) -> None:
    """Finish an interrupted claim, or undo it; after an undo there is no original in the work folder.

    Args:
        origin: Where the file came from.
        work_folder: Where it went.
        most_mib: Larger files are not copied.

    Raises:
        OSError: Neither is possible now; nothing is lost.
    """
    source = Source(root=Path(origin.root), relative=PurePosixPath(origin.way), stamp=origin.stamp)
    if os.path.lexists(work_folder.taken):
        _mend_taken(source, work_folder, most_mib)
    try:
        folder = HeldFolder(source.root, source.folders)
    except OSError:  # the inbox is gone, and the hidden file with it
        return
    with folder:
        _mend_aside(source, folder, work_folder)


def _mend_taken(source: Source, work_folder: WorkFolder, most_mib: int | None) -> None:
    same = source.stamp is not None and source.stamp.is_renamed(Stamp.of(work_folder.taken.lstat()))
    if same and work_folder.original.exists():
        remove(work_folder.taken)  # the copy is complete
    elif not same or not _finish(work_folder, most_mib):
        _put_back_anywhere(source, work_folder)


def _finish(work_folder: WorkFolder, most_mib: int | None) -> bool:
    """Make a document of a file that was taken, but not compared yet; returns False if somebody still writes to it."""
    with open_regular(work_folder.taken) as file:
        if is_written_to(file.fileno()):
            return False
        large = is_over(most_mib, os.fstat(file.fileno()).st_size)
        copied = not large and may_be_written(file.fileno())
        if copied:
            copy_hashed(file.fileno(), work_folder.original)
    if copied:
        remove(work_folder.taken)
    else:
        move(work_folder.taken, work_folder.original)
    return True


def _put_back_anywhere(source: Source, work_folder: WorkFolder) -> None:
    for folders in (source.folders, ()):
        with suppress(OSError), HeldFolder(source.root, folders) as folder:
            put_back(folder, work_folder.taken, source.name)
            return
    if work_folder.original.exists() or not stat.S_ISREG(work_folder.taken.lstat().st_mode):
        raise FileNotFoundError(errno.ENOENT, "The inbox is gone, and this came from there", str(work_folder.taken))
    move(work_folder.taken, work_folder.original)  # there is no other place for it, so it becomes the document


def _mend_aside(source: Source, folder: HeldFolder, work_folder: WorkFolder) -> None:
    aside = aside_name(work_folder, source.name)
    try:
        facts = folder.stat(aside)
    except FileNotFoundError:
        return
    stamp = source.stamp
    if work_folder.original.exists() and stamp is not None and stamp.is_renamed(Stamp.of(facts)):
        folder.remove(aside)
    else:
        put_back(folder, aside, source.name)
