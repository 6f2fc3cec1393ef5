"""Notices that the system tells of no new files although the watch seems to work, as on some network shares."""

from collections.abc import Iterable
from pathlib import PurePosixPath

# Seconds within which the system tells of a file that a regular look has found; many times what a busy machine needs.
_TOLD_WITHIN_S = 10.0


class MissedEvents:
    """Compares the files that regular looks at the inbox find with those that events have told of.

    Attributes:
        noticed: Whether events were missed, and none has come since.
    """

    def __init__(self) -> None:
        """Begin without any file."""
        self._not_told: dict[PurePosixPath, float] = {}
        self.noticed = False

    def note_found(self, files: Iterable[PurePosixPath], now: float) -> None:
        """Note files that a regular look has found, and of which no event has told before."""
        self._not_told |= dict.fromkeys(files, now)

    def note_event(self, file: PurePosixPath) -> bool:
        """Note an event; returns whether it is the first one after some were missed."""
        self._not_told.pop(file, None)
        before, self.noticed = self.noticed, False
        return before

    def forget(self) -> None:
        """Expect no events of the files that were found so far."""
        self._not_told.clear()

    def check(self, now: float) -> bool:
        """Whether it is noticed just now that events were missed."""
        if all(found + _TOLD_WITHIN_S >= now for found in self._not_told.values()):
            return False
        self.forget()
        self.noticed = True
        return True
