"""Tells hooks what has happened, in a thread of its own, so that no document has to wait."""

import math
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.document import Outcome
from pipeline.errors import PublishError
from pipeline.hooks.notices import HookEvent, Notice, Notices
from pipeline.hooks.telling import HookError, run_program, send_post
from pipeline.log.log import logger
from pipeline.threads.daemon_thread import DaemonThread
from pipeline.threads.mailbox import Fault

# Seconds between two checks whether a notice is due.
_LOOK_S = 1.0
_EVENTS: Mapping[Outcome, HookEvent] = {
    Outcome.COMPLETE: "complete",
    Outcome.PARTIAL: "partial",
    Outcome.FAILED: "failed",
}
# After so many failed attempts in a row, the other due notices wait: the receiver is away, and attempts take time.
_IN_A_ROW = 3
# After so many seconds without a document in work, all work is done.
_EMPTY_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSettings:
    """The receivers, and the events that they are told.

    Attributes:
        command: A program with its arguments; empty for none.
        url: Gets a POST; None for none.
        secret: Signs the POST; never logged.
        on: The events.
        timeout_s: Seconds for each attempt.
    """

    command: Sequence[str] = ()
    url: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    on: Sequence[HookEvent] = ()
    timeout_s: float = 10.0

    @property
    def wanted(self) -> bool:
        """Whether there is any receiver and any event."""
        return bool(self.on and (self.command or self.url))


class HookCaller:
    """The thread; other threads call :meth:`document_ended` and :meth:`see`."""

    def __init__(self, settings: HookSettings, folder: Path, outbox: Path, *, post: Callable[[Fault], None]) -> None:
        """Prepare; nothing is sent before :meth:`start`.

        Args:
            settings: The receivers and events.
            folder: Where the notices are kept.
            outbox: The outbox with the manifests.
            post: Called with the error that has ended the thread.
        """
        self._settings = settings
        self._notices = Notices(folder)
        self._outbox = outbox
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._last_pass = False
        self._ended = self._ended_before = 0
        self._empty_at = math.inf
        self._thread = DaemonThread("hooks", self._run, post=post)

    def start(self) -> None:
        """Begin with notices that an earlier daemon has not sent; do nothing where there is no receiver."""
        if not self._settings.wanted:
            return
        self._news.set()
        self._thread.start()

    def stop(self, *, tell_rest: bool) -> None:
        """End; a single run tries every open notice once more."""
        self._last_pass = tell_rest
        self._stopping.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()

    def document_ended(self, ident: str, outcome: Outcome, manifest: Path) -> None:
        """Note the end of a document. At this time its results exist, and so does its work folder.

        Raises:
            PublishError: The note cannot be written.
        """
        event = _EVENTS[outcome]
        if self._settings.wanted and event in self._settings.on:
            self._note(f"{ident}-{event}", event, manifest.relative_to(self._outbox).as_posix())

    def see(self, *, in_work: int, ended: int) -> None:
        """Take the number of documents in work, and the number that have ended since the start; quick."""
        self._ended = ended
        if in_work or ended == self._ended_before:
            self._empty_at = math.inf
        else:
            self._empty_at = min(self._empty_at, time.monotonic() + _EMPTY_S)

    def _note_idle(self) -> None:
        """Note that nothing is in work any more, unless this was noted already."""
        if self._ended == self._ended_before:
            return
        self._ended_before, self._empty_at = self._ended, math.inf
        if "idle" in self._settings.on:
            ident = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{secrets.token_hex(4)}-idle"
            try:
                self._note(ident, "idle", None)
            except PublishError as error:
                logger().error("hook_not_noted", hook="idle", error=str(error))

    def _note(self, ident: str, event: HookEvent, manifest: str | None) -> None:
        try:
            self._notices.add(ident, event, manifest)
        except OSError as error:
            raise PublishError(f"{ident}: a hook's notice cannot be written: {error.strerror or error}") from error
        self._news.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(_LOOK_S)
            self._news.clear()
            if time.monotonic() >= self._empty_at:
                self._note_idle()
            self._tell_due(lambda notice: notice.due_at <= time.time())
        if self._last_pass:
            self._stopping.clear()
            self._note_idle()
            self._tell_due(lambda notice: not notice.attempts)

    def _tell_due(self, is_due: Callable[[Notice], bool]) -> None:
        vain = 0
        try:
            for notice in self._notices.all():
                if self._stopping.is_set() or vain >= _IN_A_ROW:
                    return
                if notice.event not in self._settings.on:  # it was noted under other settings
                    self._notices.remove(notice)
                elif is_due(notice):
                    vain = 0 if self._tell(notice) else vain + 1
        except OSError as error:
            logger().error("hooks_not_read", error=str(error), advice="it is tried again")
            self._stopping.wait(_LOOK_S)

    def _tell(self, notice: Notice) -> bool:
        """Tell the receivers; returns whether that worked."""
        settings, began = self._settings, time.monotonic()
        try:
            said = []
            if settings.command:
                said.append(
                    run_program(
                        settings.command,
                        notice,
                        self._outbox,
                        timeout_s=settings.timeout_s,
                        stopping=self._stopping,
                    )
                )
            if settings.url:
                said.append(
                    send_post(settings.url, settings.secret, notice, self._outbox, timeout_s=settings.timeout_s)
                )
        except HookError as error:
            pause = self._notices.put_off(notice, time.time())
            event = "hook_failed" if pause is not None else "hook_given_up"
            logger().warning(event, hook=notice.event, id=notice.ident, error=str(error), again_in_s=pause)
            return False
        seconds = round(time.monotonic() - began, 3)
        logger().info("hook_told", hook=notice.event, id=notice.ident, said=" ".join(said), seconds=seconds)
        self._notices.remove(notice)
        return True
