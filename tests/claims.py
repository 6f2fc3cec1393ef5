"""Documents in work, made by hand: a dropped file, its claim, its finished pages."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.choices import Engine
from pipeline.document import Document
from pipeline.files.file_choice import read_choice
from pipeline.markup.table import html_to_tables
from pipeline.page_result import Content, Fallback, FallbackReason, Method, PageResult, content_to_result
from pipeline.page_result import PageTimings as Timings
from pipeline.results.journal import Journal
from pipeline.results.manifest import FileFacts, Manifest, RunRecord, RunSettings, pages_to_manifest
from pipeline.results.page_record import write_record
from pipeline.results.state_folder import state_folder_of
from pipeline.settings.settings import Settings

BYTES = b"%PDF-1.4\nwords\n%%EOF\n"
RUN_SETTINGS = RunSettings(
    engine=Settings.model_fields["engine"].default, workers=5, page_timeout_s=180.0, document_timeout_s=300.0
)
RUN = RunRecord(settings=RUN_SETTINGS, began_at=1e9, finished_at=1e9 + 2, publish_s=0.25)
DIGEST = "ab" * 32
DOCUMENT = Document(ident="a", name="a.pdf", folder=".", path="/a", sha256=DIGEST, size=1, claimed_at=1e9 - 0.5)
FELL = Fallback(reason=FallbackReason.TIMEOUT, detail="too slow")


def eventually(happened: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether something comes true within a generous time."""
    limit = time.monotonic() + seconds
    while not (done := bool(happened())) and time.monotonic() < limit:
        time.sleep(0.005)
    return done


def drop(inbox: Path, name: str = "report.pdf", content: bytes = BYTES) -> Path:
    """A file in the inbox."""
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def choice_of(path: Path) -> Engine | None:
    """The engine that was chosen for a file."""
    with path.open("rb") as file:
        return read_choice(file.fileno()).engine


def journal_of(outbox: Path) -> Journal:
    """The working state of an outbox, as a daemon that has just started has it."""
    return Journal(state_folder_of(outbox))


def claimed(folder: Path, journal: Journal, name: str = "report.pdf", content: bytes = BYTES) -> Document:
    """A document that was dropped and claimed."""
    path = drop(folder / "inbox", name, content)
    return journal.claim(path, str(path.parent.relative_to(folder / "inbox")), copy=False)


def page_result(number: int = 1, reason: FallbackReason | None = None, detail: str = "") -> PageResult:
    """A page by the model, or one that fell back."""
    method = Method.VISION if reason is None else Method.TEXT_LAYER
    content = Content(method=method, html="", reader=None if reason is None else "pdfminer")
    fallback = Fallback(reason=reason, detail=detail) if reason else None
    return content_to_result(content, number, fallback=fallback, attempts=(), timings=Timings(total_s=0.5))


def finish_page(journal: Journal, document: Document, number: int, html: str = "<p>words</p>") -> None:
    """What a worker and the loop do when a page is done."""
    content = Content(method=Method.VISION, html=html, tables=html_to_tables(html))
    write_record(journal.draft_file(document, number), page_result(number), content)
    journal.commit(document, number)


def manifest_for(document: Document, files: Sequence[FileFacts] = ()) -> Manifest:
    """A manifest of one page."""
    digest = files[0].sha256 if files else DIGEST
    return pages_to_manifest(document, [page_result()], page_count=1, html_sha256=digest, files=files, run=RUN)
