"""Whether the outbox and its working state are still the ones with which the daemon began."""

import os
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path

from pipeline.files.lock import Lock
from pipeline.host.held_folder import KeptFolder
from pipeline.results.state_folder import StateFolder


class OutboxState(Enum):
    """What can happen to an outbox."""

    PRESENT = "present"
    #: Deleted, renamed, or mounted again: it can be created again.
    REMOVED = "removed"
    #: Its disk is not mounted, its parent folder is gone, or a file is in its place: it may come back.
    AWAY = "away"


class OutboxGuard:
    """Looks at the outbox when asked; keeps the working state open, so that it is found even after it was renamed."""

    def __init__(self, outbox: Path, state: StateFolder, lock: Lock) -> None:
        """Remember which folder is there.

        Args:
            outbox: That the daemon works on.
            state: Its working state, whose folders exist.
            lock: That the daemon holds.

        Raises:
            OSError: It is not there.
        """
        self._outbox = outbox
        self._state = state
        self._lock = lock
        self._device = outbox.stat().st_dev
        self._mounted = os.path.ismount(outbox)
        self._work = KeptFolder(state.work)
        self._scratch = state.scratch.stat()

    def close(self) -> None:
        """Keep nothing open any more."""
        self._work.close()

    def look(self) -> OutboxState:
        """What has happened to the outbox."""
        if self._in_place():
            return OutboxState.PRESENT
        if os.path.lexists(self._outbox) and not self._outbox.is_dir():  # a file, or a link to where nothing is
            return OutboxState.AWAY
        with suppress(OSError):
            ground = self._outbox if self._outbox.exists() else self._outbox.parent
            if ground.stat().st_dev == self._device or self._is_mounted_again():
                return OutboxState.REMOVED
        return OutboxState.AWAY

    def _is_mounted_again(self) -> bool:
        """Whether the disk is there again under another device number: network shares get a new one each time."""
        return self._state.lock.exists() or (self._mounted and os.path.ismount(self._outbox))

    def move_back(self, state: StateFolder) -> Iterator[str]:
        """Move the documents of a working state that was renamed into another one; yields the ident of each.

        Args:
            state: The new one.
        """
        if not self._work.is_at(state.work):
            yield from self._work.empty_into(state.work)

    def _in_place(self) -> bool:
        try:
            return (
                self._lock.in_place
                and self._work.is_at(self._state.work)
                and os.path.samestat(self._scratch, self._state.scratch.stat())
            )
        except OSError:
            return False
