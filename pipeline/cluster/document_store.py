"""The documents that a host keeps on its disk, by their hashes; those not used for longest are removed first.

What is here may be lost at any time: the daemon has every document.
"""

import hashlib
import os
import shutil
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path

from pipeline.files.atomic import file_to_sha256

_PRIVATE = 0o700


class DocumentStore:
    """A folder of documents, with a limit."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """Begin with an empty folder: what an earlier process left there cannot be trusted to be whole.

        Args:
            folder: Its own; what is in it is removed.
            most_bytes: Of all documents together. A single larger one is kept all the same, alone.

        Raises:
            OSError: The folder cannot be made.
        """
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=_PRIVATE, parents=True)
        self.folder = folder
        self._most_bytes = most_bytes
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._shared: dict[str, Path] = {}

    @property
    def free_mib(self) -> int:
        """Space on its disk; 0 where that cannot be found out."""
        try:
            return shutil.disk_usage(self.folder).free >> 20
        except OSError:
            return 0

    def find(self, sha256: str) -> Path | None:
        """The document's file; None where it is not here."""
        if sha256 in self._shared:
            return self._shared[sha256]
        if sha256 not in self._sizes:
            return None
        self._sizes.move_to_end(sha256)
        return self._file(sha256)

    def adopt(self, sha256: str, path: Path) -> bool:
        """Use a file where it is, on a path that the daemon shares, if its bytes are the document's."""
        try:
            same = file_to_sha256(path) == sha256
        except OSError:
            return False
        if same:
            self._shared[sha256] = path
        return same

    def make_room(self, size: int, in_use: Collection[str]) -> None:
        """Remove the documents that were not used for longest, but for those in use, until ``size`` more bytes fit."""
        for sha256 in [each for each in self._sizes if each not in in_use]:
            if sum(self._sizes.values()) + size <= self._most_bytes:
                return
            del self._sizes[sha256]
            self._file(sha256).unlink(missing_ok=True)

    def keep(self, sha256: str, size: int) -> Path:
        """Take a document in whose bytes have come whole; returns its file."""
        self._sizes[sha256] = size
        return self._file(sha256)

    def _file(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.pdf"

    def arriving(self, sha256: str) -> "Arrival":
        """A document that is about to come."""
        return Arrival(self._file(sha256), sha256)


class Arrival:
    """A document of which pieces come, in order."""

    def __init__(self, file: Path, sha256: str) -> None:
        self._file = file
        self._sha256 = sha256
        self._hash = hashlib.sha256()
        self.offset = 0

    def add(self, data: bytes) -> None:
        """Add the piece that begins at ``offset``.

        Raises:
            OSError: It cannot be written.
        """
        handle = os.open(self._draft, os.O_WRONLY | os.O_CREAT | (os.O_APPEND if self.offset else os.O_TRUNC), 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(data)
        self._hash.update(data)
        self.offset += len(data)

    def finish(self) -> bool:
        """Give it its name; False where the bytes are not the document's."""
        if self._hash.hexdigest() != self._sha256:
            self._draft.unlink(missing_ok=True)
            return False
        self._draft.rename(self._file)
        return True

    @property
    def _draft(self) -> Path:
        return self._file.with_suffix(".part")
