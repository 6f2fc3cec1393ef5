"""What is known of the files in the inbox: which are to be looked at when, which stay unclaimed, and why."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath

from pipeline.errors import ChangedError, StoppedError
from pipeline.files.stamp import Stamp
from pipeline.inbox.completeness import Sighting
from pipeline.inbox.examination import Answer, ExaminationFailed, Gone, Incomplete, Left, Question, Refused

#: Seconds before a failed claim is tried again: at first and at most; each time twice as many as before.
RETRY_S = 2.0
LAST_RETRY_S = 30.0


@dataclass(slots=True, kw_only=True)
class _File:
    """One file.

    Attributes:
        asked: A question about it is under way.
        news: An event for it came meanwhile.
        due: When it is looked at again, in seconds of the monotonic clock; None where only an event makes it due.
        tries: Claims that failed in a row.
        left: The state in which it stays unclaimed.
        why: Why it stays unclaimed, as a sentence for people.
        stuck: A look at the whole inbox leaves it out.
    """

    sighting: Sighting | None = None
    finished: bool = False
    asked: bool = False
    news: bool = False
    due: float | None = None
    tries: int = 0
    left: Stamp | None = None
    why: str | None = None
    stuck: bool = False


class WaitingFiles:
    """Belongs to one thread; touches no disk."""

    def __init__(self) -> None:
        self._files: dict[PurePosixPath, _File] = {}
        self._names: defaultdict[PurePosixPath, set[str]] = defaultdict(set)
        self._due: list[tuple[float, int, PurePosixPath]] = []
        self._numbers = count()
        self._active: set[PurePosixPath] = set()
        self._errors: dict[PurePosixPath, Exception] = {}

    def note(self, relative: PurePosixPath, *, finished: bool, now: float) -> None:
        """Note an event for a file: it is to be looked at now.

        Args:
            relative: From the inbox.
            finished: It was closed or renamed in.
            now: Seconds of the monotonic clock.
        """
        file = self._files.get(relative)
        if file is None:
            file = self._files[relative] = _File()
            self._names[relative.parent].add(relative.name)
        file.finished = file.finished or finished
        if file.asked:
            file.news = True
        else:
            self._set_due(relative, file, now)

    def note_listing(self, folder: PurePosixPath, names: Iterable[str], *, now: float) -> list[PurePosixPath]:
        """Note the candidates of a folder that was listed; returns those that were not known. Others in it are gone."""
        unknown: list[PurePosixPath] = []
        present = set(names)
        for name in self._names.get(folder, set()) - present:
            if not self._files[folder / name].asked:
                self._forget(folder / name)
        for name in sorted(present):
            file = self._files.get(folder / name)
            # What has failed is tried later, after longer and longer pauses.
            if file is None:
                unknown.append(folder / name)
            if file is None or not (file.asked or file.stuck or file.tries):
                self.note(folder / name, finished=False, now=now)
        return unknown

    def take_due(self, now: float) -> list[Question]:
        """Take the questions that are to be asked now."""
        questions = []
        while self._due and self._due[0][0] <= now:
            due, _, relative = heapq.heappop(self._due)
            file = self._files.get(relative)
            if file is None or file.asked or file.due != due:
                continue
            file.due, file.asked = None, True
            questions.append(
                Question(relative=relative, sighting=file.sighting, finished=file.finished, left=file.left)
            )
        return questions

    def next_due(self) -> float | None:
        """When the next question is to be asked; None where only an event brings one."""
        while self._due:
            due, _, relative = self._due[0]
            file = self._files.get(relative)
            if file is not None and not file.asked and file.due == due:
                return due
            heapq.heappop(self._due)
        return None

    def answer(self, relative: PurePosixPath, answer: Answer, *, now: float) -> bool:
        """Note the answer to a question; returns whether there is a new reason why the file stays.

        Args:
            relative: Of the file.
            answer: Of the examiner.
            now: Seconds of the monotonic clock.
        """
        file = self._files[relative]
        news, before = file.news, file.why
        file.asked = file.news = False
        if isinstance(answer, Gone):
            self._forget(relative)
            if news:
                self.note(relative, finished=file.finished, now=now)
            return False
        file.stuck = False
        self._active.discard(relative)
        self._errors.pop(relative, None)
        match answer:
            case Incomplete() | ExaminationFailed():
                self._wait(relative, file, answer, now, news=news)
            case Left():
                file.why = file.why if answer.why is None and answer.stamp == file.left else answer.why
                file.sighting, file.left, file.stuck, file.tries = None, answer.stamp, answer.stuck, 0
            case Refused():
                file.why = f"it is a {answer.kind}; drop the file itself"
                file.sighting, file.left, file.tries = None, None, 0
        if news:
            self._set_due(relative, file, now)
        return file.why != before and file.why is not None

    def _wait(
        self, relative: PurePosixPath, file: _File, answer: Incomplete | ExaminationFailed, now: float, *, news: bool
    ) -> None:
        file.sighting, file.left, file.why = answer.sighting, None, None
        if isinstance(answer, Incomplete):
            file.tries = 0
            # An event that came while the question was under way may not be covered by its answer.
            file.finished = answer.sighting.finished or (news and file.finished)
            self._set_due(relative, file, now + answer.wait)
        else:
            file.tries += 1
            if not isinstance(answer.error, ChangedError | StoppedError):
                self._errors[relative] = answer.error
            self._set_due(relative, file, now + min(LAST_RETRY_S, RETRY_S * 2 ** (file.tries - 1)))

    @property
    def waiting(self) -> Collection[PurePosixPath]:
        """Files that are being asked about, or will be without a further event."""
        return self._active

    @property
    def error(self) -> Exception | None:
        """Why the first of the files that could not be claimed failed; None where there is none."""
        return next(iter(self._errors.values()), None)

    def _set_due(self, relative: PurePosixPath, file: _File, due: float) -> None:
        file.due = due
        self._active.add(relative)
        heapq.heappush(self._due, (due, next(self._numbers), relative))

    def _forget(self, relative: PurePosixPath) -> None:
        del self._files[relative]
        self._active.discard(relative)
        self._errors.pop(relative, None)
        names = self._names[relative.parent]
        names.discard(relative.name)
        if not names:
            del self._names[relative.parent]
