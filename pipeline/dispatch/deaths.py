"""Documents that kill workers: the deaths are counted, on disk too, and the document is given up step by step.

Not every death is the document's doing.  A worker that fails at a file gets SIGSEGV, SIGABRT or the like, or takes too
long: such deaths always count.  SIGKILL comes from outside, or, rarely, from a kernel that is out of memory:

* Over a page it counts when the page was given out after the last death that counted: workers that are all killed at
  once, by whoever it was, are one misfortune, while a poisonous document kills one wave after the other.
* Over the opening of a file, which knows no other pages to go on with, it counts for little: the file is opened again
  after longer and longer pauses, for some minutes in all, so that no sound document is lost to somebody who kills
  processes, and none that kills them all is opened for ever.

Over pages, deaths count in a row, without a page finished in between: a large document that loses a worker now and
then is not poisonous, while one whose every page kills would otherwise cost a worker, or three, per page.

The counts lie in the files ``deaths`` and ``openings`` of the document's work folder.
"""

import json
from contextlib import suppress
from pathlib import Path

from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion, Openings
from pipeline.document import Document, Fallback, FallbackReason
from pipeline.errors import DocumentError, PoisonousError, UnreadableError
from pipeline.files.atomic import write_whole
from pipeline.log.log import logger
from pipeline.pool.interface import Loss

#: Deaths in a row after which the model is not asked for the rest of a document.
DEATHS_BEFORE_BASIC = 3
#: Deaths in a row after which the rest of a document is not read at all.
DEATHS_BEFORE_NOTHING = 6
#: Workers that may fail over the opening of a file before the file is given up.
FAILED_OPENINGS = 3
#: Workers that may be killed over it; the pauses between them make about three minutes.
KILLED_OPENINGS = 20

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 15.0

_NOTE = "deaths"
_OPENINGS_NOTE = "openings"


class DeathRegister:
    """How many workers in a row have died of each document."""

    def __init__(self, work: Path) -> None:
        """Look at nothing yet.

        Args:
            work: The folder of the work folders.
        """
        self._work = work

    def begin(self, conversion: Conversion) -> None:
        """Take up the count of an earlier daemon, whose pages are known by now."""
        with suppress(OSError, ValueError):
            conversion.deaths = int(self._note(conversion.document, _NOTE).read_text())
        self._judge(conversion)

    def died(self, conversion: Conversion, loss: Loss, *, given_at: float, now: float) -> None:
        """Another worker has died over it.

        Args:
            conversion: The document.
            loss: Of the worker.
            given_at: When the worker got the page, in seconds of the monotonic clock.
            now: On the same clock.
        """
        if not loss.from_outside or given_at >= conversion.blamed_at:
            conversion.blamed_at = now
            conversion.deaths += 1
            self._write(conversion)
        self._judge(conversion)  # of what was in work when the count was full, too

    def survived(self, conversion: Conversion) -> None:
        """A page of it is finished."""
        if conversion.deaths:
            conversion.deaths = 0
            self._write(conversion)

    def _judge(self, conversion: Conversion) -> None:
        if conversion.deaths >= DEATHS_BEFORE_BASIC:
            detail = f"{DEATHS_BEFORE_BASIC} workers in a row died of this document"
            if count := conversion.give_up_model(Fallback(reason=FallbackReason.WORKER_LOST, detail=detail)):
                logger().warning(
                    "poisonous", pages=count, detail=detail, advice="its other pages are read without the model"
                )
        if conversion.deaths >= DEATHS_BEFORE_NOTHING and (count := conversion.give_up_readers()):
            detail = f"{DEATHS_BEFORE_NOTHING} workers in a row died of this document"
            logger().warning("poisonous", pages=count, detail=detail, advice="its other pages are left empty")

    def begin_opening(self, conversion: Conversion) -> None:
        """Take up the count of an earlier daemon, before the file is opened."""
        with suppress(OSError, ValueError, TypeError, KeyError):
            counts = json.loads(self._note(conversion.document, _OPENINGS_NOTE).read_bytes())
            conversion.openings = Openings(failed=int(counts["failed"]), killed=int(counts["killed"]))

    def died_opening(self, conversion: Conversion, loss: Loss) -> DocumentError | None:
        """A worker has died, or failed, over the opening of the file; the error that ends the document, if any.

        Otherwise the file is to be opened again when :attr:`Conversion.pause` is over.
        """
        before, outside = conversion.openings, loss.from_outside
        now = Openings(failed=before.failed + (not outside), killed=before.killed + outside)
        conversion.openings = now
        note = json.dumps({"failed": now.failed, "killed": now.killed})
        with suppress(OSError):
            write_whole(self._note(conversion.document, _OPENINGS_NOTE), [note.encode()])
        if now.failed >= FAILED_OPENINGS:
            return UnreadableError(f"Opening the file failed {now.failed} times: {loss.detail}.")
        if now.killed >= KILLED_OPENINGS:
            return PoisonousError(f"{now.killed} workers were killed while they opened the file.")
        pause = _FIRST_PAUSE_S * 2 ** max(0, now.killed - 1) if outside else 0.0
        conversion.pause = Deadline.after(min(pause, _LONGEST_PAUSE_S))
        logger().warning("opening_failed", document=conversion.document.name, detail=loss.detail, advice="tried again")
        return None

    def _note(self, document: Document, name: str) -> Path:
        return self._work / document.ident / name

    def _write(self, conversion: Conversion) -> None:
        # A count that cannot be written costs a restart a few workers more.
        with suppress(OSError):
            write_whole(self._note(conversion.document, _NOTE), [str(conversion.deaths).encode()])
