"""Shows the progress of conversions: on a terminal a summary line and a bar per document, elsewhere plain lines.

The converting loop only stores snapshots and lines here. A thread draws and prints them, so that a slow terminal, or a
pipe that nobody reads, delays neither a page nor the end.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from pipeline.conditions import server_note
from pipeline.printable import printable
from pipeline.status.snapshot import DocumentStatus, ServerStatus, Snapshot

_DRAWN_EVERY_S = 0.2
# How many lines (the newest) are kept for a slow reader, and how many seconds the end waits for it.
_MOST_LINES = 10_000
_LAST_WAIT_S = 1.0
_MOST_DOCUMENTS = 10
_NAME_CHARS = 40
_BAR_CHARS = 24
# In the first seconds a rate is not yet a useful estimate.
_RATE_FROM_S = 3.0
# Between two pages, and until servers have said that they are there, nothing runs either.
_WAITS_FROM_S = 3.0


class Progress:
    """Shows snapshots. A context manager that leaves the terminal as it was.

    Args:
        console: Where to show them: bars on a terminal, a line for each finished page elsewhere.
        documents: Number of documents that will be converted.
    """

    def __init__(self, console: Console, documents: int) -> None:
        self._console = console
        self._course = Course(documents=documents)
        self._lines: dict[str, str] = {}
        self._waiting: deque[str] = deque(maxlen=_MOST_LINES)
        self._causes: tuple[str, ...] = ()
        self._over = threading.Event()
        show = self._draw if console.is_terminal else self._print
        self._drawer = threading.Thread(target=show, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._drawer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._drawer.join(_LAST_WAIT_S)

    def show(self, snapshot: Snapshot) -> None:
        """Show a snapshot soon; called by the loop."""
        self._course.note(snapshot)
        if not self._console.is_terminal:
            self._waiting.extend(self._new_lines(snapshot))

    def _draw(self) -> None:
        # Drawn by this thread, not by an additional thread of rich.
        spinner = Spinner("dots")
        with Live(console=self._console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False) as live:
            while not self._over.wait(_DRAWN_EVERY_S):
                live.update(course_to_picture(self._course, time.monotonic(), spinner), refresh=True)
            live.update(course_to_picture(self._course, time.monotonic(), None), refresh=True)

    def _print(self) -> None:
        over = False
        while not over:
            over = self._over.wait(_DRAWN_EVERY_S)
            self._waiting.extend(self._new_causes())
            while self._waiting:
                self._console.print(self._waiting.popleft(), markup=False, highlight=False, soft_wrap=True)

    def _new_causes(self) -> Iterator[str]:
        causes, before = self._course.causes(time.monotonic()), self._causes
        self._causes = causes
        yield from (f"waiting: {cause}" for cause in causes if cause not in before)

    def _new_lines(self, snapshot: Snapshot) -> Iterator[str]:
        for document in snapshot.documents:
            if document.pages is None:
                continue
            done = [f"{document.finished} of {document.pages} pages", fallbacks_to_words(len(document.fallbacks))]
            line = f"{printable(document.name)}: {', '.join(filter(None, done))}"
            if self._lines.get(document.ident) != line:
                self._lines[document.ident] = line
                yield line


@dataclass(slots=True, kw_only=True)
class Course:
    """The progress of a run; written by the loop's thread, read by the thread that draws.

    Attributes:
        documents: How many there will be in all.
        begun_at: When it began, on the monotonic clock.
        latest: The newest snapshot.
        seen: For each document that was ever in work, by its ident: finished pages, all pages, pages that fell back.
        still_since: Since when pages wait and none is at work, on the monotonic clock; None while that is not so.
    """

    documents: int
    begun_at: float = field(default_factory=time.monotonic)
    latest: Snapshot | None = None
    seen: dict[str, tuple[int, int | None, int]] = field(default_factory=dict)
    still_since: float | None = None

    def note(self, snapshot: Snapshot) -> None:
        """Store a snapshot. Values are replaced, never changed, so no lock is needed."""
        news = {each.ident: (each.finished, each.pages, len(each.fallbacks)) for each in snapshot.documents}
        self.seen = {**self.seen, **news}
        self.latest = snapshot
        if not stands_still(snapshot):
            self.still_since = None
        elif self.still_since is None:
            self.still_since = time.monotonic()

    def causes(self, now: float) -> tuple[str, ...]:
        """Why pages have waited for some time without one at work, as sentences; empty where that is not so."""
        snapshot, since = self.latest, self.still_since
        if snapshot is None or since is None or now - since < _WAITS_FROM_S:
            return ()
        servers = map(_server_to_cause, snapshot.servers)
        return tuple(printable(cause) for cause in (*snapshot.troubles, *snapshot.notes, *servers))


def _server_to_cause(server: ServerStatus) -> str:
    return server.state if server.url in server.state else server_note(server.url, server.state)


def stands_still(snapshot: Snapshot) -> bool:
    """Whether pages wait, and nothing is done to any document."""
    documents = snapshot.documents
    waits = any(document.pages and document.finished < document.pages for document in documents)
    idle = {"waiting", "converting"}
    return waits and all(document.phase in idle and not document.running for document in documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """A run as a whole.

    Attributes:
        documents: Number of delivered and rejected documents.
        pages: Number of finished pages.
        left: Estimated number of pages still to come. A document whose pages are not yet counted is assumed to have the
            average number.
        fallbacks: Number of pages that fell back.
    """

    documents: int
    pages: int
    left: float
    fallbacks: int


def seen_to_sums(seen: Mapping[str, tuple[int, int | None, int]], ended: int, expected: int) -> Sums:
    """Add up the documents.

    Args:
        seen: As in :class:`Course`.
        ended: Number of documents that have ended.
        expected: Number of documents that there will be.
    """
    counted = [pages for _, pages, _ in seen.values() if pages is not None]
    finished = sum(done for done, _, _ in seen.values())
    average = sum(counted) / len(counted) if counted else 0.0
    uncounted = max(0, expected - max(ended, len(counted)))
    left = max(0.0, sum(counted) - finished + uncounted * average)
    return Sums(documents=ended, pages=finished, left=left, fallbacks=sum(each for _, _, each in seen.values()))


def course_to_picture(course: Course, now: float, spinner: Spinner | None) -> RenderableType:
    """The summary line, at most ten documents in work, and why nothing goes on where that is so.

    Args:
        course: The progress of the run.
        now: On the monotonic clock.
        spinner: Shown before the line; None after the end of the run.
    """
    snapshot = course.latest
    if snapshot is None:
        return Text("Starting ...")
    sums = seen_to_sums(course.seen, snapshot.published + snapshot.failed, course.documents)
    whole = Table.grid(padding=(0, 1))
    done = Text("✓", style="green") if sums.documents >= course.documents else Text("-", style="yellow")
    head: RenderableType = spinner or done
    whole.add_row(head, Text(sums_to_words(sums, course.documents, now - course.begun_at), overflow="crop"))
    if spinner is None:
        return whole
    at_work = [each for each in snapshot.documents if each.pages and each.phase != "waiting"]
    table = Table.grid(padding=(0, 1))
    for document in at_work[:_MOST_DOCUMENTS]:
        table.add_row(*document_to_cells(document))
    more = len(at_work) - _MOST_DOCUMENTS
    rest = [Text(f"  and {more} more in work", style="dim")] if more > 0 else []
    causes = [Text(f"  waiting: {cause}", style="yellow") for cause in course.causes(now)]
    return Group(whole, table, *rest, *causes)


def sums_to_words(sums: Sums, documents: int, elapsed_s: float) -> str:
    """The summary line."""
    words = [f"{sums.documents} of {documents} documents", f"{sums.pages} pages"]
    if elapsed_s >= _RATE_FROM_S and sums.pages:
        rate = sums.pages / elapsed_s
        words.append(f"{rate * 60:.0f} pages a minute")
        if sums.left:
            words.append(f"about {seconds_to_words(sums.left / rate)} left")
    return " · ".join([*words, *filter(None, [fallbacks_to_words(sums.fallbacks)])])


def document_to_cells(document: DocumentStatus) -> Iterator[RenderableType]:
    """Name, bar, pages and fallbacks of a document in work; its bar is full when all its pages are finished."""
    name = printable(document.name)
    cropped = name if len(name) <= _NAME_CHARS else f"{name[: _NAME_CHARS - 1]}…"
    yield Text(f"  {cropped}", no_wrap=True)
    yield ProgressBar(total=float(document.pages or 1), completed=float(document.finished), width=_BAR_CHARS)
    yield Text(f"{document.finished}/{document.pages} pages", no_wrap=True)
    yield Text(escape(fallbacks_to_words(len(document.fallbacks))), style="yellow", no_wrap=True)


def fallbacks_to_words(count: int) -> str:
    """The number of fallbacks; empty where there are none."""
    return f"{count} fell back" if count else ""


def seconds_to_words(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3 h 5 min``."""
    if seconds < 60:  # noqa: PLR2004 — a minute
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"  # noqa: PLR2004 — an hour
