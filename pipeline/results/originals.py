"""Where the PDF of a delivered document lies: beside its result, or, where originals are kept, in the inbox."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipeline.errors import UsageError
from pipeline.files.confined import open_inside

_REMEMBERED = 1000

Stamp = tuple[int, int, int, int]


class Originals:
    """Finds originals, and knows them by their bytes: a file of the same name may be another one by now."""

    def __init__(self, *, outbox: Path, inbox: Path) -> None:
        """Either folder may be missing."""
        self._outbox = outbox
        self._inbox = inbox
        self._known: OrderedDict[Stamp, str] = OrderedDict()

    def find(self, stem: str, *, name: str, sha256: str) -> Path:
        """The path of an original.

        Args:
            stem: Path of the result in the outbox, without its ending.
            name: Of the file, as it was dropped.
            sha256: That it must have.

        Raises:
            UsageError: It is not there any more, or only another one of its name.
        """
        another = False
        for root, relative in self._candidates(stem, name):
            try:
                same = self._sha256_of(root, relative) == sha256
            except OSError:
                continue
            if same:
                return root / relative
            another = True
        if another:
            raise UsageError(f"{stem}.pdf is not the file that {stem}.json was made from")
        raise UsageError(f"{stem}.pdf: the original is not there any more")

    def _candidates(self, stem: str, name: str) -> Iterator[tuple[Path, str]]:
        yield self._outbox, f"{stem}.pdf"
        if name == PurePosixPath(name).name:  # a manifest is a file, and anybody may have written it
            yield self._inbox, str(PurePosixPath(stem).parent / name)

    def _sha256_of(self, root: Path, relative: str) -> str:
        with open_inside(root, relative) as file:
            facts = os.fstat(file.fileno())
            stamp = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
            known = self._known.get(stamp)
            if known is None:
                known = hashlib.file_digest(file, "sha256").hexdigest()
                self._known[stamp] = known
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
            return known
