"""The notices that hooks must still get: one file each, so that none is lost at a restart."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.host.moving import remove

#: The events for hooks: the outcome of a document, or that nothing is in work any more.
HookEvent = Literal["complete", "partial", "failed", "idle"]

#: Seconds until a notice is sent again, after the first attempt, the second, and so on.
_PAUSES_S = (2.0, 8.0, 30.0, 120.0, 600.0, 3600.0)
# Seconds after which a notice is given up.
_LASTING_S = 3 * 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice; times are in seconds since the epoch.

    Attributes:
        ident: Equal for each repetition, and different for any other notice.
        manifest: Path of the document's manifest, relative to the outbox; None for ``idle``.
        attempts: Number of failed attempts.
        due_at: Time of the next attempt.
    """

    ident: str
    event: HookEvent
    manifest: str | None
    noted_at: float
    attempts: int = 0
    due_at: float = 0.0


class Notices:
    """The files of the notices; one thread changes them, others may add some."""

    def __init__(self, folder: Path) -> None:
        """Keep them in this folder, which is created when needed."""
        self._folder = folder

    def add(self, ident: str, event: HookEvent, manifest: str | None) -> None:
        """Add a notice; if it exists already, it is sent once more.

        Raises:
            OSError: It cannot be written.
        """
        self._folder.mkdir(exist_ok=True)
        self._write(Notice(ident=ident, event=event, manifest=manifest, noted_at=time.time()))

    def all(self) -> Iterator[Notice]:
        """All notices, the oldest first.

        Raises:
            OSError: The folder cannot be read.
        """
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            with suppress(OSError, ValueError):  # one that cannot be read holds up no other
                yield json_to_value(read_regular(path), Notice)

    def remove(self, notice: Notice) -> None:
        """Remove a notice that was delivered.

        Raises:
            OSError: It cannot be removed.
        """
        remove(self._path(notice), missing_ok=True)

    def put_off(self, notice: Notice, now: float) -> float | None:
        """Note a failed attempt; returns the seconds until the next one, None after the last one.

        Raises:
            OSError: It cannot be written.
        """
        pause = _PAUSES_S[min(notice.attempts, len(_PAUSES_S) - 1)]
        if now + pause > notice.noted_at + _LASTING_S:
            self.remove(notice)
            return None
        self._write(replace(notice, attempts=notice.attempts + 1, due_at=now + pause))
        return pause

    def _write(self, notice: Notice) -> None:
        write_whole(self._path(notice), [value_to_json(notice)])

    def _path(self, notice: Notice) -> Path:
        return self._folder / f"{notice.ident}.json"
