"""Looks at one file of the inbox and claims it if it is complete; everything that touches the inbox's disk is here.

It runs in threads that a slow disk may block (``Crew``), so it has no state: what was seen before comes with the
question, and what is seen now is the answer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from pipeline.document import Document
from pipeline.errors import (
    ChangedError,
    IrregularError,
    PublishError,
    StoppedError,
    TooLargeError,
    VanishedError,
    os_error_to_words,
)
from pipeline.files.atomic import hash_open
from pipeline.files.stamp import Stamp
from pipeline.host.files import is_elsewhere
from pipeline.host.moving import is_held
from pipeline.inbox.completeness import Patience, Sighting, look_again, readiness
from pipeline.log.log import logger
from pipeline.results.claiming import Source, Terms, handle_to_stamp, is_over, open_source
from pipeline.results.journal import DocumentOptions, Journal
from pipeline.results.kept_files import is_rejected_in_place

_ELSEWHERE = "its bytes are only with a cloud service; have it kept on this machine, or open it once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A file to look at.

    Attributes:
        relative: Its path, relative to the inbox.
        sighting: What was seen the last time; None for a new file.
        finished: An event has said that it was closed or renamed in.
        left: The state in which it stays unclaimed until it changes.
    """

    relative: PurePosixPath
    sighting: Sighting | None = None
    finished: bool = False
    left: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """It is not there any more, or it has been claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """It is not complete: look again after some seconds."""

    sighting: Sighting
    wait: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """It stays where it is until its bytes change.

    Attributes:
        why: A sentence for people; None where nothing is wrong.
        stuck: Also a look at the whole inbox leaves it out.
    """

    stamp: Stamp | None = None
    why: str | None = None
    stuck: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It is not a regular file."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminationFailed:
    """It could not be claimed now."""

    sighting: Sighting | None
    error: Exception


Answer: TypeAlias = Gone | Incomplete | Left | Refused | ExaminationFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How files are taken.

    Attributes:
        keep: Originals stay in the inbox; copies are claimed.
        most_mib: Larger ones are not read.
    """

    root: Path
    patience: Patience
    keep: bool
    most_mib: int


class Examiner:
    """Looks at files; any thread may ask."""

    def __init__(
        self,
        rules: Rules,
        journal: Journal,
        *,
        known: Callable[[str, str, str], bool],
        give: Callable[[Document], None],
        stopping: Callable[[], bool],
    ) -> None:
        """Prepare.

        Args:
            rules: How files are taken.
            journal: Where claimed files go.
            known: Says whether folder, name and SHA-256 are those of a document that is delivered or in work; called
                for files that stay in the inbox.
            give: Called with each claimed document.
            stopping: Says whether nothing more is to be claimed.
        """
        self._rules = rules
        self._journal = journal
        self._known = known
        self._give = give
        self._stopping = stopping

    def examine(self, question: Question) -> Answer:
        """Look at a file, and claim it if it is complete."""
        source = Source(root=self._rules.root, relative=question.relative)
        answer: Answer
        try:
            answer = Left(why=_ELSEWHERE) if is_elsewhere(source.path) else self._look(source, question)
        except (FileNotFoundError, NotADirectoryError, VanishedError):
            answer = Gone()
        except IrregularError as error:
            answer = Refused(kind=str(error))
        except PermissionError as error:
            # Some systems say the same where another program has it open for itself alone.
            unreadable = Left(why=f"it cannot be read: {os_error_to_words(error)}; make it readable for the daemon")
            answer = ExaminationFailed(sighting=question.sighting, error=error) if is_held(error) else unreadable
        except (OSError, StoppedError) as error:
            answer = ExaminationFailed(sighting=question.sighting, error=error)
        except Exception:  # noqa: BLE001 — unattended: one file must not end the daemon
            logger().exception("fault", part="inbox", file=str(source.path))
            answer = Left(why="an error in Dropleaf, which the log shows; please report it", stuck=True)
        return answer

    def _look(self, source: Source, question: Question) -> Answer:
        now = time.monotonic()
        with open_source(source) as handle:
            stamp = handle_to_stamp(handle)
            if stamp == question.left:
                return Left(stamp=stamp)
            sighting = look_again(question.sighting, stamp, finished=question.finished, now=now)
            ready = readiness(handle, sighting, self._rules.patience, now=now, clock=time.time())
            if ready.wait > 0.0:
                return Incomplete(sighting=sighting, wait=ready.wait)
            stays_unread = self._rules.keep and is_over(self._rules.most_mib, stamp.size)
            if self._rules.keep and not stays_unread and self._is_known(source, handle):
                return Left(stamp=stamp)
        source = Source(root=source.root, relative=source.relative, stamp=stamp, held_open=ready.held_open)
        if stays_unread:
            return self._reject_in_place(source, sighting)
        return self._claim(source, sighting, copy=self._rules.keep)

    def _is_known(self, source: Source, handle: int) -> bool:
        return self._known(_folder_of(source), source.name, hash_open(handle, self._stopping))

    def _claim(self, source: Source, sighting: Sighting, *, copy: bool) -> Answer:
        if self._stopping():
            return ExaminationFailed(sighting=sighting, error=StoppedError())
        terms = Terms(copy=copy, most_mib=self._rules.most_mib, stopping=self._stopping)
        try:
            document = self._journal.take(source, terms, options=DocumentOptions(folder=_folder_of(source)))
        except TooLargeError:
            return self._reject_in_place(source, sighting)
        except (PublishError, ChangedError) as error:
            return ExaminationFailed(sighting=sighting, error=error)
        logger().info("claimed", document=document.name, bytes=document.size)
        self._give(document)
        return Left(stamp=sighting.stamp) if copy else Gone()

    def _reject_in_place(self, source: Source, sighting: Sighting) -> Answer:
        """Have a file told of in failed/ that is too large to be read, and cannot be moved without that; once."""
        if is_rejected_in_place(self._journal.folder, _folder_of(source), source.name, sighting.stamp):
            return Left(stamp=sighting.stamp)
        return self._claim(source, sighting, copy=True)


def _folder_of(source: Source) -> str:
    return str(source.relative.parent)
