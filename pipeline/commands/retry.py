"""``dropleaf retry``: asks the model again for pages that fell back; the others stay byte for byte."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from pipeline.choices import Engine, OriginalAction
from pipeline.commands.convert import run_once
from pipeline.dispatch.converter import fingerprint_of
from pipeline.dispatch.overview import Tally
from pipeline.document import Document
from pipeline.errors import UsageError, VanishedError
from pipeline.results.journal import Journal
from pipeline.results.published import Originals, PublishedDocument, find_named, find_published
from pipeline.results.taking_back import Again, claim_published
from pipeline.settings.settings import Settings
from pipeline.status.read import Snapshot


def documents_to_retry(outbox: Path, names: Sequence[str], *, everything: bool = False) -> list[PublishedDocument]:
    """The published documents with pages that fell back.

    Args:
        outbox: That holds them.
        names: Of results or of originals, with or without ending, with or without folder; empty for all.
        everything: Whether those without such pages are wanted, too.

    Raises:
        UsageError: A name does not belong to a published document.
    """
    chosen = find_named(outbox, names) if names else find_published(outbox)
    return [document for document in chosen if everything or document.fallback_pages]


def retry(
    settings: Settings,
    documents: Sequence[PublishedDocument],
    show: Callable[[Snapshot], None],
    *,
    leave_out: Callable[[str], None] | None = None,
    everything: bool = False,
) -> Tally:
    """Ask the model again for the pages that fell back, and publish each document again.

    Args:
        settings: Of the whole program.
        documents: With such pages.
        show: Takes snapshots.
        everything: Ask for all pages, not only for those that fell back.
        leave_out: Called with the reason for each document that cannot be asked again; None to do all or nothing.

    Raises:
        UsageError: The engine is basic, or an original or a result is missing or has been changed.
        PipelineError: The work cannot go on; the results are as they were.
    """
    if settings.engine is Engine.BASIC:
        raise UsageError("engine: basic asks no model; set engine: lmstudio to try pages again")
    originals = Originals(outbox=settings.outbox, inbox=settings.inbox)
    for document in documents if leave_out is None else ():  # check all of them before the first one is begun
        _original_of(document, originals, settings.outbox)
    again = Again(fingerprint=fingerprint_of(settings), everything=everything)

    def claim(journal: Journal, document: PublishedDocument) -> Document:
        folder = document.stem.relative_to(settings.outbox).parent.as_posix()
        original = _original_of(document, originals, settings.outbox)
        return claim_published(journal, document, original, folder=folder, again=again)

    def claim_all(journal: Journal) -> Iterator[Document]:
        return _claimed(documents, partial(claim, journal), leave_out)

    return run_once(settings, claim_all, folder=settings.outbox, originals=OriginalAction.KEEP, show=show)


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


def _original_of(document: PublishedDocument, originals: Originals, outbox: Path) -> Path:
    return originals.find(
        document.stem.relative_to(outbox).as_posix(), name=document.name, sha256=document.manifest.document.sha256
    )
