"""What was delivered and rejected, read from the outbox; there is no other store."""

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.results.doubts import ReviewCounts, add_counts
from pipeline.status.listing import ResultCounts, StatusListing
from pipeline.web.manifest_index import ManifestIndex, Stamp
from pipeline.web.summaries import Summary, read_summary

#: Documents that are listed and searched; of older ones, only their number is known.  Each takes about 1.3 kB.
MOST = 10_000
_IDENT_LETTERS = 24
_NONE = ResultCounts(done=0, failed=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which documents are looked for.

    Attributes:
        words: All must be in the name or the path, in any case; empty for all.
        outcomes: The wanted outcomes; empty for all.
        doubted: Whether only those with something doubted are wanted.
        folder: With those in it; None for all.
    """

    words: str = ""
    outcomes: frozenset[str] = frozenset()
    doubted: bool = False
    folder: str | None = None


class History:
    """A list of summaries that is kept up to date by looking at what has changed.

    Any thread may read; :meth:`refresh` is to be called in one that may wait.
    """

    def __init__(self, outbox: Path, *, heard: Callable[[Sequence[str]], None] | None = None, most: int = MOST) -> None:
        """Prepare; nothing is read yet.

        Args:
            outbox: May be missing.
            heard: Called with the paths of manifests that are new or have changed since the first look.
            most: Documents that are listed: the newest ones.
        """
        self.outbox = outbox
        self._heard = heard
        self._index = ManifestIndex(outbox, most=most)
        self._known: dict[str, tuple[Stamp, Summary | None]] = {}
        self._lock = threading.Lock()
        self._seen = False
        self._summaries: tuple[Summary, ...] = ()
        self._by_ident: Mapping[str, Summary] = {}
        self._counts: Mapping[str, int] = {}
        self._folders: Sequence[str] = ()
        self._older = _NONE
        self._review, self._to_check = ReviewCounts(), 0
        self._listing = StatusListing(done=(), failed=(), counts=_NONE)
        self.version = 0

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """All that are listed, newest first."""
        return self._summaries

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of those that are listed have which outcome."""
        return self._counts

    @property
    def review(self) -> ReviewCounts:
        """What is to be looked at in all that are listed."""
        return self._review

    @property
    def to_check(self) -> int:
        """How many of those that are listed have something doubted."""
        return self._to_check

    @property
    def folders(self) -> Sequence[str]:
        """The folders of those that are listed, in order."""
        return self._folders

    @property
    def older(self) -> int:
        """How many more documents the outbox holds, which are not listed."""
        return self._older.done + self._older.failed

    @property
    def listing(self) -> StatusListing:
        """All that are listed, by where they lie, and the number of all."""
        return self._listing

    def find(self, ident: str) -> Summary | None:
        """The document of this ident, if it is listed."""
        return self._by_ident.get(ident)

    def look_for(self, ident: str) -> Summary | None:
        """The document of this ident, looked for in the outbox where it is not known: listed or not."""
        found = self.find(ident)
        if found is None:
            self.refresh()
            found = self.find(ident)
        if found is None and self.older:
            path = next((path for path in self._index.paths() if path_to_ident(path) == ident), None)
            with suppress(OSError):  # it is gone again
                found = read_summary(self.outbox, path, ident) if path is not None else None
        return found

    def search(self, filters: Filters) -> Sequence[Summary]:
        """The documents that pass, newest first."""
        found: Sequence[Summary] = self._summaries
        if filters.outcomes:
            found = [each for each in found if each.outcome in filters.outcomes]
        if filters.doubted:
            found = [each for each in found if each.doubts]
        if (folder := filters.folder) is not None:
            found = [each for each in found if each.folder == folder or each.folder.startswith(f"{folder}/")]
        for word in filters.words.casefold().split():
            found = [each for each in found if word in each.key]
        return found

    def refresh(self) -> None:
        """Look at the outbox; folders that have not changed are not listed, and such manifests are not read."""
        with self._lock:
            found = self._index.look()
            known = self._read_all(found.newest)
            if known == self._known and found.older == self._older and self._seen:
                return
            before, self._known, self._older = self._known, known, found.older
            self._keep([summary for _, summary in known.values() if summary is not None])
            if self._seen and self._heard is not None:
                self._heard([path for path in found.fresh if _finished(known, path) != _finished(before, path)])
            self._seen = True

    def _read_all(self, newest: Mapping[str, Stamp]) -> dict[str, tuple[Stamp, Summary | None]]:
        known: dict[str, tuple[Stamp, Summary | None]] = {}
        for path, stamp in newest.items():
            before = self._known.get(path)
            if before is not None and before[0] == stamp:
                known[path] = before
                continue
            with suppress(OSError):  # it is gone again, or read at the next look
                known[path] = stamp, read_summary(self.outbox, path, path_to_ident(path))
        return known

    def _keep(self, summaries: Sequence[Summary]) -> None:
        newest_first = tuple(sorted(summaries, key=lambda each: each.finished_at, reverse=True))
        self._summaries = newest_first
        self._by_ident = {each.ident: each for each in summaries}
        self._counts = Counter(each.outcome for each in summaries)
        self._folders = sorted({each.folder for each in summaries})
        self._review = add_counts(each.review for each in summaries if each.review)
        self._to_check = sum(each.doubts > 0 for each in summaries)
        done = [each.manifest for each in newest_first if not each.failed]
        failed = [each.manifest for each in newest_first if each.failed]
        counts = ResultCounts(done=len(done) + self._older.done, failed=len(failed) + self._older.failed)
        self._listing = StatusListing(done=done, failed=failed, counts=counts)
        self.version += 1


def _finished(known: Mapping[str, tuple[Stamp, Summary | None]], path: str) -> str | None:
    """When the document was finished: what changes in a manifest afterwards, by a review for example, is no news."""
    _, summary = known.get(path, (None, None))
    return summary.finished_at if summary else None


def path_to_ident(path: str) -> str:
    """The name of a document in addresses of the page: it shows nothing of the path, and cannot be used as one."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:_IDENT_LETTERS]
