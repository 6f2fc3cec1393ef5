"""Notes of which bytes were delivered or rejected last, for files that stay in the inbox: only others are looked at.

The results themselves cannot tell: users may move or remove them.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.document import Document
from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.files.stamp import Stamp
from pipeline.host.moving import remove
from pipeline.results.state_folder import StateFolder

_LETTERS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A note about one file.

    Attributes:
        folder: Below the inbox.
        sha256: Empty for a file that is too large to be read.
        in_place: The state of such a file.
    """

    folder: str
    name: str
    sha256: str
    in_place: Stamp | None = None


def note_kept(state: StateFolder, document: Document, in_place: Stamp | None) -> None:
    """Note that a file that stays in the inbox has been delivered or rejected.

    Args:
        state: Of the outbox.
        document: Made from it.
        in_place: State of a file that is too large to be read, None for another one.

    Raises:
        OSError: The note cannot be written.
    """
    state.kept.mkdir(exist_ok=True)
    note = KeptFile(folder=document.folder, name=document.name, sha256=document.sha256, in_place=in_place)
    write_whole(_note(state, document.folder, document.name), [value_to_json(note)])


def sha256_of_kept(state: StateFolder, folder: str, name: str) -> str | None:
    """The SHA-256 of the bytes that were delivered last; None where there is no note."""
    kept = _read(_note(state, folder, name))
    return kept.sha256 if kept else None


def is_rejected_in_place(state: StateFolder, folder: str, name: str, stamp: Stamp) -> bool:
    """Whether a file that is too large to be read has been rejected, and is still the same.

    The number of its device is not compared: a network share gets another one after each start.
    """
    kept = _read(_note(state, folder, name))
    if kept is None or kept.in_place is None:
        return False
    return replace(kept.in_place, device=stamp.device).is_renamed(stamp)


def forget_gone(state: StateFolder, inbox: Path) -> None:
    """Remove the notes of files that are gone from the inbox; keep all where the inbox itself seems to be gone."""
    with suppress(OSError):
        if not any(inbox.iterdir()):  # an empty inbox may be a disk that is not mounted
            return
        for path in state.kept.glob("*.json"):
            kept = _read(path)
            if kept is None or not os.path.lexists(inbox / kept.folder / kept.name):
                remove(path, missing_ok=True)


def _note(state: StateFolder, folder: str, name: str) -> Path:
    key = hashlib.sha256(os.fsencode(f"{folder}/{name}")).hexdigest()[:_LETTERS]
    return state.kept / f"{key}.json"


def _read(path: Path) -> KeptFile | None:
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(path), KeptFile)
    return None
