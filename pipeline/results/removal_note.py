"""Notes of documents that were removed: by them each can be returned, and an interrupted removal be finished."""

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path

from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.results.state_folder import StateFolder

_IDENT = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}")
_PRIVATE = 0o700


class RemovalState(StrEnum):
    """Where a document is: on its way out, in ``removed/``, or on its way back."""

    LEAVING = "leaving"
    REMOVED = "removed"
    RETURNING = "returning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A note of a document that was removed.

    Attributes:
        ident: Of the note; begins with the time, so idents sort by age.
        stem: Where its results were: path in the outbox, without ending.
        removed_stem: Where they are.
        name: Of the file, as it was dropped.
        removed_at: Seconds since the epoch.
        state: How far it is.
        inodes: Of each file or folder that is moved, by its ending: what somebody puts in its place is not moved.
    """

    ident: str
    stem: str
    removed_stem: str
    name: str
    removed_at: float
    state: RemovalState = RemovalState.LEAVING
    inodes: Mapping[str, int] = field(default_factory=dict)


def new_ident() -> str:
    """An ident for a note of now."""
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(4)}"


def read_removals(state: StateFolder, most: int | None = None) -> list[Removal]:
    """The notes, the latest first; damaged ones are left out.

    Args:
        state: Working state of the outbox.
        most: How many are read; None for all.
    """
    return list(islice(_notes(state), most))


def count_removals(state: StateFolder) -> int:
    """How many notes there are."""
    return sum(1 for _ in state.removals.glob("*.json"))


def read_removal(state: StateFolder, ident: str) -> Removal | None:
    """One note; None where there is none, whatever the ident is."""
    return _read(_path(state, ident)) if _IDENT.fullmatch(ident) else None


def write_removal(state: StateFolder, removal: Removal) -> None:
    """Write a note, or write it anew.

    Raises:
        OSError: It cannot be written.
    """
    state.removals.mkdir(mode=_PRIVATE, exist_ok=True)
    write_whole(_path(state, removal.ident), [value_to_json(removal)])


def forget_removal(state: StateFolder, ident: str) -> None:
    """Remove a note.

    Raises:
        OSError: It cannot be removed.
    """
    _path(state, ident).unlink(missing_ok=True)


def _notes(state: StateFolder) -> Iterator[Removal]:
    for path in sorted(state.removals.glob("*.json"), reverse=True):
        if (removal := _read(path)) is not None:
            yield removal


def _path(state: StateFolder, ident: str) -> Path:
    return state.removals / f"{ident}.json"


def _read(path: Path) -> Removal | None:
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(path), Removal)
    return None
