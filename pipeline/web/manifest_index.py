"""Which manifests an outbox holds: the newest ones by their paths, all others by their number only.

What it keeps grows with the folders of an outbox, not with its documents.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from heapq import nlargest
from pathlib import Path
from typing import TypeAlias

from pipeline.inbox.file_names import is_visible_folder
from pipeline.results.result_names import FAILED_FOLDER, REMOVED_FOLDER, is_manifest_name
from pipeline.status.listing import ResultCounts

# A folder whose time is as young as this may change again within the same tick of the file system's clock.
_SETTLED_S = 1.0
# Where so many of the newest ones have gone, room is left for older ones, and they are looked for.
_REFILL = 0.9

#: Inode, time of modification in nanoseconds, bytes.
Stamp: TypeAlias = tuple[int, int, int]
# Time and path: no two manifests have the same, so that any number of them can be told from the rest.
_Age: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifests:
    """What an outbox holds.

    Attributes:
        newest: By path in the outbox.
        fresh: Those of them that are new or have changed since the last look.
        older: How many others there are: JSON files that nobody has opened.
    """

    newest: Mapping[str, Stamp]
    fresh: tuple[str, ...]
    older: ResultCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A folder as it was at the last look.

    Attributes:
        stamp: Its time of modification in nanoseconds; -1 where it was too young to be trusted.
        below: Its subfolders.
        count: Manifests in it.
        found: The newest of them, by path in the outbox.
    """

    stamp: int
    below: tuple[str, ...]
    count: int
    found: Mapping[str, Stamp]


class ManifestIndex:
    """Looks again at what has changed; folders that have not are not listed."""

    def __init__(self, outbox: Path, *, most: int) -> None:
        """Know nothing yet.

        Args:
            outbox: May be missing.
            most: Manifests that are known by their paths.
        """
        self._outbox = outbox
        self._most = most
        self._folders: dict[str, _Folder] = {}
        self._newest: Mapping[str, Stamp] = {}
        self._since: _Age = (0, "")

    def look(self) -> Manifests:
        """What is there now."""
        since = self._since
        self._folders = self._walk(self._folders)
        if self._is_short():
            self._since = (0, "")
            self._folders = self._walk({})
        before, self._newest = self._newest, _paths_of(self._folders)
        return Manifests(
            newest=self._newest,
            fresh=tuple(
                path
                for path, stamp in self._newest.items()
                if before.get(path) != stamp and _age_of(path, stamp) >= since
            ),
            older=_older_in(self._folders),
        )

    def paths(self) -> Iterator[str]:
        """Every manifest, old ones too, by path in the outbox; looked for anew."""
        waiting = [""]
        while waiting:
            with suppress(OSError), os.scandir(self._outbox / (folder := waiting.pop())) as entries:
                for entry in entries:
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if _is_folder(entry) and path != REMOVED_FOLDER:
                        waiting.append(path)
                    elif _is_manifest(entry, self._outbox / folder):
                        yield path

    def _is_short(self) -> bool:
        older = _older_in(self._folders)
        return bool(older.done or older.failed) and len(_paths_of(self._folders)) < _REFILL * self._most

    def _walk(self, known: Mapping[str, _Folder]) -> dict[str, _Folder]:
        folders: dict[str, _Folder] = {}
        waiting, held = [""], 0
        while waiting:
            folder = waiting.pop()
            facts = self._look(folder, known.get(folder))
            if facts is None:
                continue
            folders[folder] = facts
            waiting.extend(facts.below)
            held += len(facts.found)
            if held > 2 * self._most:
                folders = self._bounded(folders)
                held = self._most
        return self._bounded(folders)

    def _bounded(self, folders: dict[str, _Folder]) -> dict[str, _Folder]:
        """The same without what is older than the newest ones."""
        ages = (_age_of(path, stamp) for facts in folders.values() for path, stamp in facts.found.items())
        newest = nlargest(self._most, ages)
        if len(newest) == self._most:
            self._since = newest[-1]
        return {folder: replace(facts, found=self._young(facts.found)) for folder, facts in folders.items()}

    def _young(self, found: Mapping[str, Stamp]) -> Mapping[str, Stamp]:
        if all(_age_of(path, stamp) >= self._since for path, stamp in found.items()):
            return found
        return {path: stamp for path, stamp in found.items() if _age_of(path, stamp) >= self._since}

    def _look(self, folder: str, known: _Folder | None) -> _Folder | None:
        path = self._outbox / folder
        try:
            stamp = path.stat().st_mtime_ns
            if known is not None and known.stamp == stamp:
                return known
            settled = time.time_ns() - stamp > _SETTLED_S * 1e9
            listed = self._list(folder)
        except OSError:
            return None
        return replace(listed, stamp=stamp if settled else -1)

    def _list(self, folder: str) -> _Folder:
        below: list[str] = []
        found: dict[str, Stamp] = {}
        count = 0
        where = self._outbox / folder
        with os.scandir(where) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if _is_folder(entry):
                    below += [path] if path != REMOVED_FOLDER else []
                elif _is_manifest(entry, where) and (stamp := _stamp_of(entry)) is not None:
                    count += 1
                    if _age_of(path, stamp) >= self._since:
                        found[path] = stamp
                    if len(found) > 2 * self._most:
                        found = dict(nlargest(self._most, found.items(), key=lambda item: _age_of(*item)))
        return _Folder(stamp=-1, below=tuple(below), count=count, found=found)


def _paths_of(folders: Mapping[str, _Folder]) -> dict[str, Stamp]:
    return {path: stamp for facts in folders.values() for path, stamp in facts.found.items()}


def _older_in(folders: Mapping[str, _Folder]) -> ResultCounts:
    done = failed = 0
    for folder, facts in folders.items():
        older = facts.count - len(facts.found)
        if folder == FAILED_FOLDER or folder.startswith(f"{FAILED_FOLDER}/"):
            failed += older
        else:
            done += older
    return ResultCounts(done=done, failed=failed)


def _age_of(path: str, stamp: Stamp) -> _Age:
    return stamp[1], path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):
        return is_visible_folder(entry.name) and entry.is_dir(follow_symlinks=False)
    return False


def _is_manifest(entry: os.DirEntry[str], folder: Path) -> bool:
    if not entry.name.endswith(".json"):
        return False
    with suppress(OSError):
        return entry.is_file(follow_symlinks=False) and is_manifest_name(folder, entry.name)
    return False


def _stamp_of(entry: os.DirEntry[str]) -> Stamp | None:
    with suppress(OSError):
        facts = entry.stat(follow_symlinks=False)
        return facts.st_ino, facts.st_mtime_ns, facts.st_size
    return None
