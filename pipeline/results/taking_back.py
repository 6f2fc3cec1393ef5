"""Takes published documents back into work, because pages fell back or because the document failed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath

from pipeline.document import Document
from pipeline.errors import ChangedError, IrregularError, UsageError, os_error_to_words
from pipeline.files.atomic import hash_open, write_whole
from pipeline.files.password_file import write_password
from pipeline.files.stamp import Stamp
from pipeline.host.moving import remove
from pipeline.kinds import original_end
from pipeline.page_result import FallbackReason, PageResult
from pipeline.results.claiming import Source, Terms, handle_to_stamp, open_source
from pipeline.results.journal import DocumentOptions, Journal
from pipeline.results.page_record import write_page_record
from pipeline.results.published import PublishedDocument
from pipeline.results.result_files import files_to_outputs
from pipeline.results.result_names import MANIFEST_END, with_end
from pipeline.results.state_folder import WorkFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is done again.

    Attributes:
        fingerprint: Of the settings with which the document will be converted.
        reason: Only pages that fell back for this reason are asked again, behind all other documents; None for all
            pages that fell back, in their turn.
        everything: Whether all pages are asked again, also the good ones; then they wait while no server can be
            reached, since good pages must not be lost for that.
        password: That a user has entered for the document; kept as long as it is in work.
    """

    fingerprint: str
    reason: FallbackReason | None = None
    everything: bool = False
    password: str | None = field(default=None, repr=False)

    def concerns(self, page: PageResult) -> bool:
        """Whether the page is asked again."""
        return self.everything or (page.fell_back and self.reason in {None, page.reason})


def claim_published(
    journal: Journal, published: PublishedDocument, original: Path, *, folder: str, again: Again
) -> Document:
    """Claim a copy of a published document; its other pages count as finished and are kept byte for byte.

    Args:
        journal: Of the process that will work on it.
        published: It has pages to ask again.
        original: The file that it was made from.
        folder: Of the results, relative to the outbox.
        again: What is done.

    Raises:
        UsageError: The result is missing, or was changed.
        VanishedError: The original is gone.
        PublishError: The working state cannot be written.
    """
    pages = list(published.pages())

    def keep_good_pages(work_folder: WorkFolder) -> None:
        _keep_password(again.password, work_folder)
        write_whole(work_folder.settings, [again.fingerprint.encode()])
        for record in pages:
            if not again.concerns(record.page):
                write_page_record(work_folder.page(record.page.number), record)

    source = Source(root=original.parent, relative=PurePosixPath(original.name))
    options = DocumentOptions(
        folder=folder,
        name=published.name,
        only=tuple(record.page.number for record in pages),
        late=again.reason is not None,
        again=True,
        patient=True if again.everything else None,
        outputs=files_to_outputs(published.stem.name, published.manifest.files),
    )
    claimed = _take(journal, source, Terms(copy=True), options, keep_good_pages)
    if claimed.sha256 != published.manifest.document.sha256:  # the file was replaced after it was found
        journal.discard(claimed)
        raise UsageError(f"{original.name} is not the file that the result was made from")
    return claimed


def claim_failed(
    journal: Journal, manifest: Path, root: Path, *, name: str, sha256: str, password: str | None = None
) -> Document:
    """Claim a document out of ``failed/``; at every moment it is either there or in work.

    Args:
        journal: Of the process that will work on it.
        manifest: Of the failure; it is removed.
        root: The folder of failed documents.
        name: As it was dropped.
        sha256: The hash that the file must have; empty for a file that was too large to be read.
        password: That a user has entered for it; kept as long as the document is in work.

    Raises:
        UsageError: The file is not there, or another one.
        PublishError: The working state cannot be written.
    """
    options = DocumentOptions(folder=manifest.parent.relative_to(root).as_posix(), name=name)
    source = _source_of_failed(manifest, name, sha256)
    claimed = _take(journal, source, Terms(copy=False), options, partial(_keep_password, password))
    remove(manifest, missing_ok=True)
    return claimed


def copy_failed(journal: Journal, failed: PublishedDocument, root: Path) -> Document:
    """Claim a copy of a document of ``failed/``, for a command: its work is lost when it is killed.

    Args:
        journal: Of the command.
        failed: The document; it stays where it is.
        root: The folder of failed documents.

    Raises:
        UsageError: The file is not there, or another one.
        PublishError: The working state cannot be written.
    """
    options = DocumentOptions(folder=failed.stem.parent.relative_to(root).as_posix(), name=failed.name)
    source = _source_of_failed(with_end(failed.stem, MANIFEST_END), failed.name, failed.manifest.document.sha256)
    return _take(journal, source, Terms(copy=True), options)


def _source_of_failed(manifest: Path, name: str, sha256: str) -> Source:
    name_there = manifest.stem + original_end(name)
    source = Source(root=manifest.parent, relative=PurePosixPath(name_there))
    try:
        source = replace(source, stamp=_stamp_where(source, sha256))
    except (OSError, IrregularError) as error:
        raise UsageError(f"{name_there}: the file is needed to try again: {_words(error)}") from None
    if source.stamp is None:
        raise UsageError(f"{name_there} is not the file that {manifest.name} describes")
    return source


def _keep_password(password: str | None, work_folder: WorkFolder) -> None:
    if password is not None:
        write_password(work_folder.root, password)


def _take(
    journal: Journal,
    source: Source,
    terms: Terms,
    options: DocumentOptions,
    prepare: Callable[[WorkFolder], None] = lambda _: None,
) -> Document:
    try:
        return journal.take(source, terms, options=options, prepare=prepare)
    except IrregularError as error:
        raise UsageError(f"{source.name}: the file is needed to try again: it is a {error}") from None
    except ChangedError:
        raise UsageError(f"{source.name} is being changed; try again") from None


def _stamp_where(source: Source, sha256: str) -> Stamp | None:
    """The state of a file, if it has these bytes; else None."""
    with open_source(source) as handle:
        stamp = handle_to_stamp(handle)
        return stamp if not sha256 or hash_open(handle) == sha256 else None


def _words(error: Exception) -> str:
    return str(os_error_to_words(error) if isinstance(error, OSError) else f"it is a {error}")
