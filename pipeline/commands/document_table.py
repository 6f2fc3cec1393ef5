"""Prints ``dropleaf status NAME``: all about one document that has ended."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pipeline.printable import printable
from pipeline.results.doubts import counts_to_words
from pipeline.results.manifest import Manifest
from pipeline.results.published import find_failed, find_named, is_named
from pipeline.results.result_names import FAILED_FOLDER


def document_to_table(outbox: Path, name: str) -> RenderableType:
    """All about one document that was delivered or has failed.

    Args:
        outbox: The outbox that has it.
        name: Name of a result or an original, with or without extension, with or without folder.

    Raises:
        UsageError: There is no such document.
    """
    failed = [each for each in find_failed(outbox) if is_named(each, outbox / FAILED_FOLDER, name)]
    if failed and not failed[0].manifest.pages:
        return Group(*_failure_to_parts(failed[0].stem, failed[0].manifest))
    (document,) = find_named(outbox, [name])
    return Group(*_manifest_to_parts(document.stem, document.manifest))


def _failure_to_parts(stem: Path, manifest: Manifest) -> Iterator[RenderableType]:
    yield Text.from_markup(f"[bold]{escape(printable(manifest.document.name))}[/]: [red]failed[/]")
    if manifest.error is not None:
        yield Text(printable(f"{manifest.error.message} {manifest.error.advice}"))
    yield Text(printable(f"{stem}.json, finished {manifest.finished_at}"))
    yield Text(printable(f"`dropleaf retry {stem.name}` tries it again."))


def _manifest_to_parts(stem: Path, manifest: Manifest) -> Iterator[RenderableType]:
    counts = ", ".join(f"{count} {method.value}" for method, count in manifest.counts.items() if count)
    name = escape(printable(manifest.document.name))
    yield Text.from_markup(f"[bold]{name}[/]: {manifest.outcome.value}, {counts}")
    yield Text(f"{printable(str(stem))}.html, finished {manifest.finished_at}, {manifest.timings.total_s:.1f} s")
    for warning in manifest.warnings:
        yield Text(printable(warning), style="yellow")
    reasons = Counter(fallback.reason.value for fallback in manifest.fallbacks)
    if reasons:
        words = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        yield Text(f"Fell back: {words}. `dropleaf retry {printable(stem.name)}` asks the model again for these pages.")
    if words := counts_to_words(manifest.review):
        yield Text(f"{words[0].upper()}{words[1:]}: `dropleaf watch` shows where, on its web page.")
    table = Table("page", "method", "tables", "seconds", "why not the model", title_justify="left")
    for page in manifest.pages:
        why = f"{page.fallback.reason.value} {page.fallback.detail or ''}" if page.fallback else ""
        seconds = f"{page.timings.total_s:.1f}"
        table.add_row(str(page.number), page.method.value, str(page.tables), seconds, escape(printable(why)))
    yield table
