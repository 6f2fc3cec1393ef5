"""When a server is back, asks again for pages of delivered documents for which no server could be reached.

It has a thread of its own, since it lists the whole outbox and reads the newest results. Documents are taken back into
work one at a time: each needs a copy of its original, and after a day without a server there may be many.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pipeline.document import Document
from pipeline.errors import PipelineError, UsageError, VanishedError
from pipeline.log.log import logger
from pipeline.page_result import FallbackReason
from pipeline.results.journal import Journal
from pipeline.results.manifest import ManifestHead, read_head
from pipeline.results.published import Originals, read_published
from pipeline.results.taking_back import Again, claim_published
from pipeline.status.listing import list_outbox
from pipeline.threads.daemon_thread import DaemonThread
from pipeline.threads.mailbox import Fault

# Seconds between two checks whether a document is delivered.
_LOOK_S = 0.5
# How many results are read when a server returns, newest first; `dropleaf retry` covers all of a larger outbox.
_MOST = 10_000


class AutomaticRetry:
    """Goes through the outbox once for each return of a server, so each page is asked once per return."""

    def __init__(
        self,
        outbox: Path,
        inbox: Path,
        journal: Journal,
        *,
        fingerprint_of: Callable[[str, str], str],
        post: Callable[[Document | Fault], None],
    ) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            outbox: Where the delivered documents are.
            inbox: Where their originals may be.
            journal: Takes documents back into work.
            fingerprint_of: Says for a folder and a name the fingerprint of the settings that pages are made with.
            post: Hands a claimed document, or the error that has ended the thread, to the loop.
        """
        self._outbox = outbox
        self._originals = Originals(outbox=outbox, inbox=inbox)
        self._journal = journal
        self._fingerprint_of = fingerprint_of
        self._post = post
        # A result that could not be taken back is not read or logged again, until it changes.
        self._left: set[tuple[str, str]] = set()
        self._returned = threading.Event()
        self._stopped = threading.Event()
        self._thread = DaemonThread("retry", self._run, post=post)

    def start(self) -> None:
        """Begin to wait for the return of a server."""
        self._thread.start()

    def server_returned(self) -> None:
        """Note that a server is back. Quick; may be called from any thread."""
        self._returned.set()

    def stop(self) -> None:
        """Take nothing back from now on, and end the thread."""
        self._stopped.set()
        self._returned.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while self._returned.wait() and not self._stopped.is_set():
            self._returned.clear()
            try:
                self._ask_again()
            except (PipelineError, OSError) as error:
                advice = "it is tried when a server is back the next time; `dropleaf retry` does it now"
                logger().warning("not_asked_again", error=str(error), advice=advice)

    def _ask_again(self) -> None:
        newest = list_outbox(self._outbox, _MOST).done
        left, self._left = self._left, set()
        for path in newest:
            if self._stopped.is_set():
                return
            with suppress(OSError):  # it was removed, or is in work again
                head = read_head(self._outbox, path)
                if head is None or not _was_unreachable(head):
                    continue
                key = (path, head.finished_at)
                if key in left or not self._take_back(head.document.name, self._outbox / path):
                    self._left.add(key)

    def _take_back(self, name: str, manifest: Path) -> bool:
        """Give one document to the loop, and wait until it is delivered. Returns whether it could be taken back."""
        try:
            published = read_published(manifest)
            stem = published.stem.relative_to(self._outbox)
            original = self._originals.find(
                stem.as_posix(), name=published.name, sha256=published.manifest.document.sha256
            )
            folder = stem.parent.as_posix()
            fingerprint = self._fingerprint_of(folder, published.name)
            again = Again(fingerprint=fingerprint, reason=FallbackReason.UNREACHABLE)
            document = claim_published(self._journal, published, original, folder=folder, again=again)
        except (UsageError, VanishedError) as error:
            logger().info("left_as_it_is", document=name, reason=str(error))
            return False
        logger().info("asked_again", document=document.name)
        self._post(document)
        work_folder = self._journal.folder.document(document.ident).root
        while work_folder.exists() and not self._stopped.wait(_LOOK_S):
            pass
        return True


def _was_unreachable(head: ManifestHead) -> bool:
    return any(fallback.reason is FallbackReason.UNREACHABLE for fallback in head.fallbacks)
