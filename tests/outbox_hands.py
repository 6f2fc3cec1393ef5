"""Results that a test puts into an outbox: written by the publisher's own functions, and checked like any others."""

import hashlib
from pathlib import Path

from delivery import delivery_of

from pipeline.choices import Engine
from pipeline.document import Document
from pipeline.errors import DocumentError
from pipeline.files.atomic import file_to_sha256
from pipeline.page_result import Attempt, Checks, Fallback, FallbackReason, Method, PageResult, PageTimings
from pipeline.results.document_html import pages_to_html
from pipeline.results.manifest import (
    Manifest,
    RunRecord,
    RunSettings,
    error_to_manifest,
    manifest_to_bytes,
    pages_to_manifest,
)

_SETTINGS = RunSettings(engine=Engine.LMSTUDIO, workers=5, page_timeout_s=180, document_timeout_s=300)
_FINISHED_AT = 1.8e9


def entry(
    number: int = 1, *, reason: FallbackReason | None = None, unseen: tuple[str, ...] = (), **changes: object
) -> PageResult:
    """A page as its worker reports it: the model's, or with a reason one that was read from the PDF's text.

    Args:
        number: From 1.
        reason: Why it fell back.
        unseen: Numbers of the answer that the page's text lacks.
        **changes: Further fields.
    """
    usual = {
        "number": number,
        "method": Method.TEXT_LAYER if reason else Method.VISION,
        "reader": "pdfminer" if reason else None,
        "fallback": Fallback(reason=reason, detail="") if reason else None,
        "attempts": (Attempt(server="http://s/v1", model="m", outcome="ok", request_s=0.3, completion_tokens=5),),
        "checks": Checks(text_recall=1.0, numbers_unseen=unseen),
        "timings": PageTimings(queue_s=0.1, render_s=0.1, request_s=0.3, check_s=0.1, total_s=0.6),
    }
    return PageResult(**usual | changes)  # type: ignore[arg-type]  # the caller's


def deliver(
    outbox: Path,
    stem: str,
    *results: PageResult,
    pdf: Path | None = None,
    finished_at: float = _FINISHED_AT,
    **changes: object,
) -> Path:
    """HTML and manifest under ``outbox`` as the publisher writes them, held against all that they promise.

    Args:
        outbox: Made where it is missing.
        stem: Path in it, without ending.
        *results: Of the pages, one good page if there are none.
        pdf: The original, which is not moved.
        finished_at: Seconds since the epoch.
        **changes: Fields of the document.
    """
    pages = results or (entry(),)
    contents = [(page, f"<p>text of page {page.number}</p>") for page in pages]
    fallen = [page.number for page in pages if page.fell_back]
    document = _document(stem, pdf, changes)
    html = b"".join(pages_to_html(document.name, contents, page_count=len(pages), fallback_pages=fallen))
    html_file = outbox / f"{stem}.html"
    html_file.parent.mkdir(parents=True, exist_ok=True)
    html_file.write_bytes(html)
    made = pages_to_manifest(
        document,
        pages,
        page_count=len(pages),
        html_sha256=hashlib.sha256(html).hexdigest(),
        run=_run(finished_at),
    )
    return _checked(outbox / f"{stem}.json", made)


def reject(outbox: Path, stem: str, error: DocumentError, *, pdf: Path | None = None, **changes: object) -> Path:
    """The manifest of a document that failed, under ``outbox/failed``, as the publisher writes it."""
    manifest = outbox / "failed" / f"{stem}.json"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    document = _document(stem, pdf, changes)
    return _checked(manifest, error_to_manifest(document, error, run=_run(_FINISHED_AT)))


def _document(stem: str, pdf: Path | None, changes: dict[str, object]) -> Document:
    usual = {
        "ident": "i",
        "name": f"{Path(stem).name}.pdf",
        "folder": str(Path(stem).parent),
        "path": "",
        "sha256": file_to_sha256(pdf) if pdf else "0" * 64,
        "size": pdf.stat().st_size if pdf else 1234,
        "claimed_at": _FINISHED_AT - 2.5,
    }
    return Document(**usual | changes)  # type: ignore[arg-type]  # the caller's


def _run(finished_at: float) -> RunRecord:
    return RunRecord(settings=_SETTINGS, began_at=finished_at - 2, finished_at=finished_at, publish_s=0.5)


def _checked(manifest: Path, made: Manifest) -> Path:
    manifest.write_bytes(manifest_to_bytes(made))
    delivery_of(manifest)
    return manifest
