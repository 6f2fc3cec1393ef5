"""Timings and fallbacks as JSON: what ``manifest.schema.json`` describes."""

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from pipeline.document import Document, Engine, FallbackReason, Method, Outcome, PageResult
from pipeline.errors import DocumentError
from pipeline.release import RELEASE

SCHEMA = "dropleaf/manifest/1"

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """The settings that a reader of the manifest may want to know; timeouts in seconds."""

    engine: Engine
    workers: int
    page_timeout_s: float
    document_timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTimings:
    """When a document was in work; seconds since the epoch, and durations in seconds."""

    started_at: float
    finished_at: float
    queue_s: float
    convert_s: float
    publish_s: float


def result_to_entry(result: PageResult) -> JsonObject:
    """One page as the manifest shows it."""
    attempts: list[Json] = [
        {name: _rounded(value) for name, value in dataclasses.asdict(attempt).items()} for attempt in result.attempts
    ]
    entry: JsonObject = {
        "number": result.number,
        "method": result.method.value,
        "reader": result.reader,
        "fallback": {"reason": result.fallback.reason.value, "detail": result.fallback.detail}
        if result.fallback
        else None,
        "tables": result.tables,
        "repairs": list(result.repairs),
        "warnings": list(result.warnings),
        "attempts": attempts,
        "checks": {
            "text_recall": _rounded(result.checks.text_recall),
            "numbers_unseen": list(result.checks.numbers_unseen),
            "numbers_missing": list(result.checks.numbers_missing),
        },
        "timings": {name: _rounded(value) for name, value in dataclasses.asdict(result.timings).items()},
    }
    return entry


def entries_to_fallbacks(entries: Sequence[JsonObject]) -> list[Json]:
    """The pages that the user did not get from the engine that was asked for."""
    return [
        {"page": entry["number"], "reason": reason, "method": entry["method"]}
        for entry in entries
        if (reason := entry_to_reason(entry)) not in {None, FallbackReason.ENGINE_BASIC}
    ]


def entry_to_reason(entry: JsonObject) -> str | None:
    """Why a page fell back, None where it did not."""
    fallback = entry["fallback"]
    return str(fallback["reason"]) if isinstance(fallback, dict) else None


def is_entry(tree: object) -> bool:
    """Whether a value read from a file can be used as a page's entry."""
    if not isinstance(tree, dict) or not isinstance(tree.get("number"), int):
        return False
    fallback = tree.get("fallback", "")
    reason = fallback.get("reason") if isinstance(fallback, dict) else fallback
    return tree.get("method") in set(Method) and (reason is None or reason in set(FallbackReason))


def pages_to_manifest(
    document: Document,
    entries: Sequence[JsonObject],
    *,
    page_count: int,
    html_sha256: str,
    settings: RunSettings,
    timings: RunTimings,
) -> JsonObject:
    """The manifest of a document that has an HTML file.

    Args:
        document: What was converted.
        entries: One per page of the PDF that was wanted, in order.
        page_count: Of the PDF.
        html_sha256: Hexadecimal, of the HTML file's bytes.
        settings: Those it was converted with.
        timings: Of the whole document.
    """
    fallbacks = entries_to_fallbacks(entries)
    methods = Counter(entry["method"] for entry in entries)
    return {
        **_head(document, pages=page_count, html_sha256=html_sha256),
        "outcome": (Outcome.PARTIAL if fallbacks or methods[Method.NONE] else Outcome.COMPLETE).value,
        "error": None,
        **_times(timings),
        "counts": {method.value: methods[method.value] for method in Method},
        "fallbacks": fallbacks,
        "settings": dataclasses.asdict(settings) | {"engine": settings.engine.value},
        "pages": list(entries),
        "dropleaf": RELEASE,
    }


def error_to_manifest(
    document: Document, error: DocumentError, *, settings: RunSettings, timings: RunTimings
) -> JsonObject:
    """The manifest of a document that could not be converted.

    Args:
        document: What was dropped.
        error: Why.
        settings: Those in force.
        timings: Of the whole document.
    """
    return {
        **_head(document, pages=0, html_sha256=None),
        "outcome": Outcome.FAILED.value,
        "error": {"code": error.code, "message": str(error), "advice": error.advice},
        **_times(timings),
        "counts": {method.value: 0 for method in Method},
        "fallbacks": [],
        "settings": dataclasses.asdict(settings) | {"engine": settings.engine.value},
        "pages": [],
        "dropleaf": RELEASE,
    }


def to_bytes(tree: JsonObject) -> bytes:
    """A manifest as a file; names that are not UTF-8 keep their bytes as escapes."""
    text = json.dumps(tree, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _head(document: Document, *, pages: int, html_sha256: str | None) -> JsonObject:
    return {
        "schema": SCHEMA,
        "document": {"name": document.name, "sha256": document.sha256, "bytes": document.size, "pages": pages},
        "html_sha256": html_sha256,
    }


def _times(timings: RunTimings) -> JsonObject:
    return {
        "started_at": _iso(timings.started_at),
        "finished_at": _iso(timings.finished_at),
        "timings": {
            "queue_s": _rounded(timings.queue_s),
            "convert_s": _rounded(timings.convert_s),
            "publish_s": _rounded(timings.publish_s),
            "total_s": _rounded(timings.queue_s + timings.convert_s + timings.publish_s),
        },
    }


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _rounded(value: Json) -> Json:
    return round(value, 4) if isinstance(value, float) else value
