"""Keeps the documents in work and their finished pages on disk, from the claim to the end, and across crashes."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipeline.choices import Output
from pipeline.document import Document
from pipeline.errors import ChangedError, PipelineError, PublishError, VanishedError
from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.file_choice import FileChoice, read_choice, remove_choice
from pipeline.files.json_values import value_to_json
from pipeline.host.moving import move, remove, remove_tree
from pipeline.log.log import logger
from pipeline.page_result import PageResult
from pipeline.results.claim_note import Claim, Claimed, Origin, read_claim, read_digest, write_digest
from pipeline.results.claiming import Source, Terms, claim_file, handle_to_stamp, is_over, open_source, read_claimed
from pipeline.results.interrupted_claim import mend_claim
from pipeline.results.page_record import read_record
from pipeline.results.state_folder import StateFolder, WorkFolder

# Rights of the folder: no other user may read documents in work.
_PRIVATE = 0o700


# How often a command in the foreground tries to claim a file that is being changed.
_CHANGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOptions:
    """What is wanted for a file.

    Attributes:
        folder: Where its results go, relative to the outbox.
        name: The name with which it was dropped, if the file has another name by now.
        only: Numbers of the pages that are wanted; empty for all.
        late: Its pages are to wait until no other document has any.
        again: It is a delivered document.
        patient: Its pages are to wait while no server can be reached; None for what the settings say.
        outputs: What is to be made of it besides what the settings say.
    """

    folder: str
    name: str | None = None
    only: tuple[int, ...] = ()
    late: bool = False
    again: bool = False
    patient: bool | None = None
    outputs: tuple[Output, ...] = ()


class Journal:
    """The work folders under one outbox; only the process that holds the lock writes here."""

    def __init__(self, folder: StateFolder) -> None:
        """Make the folders.

        Args:
            folder: On the outbox's file system.

        Raises:
            PublishError: The folders cannot be created.
        """
        self.folder = folder
        try:
            folder.root.mkdir(parents=True, exist_ok=True)
            folder.work.mkdir(mode=_PRIVATE, exist_ok=True)
            folder.work.chmod(_PRIVATE)  # an earlier release made it readable for others
            remove_tree(folder.scratch)
            remove_tree(folder.amending)
            folder.scratch.mkdir(mode=_PRIVATE)
        except OSError as error:
            raise PublishError(f"{folder.root}: cannot be created or written: {error.strerror}") from error

    def take(
        self,
        source: Source,
        terms: Terms,
        *,
        options: DocumentOptions,
        prepare: Callable[[WorkFolder], None] = lambda _: None,
    ) -> Document:
        """Take a complete file out of the inbox, or a copy of it.

        Args:
            source: The file.
            terms: How it is taken.
            options: What is wanted for it.
            prepare: Called with the work folder before the file is taken: a crash before that leaves no document.

        Raises:
            VanishedError: The file is gone.
            IrregularError: It is not a regular file.
            ChangedError: It is not the file that was looked at; it is where it was.
            TooLargeError: It is over the limit and on another file system; it is where it was.
            StoppedError: The daemon is to stop; the file is where it was.
            PublishError: The working state cannot be written.
        """
        now = time.time()
        ident = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now)) + f"{now % 1:.3f}"[1:] + "-" + secrets.token_hex(4)
        work_folder = self.folder.document(ident)
        try:
            with open_source(source) as handle:
                source = replace(source, stamp=handle_to_stamp(handle))
                claim = _claim_of(source, terms, options, now, read_choice(handle))
            work_folder.root.mkdir()  # without parents: a state folder that was removed must not be created here
            work_folder.pages.mkdir()
            write_whole(work_folder.claim, [value_to_json(claim)])
            prepare(work_folder)
            claimed = claim_file(source, work_folder, terms)
            write_digest(work_folder, claimed)
            remove_choice(work_folder.original)
        except (PipelineError, OSError) as error:
            _undo_claim(work_folder)
            if isinstance(error, PipelineError):
                raise
            if isinstance(error, FileNotFoundError | NotADirectoryError) and not os.path.lexists(source.path):
                raise VanishedError(f"{source.name}: was gone before it could be claimed.") from error
            raise PublishError(f"{source.path} cannot be claimed: {error.strerror or error}") from error
        return _document_of(work_folder, claim, claimed)

    def claim(
        self,
        source: Path,
        folder: str,
        *,
        copy: bool,
        only: tuple[int, ...] = (),
        most_mib: int | None = None,
    ) -> Document:
        """Take a file in any state, as :meth:`take` does.

        Raises:
            PublishError: As there, and if somebody writes to it all the time.
        """
        terms, options = Terms(copy=copy, most_mib=most_mib), DocumentOptions(folder=folder, only=only)
        for _ in range(_CHANGES):
            with suppress(ChangedError):
                return self.take(
                    Source(root=source.parent, relative=PurePosixPath(source.name)), terms, options=options
                )
        raise PublishError(f"{source} cannot be claimed: somebody writes to it all the time.")

    def recover(self, *, most_mib: int | None = None) -> Iterator[Document]:
        """The documents that an earlier daemon had claimed, oldest first; interrupted claims are finished or undone.

        Args:
            most_mib: Larger files are not read.

        Raises:
            PublishError: The working state cannot be read.
        """
        try:
            homes = list(self.folder.documents())
        except OSError as error:
            raise PublishError(f"{self.folder.work}: {error.strerror or error}") from error
        for work_folder in homes:
            try:
                document = self._recover_one(work_folder, most_mib)
            except OSError as error:  # an error of one document must not keep the others from being converted
                advice = "it stays there and is tried again at the next start"
                logger().error(
                    "not_resumed", folder=str(work_folder.root), error=error.strerror or str(error), advice=advice
                )
                continue
            if document:
                yield document

    @staticmethod
    def _recover_one(work_folder: WorkFolder, most_mib: int | None) -> Document | None:
        claim = read_claim(work_folder)
        if claim.origin is not None:
            mend_claim(claim.origin, work_folder, most_mib)
        if not work_folder.original.is_file():
            remove_tree(work_folder.root)
            return None
        return _document_of(
            work_folder, claim, read_digest(work_folder) or read_claimed(work_folder.original, most_mib)
        )

    def begin(self, document: Document, fingerprint: str) -> dict[int, PageResult]:
        """The pages that are finished already, by number; pages made with other settings are discarded.

        Args:
            document: In work.
            fingerprint: Of all settings that change a page's result.

        Raises:
            PublishError: The work folder cannot be written.
        """
        work_folder = self.folder.document(document.ident)
        try:
            if not work_folder.settings.exists() or read_regular(work_folder.settings) != fingerprint.encode():
                remove_tree(work_folder.pages)
                work_folder.pages.mkdir()
                write_whole(work_folder.settings, [fingerprint.encode()])
            records = ((path, read_record(path)) for path in sorted(work_folder.pages.glob("*.json")))
            pages = (record.page for path, record in records if record and record.page.number == int(path.stem))
            return {page.number: page for page in pages}
        except OSError as error:
            raise PublishError(f"{work_folder.root}: {error.strerror or error}") from error

    def wrapping_file(self, document: Document) -> Path:
        """Where a worker makes a PDF of a picture."""
        return self.folder.wrapping(document.ident)

    def keep_wrapped(self, document: Document) -> None:
        """Keep the PDF that a worker has made of a picture.

        Raises:
            PublishError: It cannot be moved.
        """
        try:
            self.wrapping_file(document).rename(document.pdf)
        except OSError as error:
            raise PublishError(f"{document.pdf}: {error.strerror or error}") from error

    def draft_file(self, document: Document, number: int) -> Path:
        """Where a worker writes the record of a page."""
        return self.folder.draft(document.ident, number)

    def picture_file(self, document: Document, number: int) -> Path:
        """The path where the text that was read in a page's picture is written."""
        return self.folder.picture_text(document.ident, number)

    def page_file(self, document: Document, number: int) -> Path:
        """Where the record of a finished page is kept."""
        return self.folder.document(document.ident).page(number)

    def commit(self, document: Document, number: int) -> None:
        """Make a page finished: move the record that its worker wrote into the journal.

        The move is not synced: a power cut may lose the page's record, but never leaves half of one, since the worker
        has synced its content.

        Raises:
            PublishError: The record cannot be moved.
        """
        try:
            move(self.draft_file(document, number), self.page_file(document, number))
            remove(self.picture_file(document, number), missing_ok=True)
        except OSError as error:
            raise PublishError(f"{self.page_file(document, number)}: {error.strerror or error}") from error

    def _set_aside(self, work_folder: Path) -> None:
        try:
            move(work_folder, self.folder.scratch / work_folder.name)
        except PermissionError:
            # Some systems move no folder while a file in it is open. Without its original it is no document any more,
            # and the next start removes the rest.
            remove(WorkFolder(work_folder).original, missing_ok=True)
            with suppress(OSError):
                remove_tree(work_folder)

    def discard(self, document: Document) -> None:
        """Remove a document's work folder; it is renamed first, so that a half removed one is not taken for a document.

        Raises:
            PublishError: Nothing of it could be removed.
        """
        work_folder = self.folder.document(document.ident).root
        try:
            if work_folder.is_dir():
                self._set_aside(work_folder)
        except OSError as error:
            raise PublishError(f"{work_folder}: {error.strerror or error}") from error
        with suppress(OSError):  # what is left is removed the next time, or at the next start
            for left in self.folder.scratch.iterdir():
                remove_tree(left)
                if left.name.startswith(document.ident):  # left by a worker that died
                    remove(left, missing_ok=True)


def _claim_of(source: Source, terms: Terms, options: DocumentOptions, now: float, choice: FileChoice) -> Claim:
    stamp = source.stamp
    leaves = stamp is not None and not terms.copy
    return Claim(
        name=options.name or source.name,
        folder=options.folder,
        claimed_at=now,
        only=options.only,
        engine=choice.engine,
        outputs=options.outputs,
        origin=Origin(root=str(source.root), way=str(source.relative), stamp=stamp) if stamp and leaves else None,
        in_place=stamp if stamp and not leaves and is_over(terms.most_mib, stamp.size) else None,
        late=options.late,
        again=options.again,
        patient=choice.patient if options.patient is None else options.patient,
    )


def _document_of(work_folder: WorkFolder, claim: Claim, claimed: Claimed) -> Document:
    return Document(
        ident=work_folder.root.name,
        name=claim.name,
        folder=claim.folder,
        path=str(work_folder.original),
        sha256=claimed.sha256,
        size=claimed.size,
        claimed_at=work_folder.root.stat().st_mtime if claim.claimed_at is None else claim.claimed_at,
        only=claim.only,
        engine=claim.engine,
        outputs=claim.outputs,
        cut_off=claimed.cut_off,
        mended=claimed.mended,
        in_place=claim.in_place is not None,
        late=claim.late,
        again=claim.again,
        patient=claim.patient,
    )


def _undo_claim(work_folder: WorkFolder) -> None:
    with suppress(OSError):  # what cannot be undone now is mended at the next start
        if not os.path.lexists(work_folder.taken):
            remove_tree(work_folder.root)
