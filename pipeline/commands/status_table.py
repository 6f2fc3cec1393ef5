"""Prints ``dropleaf status`` as tables."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from enum import IntEnum
from pathlib import PurePosixPath

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pipeline.commands.named_status import document_path, result_path
from pipeline.kinds import without_end
from pipeline.pool.interface import HostFacts
from pipeline.printable import printable
from pipeline.results.doubts import counts_to_words
from pipeline.results.manifest import FallbackFacts
from pipeline.status.listing import ResultStatus
from pipeline.status.read import Status
from pipeline.status.snapshot import DocumentStatus, PageStatus, ServerStatus

_LOOKED_AT_EVERY_S = 1.0


class Extent(IntEnum):
    """How many results are listed at most."""

    NEWEST = 5
    IN_JSON = 100
    EVERYTHING = 1_000_000


def status_to_table(status: Status, extent: Extent) -> RenderableType:
    """The state: first what needs a person's action, then counts, work, and the newest results."""
    return Group(*_status_to_parts(status, extent))


def watch_status(console: Console, read: Callable[[], Status], extent: Extent) -> None:
    """Show the state again each second, until Ctrl-C."""
    with suppress(KeyboardInterrupt), Live(console=console, auto_refresh=False) as live:
        while True:
            live.update(status_to_table(read(), extent), refresh=True)
            time.sleep(_LOOKED_AT_EVERY_S)


def _status_to_parts(status: Status, extent: Extent) -> Iterator[RenderableType]:
    counts = status.counts
    waiting, work = len(status.waiting), len(status.running)
    yield Text(f"{waiting} waiting · {work} in work · {counts.done} done · {counts.failed} failed", style="bold")
    for trouble in status.troubles:
        yield Text(printable(trouble), style="bold red")
    daemon = status.daemon
    running = f"[green]running[/] (pid {daemon.pid})" if daemon.running else "[yellow]not running[/]"
    page = f" · page {_text(daemon.page)}" if daemon.page else ""
    yield Text.from_markup(f"Daemon {running} · inbox {_text(status.inbox)} · outbox {_text(status.outbox)}{page}")
    for note in status.notes:
        yield Text(printable(note), style="yellow")
    if status.servers:
        yield _servers_to_table(status.servers)
    if status.hosts:
        yield _hosts_to_table(status.hosts)
    if status.running:
        yield _running_to_table(status.running, extent)
    yield from _results_to_parts("Done", status.done[:extent], counts.done)
    yield from _results_to_parts("Failed", status.failed[:extent], counts.failed)


def _text(value: str) -> str:
    """A value, which may have any characters, as text that is safe for a terminal."""
    return escape(printable(value))


def _servers_to_table(servers: Sequence[ServerStatus]) -> Table:
    table = Table("server", "model", "slots in use", "state", title="Servers", title_justify="left")
    for server in servers:
        slots = f"{server.in_flight} of {server.slots}"
        table.add_row(_text(server.url), _text(server.model or "-"), slots, _text(server.state))
    return table


def _hosts_to_table(hosts: Sequence[HostFacts]) -> Table:
    table = Table("host", "slots in use", "state", title="Hosts", title_justify="left")
    for host in hosts:
        table.add_row(_text(host.name), f"{host.in_work} of {host.slots}", _text(host.state))
    return table


def _running_to_table(documents: Sequence[DocumentStatus], extent: Extent) -> Table:
    shown = [document for document in documents if document.phase != "waiting"] or list(documents)
    left_out = len(documents) - len(shown[: 2 * extent])
    title = f"In work ({left_out} more wait)" if left_out else "In work"
    table = Table("document", "phase", "pages", "fell back", "in work", title=title, title_justify="left")
    for document in shown[: 2 * extent]:
        pages = f"{document.finished} of {document.pages}" if document.pages else "-"
        at_work = ", ".join(map(_page_to_words, document.running))
        fallbacks = ", ".join(map(str, document.fallbacks))
        phase = f"{document.phase}, paused" if document.paused else document.phase
        table.add_row(_text(document_path(document)), phase, pages, fallbacks, at_work)
    return table


def _page_to_words(page: PageStatus) -> str:
    tokens = f", {page.tokens} tokens" if page.tokens else ""
    return f"{page.number} {page.step} {time.time() - page.since:.0f} s{tokens}"


def _results_to_parts(title: str, results: Sequence[ResultStatus], count: int) -> Iterator[RenderableType]:
    if not results:
        return
    if count > len(results):
        title = f"{title}: the newest {len(results)} of {count:,}; --all shows every one"
    table = Table("document", "outcome", "pages", "seconds", "what", title=title, title_justify="left")
    for result in results:
        pages, seconds = str(result.document.pages), f"{result.timings.total_s:.1f}"
        name, words = _text(_result_to_name(result)), _text(_result_to_words(result))
        table.add_row(name, result.outcome.value, pages, seconds, words)
    yield table


def _result_to_name(result: ResultStatus) -> str:
    """The path of the original; before it that of the result, which commands take, where the two differ."""
    stem = PurePosixPath(result_path(result))
    original = str(stem.with_name(result.document.name))
    return original if without_end(original) == str(stem) else f"{stem} ({result.document.name})"


def _result_to_words(result: ResultStatus) -> str:
    if result.error:
        return f"{result.error.message} {result.error.advice}"
    return "; ".join(filter(None, (_fallbacks_to_words(result.fallbacks), counts_to_words(result.review))))


def _fallbacks_to_words(fallbacks: Sequence[FallbackFacts]) -> str:
    """Each reason with its pages: ``timeout: pages 2, 7``."""
    pages: dict[str, list[int]] = {}
    for fallback in fallbacks:
        pages.setdefault(fallback.reason.value, []).append(fallback.page)
    return "; ".join(f"{reason}: {_pages_to_words(numbers)}" for reason, numbers in pages.items())


def _pages_to_words(numbers: Sequence[int]) -> str:
    most = 8
    more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers[:most]))}{more}"
