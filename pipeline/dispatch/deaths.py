"""Every count of deaths: of workers over a document's opening and its pages, and of daemons over the document.

The counts lie in the document's work folder, so that they outlive the daemon.  What follows from them is decided
elsewhere: for pages in ``next_order``, for whole documents in ``opening``.

Not every death is the document's doing.  A worker that fails at a file gets SIGSEGV, SIGABRT or the like, or takes too
long: such deaths always count.  SIGKILL comes from outside, or, rarely, from a kernel that is out of memory.  Over the
opening of a file such deaths are counted apart.  Over a page one counts when the page was given out after the last
death that counted: workers that are all killed at once, by whoever it was, are one misfortune, while a document that
kills its workers kills one wave after the other.

Over pages, deaths count in a row, without a page finished in between: a large document that loses a worker now and
then is sound, while one whose every page kills would otherwise cost a worker, or three, per page.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.document import Count, Document
from pipeline.errors import PublishError
from pipeline.files.atomic import write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.pool.interface import Loss
from pipeline.results.state_folder import StateFolder, WorkFolder

#: Publishing is what the daemon itself does with what a file has become, so a death over it counts for several.
PUBLISHING_WEIGHT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """What the opening of a file has cost.

    Attributes:
        failed: Workers that failed, crashed or hung.
        killed: Workers that somebody killed.
    """

    failed: Count = 0
    killed: Count = 0


@dataclass(slots=True, kw_only=True)
class _Counts:
    """Of one document in work.

    Attributes:
        tries: Daemons that began to work on it and neither finished a page of it nor stopped in good order.
        openings: Of the file.
        in_a_row: Workers that died over its pages since the last one was finished.
        last_at: When the last death that counted was seen, in seconds of the monotonic clock.
    """

    tries: int
    openings: Openings
    in_a_row: int
    last_at: float = -math.inf


class Deaths:
    """Counts for the loop's thread, but for :meth:`publishing`, which is the publisher's."""

    def __init__(self, folder: StateFolder) -> None:
        """Look at nothing yet."""
        self._folder = folder
        self._counts: dict[str, _Counts] = {}
        self._publishing: set[str] = set()

    def tries(self, document: Document) -> int:
        """Daemons that began to work on it and neither finished a page of it nor stopped in good order."""
        return self._of(document).tries

    def openings(self, document: Document) -> Openings:
        """Workers that were lost over the opening of the file."""
        return self._of(document).openings

    def in_a_row(self, document: Document) -> int:
        """Workers that died over its pages since the last one was finished."""
        return self._of(document).in_a_row

    def daemon_begins(self, document: Document) -> None:
        """A page of the document is given out: should this daemon die, that is known.

        Raises:
            PublishError: The count cannot be written.
        """
        self._set_tries(document, self._of(document).tries + 1)

    def daemon_ends(self, document: Document) -> None:
        """This daemon stops in good order.

        Raises:
            PublishError: The count cannot be written.
        """
        self._set_tries(document, self._of(document).tries - 1)

    @contextmanager
    def publishing(self, document: Document) -> Iterator[None]:
        """While the document is published; an error takes back what counts, a death does not."""
        home = self._folder.document(document.ident)
        if document.ident not in self._publishing:  # else an error could not be taken back, and it is counted
            with suppress(OSError):  # what is wrong with the disk, publishing will say
                _write_tries(home, _read_count(home.tries) + PUBLISHING_WEIGHT)
                self._publishing.add(document.ident)
        try:
            yield
        except Exception:
            if document.ident in self._publishing:
                with suppress(OSError):
                    _write_tries(home, _read_count(home.tries) - PUBLISHING_WEIGHT)
                    self._publishing.discard(document.ident)
            raise
        self._publishing.discard(document.ident)

    def worker_died_at_opening(self, document: Document, loss: Loss) -> Openings:
        """A worker has died, or failed, over the opening of the file; the counts by now."""
        counts = self._of(document)
        before, outside = counts.openings, loss.from_outside
        counts.openings = Openings(failed=before.failed + (not outside), killed=before.killed + outside)
        # A count that cannot be written costs a restart a few workers more.
        with suppress(OSError):
            write_whole(self._folder.document(document.ident).openings, [value_to_json(counts.openings)])
        return counts.openings

    def worker_died(self, document: Document, loss: Loss, *, given_at: float, now: float) -> None:
        """A worker has died over one of its pages.

        Args:
            document: In work.
            loss: Of the worker.
            given_at: When the worker got the page, in seconds of the monotonic clock.
            now: On the same clock.
        """
        counts = self._of(document)
        if not loss.from_outside or given_at >= counts.last_at:
            counts.last_at = now
            self._set_in_a_row(document, counts.in_a_row + 1)

    def page_finished(self, document: Document) -> None:
        """A document that gets on is not what kills daemons and workers."""
        counts = self._of(document)
        if counts.in_a_row:
            self._set_in_a_row(document, 0)
        if counts.tries > 1:
            with suppress(PublishError):  # the page is safe, and that is what counts
                self._set_tries(document, 1)

    def forget(self, document: Document) -> None:
        """The document is not in work any more."""
        self._counts.pop(document.ident, None)

    def _of(self, document: Document) -> _Counts:
        counts = self._counts.get(document.ident)
        if counts is None:
            home = self._folder.document(document.ident)
            tries, in_a_row = _read_count(home.tries), _read_count(home.deaths)
            counts = _Counts(tries=tries, openings=_read_openings(home), in_a_row=in_a_row)
            self._counts[document.ident] = counts
        return counts

    def _set_tries(self, document: Document, tries: int) -> None:
        home = self._folder.document(document.ident)
        try:
            _write_tries(home, tries)
        except OSError as error:
            raise PublishError(f"{home.root}: {error.strerror or error}") from error
        self._of(document).tries = max(0, tries)

    def _set_in_a_row(self, document: Document, deaths: int) -> None:
        self._of(document).in_a_row = deaths
        with suppress(OSError):  # as for openings
            write_whole(self._folder.document(document.ident).deaths, [str(deaths).encode()])


def _read_count(path: Path) -> int:
    with suppress(OSError, ValueError):
        return max(0, int(path.read_text()))
    return 0


def _read_openings(home: WorkFolder) -> Openings:
    with suppress(OSError, ValueError):
        return json_to_value(home.openings.read_bytes(), Openings)
    return Openings()


def _write_tries(home: WorkFolder, tries: int) -> None:
    write_whole(home.tries, [str(max(0, tries)).encode()], lasting=False)
