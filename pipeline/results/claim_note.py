"""Notes in a work folder: what was claimed, where it came from, and what is known of its bytes."""

from contextlib import suppress
from dataclasses import dataclass

from pipeline.choices import Engine, Output
from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.files.stamp import Stamp
from pipeline.results.state_folder import WorkFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a file was taken from.

    Attributes:
        root: Path of the inbox.
        way: The file's path, relative to the root.
        stamp: Its state when it was opened.
    """

    root: str
    way: str
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The note of a claim; a fact may be missing because an older release did not write it or the disk is damaged.

    Attributes:
        origin: None where the file stays where it is, and a copy is claimed.
        in_place: State of a file that stays where it is and is not copied, since it is too large to be read.
    """

    name: str = "recovered.pdf"
    folder: str = "."
    claimed_at: float | None = None
    only: tuple[int, ...] = ()
    engine: Engine | None = None
    outputs: tuple[Output, ...] = ()
    origin: Origin | None = None
    in_place: Stamp | None = None
    late: bool = False
    again: bool = False
    patient: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Facts about the bytes that were claimed.

    Attributes:
        sha256: Hexadecimal; empty for a file that is too large to be read.
        cut_off: Whether it is a PDF whose end is missing.
        mended: Whether it is a PDF whose table of objects is broken, so that readers make it anew.
    """

    sha256: str
    size: int
    cut_off: bool
    mended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Digest:
    """The facts of the bytes, and the file to which they belong."""

    claimed: Claimed
    inode: int
    modified_ns: int


def read_claim(work_folder: WorkFolder) -> Claim:
    """What was claimed, and from where; if the note cannot be used, only the name is lost, not the document."""
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(work_folder.claim), Claim)
    return Claim()


def write_digest(work_folder: WorkFolder, claimed: Claimed) -> None:
    """Save the next daemon from reading the original again; the note is not synced, so a power cut may lose it."""
    with suppress(OSError):
        facts = work_folder.original.stat()
        note = _Digest(claimed=claimed, inode=facts.st_ino, modified_ns=facts.st_mtime_ns)
        write_whole(work_folder.digest, [value_to_json(note)], lasting=False)


def read_digest(work_folder: WorkFolder) -> Claimed | None:
    """What is known of the original's bytes; None where nothing is known, or they have changed.

    Raises:
        OSError: There is no original.
    """
    facts = work_folder.original.stat()
    with suppress(OSError, ValueError):
        note = json_to_value(read_regular(work_folder.digest), _Digest)
        if (note.inode, note.modified_ns, note.claimed.size) == (facts.st_ino, facts.st_mtime_ns, facts.st_size):
            return note.claimed
    return None
