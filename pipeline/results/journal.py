"""The documents in work: claimed, their finished pages kept, taken up again after a death, and discarded at the end."""

import errno
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.document import Document, Engine, PageResult
from pipeline.errors import PublishError, VanishedError
from pipeline.files.atomic import copy_whole, file_to_sha256, remove_tree, write_whole
from pipeline.files.engine_choice import read_choice, remove_choice
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.results.page_record import read_record
from pipeline.results.state_folder import StateFolder, WorkFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The note of a claim; what it does not say, another version did not know or a damaged disk has lost.

    Attributes:
        source: Path of the file that is taken out of the inbox, None where it stays there.
    """

    name: str = "recovered.pdf"
    folder: str = "."
    claimed_at: float | None = None
    only: tuple[int, ...] = ()
    engine: Engine | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenName:
    """The note of the name that a document's results are going to have.

    Attributes:
        stem: Path in the outbox, without ending.
        failed: Whether they are those of a failed document.
    """

    stem: str
    failed: bool


class Journal:
    """The work folders under one outbox; only the process that holds the lock writes here."""

    def __init__(self, folder: StateFolder) -> None:
        """Make the folders.

        Args:
            folder: On the outbox's file system.

        Raises:
            PublishError: The folders cannot be made.
        """
        self.folder = folder
        try:
            folder.work.mkdir(parents=True, exist_ok=True)
            remove_tree(folder.scratch)
            folder.scratch.mkdir()
        except OSError as error:
            raise PublishError(f"{folder.root}: cannot be made or written: {error.strerror}") from error

    def claim(
        self,
        source: Path,
        folder: str,
        *,
        copy: bool,
        name: str | None = None,
        only: tuple[int, ...] = (),
        prepare: Callable[[WorkFolder], None] | None = None,
    ) -> Document:
        """Take a complete file out of the inbox, or a copy of it.

        Args:
            source: A regular file.
            folder: Where it lies below the inbox.
            copy: Leave the original where it is.
            name: As the document was dropped, where the file has another name by now.
            only: Numbers of the pages that are wanted, empty for all.
            prepare: Called with the work folder before the file is taken: until then a death leaves no document.

        Raises:
            VanishedError: The file is gone.
            PublishError: The working state cannot be written.
        """
        now = time.time()
        ident = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now)) + f"{now % 1:.3f}"[1:] + "-" + secrets.token_hex(4)
        home = self.folder.document(ident)
        claim = Claim(
            name=name or source.name,
            folder=folder,
            claimed_at=now,
            only=only,
            engine=read_choice(source),
            source=None if copy else str(source),
        )
        try:
            home.pages.mkdir(parents=True)
            write_whole(home.claim, [value_to_json(claim)])
            if prepare is not None:
                prepare(home)
            self._take(source, home.original, copy=copy)
            remove_choice(home.original)
            return _claim_to_document(claim, home)
        except OSError as error:
            self._undo_claim(home, source, copy=copy)
            if not os.path.lexists(source) and not os.path.lexists(home.original):
                raise VanishedError(f"{source.name}: was gone before it could be claimed.") from error
            raise PublishError(f"{source} cannot be claimed: {error.strerror or error}") from error

    @staticmethod
    def _undo_claim(home: WorkFolder, source: Path, *, copy: bool) -> None:
        original = home.original
        with suppress(OSError):  # what cannot be undone now is recovered at the next start
            if not copy and os.path.lexists(original):
                if not os.path.lexists(source):
                    original.rename(source)
                elif file_to_sha256(original) != file_to_sha256(source):
                    return  # another file has taken its place, and both are somebody's
            remove_tree(home.root)

    @staticmethod
    def _take(source: Path, original: Path, *, copy: bool) -> None:
        # The rename is not synced: where a power cut undoes it, the file is in the inbox again and nothing is lost.
        if not copy:
            try:
                source.rename(original)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
            else:
                return
        copy_whole(source, original)
        if not copy:
            source.unlink()

    def recover(self) -> Iterator[Document]:
        """The documents that an earlier daemon had claimed, oldest first; not those whose original is in the inbox yet.

        Raises:
            PublishError: The working state cannot be read or written.
        """
        for home in self.folder.documents():
            try:
                document = self._recover_one(home)
            except OSError as error:
                raise PublishError(f"{home.root}: {error.strerror or error}") from error
            if document:
                yield document

    def _recover_one(self, home: WorkFolder) -> Document | None:
        if not home.original.is_file():
            remove_tree(home.root)
            return None
        claim = read_claim(home)
        document = _claim_to_document(claim, home)
        self._remove_copied(claim.source, document)
        return document

    def chosen_names(self) -> dict[str, str]:
        """The names in the outbox that are chosen for documents in work, by ident."""
        chosen = ((home.root.name, read_chosen_name(home)) for home in self.folder.documents())
        return {ident: name.stem for ident, name in chosen if name is not None}

    @staticmethod
    def _remove_copied(source: str | None, document: Document) -> None:
        """Finish a claim across file systems that was interrupted between the copy and the unlink."""
        path = Path(source) if source else None
        if path and path.is_file() and file_to_sha256(path) == document.sha256:
            path.unlink()

    def begin(self, document: Document, fingerprint: str) -> dict[int, PageResult]:
        """The pages that are finished already, by number; those made with other settings are thrown away.

        Args:
            document: In work.
            fingerprint: Of all settings that change a page's result.

        Raises:
            PublishError: The work folder cannot be written.
        """
        home = self.folder.document(document.ident)
        try:
            if not home.settings.exists() or home.settings.read_text() != fingerprint:
                remove_tree(home.pages)
                home.pages.mkdir()
                write_whole(home.settings, [fingerprint.encode()])
            records = ((path, read_record(path)) for path in sorted(home.pages.glob("*.json")))
            pages = (record[0] for path, record in records if record and record[0].number == int(path.stem))
            return {page.number: page for page in pages}
        except OSError as error:
            raise PublishError(f"{home.root}: {error.strerror or error}") from error

    def draft_file(self, document: Document, number: int) -> Path:
        """Where a worker writes the record of a page."""
        return self.folder.draft(document.ident, number)

    def page_file(self, document: Document, number: int) -> Path:
        """Where the record of a finished page lies."""
        return self.folder.document(document.ident).page(number)

    def commit(self, document: Document, number: int) -> None:
        """Make a page finished: move the record that its worker wrote into the journal.

        Not synced: a power cut may cost the page's work, never its wholeness, since the worker has synced the record.

        Raises:
            PublishError: The record cannot be moved.
        """
        try:
            self.draft_file(document, number).rename(self.page_file(document, number))
        except OSError as error:
            raise PublishError(f"{self.page_file(document, number)}: {error.strerror or error}") from error

    def discard(self, document: Document) -> None:
        """Remove a document's work folder: by its name first, since a half removed one could not be recovered.

        Raises:
            PublishError: Nothing of it could be removed.
        """
        home = self.folder.document(document.ident).root
        try:
            if home.is_dir():
                home.rename(self.folder.scratch / document.ident)
        except OSError as error:
            raise PublishError(f"{home}: {error.strerror or error}") from error
        with suppress(OSError):  # the next time removes what is left, or the next start
            for left in self.folder.scratch.iterdir():
                remove_tree(left)
                if left.name.startswith(document.ident):  # of a worker that died
                    left.unlink(missing_ok=True)


def _claim_to_document(claim: Claim, home: WorkFolder) -> Document:
    """The document whose file lies in its work folder."""
    facts = home.original.stat()
    return Document(
        ident=home.root.name,
        name=claim.name,
        folder=claim.folder,
        path=str(home.original),
        sha256=file_to_sha256(home.original),
        size=facts.st_size,
        claimed_at=home.root.stat().st_mtime if claim.claimed_at is None else claim.claimed_at,
        only=claim.only,
        engine=claim.engine,
    )


def read_claim(home: WorkFolder) -> Claim:
    """What was claimed, and from where; a note that cannot be used costs the name and not the document."""
    with suppress(OSError, ValueError):
        return json_to_value(home.claim.read_bytes(), Claim)
    return Claim()


def read_chosen_name(home: WorkFolder) -> ChosenName | None:
    """The name that was chosen for a document; None where none was, or the note is damaged."""
    with suppress(OSError, ValueError):
        return json_to_value(home.publication.read_bytes(), ChosenName)
    return None
