"""A thread that assembles documents and publishes them, so that a slow disk never blocks the loop."""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from pipeline.choices import Engine, OriginalAction, Output
from pipeline.deadline import Deadline
from pipeline.document import Document, Outcome, OutlineEntry, document_to_facts
from pipeline.errors import DocumentError, PublishError, UnreadableError
from pipeline.kinds import original_end
from pipeline.log.log import bound, logger
from pipeline.results.document_contents import DocumentContents
from pipeline.results.document_html import pages_to_html
from pipeline.results.journal import Journal
from pipeline.results.manifest import FileFacts, Manifest, RunRecord, RunSettings, error_to_manifest, pages_to_manifest
from pipeline.results.outbox import Outbox, Publication
from pipeline.results.page_record import PageRecord, read_record
from pipeline.results.result_files import ResultFile, ResultFolder, contents_to_files
from pipeline.results.result_names import REVIEW_END, with_end
from pipeline.results.review_file import read_review
from pipeline.threads.daemon_thread import DaemonThread
from pipeline.threads.mailbox import Fault, Trouble

Errand: TypeAlias = Callable[[], None]

# Seconds between a failed try (full disk, read-only folder) and the next one, at first and at most; doubled each time.
_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A document that is ready to be published.

    Attributes:
        began_at: When its work began, in seconds since the epoch.
        page_count: Of the PDF; 0 for a failed document.
        numbers: Of the pages that were wanted, in order.
        fallback_pages: Numbers of the pages that fell back.
        error: Why it failed; None where it did not.
        engine: That its pages were to be read by; None for the one of ``PublisherSettings.run``.
        outputs: What is made of it; the document itself may ask for more.
        outline: The PDF's own contents.
    """

    document: Document
    began_at: float
    page_count: int
    numbers: Sequence[int] = ()
    fallback_pages: tuple[int, ...] = ()
    error: DocumentError | None = None
    engine: Engine | None = None
    outputs: Sequence[Output] = ()
    outline: Sequence[OutlineEntry] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A document was published, and is not in work any more."""

    ident: str
    outcome: Outcome
    manifest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherSettings:
    """What is published, and how.

    Attributes:
        run: What manifests say about the settings.
        originals: What is done with the original files.
        ended: Called with the ident, the outcome and the manifest of each document; after a crash it may be again.
    """

    run: RunSettings
    originals: OriginalAction
    ended: Callable[[str, Outcome, Path], None] = lambda _ident, _outcome, _manifest: None


def _outcome_of(finished: Finished) -> Outcome:
    if finished.error is not None:
        return Outcome.FAILED
    return Outcome.PARTIAL if finished.fallback_pages else Outcome.COMPLETE


class Publisher:
    """Publishes one document after the other; tries again until it works where one cannot be published."""

    def __init__(
        self,
        outbox: Outbox,
        journal: Journal,
        *,
        settings: PublisherSettings,
        watched: Callable[[Document], AbstractContextManager[None]],
        post: Callable[[Published | Trouble | Fault], None],
    ) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            outbox: Where to publish.
            journal: Where the pages are.
            settings: What is published, and how.
            watched: Entered while a document is published, so that a crash of this process during that is known.
            post: Called in this thread with each result.
        """
        self._outbox = outbox
        self._journal = journal
        self._settings = settings
        self._watched = watched
        self._post = post
        self._queue: queue.SimpleQueue[Finished | Errand | None] = queue.SimpleQueue()
        self._errands: deque[Errand] = deque()
        self._left: list[Finished] = []
        self._leaving = threading.Event()
        self._retry_at = Deadline.never()
        self._pause_s = _FIRST_RETRY_S
        self._trouble: str | None = None
        self._thread = DaemonThread("publisher", self._run, post=post)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def publish(self, finished: Finished) -> None:
        """Put a document in line."""
        self._queue.put(finished)

    def run_errand(self, errand: Errand) -> None:
        """Have something else done in the outbox, while nothing is to be published; may be called in any thread.

        Args:
            errand: Called in this thread, and never after :meth:`stop`; it must raise nothing.
        """
        self._queue.put(errand)

    def leave(self) -> None:
        """Begin nothing more: what is in line stays in the working state for the next daemon or command."""
        self._leaving.set()

    def stop(self) -> None:
        """Publish what is in line, try the rest a last time, then end; what is left stays in the working state."""
        self._queue.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                wanted = self._queue.get(timeout=self._patience_s())
            except queue.Empty:
                self._do_what_waits()
                continue
            if wanted is None or self._leaving.is_set():
                break
            if isinstance(wanted, Finished):
                self._publish_or_keep(wanted)
            else:
                self._errands.append(wanted)
        if self._left and not self._leaving.is_set():
            self._publish_left()

    def _patience_s(self) -> float | None:
        """Seconds until there is something to do besides what is in line."""
        if self._errands:
            return 0.0
        return self._retry_at.remaining if self._left else None

    def _do_what_waits(self) -> None:
        if self._errands:
            self._errands.popleft()()
        else:
            self._publish_left()

    def _publish_left(self) -> None:
        """Try again what could not be published so far; one document that fails does not stop the others."""
        left, self._left = self._left, []
        for finished in left:
            self._publish_or_keep(finished)
        if self._left:
            self._pause_s = min(2 * self._pause_s, _LAST_RETRY_S)
        else:
            self._pause_s, self._trouble = _FIRST_RETRY_S, None
            self._post(Trouble(what="outbox", detail=None))
        self._retry_at = Deadline.after(self._pause_s)

    def _publish_or_keep(self, finished: Finished) -> None:
        with bound(document=finished.document.name):
            try:
                self._publish_once(finished)
            except (PublishError, OSError) as error:  # an error of the machine, not of the document
                self._keep(finished, str(error))
            except Exception:  # noqa: BLE001 — unattended: one document must not end this thread
                logger().exception("fault_in_publishing")
                fault = UnreadableError("Its pages cannot be put together: an error in Dropleaf, which the log shows.")
                if finished.error is None:
                    self._publish_or_keep(replace(finished, error=fault, fallback_pages=()))
                else:
                    self._keep(finished, str(fault))

    def _keep(self, finished: Finished, trouble: str) -> None:
        if not self._left:
            self._retry_at = Deadline.after(self._pause_s)
        self._left.append(finished)
        if trouble != self._trouble:
            logger().error("publish_failed", error=trouble, advice="nothing is lost; it is tried again")
        self._trouble = trouble
        self._post(Trouble(what="outbox", detail=trouble))

    def _publish_once(self, finished: Finished) -> None:
        document = finished.document
        facts = document_to_facts(document, finished.page_count)
        contents = DocumentContents(facts, partial(self._read, finished), outline=finished.outline)
        publication = Publication(
            document=document,
            files=partial(self._files, finished, contents),
            failed=finished.error is not None,
            manifest=partial(self._manifest, finished, contents),
            originals=self._settings.originals,
            ended=partial(self._settings.ended, document.ident, _outcome_of(finished)),
        )
        with self._watched(document):
            path = self._outbox.publish(publication)
        outcome = _outcome_of(finished)
        if finished.error is not None:
            logger().error("failed", code=finished.error.code, error=str(finished.error), advice=finished.error.advice)
        else:
            logger().info(
                "published", outcome=outcome.value, manifest=str(path), fallbacks=len(finished.fallback_pages)
            )
        self._post(Published(ident=document.ident, outcome=outcome, manifest=str(path)))

    def _files(
        self, finished: Finished, contents: DocumentContents, stem: Path, older: Path | None
    ) -> list[ResultFile | ResultFolder]:
        """What is published; what a user has settled in the older results holds in the new ones."""
        if older is not None:
            contents.settle(read_review(with_end(older, REVIEW_END)))
        moved = self._settings.originals is OriginalAction.MOVE
        original = stem.name + original_end(finished.document.name) if moved else ""
        outputs = {*finished.outputs, *finished.document.outputs}
        return contents_to_files(contents, partial(self._html, finished, contents, original), outputs)

    @staticmethod
    def _html(finished: Finished, contents: DocumentContents, original: str) -> Iterator[bytes]:
        contents.read_all()
        return pages_to_html(
            finished.document.name,
            contents.shown_pages(),
            page_count=len(finished.numbers),
            fallback_pages=finished.fallback_pages,
            warnings=finished.document.warnings,
            guide=replace(contents.guide, original=original),
        )

    def _read(self, finished: Finished) -> Iterator[PageRecord]:
        for number in finished.numbers:
            yield self._read_page(finished.document, number)

    def _read_page(self, document: Document, number: int) -> PageRecord:
        with suppress(FileNotFoundError):
            record = read_record(self._journal.page_file(document, number))
            if record is not None and record.page.number == number:
                return record
        message = f"the record of page {number} is damaged or gone"
        raise ValueError(message)

    def _manifest(
        self, finished: Finished, contents: DocumentContents, files: Sequence[FileFacts], publish_s: float
    ) -> Manifest:
        document = finished.document
        settings = replace(self._settings.run, engine=finished.engine or self._settings.run.engine)
        run = RunRecord(settings=settings, began_at=finished.began_at, finished_at=time.time(), publish_s=publish_s)
        if finished.error is not None:
            return error_to_manifest(document, finished.error, run=run)
        manifest = pages_to_manifest(
            document,
            [facts.page for facts in contents.pages],
            page_count=finished.page_count,
            html_sha256=files[0].sha256,
            files=files,
            run=run,
        )
        return replace(manifest, review=contents.review, outline=tuple(finished.outline))
