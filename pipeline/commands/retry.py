"""``dropleaf retry``: asks the model again for pages that fell back, and tries failed documents again."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.choices import Engine, OriginalAction
from pipeline.commands.convert import run_once
from pipeline.dispatch.document_settings import SettingsByFolder
from pipeline.dispatch.overview import Tally
from pipeline.document import Document, Outcome
from pipeline.errors import CancelledError, UsageError, VanishedError
from pipeline.files.lock import turn_at
from pipeline.host.moving import remove
from pipeline.kinds import original_end
from pipeline.results.journal import Journal
from pipeline.results.published import (
    Originals,
    PublishedDocument,
    find_failed,
    find_named,
    find_published,
    is_named,
)
from pipeline.results.result_names import FAILED_FOLDER, MANIFEST_END, with_end
from pipeline.results.state_folder import state_folder_of
from pipeline.results.taking_back import Again, claim_published, copy_failed
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import Snapshot

_NO_MODEL = "engine: basic asks no model; set engine: lmstudio to try pages again"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRetry:
    """The documents of an outbox that are to be tried again.

    Attributes:
        published: With pages that fell back, or to be asked again as a whole.
        failed: Out of ``failed/``.
    """

    published: tuple[PublishedDocument, ...]
    failed: tuple[PublishedDocument, ...] = ()

    def __len__(self) -> int:
        return len(self.published) + len(self.failed)


def find_documents(outbox: Path, names: Sequence[str]) -> ToRetry:
    """The documents with pages that fell back, and those that failed.

    Args:
        outbox: That holds them.
        names: Of results or of originals, with or without ending, with or without folder; empty for all, but for those
            that their user has cancelled.

    Raises:
        UsageError: A name does not belong to a document.
    """
    with _unchanging(outbox):
        published, failed = list(find_published(outbox)), list(find_failed(outbox))
    if not names:
        failed = [each for each in failed if each.manifest.error and each.manifest.error.code != CancelledError.code]
    else:
        published, failed = _named(published, names, outbox), _named(failed, names, outbox / FAILED_FOLDER)
        for name in names:
            if not any(
                is_named(each, outbox, name) or is_named(each, outbox / FAILED_FOLDER, name)
                for each in (*published, *failed)
            ):
                raise UsageError(f"{name}: no such document in {outbox}; `dropleaf status` lists them")
    return ToRetry(published=tuple(each for each in published if each.fallback_pages), failed=tuple(failed))


def find_delivered(outbox: Path, names: Sequence[str]) -> ToRetry:
    """All delivered documents, or those with these names.

    Raises:
        UsageError: A name does not belong to a delivered document.
    """
    with _unchanging(outbox):
        return ToRetry(published=tuple(find_named(outbox, names) if names else find_published(outbox)))


@contextmanager
def _unchanging(outbox: Path) -> Iterator[None]:
    """Wait until no result is being replaced, and let none be: its manifest is missing for that moment."""
    state = state_folder_of(outbox)
    with turn_at(state.turn) if state.root.is_dir() else nullcontext():
        yield


def _named(documents: Iterable[PublishedDocument], names: Sequence[str], root: Path) -> list[PublishedDocument]:
    return [each for each in documents if any(is_named(each, root, name) for name in names)]


def retry(
    settings: Settings,
    documents: ToRetry,
    show: Callable[[Snapshot], None],
    *,
    leave_out: Callable[[str], None] | None = None,
    everything: bool = False,
) -> Tally:
    """Ask the model again for the pages that fell back, convert what failed, and publish each document again.

    Args:
        settings: Of the whole program.
        documents: Of the outbox.
        show: Takes snapshots.
        everything: Ask for all pages, not only for those that fell back.
        leave_out: Called with the reason for each document that cannot be asked again; None to do all or nothing.

    Raises:
        UsageError: The engine is basic, or an original or a result is missing or has been changed.
        PipelineError: The work cannot go on; the results are as they were.
    """
    by_folder = SettingsByFolder(settings)
    if documents.published and Engine.LMSTUDIO not in by_folder.engines:
        raise UsageError(_NO_MODEL)
    tally = Tally(started_at=time.time())
    if documents.published:
        tally.include(_retry_published(settings, documents.published, show, leave_out, everything=everything))
    if documents.failed:
        tally.include(_retry_failed(settings, documents.failed, show, leave_out))
    return tally


def _retry_published(
    settings: Settings,
    documents: Sequence[PublishedDocument],
    show: Callable[[Snapshot], None],
    leave_out: Callable[[str], None] | None,
    *,
    everything: bool,
) -> Tally:
    by_folder = SettingsByFolder(settings)
    originals = Originals(outbox=settings.outbox, inbox=settings.inbox)
    for document in documents if leave_out is None else ():  # check all of them before the first one is begun
        _check_engine(document, by_folder, settings.outbox)
        _original_of(document, originals, settings.outbox)

    def claim(journal: Journal, document: PublishedDocument) -> Document:
        folder = _check_engine(document, by_folder, settings.outbox)
        again = Again(fingerprint=by_folder.fingerprint_of(folder, document.name), everything=everything)
        original = _original_of(document, originals, settings.outbox)
        return claim_published(journal, document, original, folder=folder, again=again)

    def claim_all(journal: Journal) -> Iterator[Document]:
        return _claimed(documents, partial(claim, journal), leave_out)

    return run_once(settings, claim_all, folder=settings.outbox, originals=OriginalAction.KEEP, show=show)


def _retry_failed(
    settings: Settings,
    documents: Sequence[PublishedDocument],
    show: Callable[[Snapshot], None],
    leave_out: Callable[[str], None] | None,
) -> Tally:
    """Convert copies, so that a command that is killed loses nothing; what is delivered leaves ``failed/`` then."""
    failed_by_ident: dict[str, PublishedDocument] = {}

    def claim(journal: Journal, document: PublishedDocument) -> Document:
        claimed = copy_failed(journal, document, settings.outbox / FAILED_FOLDER)
        failed_by_ident[claimed.ident] = document
        return claimed

    def claim_all(journal: Journal) -> Iterator[Document]:
        return _claimed(documents, partial(claim, journal), leave_out)

    def remove_delivered(ident: str, outcome: Outcome, _: Path) -> None:
        if outcome is not Outcome.FAILED:
            failed = failed_by_ident[ident]
            for end in (MANIFEST_END, original_end(failed.name)):
                remove(with_end(failed.stem, end), missing_ok=True)

    # A kept original may be gone from the inbox by now, so it is put beside the result like a moved one.
    delete = settings.originals is OriginalAction.DELETE
    originals = OriginalAction.DELETE if delete else OriginalAction.MOVE
    return run_once(settings, claim_all, folder=settings.outbox, originals=originals, show=show, ended=remove_delivered)


def _claimed(
    documents: Iterable[PublishedDocument],
    claim: Callable[[PublishedDocument], Document],
    leave_out: Callable[[str], None] | None,
) -> Iterator[Document]:
    for document in documents:
        try:
            claimed = claim(document)
        except (UsageError, VanishedError) as error:
            if leave_out is None:
                raise
            leave_out(str(error))
        else:
            yield claimed


def _check_engine(document: PublishedDocument, by_folder: SettingsByFolder, outbox: Path) -> str:
    """Make sure that a model reads the documents of its folder; returns the folder."""
    folder = document.stem.relative_to(outbox).parent.as_posix()
    if by_folder.engine_of(folder, document.name) is Engine.BASIC:
        raise UsageError(f"{document.name}: {_NO_MODEL}")
    return folder


def _original_of(document: PublishedDocument, originals: Originals, outbox: Path) -> Path:
    return originals.find(
        document.stem.relative_to(outbox).as_posix(), name=document.name, sha256=document.manifest.document.sha256
    )
