"""A thread that puts documents together and publishes them, so that a slow disk never holds up the dispatcher."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.assembly import PageContent, pages_to_html
from pipeline.document import Document, FallbackReason, Method, Outcome
from pipeline.errors import DocumentError, PublishError
from pipeline.journal import Journal, read_record
from pipeline.log import bound, logger
from pipeline.manifest import JsonObject, RunSettings, RunTimings, error_to_manifest, pages_to_manifest
from pipeline.outbox import Outbox, Publication

# After a failed try (a full disk, a read-only folder) the next one comes this much later, each time twice as late.
_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A document that is ready to be published.

    Attributes:
        began_at: When its work began, in seconds since the epoch.
        page_count: Of the PDF, 0 for a failed document.
        numbers: Of the pages that were wanted, in order.
        fallback_pages: Numbers of the pages that fell back.
        error: Why it failed, None where it did not.
    """

    document: Document
    began_at: float
    page_count: int
    numbers: Sequence[int] = ()
    fallback_pages: tuple[int, ...] = ()
    error: DocumentError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A document has left the working state."""

    ident: str
    outcome: Outcome
    manifest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTrouble:
    """Publishing does not work at present (the sentence says why), or works again (None)."""

    detail: str | None


class Publisher:
    """Publishes one document after the other and tries each until it works."""

    def __init__(
        self,
        outbox: Outbox,
        journal: Journal,
        *,
        settings: RunSettings,
        originals: str,
        post: Callable[[Published | PublishTrouble], None],
    ) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            outbox: Where to publish.
            journal: Where the pages are.
            settings: For the manifests.
            originals: ``move``, ``delete`` or ``keep``.
            post: Told what came of it, from this thread.
        """
        self._outbox = outbox
        self._journal = journal
        self._settings = settings
        self._originals = originals
        self._post = post
        self._queue: queue.SimpleQueue[Finished | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publisher")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def publish(self, finished: Finished) -> None:
        """Put a document in line."""
        self._queue.put(finished)

    def stop(self) -> None:
        """Publish what is in line where that works at the first try, then end; the rest stays in the working state."""
        self._stopping.set()
        self._queue.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while (finished := self._queue.get()) is not None:
            with bound(document=finished.document.name):
                self._publish_stubbornly(finished)

    def _publish_stubbornly(self, finished: Finished) -> None:
        pause = _FIRST_RETRY_S
        while True:
            try:
                self._publish_once(finished)
            except PublishError as error:
                if pause == _FIRST_RETRY_S:
                    logger().error("publish_failed", error=str(error), advice="nothing is lost; it is tried again")
                self._post(PublishTrouble(detail=str(error)))
                if self._stopping.wait(pause):
                    return
                pause = min(2 * pause, _LAST_RETRY_S)
            else:
                if pause != _FIRST_RETRY_S:
                    self._post(PublishTrouble(detail=None))
                return

    def _publish_once(self, finished: Finished) -> None:
        document = finished.document
        html: Iterator[bytes] | None = None
        entries: list[JsonObject] = []
        if finished.error is None:
            pages = self._pages(finished, entries)
            html = pages_to_html(
                document.name, pages, page_count=len(finished.numbers), fallback_pages=finished.fallback_pages
            )
        manifest = partial(self._manifest, finished, entries)
        publication = Publication(document=document, html=html, manifest=manifest, originals=self._originals)
        path = self._outbox.publish(publication)
        outcome = Outcome.PARTIAL if finished.fallback_pages else Outcome.COMPLETE
        if finished.error is not None:
            outcome = Outcome.FAILED
            logger().error("failed", code=finished.error.code, error=str(finished.error), advice=finished.error.advice)
        else:
            logger().info(
                "published", outcome=outcome.value, manifest=str(path), fallbacks=len(finished.fallback_pages)
            )
        self._post(Published(ident=document.ident, outcome=outcome, manifest=str(path)))

    def _pages(self, finished: Finished, entries: list[JsonObject]) -> Iterator[PageContent]:
        """Read the pages one by one, and gather their entries for the manifest on the way."""
        for number in finished.numbers:
            entry, html = read_record(self._journal.page_file(finished.document, number))
            if entry is None:
                raise PublishError(f"The record of page {number} is damaged.")
            entries.append(entry)
            fallback = entry["fallback"]
            known = fallback if isinstance(fallback, dict) else None
            warnings = entry.get("warnings")
            yield PageContent(
                number=number,
                method=Method(str(entry["method"])),
                reason=FallbackReason(str(known["reason"])) if known else None,
                detail=str(known["detail"]) if known else "",
                warnings=tuple(map(str, warnings)) if isinstance(warnings, list) else (),
                html=html,
            )

    def _manifest(
        self, finished: Finished, entries: list[JsonObject], digest: str | None, seconds: float
    ) -> JsonObject:
        timings = _timings(finished, seconds)
        error = finished.error
        if error is None:
            return pages_to_manifest(
                finished.document,
                entries,
                page_count=finished.page_count,
                html_sha256=str(digest),
                settings=self._settings,
                timings=timings,
            )
        return error_to_manifest(finished.document, error, settings=self._settings, timings=timings)


def _timings(finished: Finished, publish_s: float) -> RunTimings:
    now = time.time()
    began = min(finished.began_at, now)
    return RunTimings(
        started_at=began,
        finished_at=now,
        queue_s=max(0.0, began - finished.document.claimed_at),
        convert_s=max(0.0, now - publish_s - began),
        publish_s=publish_s,
    )
