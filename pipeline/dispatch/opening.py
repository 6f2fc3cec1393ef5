"""Turns a claimed document into its list of pages, or into the reason why it has none; in the loop's thread."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.document_settings import DocumentSettings
from pipeline.dispatch.step_limits import INSPECT_S, WRAPPING_S
from pipeline.document import Document
from pipeline.errors import (
    DocumentError,
    NoSuchPageError,
    PoisonousError,
    PublishError,
    TooLargeError,
    UnreadableError,
    UnreadablePictureError,
    code_to_document_error,
)
from pipeline.log.log import logger
from pipeline.pool.interface import LOCAL, Loss, Pool
from pipeline.results.journal import Journal
from pipeline.worker.tasks import Inspection, InspectTask, Wrapped, WrapTask

#: Workers that may fail while they open a file before the file is given up.
FAILED_OPENINGS = 3
#: Workers that may be killed while they open it; with the pauses in between that takes about three minutes. The number
#: is high because a person or program that kills processes must not cost a sound document, and limited because a file
#: that kills every worker must not be opened for ever.
KILLED_OPENINGS = 20
#: Daemons that may die during work on a document before it is set aside; a death while it was published counts for
#: several. The number is high because nothing shows whether the document or somebody else ended a daemon, and a daemon
#: that is killed every second or two never finishes a page.
TRIES = 30

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 15.0
_MIB = 1 << 20
_IN_PLACE = "It stays where it was dropped, since to move it would mean to read it."

#: What ends a document before its first page: it fails, or does not have what a command asks for.
Objection: TypeAlias = DocumentError | NoSuchPageError


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningSettings:
    """Limits for documents.

    Attributes:
        workers: Number of pages for which the document gets ``document_timeout_s`` seconds.
    """

    file_mib: int
    pages: int
    workers: int
    document_timeout_s: float


class Opening:
    """Has a worker count the pages of each new document, since the file may be hostile; pictures become PDFs first."""

    def __init__(
        self,
        pool: Pool,
        journal: Journal,
        deaths: Deaths,
        settings: OpeningSettings,
        settings_of: Callable[[Document], DocumentSettings],
    ) -> None:
        self._pool = pool
        self._journal = journal
        self._deaths = deaths
        self._settings = settings
        self._settings_of = settings_of
        self._waiting: deque[Conversion] = deque()
        self._inspecting: dict[str, Conversion] = {}

    @property
    def in_work(self) -> int:
        """Number of documents that workers are opening."""
        return len(self._inspecting)

    def has(self, key: str) -> bool:
        """Whether a task of the pool was submitted here."""
        return key in self._inspecting

    def receive(self, document: Document) -> Conversion:
        """Put a document in line.

        Raises:
            DocumentError: It is not to be opened.
        """
        settings = self._settings
        if document.size > settings.file_mib * _MIB:
            why = f"The file has {document.size / _MIB:.0f} MiB; {settings.file_mib} MiB are allowed."
            raise TooLargeError(f"{why} {_IN_PLACE}" if document.in_place else why)
        if self._deaths.tries(document) >= TRIES:
            raise PoisonousError("Daemon after daemon has died while it worked on this document.")
        conversion = Conversion(document, began_at=time.time(), settings=self._settings_of(document))
        self._waiting.append(conversion)
        return conversion

    def give_out(self, most: int) -> None:
        """Have documents opened while workers are idle, at most ``most`` at once."""
        while len(self._inspecting) < most:
            conversion = next((each for each in self._waiting if each.pause.expired and self._has_room(each)), None)
            if conversion is None:
                return
            self._waiting.remove(conversion)
            if not conversion.inspections:
                conversion.began_at = time.time()
            conversion.inspections += 1
            document = conversion.document
            key = f"{document.ident}:inspect{conversion.inspections}"
            self._inspecting[key] = conversion
            if document.is_picture and not document.pdf.exists():
                self._pool.submit(key, self._wrap_task(conversion), Deadline.after(WRAPPING_S))
                continue
            path, settings = document.pdf, conversion.settings.worker
            task = InspectTask(document=document.name, path=path, settings=settings, sha256=conversion.pdf_sha256)
            self._pool.submit(key, task, Deadline.after(INSPECT_S))

    def _has_room(self, conversion: Conversion) -> int:
        """How many workers can open it: without a hash no other machine can be sent it."""
        return self._pool.idle if conversion.pdf_sha256 else self._pool.idle_at(LOCAL)

    def _wrap_task(self, conversion: Conversion) -> WrapTask:
        document = conversion.document
        return WrapTask(
            document=document.name,
            path=Path(document.path),
            out=self._journal.wrapping_file(document),
            max_pages=self._settings.pages,
            settings=conversion.settings.worker,
        )

    def withdraw(self, conversion: Conversion) -> bool:
        """Take a document out of the line; returns whether it was in it: else a worker is opening it."""
        if conversion in self._waiting:
            self._waiting.remove(conversion)
            return True
        return False

    def take_result(self, key: str, value: object, now: float) -> tuple[Conversion, Objection | None]:
        """Take a worker's result; returns the document's state and the error that ends it, if any.

        Raises:
            PublishError: The working state cannot be written; the document is back in line.
        """
        settings = self._settings
        conversion = self._inspecting.pop(key)
        if isinstance(value, Wrapped):
            return conversion, self._wrapped(conversion, value)
        if not isinstance(value, Inspection):
            return conversion, UnreadableError("The file could not be examined.")
        if (error := self._objection(conversion.document, value)) is not None:
            return conversion, error
        try:
            journaled = self._journal.begin(conversion.document, conversion.settings.fingerprint)
        except PublishError:
            self._waiting.appendleft(conversion)
            raise
        finished = {number: (page.method, page.reason) for number, page in journaled.items()}
        shares = -(-value.pages // settings.workers)
        conversion.outline = value.outline
        # What a worker says of a PDF that it has made itself; a lie costs the pages of this document alone.
        conversion.pdf_sha256 = conversion.pdf_sha256 or value.sha256
        conversion.begin(value.pages, finished, budget_s=shares * settings.document_timeout_s, now=now)
        return conversion, None

    def _wrapped(self, conversion: Conversion, value: Wrapped) -> DocumentError | None:
        """Have the PDF opened that was made of a picture; returns why there is none, if so."""
        if value.code is not None:
            kind = code_to_document_error(value.code)
            return (UnreadablePictureError if kind is UnreadableError else kind)(value.detail)
        if not conversion.cancelled:
            self._waiting.appendleft(conversion)
        self._journal.keep_wrapped(conversion.document)
        return None

    def _objection(self, document: Document, inspection: Inspection) -> Objection | None:
        """Why the document cannot be converted; None where it can."""
        pages, most = inspection.pages, self._settings.pages
        if inspection.code is not None:
            return code_to_document_error(inspection.code)(inspection.detail)
        if pages < 1 or not (document.pdf_sha256 or inspection.sha256):  # without a hash, hosts could not be given it
            return UnreadableError("The file could not be examined.")
        if pages > most:
            return TooLargeError(f"The file has {pages} pages; {most} are allowed.")
        if document.only and not any(number <= pages for number in document.only):
            return NoSuchPageError(f"It has {_count_to_words(pages)}; none of those that are asked for is among them.")
        return None

    def take_loss(self, key: str, loss: Loss) -> tuple[Conversion, DocumentError | None]:
        """Note that the worker died, failed or hung; returns the document's state and the error that ends it, if any.

        Before that error the file is opened again several times: at once where the worker failed, after longer and
        longer pauses where it was killed.
        """
        conversion = self._inspecting.pop(key)
        lost = self._deaths.worker_died_at_opening(conversion.document, loss)
        if lost.failed >= FAILED_OPENINGS:
            return conversion, UnreadableError(f"Opening the file failed {lost.failed} times: {loss.detail}.")
        if lost.killed >= KILLED_OPENINGS:
            return conversion, PoisonousError(f"{lost.killed} workers were killed while they opened the file.")
        pause_s = _FIRST_PAUSE_S * 2 ** max(0, lost.killed - 1) if loss.from_outside else 0.0
        conversion.pause = Deadline.after(min(pause_s, _LONGEST_PAUSE_S))
        logger().warning("opening_failed", document=conversion.document.name, detail=loss.detail, advice="tried again")
        self._waiting.append(conversion)
        return conversion, None


def _count_to_words(pages: int) -> str:
    return "1 page" if pages == 1 else f"{pages} pages"
