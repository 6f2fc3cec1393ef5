"""``dropleaf retry``: the pages that fell back are asked again; the others stay byte for byte."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.converter import fingerprint_of
from pipeline.document import Document, Engine
from pipeline.errors import UsageError
from pipeline.foreground import run_once
from pipeline.journal import Journal, write_record
from pipeline.overview import Tally
from pipeline.published import PublishedDocument, find_published
from pipeline.settings import Settings
from pipeline.status import Snapshot


def documents_to_retry(outbox: Path, names: Sequence[str]) -> list[PublishedDocument]:
    """The published documents that have pages which fell back.

    Args:
        outbox: Where they lie.
        names: Of results or of originals, with or without ending, with or without folder; empty for all.

    Raises:
        UsageError: A name is none of a published document.
    """
    published = list(find_published(outbox))
    chosen = published if not names else [_by_name(published, outbox, name) for name in names]
    return [document for document in chosen if document.fallback_pages]


def retry(settings: Settings, documents: Sequence[PublishedDocument], show: Callable[[Snapshot], None]) -> Tally:
    """Ask the model again for the pages that fell back, and publish each document anew.

    Raises:
        UsageError: The engine is basic, or an original or a result is missing.
        PipelineError: The work cannot go on; the results are as they were.
    """
    if settings.engine is Engine.BASIC:
        raise UsageError("engine: basic asks no model; set engine: lmstudio to try pages again")
    originals = [document.original() for document in documents]

    def claim(journal: Journal) -> Iterator[Document]:
        for document, original in zip(documents, originals, strict=True):
            folder = str(original.parent.relative_to(settings.outbox))
            only = tuple(int(str(entry["number"])) for entry in document.entries)
            claimed = replace(journal.claim(original, folder, copy=True, only=only), name=document.name)
            _keep_good_pages(journal, claimed, document, fingerprint_of(settings))
            yield claimed

    return run_once(settings, claim, folder=settings.outbox, originals="move", show=show)


def _keep_good_pages(journal: Journal, claimed: Document, document: PublishedDocument, fingerprint: str) -> None:
    journal.begin(claimed, fingerprint)
    again = set(document.fallback_pages)
    for entry, html in document.pages():
        number = int(str(entry["number"]))
        if number not in again:
            write_record(journal.page_file(claimed, number), entry, html)


def _by_name(published: Sequence[PublishedDocument], outbox: Path, name: str) -> PublishedDocument:
    wanted = name.removesuffix(".pdf").removesuffix(".json").removesuffix(".html")
    for document in published:
        if wanted in {document.stem.name, str(document.stem.relative_to(outbox)), str(document.stem)}:
            return document
    raise UsageError(f"{name}: no such document in {outbox}; `dropleaf status` lists them")
