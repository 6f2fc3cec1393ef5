"""Documents on their way to a host: asked for piece by piece, each once."""

from collections.abc import Callable, Collection
from pathlib import Path

from pipeline.cluster.document_store import Arrival, DocumentStore
from pipeline.cluster.messages import Piece, Wanted


class Arrivals:
    """Knows what has been asked for and is not whole yet."""

    def __init__(self, store: DocumentStore, *, shared: str, ask: Callable[[Wanted], None]) -> None:
        """Begin with nothing on its way.

        Args:
            store: Keeps what has arrived.
            shared: A folder that host and daemon both see; empty for none.
            ask: Called with what is wanted next.
        """
        self._store = store
        self._shared = shared
        self._ask = ask
        self._coming: dict[str, Arrival] = {}

    def fetch(self, sha256: str, path: Path) -> None:
        """Ask for a document that is not here; ``path`` is its place on the daemon's machine."""
        if self._store.find(sha256) is not None or sha256 in self._coming:
            return
        if self._shared and path.is_relative_to(self._shared) and self._store.adopt(sha256, path):
            return
        self._coming[sha256] = self._store.arriving(sha256)
        self._ask(Wanted(sha256=sha256, offset=0))

    def take(self, piece: Piece, in_use: Collection[str]) -> str:
        """Take a piece, and ask for the next one.

        Args:
            piece: Of a document.
            in_use: Documents for which no room may be made.

        Returns:
            Why the document cannot be had, as a sentence; empty where it is whole, or still coming.
        """
        arrival = self._coming.get(piece.sha256)
        if arrival is None or piece.offset != arrival.offset:
            return ""
        try:
            if not arrival.offset:
                self._store.make_room(piece.size, in_use)
            arrival.add(piece.data)
            if arrival.offset < piece.size and piece.data:
                self._ask(Wanted(sha256=piece.sha256, offset=arrival.offset))
                return ""
            whole = arrival.finish()
        except OSError as error:
            del self._coming[piece.sha256]
            return f"{self._store.folder}: {error.strerror or error}"
        del self._coming[piece.sha256]
        if not whole:
            return "the document did not arrive as it was sent"
        self._store.keep(piece.sha256, piece.size)
        return ""

    def clear(self) -> None:
        """Forget what is on its way."""
        self._coming.clear()
