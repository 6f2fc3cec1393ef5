"""Pieces of text kept aside while the rest is parsed."""

import re
from typing import Final

# Noncharacters: pipeline.markup.characters removes them from every answer, so they never occur in an answer's text.
_OPEN: Final = "\ufdd0"
_CLOSE: Final = "\ufdd1"
_HELD: Final = re.compile(f"{_OPEN}([0-9]{{1,9}}){_CLOSE}")


class SetAside:
    """Gives a place holder for each piece and puts the pieces back."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def keep(self, piece: str) -> str:
        """The place holder that stands for the piece from now on; pieces may hold place holders themselves."""
        self._pieces.append(self.restore(piece))
        return f"{_OPEN}{len(self._pieces) - 1}{_CLOSE}"

    def restore(self, text: str) -> str:
        """The text with every place holder replaced by its piece."""
        return _HELD.sub(self._piece, text)

    def _piece(self, match: re.Match[str]) -> str:
        number = int(match[1])
        return self._pieces[number] if number < len(self._pieces) else ""
