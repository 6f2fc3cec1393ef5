"""Publishes results whole or not at all, and never over a file that is not ours or that somebody has changed."""

import errno
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipeline.choices import OriginalAction
from pipeline.document import Document
from pipeline.errors import PublishError
from pipeline.files.atomic import link_whole, read_regular, write_whole
from pipeline.files.lock import turn_at
from pipeline.files.name_rules import NameRules, find_rules
from pipeline.files.rights import restrict_folder, rights_of
from pipeline.host.files import sync_folder
from pipeline.host.moving import remove
from pipeline.kinds import original_end
from pipeline.printable import printable
from pipeline.results.amending import finish_amendments
from pipeline.results.chosen_names import ChosenName, ChosenNames
from pipeline.results.claim_note import read_claim
from pipeline.results.drafts import make_room, place, remove_older, write_results
from pipeline.results.journal import Journal
from pipeline.results.kept_files import note_kept
from pipeline.results.manifest import FileFacts, Manifest, is_as_written, manifest_to_bytes
from pipeline.results.result_files import ResultFile, ResultFolder
from pipeline.results.result_names import (
    FAILED_FOLDER,
    MANIFEST_END,
    has_hash,
    head_of_results,
    is_free,
    is_free_beside,
    mirrored_folders,
    name_to_plain_stems,
    name_to_stem,
    name_to_stems,
    names_of,
    room_for,
    sha256_of_results,
    with_end,
)
from pipeline.results.state_folder import WorkFolder

# Errors for a name that a file system does not accept: too long, or with letters that it does not know.
_NAME_ERRORS = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ})


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is to be published.

    Attributes:
        document: What was dropped.
        files: Gives what is written, in this order, the HTML first; called with the stem of the results, and with that
            of the older ones that are replaced, or None where there are none.
        failed: Whether there is no HTML file, and nothing to be written but the manifest.
        manifest: Made of what the files have become and the seconds that publishing took so far.
        originals: What is done with the original; that of a failed document is always kept.
        ended: Called with the manifest's path when all is there, before the work folder goes: after a crash it is
            called again.
    """

    document: Document
    files: Callable[[Path, Path | None], Sequence[ResultFile | ResultFolder]]
    manifest: Callable[[Sequence[FileFacts], float], Manifest]
    originals: OriginalAction
    failed: bool = False
    ended: Callable[[Path], None] = lambda _: None

    @property
    def original_end(self) -> str:
        """What the original's name ends with beside the results."""
        return original_end(self.document.name)

    @property
    def moves_original(self) -> bool:
        """Whether the original is moved beside the results."""
        return self.failed or self.originals is OriginalAction.MOVE


class Outbox:
    """The folder of results; used by one caller at a time."""

    def __init__(
        self, root: Path, journal: Journal, *, inbox: Path | None = None, rules: NameRules | None = None
    ) -> None:
        """Open it, with the names that interrupted publications have chosen; finish what was decided to be amended.

        Args:
            root: The outbox.
            journal: Of the documents in work.
            inbox: Its folders are mirrored, with their rights.
            rules: Of the outbox's file system; found out where they are not given.

        Raises:
            PublishError: The working state cannot be written.
        """
        self.root = root
        self._journal = journal
        self._inbox = inbox
        self._names = ChosenNames(journal.folder)
        self.rules = rules or find_rules(journal.folder.scratch)
        try:
            finish_amendments(journal.folder, root)
        except OSError as error:
            raise PublishError(f"{journal.folder.amendments}: {error.strerror or error}") from error

    def publish(self, publication: Publication) -> Path:
        """Publish a document and discard its work folder; may be called again after any interruption.

        The order guarantees that where a manifest is visible, everything is complete: first all files are written
        aside, then an older manifest is removed, then the files and the original are put in place, and last the new
        manifest.

        Returns:
            The manifest's path.

        Raises:
            PublishError: Something cannot be written; nothing is lost, and calling again goes on.
        """
        began = time.monotonic()
        document = publication.document
        work_folder = self._journal.folder.document(document.ident)
        try:
            work_folder.root.mkdir(exist_ok=True)
            try:
                manifest = self._publish_as(publication, work_folder, began, plain=False)
            except OSError as error:
                if error.errno not in _NAME_ERRORS:
                    raise
                self._names.forget(work_folder)
                manifest = self._publish_as(publication, work_folder, began, plain=True)
        except OSError as error:
            raise PublishError(
                f"{document.name} cannot be published: {error.filename or work_folder.root}: {error.strerror or error}"
            ) from error
        publication.ended(manifest)
        self._journal.discard(document)
        self._names.forget(work_folder)
        return manifest

    def _publish_as(self, publication: Publication, work_folder: WorkFolder, began: float, *, plain: bool) -> Path:
        document = publication.document
        rights = None
        with suppress(OSError):  # if somebody has removed it, there is nothing to do
            rights = rights_of(work_folder.original)
        name = self._choose(publication, work_folder, plain=plain)
        stem = self.root / name.stem
        files = () if publication.failed else publication.files(stem, stem if name.replaces else None)
        drafts = write_results(files, stem, aside=work_folder.root, rights=rights)
        # Noted before they are there: a file of other bytes is somebody's, also after we have died meanwhile.
        hashes = set(name.hashes).union(*(draft.hashes for draft in drafts))
        self._names.write(work_folder, replace(name, hashes=tuple(sorted(hashes))), lasting=False)
        manifest = with_end(stem, MANIFEST_END)
        if sha256_of_results(stem) == document.sha256:
            _unlink_synced(manifest)
        elif os.path.lexists(manifest):
            make_room(manifest, ())
        if name.replaces:
            remove_older(stem, [draft.target for draft in drafts], hashes)
        for draft in drafts:
            place(draft, hashes)
        if drafts:
            sync_folder(stem.parent)
        self._place_original(
            publication, work_folder.original, with_end(stem, publication.original_end), replaces=name.replaces
        )
        told = publication.manifest([file for draft in drafts for file in draft.files], time.monotonic() - began)
        told = self._with_word_of_name(told, document.name)
        write_whole(manifest, [manifest_to_bytes(told)], aside=work_folder.root, rights=rights)
        if self._journal.folder.outer is None and (document.in_place or publication.originals is OriginalAction.KEEP):
            note_kept(self._journal.folder, document, read_claim(work_folder).in_place)
        return manifest

    def _with_word_of_name(self, manifest: Manifest, name: str) -> Manifest:
        stem = name_to_stem(name)
        if (kept := self.rules.fit(stem)) == stem:
            return manifest
        word = f"The outbox's disk, or Windows, has no file {printable(name)!r}; the results are named after {kept!r}."
        return replace(manifest, warnings=(*manifest.warnings, word))

    def _choose(self, publication: Publication, work_folder: WorkFolder, *, plain: bool) -> ChosenName:
        """The name of the results; chosen once, and noted on disk before anything is published under it."""
        chosen = self._names.read(work_folder)
        if chosen is not None and chosen.failed is publication.failed and (self.root / chosen.stem).parent.is_dir():
            return chosen
        document = publication.document
        with turn_at(self._journal.folder.turn):
            folder = self._make_folder("." if plain else document.folder, failed=publication.failed)
            stems = (
                name_to_plain_stems(document.name)
                if plain
                else name_to_stems(document.name, self.rules, room=room_for(folder))
            )
            taken = {name for other in self._names.taken(work_folder) for name in names_of(other, self.rules)}
            stem = next(folder / stem for stem in stems if self._may_have(publication, folder / stem, taken))
            return self._names.write(work_folder, self._name_of(stem, failed=publication.failed))

    def _name_of(self, stem: Path, *, failed: bool) -> ChosenName:
        name = ChosenName(stem=stem.relative_to(self.root).as_posix(), failed=failed)
        older = head_of_results(stem)
        if older is None:
            return name
        hashes = {file.sha256 for file in older.files} | ({older.html_sha256} if older.html_sha256 else set())
        return replace(name, replaces=True, hashes=tuple(sorted(hashes)))

    def _may_have(self, publication: Publication, stem: Path, taken: set[str]) -> bool:
        """Whether results may have this name: it is free, or has older results of the same bytes."""
        if not taken.isdisjoint(names_of(stem.relative_to(self.root).as_posix(), self.rules)):
            return False
        sha256 = publication.document.sha256
        free = is_free(stem) if publication.moves_original else is_free_beside(stem, sha256, publication.original_end)
        return free or (bool(sha256) and _is_as_written(stem, sha256))  # no hash: it was too large to be read

    def _make_folder(self, folder: str, *, failed: bool) -> Path:
        """The folder for the results, with the same rights as the inbox folder that it mirrors."""
        base = self.root / FAILED_FOLDER if failed else self.root
        base.mkdir(exist_ok=True)
        source = self._inbox
        for path, part in zip(mirrored_folders(base, folder, self.rules), PurePosixPath(folder).parts, strict=True):
            source = source and source / part
            base = path
            if path.is_dir():
                continue
            path.mkdir()
            if source is not None:
                with suppress(OSError):  # the folder may have been removed from the inbox
                    restrict_folder(path, rights_of(source))
        return base

    @staticmethod
    def _place_original(publication: Publication, original: Path, target: Path, *, replaces: bool) -> None:
        # It also stays in the work folder until that is discarded, so that an interrupted publication can be repeated.
        hashes = {publication.document.sha256}
        if publication.moves_original:
            if original.exists():  # else somebody has removed it, and there is nothing to do
                if not (target.exists() and target.samefile(original)):
                    make_room(target, hashes)
                link_whole(original, target)
        elif publication.originals is OriginalAction.DELETE and replaces and has_hash(target, hashes):
            _unlink_synced(target)


def _is_as_written(stem: Path, sha256: str) -> bool:
    """Whether these are older results of the same bytes, whose manifest nobody has changed."""
    if sha256_of_results(stem) != sha256:
        return False
    with suppress(OSError):
        return is_as_written(read_regular(with_end(stem, MANIFEST_END)))
    return False


def _unlink_synced(path: Path) -> None:
    if os.path.lexists(path):
        remove(path)
        sync_folder(path.parent)
