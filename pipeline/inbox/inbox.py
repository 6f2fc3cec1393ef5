"""The inbox: finds complete files, claims them, and hands over documents."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.document import Document
from pipeline.errors import PublishError, VanishedError
from pipeline.files.atomic import file_to_sha256
from pipeline.inbox.events import Hint, Watcher
from pipeline.inbox.waiting_files import RETRY_S, WaitingFiles
from pipeline.log.log import logger
from pipeline.results.journal import Journal
from pipeline.threads.daemon_thread import DaemonThread
from pipeline.threads.mailbox import Fault, Trouble

# How often the folder is looked at where no events come.
_POLL_S = 1.0

# How long a single run waits for a file that goes on changing before it leaves it.
_PATIENCE_S = 10.0

# How often the watcher is looked after: nothing tells when its folder is renamed away, or when one of its threads dies.
_HEALTH_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings:
    """How the inbox is looked at; seconds.

    Attributes:
        keep: Originals stay in the inbox and are claimed as copies.
        once: Hand over what is there now, then end.
    """

    root: Path
    settle: float
    rescan: float
    polling: bool
    keep: bool
    once: bool


class Inbox:
    """A thread that owns all knowledge of the inbox; it hands over documents and takes nothing back but hints."""

    def __init__(
        self,
        settings: InboxSettings,
        journal: Journal,
        *,
        known: Callable[[str, str, str], bool],
        give: Callable[[Document], None],
        tell: Callable[[Trouble | Fault], None],
        ended: Callable[[], None],
    ) -> None:
        """Prepare; nothing happens before :meth:`start`.

        Args:
            settings: How to look.
            journal: Where claimed files go.
            known: Whether folder, name and SHA-256 are those of a document that is delivered or in work; asked about
                files that are kept in the inbox.
            give: Called with each claimed document.
            tell: Called with what does not work, and when it works again; and with a fault that has ended the thread.
            ended: Called when a single run has handed over everything.
        """
        self._settings = settings
        self._journal = journal
        self._known = known
        self._give = give
        self._tell = tell
        self._ended = ended
        self._hints: queue.SimpleQueue[Hint] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = DaemonThread("inbox", self._run, post=tell)
        self._watcher: Watcher | None = None
        self._waiting = WaitingFiles(settings.root, settle=settings.settle)
        self._complaints: dict[str, str] = {}
        self._log = logger()

    def start(self) -> None:
        """Begin to look; the folder is made where it is missing.

        Raises:
            OSError: The folder cannot be made.
        """
        self._settings.root.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def look(self) -> None:
        """Look at the whole inbox now."""
        self._hints.put(None)

    def stop_soon(self) -> None:
        """Claim nothing more; does not wait for the thread, so a signal handler may call it."""
        self._stopping.set()
        self.look()

    def stop(self) -> None:
        """Claim nothing more, and end the thread."""
        self.stop_soon()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            if self._settings.once:
                self._run_once()
            else:
                self._run_on()
        finally:
            if self._watcher:
                self._watcher.close()

    def _run_on(self) -> None:
        doubt = True
        next_look = 0.0
        while not self._stopping.is_set():
            # The observer first, then the look: what comes in between is seen twice, never missed.
            doubt = self._mend_watcher() or doubt
            if doubt or time.monotonic() >= next_look:
                rescan = self._settings.rescan if self._watcher else _POLL_S
                next_look = time.monotonic() + (rescan if self._waiting.look() else min(rescan, RETRY_S))
            pause = self._claim_complete()
            doubt = self._take_hints(min(pause, _HEALTH_S, max(0.0, next_look - time.monotonic())))

    def _run_once(self) -> None:
        limit = time.monotonic() + max(_PATIENCE_S, 2 * self._settings.settle)
        seen = self._waiting.look()
        pause = self._claim_complete()
        while (self._waiting or not seen) and time.monotonic() < limit and not self._stopping.is_set():
            self._take_hints(pause if seen else min(pause, RETRY_S))
            seen = seen or self._waiting.look()
            pause = self._claim_complete()
        for path in self._waiting:
            self._log.warning("left", file=str(path), advice="it is still being written; run again when it is complete")
        self._ended()

    def _mend_watcher(self) -> bool:
        """Make sure that events come, where they are wanted; whether some may have been missed."""
        if self._settings.polling or (self._watcher and self._watcher.healthy):
            return False
        if self._watcher:
            self._watcher.close()
            self._watcher = None
        try:
            self._watcher = Watcher(self._settings.root, self._hints.put)
        except OSError as error:
            self._complain(
                "inbox_not_watched", error, "looking at it every second instead; `dropleaf doctor` says more"
            )
        else:
            self._log.info("inbox_watched", inbox=str(self._settings.root))
            self._withdraw("inbox_not_watched")
        return True

    def _take_hints(self, pause: float) -> bool:
        """Wait for hints and note them; whether one of them asks for a look at everything."""
        hints: list[Hint] = []
        try:
            hints.append(self._hints.get(timeout=max(0.005, pause)))
            while True:
                hints.append(self._hints.get_nowait())
        except queue.Empty:
            pass
        for hint in hints:
            if hint is not None:
                self._waiting.note([hint[0]], finished=hint[1])
        return None in hints

    def _claim_complete(self) -> float:
        """Claim what is complete; the seconds after which another file may be."""
        pause = self._settings.rescan
        failed = False
        for path in self._waiting:
            if self._stopping.is_set():
                break
            left = self._waiting.seconds_until_complete(path)
            if left == 0.0 and not self._claim(path):
                failed, left = True, RETRY_S
            if left:
                pause = min(pause, left)
        if not failed:
            self._withdraw("claim_failed")
        return pause

    def _claim(self, path: Path) -> bool:
        """Claim a complete file; False where that is to be tried again."""
        folder = str(path.parent.relative_to(self._settings.root))
        keep = self._settings.keep
        try:
            if keep and self._known(folder, path.name, file_to_sha256(path)):
                self._waiting.leave(path)
                return True
            document = self._journal.claim(path, folder, copy=keep)
        except (FileNotFoundError, VanishedError):
            self._waiting.forget(path)
            return True
        except (OSError, PublishError) as error:
            self._complain("claim_failed", error, "nothing is lost; it is tried again until it works")
            return False
        if keep:
            self._waiting.leave(path)
        else:
            self._waiting.forget(path)
        self._log.info("claimed", document=document.name, bytes=document.size)
        self._give(document)
        return True

    def _complain(self, event: str, error: Exception, advice: str) -> None:
        """Say a lasting trouble once, not at every try and for every file."""
        cause = error.__cause__ or error
        words = str(cause.strerror if isinstance(cause, OSError) else cause)
        if self._complaints.get(event) != words:
            self._complaints[event] = words
            self._log.error(event, error=str(error), advice=advice)
            self._tell(Trouble(what=event, detail=f"{error}; {advice}"))

    def _withdraw(self, event: str) -> None:
        """What was complained of is over."""
        if self._complaints.pop(event, None) is not None:
            self._tell(Trouble(what=event, detail=None))
