"""Moves a document and its results into ``removed/``, and back; after a crash it is in one of the two places.

What is moved goes through a folder of the working state, the manifest first on its way out and last on its way in: so
where a manifest is visible, the rest is too.  A note says what is moved, and is written before anything else.
"""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipeline.errors import PipelineError, UsageError
from pipeline.files.lock import turn_at
from pipeline.files.rights import restrict_folder, rights_of
from pipeline.host.files import sync_folder
from pipeline.host.held_folder import rename_to_free
from pipeline.log.log import logger
from pipeline.results.chosen_names import ChosenNames
from pipeline.results.claim_note import read_claim, read_digest
from pipeline.results.manifest import ManifestHead
from pipeline.results.removal_note import (
    Removal,
    RemovalState,
    forget_removal,
    new_ident,
    read_removal,
    read_removals,
    write_removal,
)
from pipeline.results.result_names import (
    ENDS,
    FAILED_FOLDER,
    MANIFEST_END,
    ORIGINAL_ENDS,
    REMOVED_FOLDER,
    has_hash,
    head_of_results,
    is_free,
    names_of,
    numbered_stems,
    with_end,
)
from pipeline.results.state_folder import StateFolder, WorkFolder

# The manifest is the first to go and the last to come.
_ORDER = (MANIFEST_END, *(end for end in ENDS if end != MANIFEST_END))
_PRIVATE = 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class _InWork:
    """A document in work; its hash is None where nobody has noted it."""

    folder: str
    name: str
    sha256: str | None

    def is_of(self, head: ManifestHead, folder: str) -> bool:
        """Whether these results are its own."""
        same = (self.folder, self.name) == (folder, head.document.name)
        return same and self.sha256 in {None, head.document.sha256}


class Removals:
    """Removes and returns documents; only the thread that publishes may use it."""

    def __init__(self, outbox: Path, state: StateFolder) -> None:
        """Prepare; nothing is done.

        Args:
            outbox: The folder of results.
            state: The daemon's working state in it.
        """
        self._outbox = outbox
        self._state = state

    def finish_interrupted(self) -> None:
        """Finish removals and returns that a dead daemon had begun. What fails now is tried at the next start."""
        for removal in read_removals(self._state):
            if removal.state is RemovalState.REMOVED:
                continue
            try:
                with turn_at(self._state.turn):
                    self._finish(removal)
            except (PipelineError, OSError) as error:
                advice = "nothing is lost; it is tried again at the next start"
                logger().warning("removal_not_finished", document=removal.name, error=str(error), advice=advice)

    def remove(self, stem: str) -> Removal:
        """Move a document and its results into ``removed/``.

        An original that stays in the inbox (``originals: keep``) stays there, and a file of other bytes beside the
        results stays, too.

        Args:
            stem: Path of its results in the outbox, without ending.

        Raises:
            UsageError: It is in work, or gone.
            OSError: Something cannot be moved; everything is where it was.
        """
        source = self._outbox / stem
        head = head_of_results(source)
        if head is None:
            raise UsageError("It is not in the outbox any more.")
        ends = _ends_at(source)
        ends -= {end for end in ORIGINAL_ENDS if end in ends and not _is_original(with_end(source, end), head)}
        with turn_at(self._state.turn):
            self._check_not_in_work(head, stem)
            return self._begin(
                Removal(
                    ident=new_ident(),
                    stem=stem,
                    removed_stem=self._free_stem(stem),
                    name=head.document.name,
                    removed_at=time.time(),
                    inodes=_inodes_of(source, ends),
                )
            )

    def restore(self, ident: str) -> Removal:
        """Move a removed document back to where it was.

        Args:
            ident: Of the note.

        Raises:
            UsageError: It is not in ``removed/`` any more, or another document has its name now.
            OSError: Something cannot be moved; everything is where it was.
        """
        noted = read_removal(self._state, ident)
        if noted is None or noted.state is not RemovalState.REMOVED:
            raise UsageError("It is not among the removed documents any more.")
        ends = _ends_at(self._outbox / noted.removed_stem)
        if MANIFEST_END not in ends:
            forget_removal(self._state, ident)
            raise UsageError(f"Its results are not in {REMOVED_FOLDER}/ any more.")
        with turn_at(self._state.turn):
            if self._is_chosen(noted.stem) or _ends_at(self._outbox / noted.stem) & {MANIFEST_END, *ends}:
                raise UsageError(f"Another document is named {noted.stem} by now; remove that one first.")
            inodes = _inodes_of(self._outbox / noted.removed_stem, ends)
            return self._begin(replace(noted, state=RemovalState.RETURNING, inodes=inodes))

    def _begin(self, removal: Removal) -> Removal:
        write_removal(self._state, removal)
        try:
            return self._finish(removal)
        except OSError:
            self._undo(removal)
            raise

    def _undo(self, begun: Removal) -> None:
        removal = read_removal(self._state, begun.ident) or begun  # it may have got another name meanwhile
        self._collect(removal)
        leaving = removal.state is RemovalState.LEAVING
        self._place(removal, removal.stem if leaving else removal.removed_stem)
        (self._state.removals / removal.ident).rmdir()
        if leaving:
            forget_removal(self._state, removal.ident)
        else:
            write_removal(self._state, replace(removal, state=RemovalState.REMOVED))

    def _finish(self, removal: Removal) -> Removal:
        """Go on to the end; may be repeated after any interruption."""
        goal = removal.stem if removal.state is RemovalState.RETURNING else removal.removed_stem
        if not self._is_complete(removal, goal):
            self._collect(removal)
            if _ends_at(self._outbox / goal) & set(removal.inodes):  # somebody took the name after a crash
                goal = self._free_stem(removal.stem)
                removal = replace(removal, state=RemovalState.LEAVING, removed_stem=goal)
                write_removal(self._state, removal)
            self._make_folder(goal, removal)
            self._place(removal, goal)
        self._drop_second_names(removal, goal)
        with suppress(FileNotFoundError):
            (self._state.removals / removal.ident).rmdir()
        if removal.state is RemovalState.RETURNING:
            forget_removal(self._state, removal.ident)
            self._tidy(removal.removed_stem)
            return removal
        done = replace(removal, state=RemovalState.REMOVED)
        write_removal(self._state, done)
        return done

    def _is_complete(self, removal: Removal, goal: str) -> bool:
        """Whether all has come: the manifest comes last."""
        return _inode_of(with_end(self._outbox / goal, MANIFEST_END)) == removal.inodes.get(MANIFEST_END)

    def _collect(self, removal: Removal) -> None:
        """Bring all parts into the working state, wherever each of them is."""
        staging = self._state.removals / removal.ident
        staging.mkdir(mode=_PRIVATE, exist_ok=True)
        for stem in (removal.stem, removal.removed_stem):
            for end in _ORDER:
                path = with_end(self._outbox / stem, end)
                if end in removal.inodes and _inode_of(path) == removal.inodes[end]:
                    rename_to_free(path, staging / f"part{end}")
            with suppress(FileNotFoundError):
                sync_folder((self._outbox / stem).parent)

    def _place(self, removal: Removal, stem: str) -> None:
        staging = self._state.removals / removal.ident
        target = self._outbox / stem
        for end in reversed(_ORDER):
            if os.path.lexists(staging / f"part{end}"):
                rename_to_free(staging / f"part{end}", with_end(target, end))
        sync_folder(target.parent)

    def _drop_second_names(self, removal: Removal, stem: str) -> None:
        """Where a move is a link and an unlink, a death between the two leaves both names."""
        for end in _ORDER:
            part = self._state.removals / removal.ident / f"part{end}"
            inode = _inode_of(part)
            if inode is not None and inode == _inode_of(with_end(self._outbox / stem, end)):
                part.unlink()

    def _free_stem(self, stem: str) -> str:
        stems = numbered_stems(f"{REMOVED_FOLDER}/{stem}")
        return next(each for each in stems if is_free(self._outbox / each))

    def _make_folder(self, stem: str, removal: Removal) -> None:
        """The folders on the way to a stem; nobody may read more of a new one than of the one that it mirrors."""
        other = removal.stem if stem == removal.removed_stem else removal.removed_stem
        mirrored = [self._outbox / path for path in reversed(PurePosixPath(other).parents)]
        folders = [self._outbox / path for path in reversed(PurePosixPath(stem).parents)]
        # One of the two has the folder of what was removed besides: it is like the outbox itself.
        mirrored = [self._outbox] * (len(folders) - len(mirrored)) + mirrored[max(0, len(mirrored) - len(folders)) :]
        for folder, source in zip(folders, mirrored, strict=True):
            if folder.is_symlink() or not folder.is_dir():
                folder.mkdir()  # refuses where a link or a file is in the way
                with suppress(FileNotFoundError):  # somebody has removed the one that it mirrors
                    restrict_folder(folder, rights_of(source))

    def _tidy(self, removed_stem: str) -> None:
        """Remove the folders below ``removed/`` that are empty now."""
        with suppress(OSError):
            for path in PurePosixPath(removed_stem).parents:
                if path.name:
                    (self._outbox / path).rmdir()

    def _check_not_in_work(self, head: ManifestHead, stem: str) -> None:
        folder = PurePosixPath(stem).parent
        if folder.parts[:1] == (FAILED_FOLDER,):
            folder = folder.relative_to(FAILED_FOLDER)
        if self._is_chosen(stem) or any(each.is_of(head, str(folder)) for each in self._in_work()):
            raise UsageError("It is in work: wait until it is finished, or cancel it first.")

    def _is_chosen(self, stem: str) -> bool:
        """Whether a document that is being published will have this name."""
        names = names_of(stem)
        return any(names & names_of(other) for other in ChosenNames(self._state).taken(self._state.document("")))

    def _in_work(self) -> Iterator[_InWork]:
        for state in (self._state, *self._state.foregrounds()):
            with suppress(OSError):  # a command that ends removes its own
                yield from map(_work_to_facts, list(state.documents()))


def _is_original(path: Path, head: ManifestHead) -> bool:
    """Whether a file beside results is the one that they were made from; one that was too large was never read."""
    sha256 = head.document.sha256
    return has_hash(path, {sha256}) if sha256 else head.failed


def _ends_at(stem: Path) -> set[str]:
    return {end for end in ENDS if os.path.lexists(with_end(stem, end))}


def _inodes_of(stem: Path, ends: Collection[str]) -> dict[str, int]:
    found = {end: _inode_of(with_end(stem, end)) for end in ends}
    return {end: inode for end, inode in found.items() if inode is not None}


def _inode_of(path: Path) -> int | None:
    with suppress(OSError):
        return path.lstat().st_ino
    return None


def _work_to_facts(work_folder: WorkFolder) -> _InWork:
    claim = read_claim(work_folder)
    sha256 = None
    with suppress(OSError):
        digest = read_digest(work_folder)
        sha256 = digest.sha256 if digest else None
    return _InWork(folder=claim.folder, name=claim.name, sha256=sha256)
