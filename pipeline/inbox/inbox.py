"""The inbox: finds complete files, has them claimed, and hands over documents."""

import math
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.conditions import files_still_written, inbox_deaf, inbox_not_watched, inbox_unseen
from pipeline.document import Document
from pipeline.inbox.candidates import FolderFacts, look_into
from pipeline.inbox.completeness import Patience
from pipeline.inbox.events import FolderWatch, Hint
from pipeline.inbox.examination import Answer, ExaminationFailed, Examiner, Incomplete, Left, Question, Refused, Rules
from pipeline.inbox.lasting_troubles import LastingTroubles
from pipeline.inbox.left_alone import NAMED, NamedFiles
from pipeline.inbox.left_alone_notice import LeftAloneNotice
from pipeline.inbox.missed_events import MissedEvents
from pipeline.inbox.waiting_files import RETRY_S, WaitingFiles
from pipeline.kinds import ALL_KINDS, Kind
from pipeline.log.log import logger
from pipeline.results.journal import Journal
from pipeline.threads.crew import Crew
from pipeline.threads.daemon_thread import DaemonThread
from pipeline.threads.mailbox import Fault, Trouble

# Seconds between two looks where no events come, and at least how many times as long as such a look takes.
_POLL_S = 1.0
_POLL_PAUSE = 2.0

# Seconds for which a single run waits for files that go on changing, after the last other file was looked at.
_PATIENCE_S = 10.0

# Seconds between two checks of the watcher: no event says that its folder was renamed.
_HEALTH_S = 5.0

# Threads that touch the inbox's disk: only when so many folders hang must the others wait.
_CREW = 6
# Seconds that they get at the end; a claim that hangs longer is undone, or completed, by the next daemon.
_LEAVE_S = 2.0

_ROOT = PurePosixPath()
_WATCH = "the watcher"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings:
    """How the inbox is looked at.

    Attributes:
        patience: How long files are waited for.
        rescan: Seconds between two looks at everything.
        most_mib: Larger files are not read.
        keep: Originals stay in the inbox and are claimed as copies.
        once: Hand over what is there now, then end.
        kinds: Of files that are read.
    """

    root: Path
    patience: Patience
    rescan: float
    polling: bool
    most_mib: int
    keep: bool
    once: bool
    kinds: frozenset[Kind] = ALL_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answered:
    """A file was looked at.

    Attributes:
        is_first: It was never seen before.
    """

    relative: PurePosixPath
    answer: Answer
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    """The watcher was checked.

    Attributes:
        error: Why no events come; None where they do.
        anew: Some events may have been missed.
    """

    error: Exception | None
    anew: bool


_News: TypeAlias = Hint | FolderFacts | _Answered | _Watched


class Inbox:
    """A thread that owns the state of the inbox and touches no disk: other threads look, and it takes their answers."""

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
            known: Says whether folder, name and SHA-256 are those of a document that is delivered or in work; called in
                any thread, for files that stay in the inbox.
            give: Called with each claimed document, in any thread.
            tell: Called when something does not work, when it works again, and with an error that has ended the thread.
            ended: Called when a single run has handed over everything.
        """
        self._settings = settings
        self._tell = tell
        self._ended = ended
        self._news: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = DaemonThread("inbox", self._run, post=tell)
        self._crew = Crew("inbox", size=_CREW)
        self._watch = FolderWatch(settings.root, self._news.put, settings.kinds)
        self._watched = False
        rules = Rules(root=settings.root, patience=settings.patience, keep=settings.keep, most_mib=settings.most_mib)
        self._examiner = Examiner(rules, journal, known=known, give=give, stopping=self._stopping.is_set)
        self._claims = journal.folder.work
        self._waiting = WaitingFiles()
        self._being_listed: set[PurePosixPath] = set()
        self._not_listed: set[PurePosixPath] = set()
        self._too_deep: set[PurePosixPath] = set()
        self._left_alone = LeftAloneNotice(settings.root, tell)
        self._next_look = 0.0
        self._next_check = 0.0
        self._look_began = 0.0
        self._look_took = 0.0
        self._last_progress = 0.0
        self._planned_look = 0.0
        self._is_routine = False
        self._missed_events = MissedEvents()
        self._troubles = LastingTroubles(tell)
        self._log = logger()

    def start(self) -> None:
        """Begin to look; a missing folder is created.

        Raises:
            OSError: The folder cannot be created.
        """
        self._settings.root.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def look(self) -> None:
        """Look at the whole inbox now."""
        self._news.put(None)

    def stop_soon(self) -> None:
        """Claim nothing more; does not wait for the thread, so it is safe in a signal handler."""
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
                self._run_until_stopped()
        finally:
            closed = threading.Event()
            self._crew.submit(_WATCH, self._watch.close)
            self._crew.submit(_WATCH, closed.set)
            closed.wait(_LEAVE_S)
            if not self._crew.close(_LEAVE_S):
                self._log.warning("inbox_hangs", inbox=str(self._settings.root), advice="look at its disk or share")

    def _run_until_stopped(self) -> None:
        if self._settings.polling:
            self._next_check = float("inf")
        while not self._stopping.is_set():
            now = time.monotonic()
            if now >= self._next_check:
                self._next_check = now + _HEALTH_S
                self._crew.submit(_WATCH, self._check_watcher)
            if now >= self._next_look:
                self._is_routine = self._watched and self._next_look == self._planned_look
                self._next_look = self._planned_look = now + self._pause()
                self._look()
            self._check_missed_events(now)
            self._ask(now)
            self._take_news(min(self._next_check, self._next_look))

    def _pause(self) -> float:
        """Seconds until the next look at everything."""
        if self._watched and not self._missed_events.noticed:
            return self._settings.rescan
        return min(self._settings.rescan, max(_POLL_S, _POLL_PAUSE * self._look_took))

    def _check_missed_events(self, now: float) -> None:
        """Notice files that a regular look has found and of which the system has told nothing since."""
        if self._missed_events.check(now):
            self._next_look = now
            self._troubles.report("inbox_deaf", inbox_deaf(str(self._settings.root)))

    def _run_once(self) -> None:
        patience = max(_PATIENCE_S, 2 * self._settings.patience.settle)
        self._last_progress = time.monotonic()
        self._look()
        self._next_look = math.inf
        while self._is_busy() and time.monotonic() < self._last_progress + patience and not self._stopping.is_set():
            if time.monotonic() >= self._next_look:  # some folder could not be listed
                self._next_look = math.inf
                self._look()
            self._ask(time.monotonic())
            self._take_news(min(self._last_progress + patience, self._next_look))
        self._say_what_is_left()
        self._ended()

    def _say_what_is_left(self) -> None:
        """Name the files that a single run does not wait for."""
        waiting = sorted(map(str, self._waiting.waiting))
        for path in waiting:
            file = str(self._settings.root / path)
            self._log.warning("left", file=file, advice="it is still being written; run again when it is complete")
        if waiting:
            words = files_still_written(len(waiting), str(NamedFiles(count=len(waiting), names=tuple(waiting[:NAMED]))))
            self._tell(Trouble(what="left", detail=words, harmless=True))

    def _is_busy(self) -> bool:
        return bool(self._being_listed or self._not_listed or self._waiting.waiting)

    def _look(self) -> None:
        """Have every folder listed, except those whose last listing is not finished."""
        if not self._being_listed:
            self._look_began = time.monotonic()
            self._left_alone.begin()
        self._not_listed.clear()
        self._look_into(_ROOT)

    def _look_into(self, folder: PurePosixPath) -> None:
        if folder not in self._being_listed:
            self._being_listed.add(folder)
            self._crew.submit(folder, partial(self._list, folder))

    def _list(self, folder: PurePosixPath) -> None:
        self._news.put(look_into(self._settings.root, folder, self._claims, self._settings.kinds))

    def _ask(self, now: float) -> None:
        """Have the files looked at that are due."""
        for question in self._waiting.take_due(now):
            self._crew.submit(question.relative.parent, partial(self._examine, question))

    def _examine(self, question: Question) -> None:
        self._news.put(
            _Answered(
                relative=question.relative, answer=self._examiner.examine(question), is_first=question.sighting is None
            )
        )

    def _check_watcher(self) -> None:
        """Check the watcher; in a thread of the crew, since a folder that hangs may block it."""
        error: Exception | None = None
        anew = True
        try:
            anew = self._watch.mend()
        except OSError as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001 — an error in the library costs the events, and nothing else
            self._log.exception("fault", part="watcher")
            error = failure
        self._news.put(_Watched(error=error, anew=anew))

    def _take_news(self, until: float) -> None:
        """Wait for news, and note all that have come."""
        next_due = self._waiting.next_due()
        until = until if next_due is None else min(until, next_due)
        with suppress(queue.Empty):
            news = self._news.get(timeout=max(0.005, until - time.monotonic()))
            while True:
                self._note(news)
                news = self._news.get_nowait()

    def _note(self, news: _News) -> None:
        now = time.monotonic()
        match news:
            case None:  # events were lost: look at everything
                self._missed_events.forget()
                self._next_look = 0.0
                self._next_check = min(self._next_check, now) if not self._settings.polling else self._next_check
            case FolderFacts():
                self._note_folder(news, now)
            case _Answered():
                self._note_answer(news, now)
            case _Watched():
                self._note_watched(news)
            case path, finished:
                self._note_hint(path, finished=finished, now=now)

    def _note_hint(self, path: Path, *, finished: bool, now: float) -> None:
        with suppress(ValueError):  # a hint for a path outside, from before the inbox was moved
            relative = PurePosixPath(path.relative_to(self._settings.root))
            if self._missed_events.note_event(relative):
                self._troubles.clear("inbox_deaf")
            self._waiting.note(relative, finished=finished, now=now)

    def _note_folder(self, facts: FolderFacts, now: float) -> None:
        self._being_listed.discard(facts.folder)
        if facts.error is not None:
            self._not_listed.add(facts.folder)
            self._troubles.report("inbox_unseen", inbox_unseen(str(self._settings.root), _error_to_words(facts.error)))
        elif facts.too_deep:
            self._note_too_deep(facts.folder)
        else:
            self._last_progress = now
            unknown = self._waiting.note_listing(facts.folder, facts.candidates, now=now)
            if self._is_routine:
                self._missed_events.note_found(unknown, now)
            self._left_alone.note(facts.folder, facts.left, facts.candidates)
            for name in facts.folders:
                self._look_into(facts.folder / name)
        if not self._being_listed:
            self._look_took = now - self._look_began
            self._left_alone.say()
            if self._not_listed:
                self._next_look = min(self._next_look, now + RETRY_S)
            else:
                self._troubles.clear("inbox_unseen")

    def _note_too_deep(self, folder: PurePosixPath) -> None:
        if folder not in self._too_deep:
            self._too_deep.add(folder)
            path = str(self._settings.root / folder)
            self._log.warning("too_deep", folder=path, advice="files in it are not seen; move it further up")

    def _note_answer(self, news: _Answered, now: float) -> None:
        answer = news.answer
        if not isinstance(answer, ExaminationFailed) and (news.is_first or not isinstance(answer, Incomplete)):
            self._last_progress = now  # for a single run, which waits for files that are written, not for a slow disk
        if self._waiting.answer(news.relative, answer, now=now):
            path = str(self._settings.root / news.relative)
            if isinstance(answer, Left):
                self._log.warning("left", file=path, advice=answer.why)
            elif isinstance(answer, Refused) and answer.kind != "folder":
                self._log.warning("refused", file=path, kind=answer.kind, advice="drop the file itself")
        error = self._waiting.error
        if error is not None:
            words = f"{str(error).rstrip('.')}. Nothing is lost; it is tried again until it works."
            self._troubles.report("claim_failed", words, cause=_error_to_words(error))
        else:
            self._troubles.clear("claim_failed")

    def _note_watched(self, news: _Watched) -> None:
        before, self._watched = self._watched, news.error is None
        if before != self._watched or (self._watched and news.anew):
            self._next_look = 0.0  # some events may have been missed, or none come from now on
        if news.error is not None:
            words = inbox_not_watched(str(self._settings.root), _error_to_words(news.error))
            self._troubles.report("inbox_not_watched", words)
        elif news.anew:
            self._log.info("inbox_watched", inbox=str(self._settings.root))
            self._troubles.clear("inbox_not_watched")


def _error_to_words(error: Exception) -> str:
    cause = error.__cause__ or error
    return str(cause.strerror if isinstance(cause, OSError) else cause)
