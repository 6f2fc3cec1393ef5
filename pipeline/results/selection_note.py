"""Notes of selections: documents that a user wants to be done again, written down before the first one is claimed.

So a selection survives the death of the daemon in the middle of it. What was claimed by then is in work, and what was
delivered again since has another time in its manifest: only the rest is left to be done.
"""

import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.results.claim_note import read_claim, read_digest
from pipeline.results.state_folder import StateFolder

_PRIVATE = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedDocument:
    """A document as it was when it was selected.

    Attributes:
        manifest: Path of its manifest, relative to the outbox.
        finished_at: As in the manifest.
    """

    manifest: str
    finished_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionNote:
    """A selection.

    Attributes:
        everything: Whether all pages are asked again, not only those that fell back.
    """

    documents: tuple[SelectedDocument, ...]
    everything: bool


def write_selection(state: StateFolder, documents: Sequence[SelectedDocument], *, everything: bool) -> Path:
    """Write a selection down; returns its note, which is to be removed when all is done.

    Raises:
        OSError: It cannot be written.
    """
    state.selections.mkdir(mode=_PRIVATE, exist_ok=True)
    path = state.selections / f"{time.time_ns():020}-{secrets.token_hex(4)}.json"
    write_whole(path, [value_to_json(SelectionNote(documents=tuple(documents), everything=everything))])
    return path


def read_selections(state: StateFolder) -> list[tuple[Path, SelectionNote]]:
    """The notes of selections that were interrupted, oldest first; a damaged one orders nothing."""
    found = []
    for path in sorted(state.selections.glob("*.json")):
        with suppress(OSError, ValueError):
            found.append((path, json_to_value(read_regular(path), SelectionNote)))
    return found


def in_work_again(state: StateFolder) -> set[tuple[str, str, str]]:
    """Folder, name and SHA-256 of each delivered document that is in work again.

    Raises:
        OSError: The work folder cannot be listed.
    """
    found = set()
    for work_folder in state.documents():
        claim = read_claim(work_folder)
        with suppress(OSError):
            if claim.again and (claimed := read_digest(work_folder)) is not None:
                found.add((claim.folder, claim.name, claimed.sha256))
    return found
