"""Passwords of PDFs as the page knows them: those of the settings, and what users enter, kept in memory only."""

from collections import OrderedDict

# More documents than somebody enters passwords for while a daemon runs.
_MOST = 1000


class Passwords:
    """Any thread may ask; only the page's event loop adds."""

    def __init__(self, usual: tuple[str, ...]) -> None:
        """Begin with those of the settings."""
        self._usual = usual
        self._entered: OrderedDict[str, str] = OrderedDict()

    def enter(self, sha256: str, password: str) -> None:
        """Keep what a user has entered for the document with these bytes, in place of what was entered before."""
        self._entered[sha256] = password
        self._entered.move_to_end(sha256)
        while len(self._entered) > _MOST:
            self._entered.popitem(last=False)

    def entered(self, sha256: str) -> str | None:
        """What a user has entered for a document."""
        return self._entered.get(sha256)

    def of(self, sha256: str) -> tuple[str, ...]:
        """The passwords to try for a document, in order."""
        entered = self._entered.get(sha256)
        return self._usual if entered is None else (entered, *self._usual)
