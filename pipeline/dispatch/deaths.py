"""Counts deaths: of workers while they opened a document or read its pages, and of daemons during work on it.

The counts are kept in the document's work folder, so that they outlive the daemon. What follows from them is decided
elsewhere: for pages in ``next_order``, for whole documents in ``opening``.

Not every death is caused by the document. A worker that fails at a file gets SIGSEGV, SIGABRT or the like, or takes too
long: such deaths always count. SIGKILL comes from outside, or, rarely, from a kernel that is out of memory. During the
opening of a file such deaths are counted apart. During a page such a death counts only if the page was given out after
the last death that counted: several workers that are killed at once are one event, whoever killed them, while a
document that kills its workers kills again those that come after.

For pages only deaths in a row count, with no page finished in between. A large document that loses a worker now and
then is sound, while one whose every page kills would otherwise cost up to three workers per page.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.document import Document
from pipeline.errors import PublishError
from pipeline.files.atomic import read_regular, write_whole
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.pool.interface import Loss
from pipeline.quantities import Count
from pipeline.results.state_folder import StateFolder, WorkFolder

#: Publishing is done by the daemon itself, on what was made of a file, so a death during it counts for several.
PUBLISHING_WEIGHT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """Workers that were lost while they opened a file.

    Attributes:
        failed: How many failed, crashed or hung.
        killed: How many were killed from outside.
    """

    failed: Count = 0
    killed: Count = 0


@dataclass(slots=True, kw_only=True)
class _Counts:
    """The counts of one document in work.

    Attributes:
        tries: Daemons that began to work on it and neither finished a page of it nor stopped in good order.
        openings: Workers lost while they opened the file.
        in_a_row: Workers that died during its pages since the last page was finished.
        last_at: When the last death that counted was seen, in seconds of the monotonic clock.
    """

    tries: int
    openings: Openings
    in_a_row: int
    last_at: float = -math.inf


class Deaths:
    """The counts of all documents; used by the loop's thread, but :meth:`publishing` by the publisher's."""

    def __init__(self, folder: StateFolder) -> None:
        """Prepare; nothing is read yet."""
        self._folder = folder
        self._counts: dict[str, _Counts] = {}
        self._publishing: set[str] = set()

    def tries(self, document: Document) -> int:
        """Daemons that began to work on it and neither finished a page of it nor stopped in good order."""
        return self._of(document).tries

    def openings(self, document: Document) -> Openings:
        """Workers that were lost while they opened the file."""
        return self._of(document).openings

    def in_a_row(self, document: Document) -> int:
        """Workers that died during its pages since the last page was finished."""
        return self._of(document).in_a_row

    def daemon_begins(self, document: Document) -> None:
        """Note on disk that work on the document begins, so that the next daemon knows it if this one dies.

        Raises:
            PublishError: The count cannot be written.
        """
        self._set_tries(document, self._of(document).tries + 1)

    def daemon_ends(self, document: Document) -> None:
        """Note that this daemon stops in good order.

        Raises:
            PublishError: The count cannot be written.
        """
        self._set_tries(document, self._of(document).tries - 1)

    @contextmanager
    def publishing(self, document: Document) -> Iterator[None]:
        """Count a death for the time of the block, which publishes the document; an error takes the count back."""
        work_folder = self._folder.document(document.ident)
        if document.ident not in self._publishing:  # else an error could not be taken back, and it is counted
            with suppress(OSError):  # what is wrong with the disk, publishing will say
                _write_tries(work_folder, _read_count(work_folder.tries) + PUBLISHING_WEIGHT)
                self._publishing.add(document.ident)
        try:
            yield
        except Exception:
            if document.ident in self._publishing:
                with suppress(OSError):
                    _write_tries(work_folder, _read_count(work_folder.tries) - PUBLISHING_WEIGHT)
                    self._publishing.discard(document.ident)
            raise
        self._publishing.discard(document.ident)

    def worker_died_at_opening(self, document: Document, loss: Loss) -> Openings:
        """Count a worker that died, or failed, while it opened the file; returns the counts."""
        counts = self._of(document)
        before, outside = counts.openings, loss.from_outside
        counts.openings = Openings(failed=before.failed + (not outside), killed=before.killed + outside)
        # If the count cannot be written, a restart loses a few workers more; that is accepted.
        with suppress(OSError):
            write_whole(self._folder.document(document.ident).openings, [value_to_json(counts.openings)])
        return counts.openings

    def worker_died(self, document: Document, loss: Loss, *, given_at: float, now: float) -> None:
        """Count a worker that died during one of its pages.

        Args:
            document: One in work.
            loss: How the worker was lost.
            given_at: When the worker got the page, in seconds of the monotonic clock.
            now: On the same clock.
        """
        counts = self._of(document)
        if not loss.from_outside or given_at >= counts.last_at:
            counts.last_at = now
            self._set_in_a_row(document, counts.in_a_row + 1)

    def page_finished(self, document: Document) -> None:
        """Set the counts to zero: a document whose pages get finished does not kill daemons and workers."""
        counts = self._of(document)
        if counts.in_a_row:
            self._set_in_a_row(document, 0)
        if counts.tries > 1:
            with suppress(PublishError):  # the page is safe, and that is what counts
                self._set_tries(document, 1)

    def forget(self, document: Document) -> None:
        """Forget the counts of a document that is not in work any more."""
        self._counts.pop(document.ident, None)

    def _of(self, document: Document) -> _Counts:
        counts = self._counts.get(document.ident)
        if counts is None:
            work_folder = self._folder.document(document.ident)
            tries, in_a_row = _read_count(work_folder.tries), _read_count(work_folder.deaths)
            counts = _Counts(tries=tries, openings=_read_openings(work_folder), in_a_row=in_a_row)
            self._counts[document.ident] = counts
        return counts

    def _set_tries(self, document: Document, tries: int) -> None:
        work_folder = self._folder.document(document.ident)
        try:
            _write_tries(work_folder, tries)
        except OSError as error:
            raise PublishError(f"{work_folder.root}: {error.strerror or error}") from error
        self._of(document).tries = max(0, tries)

    def _set_in_a_row(self, document: Document, deaths: int) -> None:
        self._of(document).in_a_row = deaths
        with suppress(OSError):  # as for openings
            write_whole(self._folder.document(document.ident).deaths, [str(deaths).encode()])


def _read_count(path: Path) -> int:
    with suppress(OSError, ValueError):
        return max(0, int(read_regular(path)))
    return 0


def _read_openings(work_folder: WorkFolder) -> Openings:
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(work_folder.openings), Openings)
    return Openings()


def _write_tries(work_folder: WorkFolder, tries: int) -> None:
    write_whole(work_folder.tries, [str(max(0, tries)).encode()], lasting=False)
