"""Claims a file: moves exactly the bytes that were looked at from the inbox to a work folder where nobody else writes.

A claim by rename works like this. The file is opened through folders that are not links. It is renamed out of the
inbox, to ``taken.pdf``. Then it is compared with what was opened. If somebody else may still write to it, through an
open descriptor or a second name, it is copied, and the copy is the document; else it is renamed to ``original.pdf``. If
the inbox is on another file system, the file is first renamed in its own folder, to a hidden name. So no newer version
under its old name can be mistaken for it, and a folder from which nothing can be removed is noticed before anything is
copied. A file that is not the one that was looked at is put back where it was.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path, PurePosixPath

from pipeline.errors import ChangedError, IrregularError, TooLargeError
from pipeline.files.atomic import copy_hashed, hash_open, open_regular
from pipeline.files.endings import Ending, ending_of, has_broken_index
from pipeline.files.stamp import Stamp
from pipeline.host.files import is_written_to
from pipeline.host.held_folder import HeldFolder
from pipeline.host.moving import move, remove
from pipeline.results.claim_note import Claimed
from pipeline.results.state_folder import WorkFolder

#: The beginning of the hidden name of a file that is being copied from another file system.
ASIDE = ".dropleaf-taken-"
_KINDS = {
    stat.S_IFLNK: "symbolic link",
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}
_MIB = 1 << 20
_NAME_BYTES = 255


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that is to be claimed.

    Attributes:
        root: The inbox, or another folder; may be a link.
        relative: The file's path, relative to the root; no part of it may be a link.
        stamp: Its state when it was looked at; None to take it in any state.
        held_open: Whether it is taken although some program has it open for writing, since that has lasted too long.
    """

    root: Path
    relative: PurePosixPath
    stamp: Stamp | None = None
    held_open: bool = False

    @property
    def name(self) -> str:
        """Of the file."""
        return self.relative.name

    @property
    def path(self) -> Path:
        """Of the file."""
        return self.root / self.relative

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of the folders between the root and the file."""
        return self.relative.parts[:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a file is to be claimed.

    Attributes:
        copy: Leave the original where it is.
        most_mib: A larger file is not read: it is moved by a rename where that is possible, else it stays.
        stopping: Says whether the daemon is to end; called between the parts of a long read.
    """

    copy: bool
    most_mib: int | None = None
    stopping: Callable[[], bool] = _never


_IDENT_LENGTH = len("20260101T000000.000-00000000")


def hidden_to_name(hidden: str) -> tuple[str, str] | None:
    """The claim's ident and the original name, from a hidden name; None for any other name."""
    ident, rest = hidden[len(ASIDE) :][:_IDENT_LENGTH], hidden[len(ASIDE) + _IDENT_LENGTH :]
    return (ident, rest[1:]) if hidden.startswith(ASIDE) and rest.startswith("-") and rest[1:] else None


def aside_name(work_folder: WorkFolder, name: str) -> str:
    """The hidden name of a file that is being copied, short enough for a file system."""
    hidden = f"{ASIDE}{work_folder.root.name}-{name}"
    while len(os.fsencode(hidden)) > _NAME_BYTES:
        hidden = hidden[:-1]
    return hidden


@contextmanager
def open_source(source: Source) -> Iterator[int]:
    """A descriptor for reading a file in the inbox, once it is sure that it is the file that was looked at.

    Raises:
        ChangedError: It is another file by now.
        IrregularError: It is not a regular file, or a part of its path is a link.
        OSError: It is gone, or cannot be opened.
    """
    with _open_folder(source) as folder:
        handle = _open_file(folder, source)
    try:
        if source.stamp not in {None, handle_to_stamp(handle)}:
            raise ChangedError(f"{source.path} was changed while it was claimed.")
        yield handle
    finally:
        os.close(handle)


def handle_to_stamp(handle: int) -> Stamp:
    """The state of an open file; its name may have changed since it was opened.

    Raises:
        IrregularError: It is no regular file.
    """
    facts = os.fstat(handle)
    stamp = Stamp.of(facts)
    if stamp is None:
        raise IrregularError(_mode_to_kind(facts.st_mode))
    return stamp


def _open_folder(source: Source) -> HeldFolder:
    try:
        return HeldFolder(source.root, source.folders)
    except OSError as error:
        # For a link that must not be followed Linux reports ELOOP or ENOTDIR (open(2), O_NOFOLLOW).
        if error.errno == errno.ELOOP or (error.errno == errno.ENOTDIR and source.path.parent.is_dir()):
            raise IrregularError("symbolic link") from error
        raise


def _open_file(folder: HeldFolder, source: Source) -> int:
    mode = folder.stat(source.name).st_mode
    if not stat.S_ISREG(mode):  # already opening a device may have an effect on it
        raise IrregularError(_mode_to_kind(mode))
    return folder.open(source.name)


def _mode_to_kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "special file")


def claim_file(source: Source, work_folder: WorkFolder, terms: Terms) -> Claimed:
    """Take a file out of the inbox, or a copy of it.

    Args:
        source: The file, with its state when it was looked at.
        work_folder: Where it goes.
        terms: How.

    Raises:
        ChangedError: It was replaced or written to meanwhile; what was taken out of the inbox has been put back.
        TooLargeError: It is over the limit, and on another file system.
        StoppedError: We are to stop; the file is where it was.
        OSError: It cannot be claimed; the file is where it was.
    """
    large = _is_too_large(source, terms)
    if terms.copy:
        if large:
            return Claimed(sha256="", size=_size_of(source), cut_off=False)
        with open_source(source) as handle:
            return _copy(handle, source, work_folder, terms)
    with _open_folder(source) as folder:
        try:
            folder.move_out(source.name, work_folder.taken)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        else:
            with _put_back_on_error(folder, work_folder.taken, source):
                return _keep_taken(source, work_folder, terms)
        if large:
            raise TooLargeError(f"The file has {_size_of(source) / _MIB:.0f} MiB; {terms.most_mib} MiB are allowed.")
        aside = aside_name(work_folder, source.name)
        folder.hide(source.name, aside)
        with _put_back_on_error(folder, aside, source):
            claimed = _copy_aside(folder, aside, source, work_folder, terms)
            folder.remove(aside)
            return claimed


def _keep_taken(source: Source, work_folder: WorkFolder, terms: Terms) -> Claimed:
    _check_state(source, work_folder.taken.lstat())
    if _is_too_large(source, terms):
        move(work_folder.taken, work_folder.original)
        return Claimed(sha256="", size=_size_of(source), cut_off=False)
    with open_regular(work_folder.taken) as file:
        _check_unwritten(file.fileno(), source)
        copied = may_be_written(file.fileno())
        claimed = (_copy if copied else _read)(file.fileno(), source, work_folder, terms)
    if copied:
        remove(work_folder.taken)
    else:
        move(work_folder.taken, work_folder.original)
    return claimed


def _copy_aside(folder: HeldFolder, aside: str, source: Source, work_folder: WorkFolder, terms: Terms) -> Claimed:
    _check_state(source, folder.stat(aside))
    handle = folder.open(aside)
    try:
        _check_unwritten(handle, source)
        return _copy(handle, source, work_folder, terms)
    finally:
        os.close(handle)


def may_be_written(handle: int) -> bool:
    """Whether somebody could write to an open file through another descriptor or another name."""
    return os.fstat(handle).st_nlink > 1 or is_written_to(handle) is not False


def _copy(handle: int, source: Source, work_folder: WorkFolder, terms: Terms) -> Claimed:
    before = handle_to_stamp(handle)
    found = _look(handle, before.size)
    sha256 = copy_hashed(handle, work_folder.original, terms.stopping)
    try:
        _check_unchanged(handle, before, source)
    except ChangedError:
        remove(work_folder.original)
        raise
    return replace(found, sha256=sha256)


def _read(handle: int, source: Source, work_folder: WorkFolder, terms: Terms) -> Claimed:
    del work_folder  # the file is there already
    before = handle_to_stamp(handle)
    found = _look(handle, before.size)
    sha256 = hash_open(handle, terms.stopping)
    _check_unchanged(handle, before, source)
    return replace(found, sha256=sha256)


def _look(handle: int, size: int) -> Claimed:
    """What the file's first and last bytes tell of it; its hash is still empty."""
    cut_off = ending_of(handle, size) is Ending.MISSING
    return Claimed(sha256="", size=size, cut_off=cut_off, mended=not cut_off and has_broken_index(handle, size))


def _check_unchanged(handle: int, before: Stamp, source: Source) -> None:
    """Make sure that nobody wrote to the file while it was read.

    Raises:
        ChangedError: Somebody did.
    """
    if handle_to_stamp(handle) != before:
        raise ChangedError(f"{source.path} was written to while it was claimed.")


def _check_state(source: Source, facts: os.stat_result) -> None:
    """Make sure that the file that was taken is the one that was opened.

    Raises:
        ChangedError: It is not.
    """
    if source.stamp is None or not source.stamp.is_renamed(Stamp.of(facts)):
        raise ChangedError(f"{source.path} was replaced or written to while it was claimed.")


def _check_unwritten(handle: int, source: Source) -> None:
    """Make sure that nobody has it open for writing.

    Raises:
        ChangedError: Somebody has.
    """
    if is_written_to(handle) and not source.held_open:
        raise ChangedError(f"{source.path} was opened for writing while it was claimed.")


def _size_of(source: Source) -> int:
    return source.stamp.size if source.stamp else 0


def _is_too_large(source: Source, terms: Terms) -> bool:
    return is_over(terms.most_mib, _size_of(source))


def is_over(most_mib: int | None, size: int) -> bool:
    """Whether a file of this many bytes is too large to be read."""
    return most_mib is not None and size > most_mib * _MIB


@contextmanager
def _put_back_on_error(folder: HeldFolder, where: Path | str, source: Source) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(OSError):  # if this fails, it is put back at the next start
            put_back(folder, where, source.name)
        raise


def read_claimed(original: Path, most_mib: int | None) -> Claimed:
    """Read a document's bytes for their facts; a file over the limit is not read.

    Raises:
        OSError: It cannot be read.
    """
    with open_regular(original) as file:
        size = os.fstat(file.fileno()).st_size
        if is_over(most_mib, size):
            return Claimed(sha256="", size=size, cut_off=False)
        return replace(_look(file.fileno(), size), sha256=hash_open(file.fileno()))


def put_back(folder: HeldFolder, where: Path | str, name: str) -> str:
    """Put a file back into the inbox; returns the name that it gets there.

    Args:
        folder: Of the inbox.
        where: Its path, or its hidden name in the folder.
        name: The name that it had; where another file has that by now, it gets a number.

    Raises:
        OSError: It cannot be put there.
    """
    for each in numbered(name):
        try:
            if isinstance(where, Path):
                folder.move_in(where, each)
            else:
                folder.rename(where, each)
        except FileExistsError:
            if not _has_name(folder, where, each):
                continue
            _remove(folder, where)  # it has both names, since a daemon died between the two steps
        return each
    raise AssertionError  # the generator of names never ends


def _has_name(folder: HeldFolder, where: Path | str, name: str) -> bool:
    facts = where.lstat() if isinstance(where, Path) else folder.stat(where)
    return os.path.samestat(facts, folder.stat(name))


def _remove(folder: HeldFolder, where: Path | str) -> None:
    if isinstance(where, Path):
        remove(where)
    else:
        folder.remove(where)


def numbered(name: str) -> Iterator[str]:
    """``report.pdf``, ``report-2.pdf``, ``report-3.pdf`` …, each short enough for a file name."""
    yield name
    stem, dot, kind = name.rpartition(".")
    for number in count(2):
        ending = f"-{number}{dot}{kind}"
        begin = stem
        while len(os.fsencode(begin + ending)) > _NAME_BYTES:
            begin = begin[:-1]
        yield begin + ending
