"""The manifest of a document, written and read: what ``manifest.schema.json`` describes."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeVar

from msgspec import Meta

from pipeline.choices import Engine
from pipeline.document import Document, DocumentFacts, Outcome, OutlineEntry, document_to_facts
from pipeline.errors import DocumentError
from pipeline.files.confined import open_confined
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.page_result import FallbackReason, Method, PageResult
from pipeline.quantities import Count, PageNumber, Seconds
from pipeline.release import RELEASE
from pipeline.results.doubts import ReviewCounts

Schema: TypeAlias = Literal["dropleaf/manifest/1"]
SCHEMA: Schema = "dropleaf/manifest/1"

# Bytes in which the head of most manifests fits (pages come last); one with a longer head is read whole.
_PAGES = b'\n "pages": ['
_HEAD_BYTES = 64 * 1024
_MOST_BYTES = 256 * 1024 * 1024
NOTHING_DOUBTED = ReviewCounts()

#: Digits after the decimal point of seconds and shares.
DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFacts:
    """Why there is no HTML."""

    code: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTimings:
    """Seconds for which a document waited and was in work."""

    queue_s: Seconds
    convert_s: Seconds
    publish_s: Seconds
    total_s: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackFacts:
    """A page that was not read by the engine that the user asked for."""

    page: PageNumber
    reason: FallbackReason
    method: Method


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """A file of the results beside the manifest.

    Attributes:
        name: From the manifest's folder.
        sha256: Hexadecimal, of its bytes.
    """

    name: str
    sha256: str
    bytes: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """The settings that matter to a reader of the manifest; timeouts in seconds."""

    engine: Engine
    workers: Annotated[int, Meta(ge=1)]
    page_timeout_s: Annotated[float, Meta(gt=0)]
    document_timeout_s: Annotated[float, Meta(gt=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestHead:
    """A manifest without its pages, which may be thousands.

    Attributes:
        html_sha256: Hexadecimal, of the HTML file's bytes; None for a failed document.
        error: Why the document failed; None where it did not.
        started_at: As ISO 8601 in UTC, which sorts by time.
        finished_at: The same.
        counts: Number of pages by the method that read them.
        fallbacks: One for each page that fell back, in order.
        review: What is to be looked at; None where an earlier release wrote it.
        warnings: What a reader of the results should know about the file.
        files: The results beside the manifest; empty where an earlier release wrote it.
    """

    schema: Schema = SCHEMA
    document: DocumentFacts
    html_sha256: str | None
    outcome: Outcome
    error: ErrorFacts | None
    started_at: str
    finished_at: str
    timings: RunTimings
    counts: dict[Method, Count]
    fallbacks: tuple[FallbackFacts, ...]
    settings: RunSettings
    review: ReviewCounts | None = None
    warnings: tuple[str, ...] = ()
    files: tuple[FileFacts, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether there is no HTML file."""
        return self.outcome is Outcome.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(ManifestHead):
    """The result of one PDF.

    Attributes:
        pages: One for each page that was wanted, in order.
        outline: The PDF's own contents.
        dropleaf: The release that wrote it.
    """

    pages: tuple[PageResult, ...]
    outline: tuple[OutlineEntry, ...] = ()
    dropleaf: str = RELEASE


Kind = TypeVar("Kind", bound=ManifestHead)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """How and when a document was converted.

    Attributes:
        began_at: Seconds since the epoch.
        finished_at: The same.
        publish_s: Seconds that publishing took.
    """

    settings: RunSettings
    began_at: float
    finished_at: float
    publish_s: float


def pages_to_manifest(
    document: Document,
    pages: Sequence[PageResult],
    *,
    page_count: int,
    html_sha256: str,
    files: Sequence[FileFacts] = (),
    run: RunRecord,
) -> Manifest:
    """The manifest of a document that has an HTML file, in which nothing is doubted.

    Args:
        document: What was converted.
        pages: Those that were wanted, in order.
        page_count: Of the PDF.
        html_sha256: Hexadecimal, of the HTML file's bytes.
        files: The results beside the manifest.
        run: How and when.
    """
    fallbacks = tuple(_pages_to_fallbacks(pages))
    return Manifest(
        document=document_to_facts(document, page_count),
        html_sha256=html_sha256,
        outcome=Outcome.PARTIAL if fallbacks else Outcome.COMPLETE,
        error=None,
        started_at=seconds_to_iso(min(run.began_at, run.finished_at)),
        finished_at=seconds_to_iso(run.finished_at),
        timings=_run_to_timings(document, run),
        counts=_count_methods(pages),
        fallbacks=fallbacks,
        settings=run.settings,
        review=NOTHING_DOUBTED,
        warnings=document.warnings,
        files=tuple(files),
        pages=tuple(pages),
    )


def error_to_manifest(document: Document, error: DocumentError, *, run: RunRecord) -> Manifest:
    """The manifest of a document that could not be converted.

    Args:
        document: What was dropped.
        error: Why.
        run: How and when.
    """
    return Manifest(
        document=document_to_facts(document, 0),
        html_sha256=None,
        outcome=Outcome.FAILED,
        error=ErrorFacts(code=error.code, message=str(error), advice=error.advice),
        started_at=seconds_to_iso(min(run.began_at, run.finished_at)),
        finished_at=seconds_to_iso(run.finished_at),
        timings=_run_to_timings(document, run),
        counts=_count_methods(()),
        fallbacks=(),
        settings=run.settings,
        review=NOTHING_DOUBTED,
        warnings=document.warnings,
        pages=(),
    )


def manifest_to_bytes(manifest: Manifest) -> bytes:
    """A manifest as a file; bytes of names that are not UTF-8 are kept as escapes."""
    return value_to_json(manifest, indented=True)


def read_manifest(root: Path, path: str) -> Manifest | None:
    """A whole manifest; None where the file is not one of ours.

    Args:
        root: The outbox.
        path: Of the manifest, relative to the outbox.

    Raises:
        OSError: It cannot be read.
    """
    with open_confined(root, path) as file:
        data = file.read(_HEAD_BYTES)
        if SCHEMA.encode() not in data:  # it stands at the top; other JSON files of ours may be large
            return None
        return _bytes_to_manifest(data + file.read(_MOST_BYTES), Manifest)


def read_head(root: Path, path: str) -> ManifestHead | None:
    """As :func:`read_manifest`, without reading the pages."""
    with open_confined(root, path) as file:
        data = file.read(_HEAD_BYTES)
        end = data.find(_PAGES)
        if end >= 0:
            data = data[:end].rstrip().rstrip(b",") + b"}"
        elif len(data) == _HEAD_BYTES and SCHEMA.encode() in data:
            data += file.read(_MOST_BYTES)
    return _bytes_to_manifest(data, ManifestHead)


def is_as_written(data: bytes) -> bool:
    """Whether a file holds a manifest of this release or an earlier one, without anything added by somebody."""
    manifest = _bytes_to_manifest(data, Manifest)
    return manifest is not None and _is_within(json.loads(data), json.loads(manifest_to_bytes(manifest)))


def _is_within(part: object, whole: object) -> bool:
    """Whether everything in one tree is in the other, too; a later release may say more."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _is_within(value, whole[name]) for name, value in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(_is_within, part, whole))
    return part == whole


def _bytes_to_manifest(data: bytes, kind: type[Kind]) -> Kind | None:
    try:
        return json_to_value(data, kind)
    except ValueError:
        return None


def _pages_to_fallbacks(pages: Iterable[PageResult]) -> Iterable[FallbackFacts]:
    return (
        FallbackFacts(page=page.number, reason=page.reason or FallbackReason.UNREADABLE, method=page.method)
        for page in pages
        if page.fell_back
    )


def _count_methods(pages: Iterable[PageResult]) -> dict[Method, int]:
    counts: Mapping[Method, int] = Counter(page.method for page in pages)
    return {method: counts[method] for method in Method}


def _run_to_timings(document: Document, run: RunRecord) -> RunTimings:
    """Durations; none is below zero even if the clock was set back meanwhile."""
    began = min(run.began_at, run.finished_at)
    queue = max(0.0, began - document.claimed_at)
    convert = max(0.0, run.finished_at - run.publish_s - began)
    return RunTimings(
        queue_s=round(queue, DIGITS),
        convert_s=round(convert, DIGITS),
        publish_s=round(run.publish_s, DIGITS),
        total_s=round(queue + convert + run.publish_s, DIGITS),
    )


def seconds_to_iso(seconds: float) -> str:
    """A time since the epoch as manifests have it: ISO 8601 in UTC, which sorts by time."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
