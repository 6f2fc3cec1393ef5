"""What has been delivered and rejected, as the outbox tells it; there is no other store."""

import hashlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.inbox.file_names import is_visible_folder
from pipeline.status.read import StatusListing
from pipeline.web.summaries import Summary, read_summary

# A folder whose time is as young as this may change again within the same tick of the file system's clock.
_SETTLED_S = 1.0
_IDENT_LETTERS = 24

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A folder as it was at the last look.

    Attributes:
        stamp: Its time of modification in nanoseconds; -1 where it was too young to be trusted.
        below: Its subfolders.
        found: State and summary (None for strangers' files) of each manifest, by its path in the outbox.
    """

    stamp: int
    below: tuple[str, ...]
    found: Mapping[str, tuple[Stamp, Summary | None]]


class History:
    """A list of summaries that is kept up to date by looking at what has changed.

    Any thread may read; :meth:`refresh` is to be called in one that may wait.
    """

    def __init__(self, outbox: Path, *, heard: Callable[[Sequence[str]], None] | None = None) -> None:
        """Know nothing yet.

        Args:
            outbox: May be missing.
            heard: Told the paths in the outbox of manifests that are new or have changed since the first look.
        """
        self.outbox = outbox
        self._heard = heard
        self._folders: dict[str, _Folder] = {}
        self._lock = threading.Lock()
        self._seen = False
        self._summaries: tuple[Summary, ...] = ()
        self._by_ident: Mapping[str, Summary] = {}
        self._counts: Mapping[str, int] = {}
        self._listing = StatusListing(done=(), failed=())
        self.version = 0

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """All of them, newest first."""
        return self._summaries

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each outcome."""
        return self._counts

    @property
    def listing(self) -> StatusListing:
        """All of them, by where they lie."""
        return self._listing

    def find(self, ident: str) -> Summary | None:
        """The document of this ident."""
        return self._by_ident.get(ident)

    def search(self, words: str, outcomes: frozenset[str]) -> Sequence[Summary]:
        """Those whose name or path has all words, newest first.

        Args:
            words: Any case; empty for all.
            outcomes: That are wanted; empty for all.
        """
        wanted = words.casefold().split()
        found: Sequence[Summary] = self._summaries
        if outcomes:
            found = [each for each in found if each.outcome in outcomes]
        for word in wanted:
            found = [each for each in found if word in each.key]
        return found

    def refresh(self) -> None:
        """Look at the outbox; folders that have not changed are not listed, manifests that have not are not read."""
        with self._lock:
            folders = {folder: facts for folder, facts in self._walk() if facts is not None}
            before = {path: stamp for each in self._folders.values() for path, (stamp, _) in each.found.items()}
            after = {path: found for each in folders.values() for path, found in each.found.items()}
            self._folders = folders
            changed = [path for path, (stamp, _) in after.items() if before.get(path) != stamp]
            if not changed and len(before) == len(after) and self._seen:
                return
            self._keep([summary for _, summary in after.values() if summary is not None])
            if self._seen and self._heard is not None:
                self._heard(changed)
            self._seen = True

    def _keep(self, summaries: Sequence[Summary]) -> None:
        newest_first = tuple(sorted(summaries, key=lambda each: each.finished_at, reverse=True))
        self._summaries = newest_first
        self._by_ident = {each.ident: each for each in summaries}
        self._counts = Counter(each.outcome for each in summaries)
        self._listing = StatusListing(
            done=[each.manifest for each in newest_first if not each.failed],
            failed=[each.manifest for each in newest_first if each.failed],
        )
        self.version += 1

    def _walk(self) -> Iterator[tuple[str, _Folder | None]]:
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            facts = self._look(folder)
            if facts is not None:
                waiting.extend(facts.below)
            yield folder, facts

    def _look(self, folder: str) -> _Folder | None:
        known = self._folders.get(folder)
        path = self.outbox / folder
        try:
            stamp = path.stat().st_mtime_ns
            if known is not None and known.stamp == stamp:
                return known
            settled = time.time_ns() - stamp > _SETTLED_S * 1e9
            below, found = self._list(folder, known.found if known else {})
        except OSError:
            return None
        return _Folder(stamp=stamp if settled else -1, below=below, found=found)

    def _list(
        self, folder: str, known: Mapping[str, tuple[Stamp, Summary | None]]
    ) -> tuple[tuple[str, ...], dict[str, tuple[Stamp, Summary | None]]]:
        below: list[str] = []
        found: dict[str, tuple[Stamp, Summary | None]] = {}
        with os.scandir(self.outbox / folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                path = f"{folder}/{entry.name}" if folder else entry.name
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False) and is_visible_folder(entry.name):
                        below.append(path)
                    elif entry.name.endswith(".json") and entry.is_file(follow_symlinks=False):
                        found[path] = self._read(path, entry.stat(follow_symlinks=False), known.get(path))
        return tuple(below), found

    def _read(
        self, path: str, facts: os.stat_result, known: tuple[Stamp, Summary | None] | None
    ) -> tuple[Stamp, Summary | None]:
        stamp = (facts.st_ino, facts.st_mtime_ns, facts.st_size)
        if known is not None and known[0] == stamp:
            return known
        return stamp, read_summary(self.outbox, path, path_to_ident(path))


def path_to_ident(path: str) -> str:
    """The name by which the page addresses a document: tells nothing of the path, and cannot be made into one."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:_IDENT_LETTERS]
