"""``dropleaf status`` for people: tables."""

import time

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.document import printable
from pipeline.results.manifest import Json, JsonObject

_SHOWN = 20


def print_status(console: Console, facts: JsonObject) -> None:
    """Print what :func:`pipeline.status.read.read_status` gives."""
    daemon = _object(facts["daemon"])
    running = f"[green]running[/] (pid {daemon['pid']})" if daemon["running"] else "[yellow]not running[/]"
    console.print(f"Daemon {running} · inbox {_text(facts['inbox'])} · outbox {_text(facts['outbox'])}")
    for trouble in _list(facts["troubles"]):
        console.print(f"[bold red]{_text(trouble)}[/]")
    _print_servers(console, _list(facts["servers"]))
    _print_running(console, _list(facts["running"]))
    waiting = _list(facts["waiting"])
    counts = _object(facts["counts"])
    console.print(f"{len(waiting)} waiting in the inbox · {counts['done']} done · {counts['failed']} failed")
    _print_results(console, "Done", _list(facts["done"])[:_SHOWN])
    _print_results(console, "Failed", _list(facts["failed"])[:_SHOWN])


def _text(value: Json) -> str:
    """A value that may hold anything, as a terminal can show it."""
    return escape(printable(str(value)))


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _print_servers(console: Console, servers: list[Json]) -> None:
    if not servers:
        return
    table = Table("server", "model", "slots in use", "state", title="Servers", title_justify="left")
    for server in map(_object, servers):
        slots = f"{server['in_flight']} of {server['slots']}"
        table.add_row(_text(server["url"]), _text(server["model"] or "-"), slots, _text(server["state"]))
    console.print(table)


def _print_running(console: Console, documents: list[Json]) -> None:
    if not documents:
        return
    table = Table("document", "phase", "pages", "fell back", "in work", title="In work", title_justify="left")
    for document in map(_object, documents):
        pages = f"{document.get('finished', 0)} of {document['pages']}" if document.get("pages") else "-"
        at_work = ", ".join(_page_to_words(_object(page)) for page in _list(document.get("running")))
        fallbacks = ", ".join(map(str, _list(document.get("fallbacks"))))
        table.add_row(_text(document["name"]), str(document["phase"]), pages, fallbacks, at_work)
    console.print(table)


def _page_to_words(page: JsonObject) -> str:
    since = page["since"]
    seconds = time.time() - since if isinstance(since, float) else 0.0
    tokens = f", {page['tokens']} tokens" if page["tokens"] else ""
    return f"{page['number']} {page['step']} {seconds:.0f} s{tokens}"


def _print_results(console: Console, title: str, results: list[Json]) -> None:
    if not results:
        return
    table = Table("document", "outcome", "pages", "seconds", "what", title=title, title_justify="left")
    for result in map(_object, results):
        document, timings, error = _object(result["document"]), _object(result["timings"]), _object(result["error"])
        what = str(error["message"]) if error else _fallbacks_to_words(_list(result["fallbacks"]))
        total = timings.get("total_s")
        seconds = f"{total:.1f}" if isinstance(total, int | float) else "-"
        table.add_row(_text(document["name"]), str(result["outcome"]), str(document["pages"]), seconds, _text(what))
    console.print(table)


def _fallbacks_to_words(fallbacks: list[Json]) -> str:
    return ", ".join(f"page {page['page']} {page['reason']}" for page in map(_object, fallbacks))
