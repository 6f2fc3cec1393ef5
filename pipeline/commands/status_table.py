"""``dropleaf status`` as tables for people."""

import time
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.document import printable
from pipeline.results.manifest import FallbackFacts
from pipeline.status.read import DocumentStatus, PageStatus, ResultStatus, ServerStatus, Status

_SHOWN = 20


def print_status(console: Console, status: Status) -> None:
    """Print the state."""
    daemon = status.daemon
    running = f"[green]running[/] (pid {daemon.pid})" if daemon.running else "[yellow]not running[/]"
    console.print(f"Daemon {running} · inbox {_text(status.inbox)} · outbox {_text(status.outbox)}")
    for trouble in status.troubles:
        console.print(f"[bold red]{_text(trouble)}[/]")
    _print_servers(console, status.servers)
    _print_running(console, status.running)
    counts = status.counts
    console.print(f"{len(status.waiting)} waiting in the inbox · {counts.done} done · {counts.failed} failed")
    _print_results(console, "Done", status.done[:_SHOWN], counts.done)
    _print_results(console, "Failed", status.failed[:_SHOWN], counts.failed)


def _text(value: str) -> str:
    """A value that may hold any characters, as text that is safe for a terminal."""
    return escape(printable(value))


def _print_servers(console: Console, servers: Sequence[ServerStatus]) -> None:
    if not servers:
        return
    table = Table("server", "model", "slots in use", "state", title="Servers", title_justify="left")
    for server in servers:
        slots = f"{server.in_flight} of {server.slots}"
        table.add_row(_text(server.url), _text(server.model or "-"), slots, _text(server.state))
    console.print(table)


def _print_running(console: Console, documents: Sequence[DocumentStatus]) -> None:
    if not documents:
        return
    table = Table("document", "phase", "pages", "fell back", "in work", title="In work", title_justify="left")
    for document in documents:
        pages = f"{document.finished} of {document.pages}" if document.pages else "-"
        at_work = ", ".join(map(_page_to_words, document.running))
        fallbacks = ", ".join(map(str, document.fallbacks))
        table.add_row(_text(document.name), document.phase, pages, fallbacks, at_work)
    console.print(table)


def _page_to_words(page: PageStatus) -> str:
    tokens = f", {page.tokens} tokens" if page.tokens else ""
    return f"{page.number} {page.step} {time.time() - page.since:.0f} s{tokens}"


def _print_results(console: Console, title: str, results: Sequence[ResultStatus], count: int) -> None:
    if not results:
        return
    if count > len(results):
        title = f"{title}: the newest {len(results)} of {count:,}"
    table = Table("document", "outcome", "pages", "seconds", "what", title=title, title_justify="left")
    for result in results:
        what = result.error.message if result.error else _fallbacks_to_words(result.fallbacks)
        pages, seconds = str(result.document.pages), f"{result.timings.total_s:.1f}"
        table.add_row(_text(result.document.name), result.outcome.value, pages, seconds, _text(what))
    console.print(table)


def _fallbacks_to_words(fallbacks: Sequence[FallbackFacts]) -> str:
    return ", ".join(f"page {fallback.page} {fallback.reason.value}" for fallback in fallbacks)
