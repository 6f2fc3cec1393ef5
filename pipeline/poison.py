"""Documents that kill workers: the deaths are counted, on disk too, and the document is given up step by step.

What counts is deaths in a row, without a page finished in between: a large document that loses a worker now and then
to others' doings is none of these, while one whose every page kills would otherwise cost a worker, or three, per page.
The count lies in the file ``deaths`` of the document's work folder.
"""

from contextlib import suppress
from pathlib import Path

from pipeline.conversion import Conversion
from pipeline.document import Document, Fallback, FallbackReason
from pipeline.files import write_whole
from pipeline.log import logger

#: Deaths in a row after which the model is not asked for the rest of a document.
DEATHS_BEFORE_BASIC = 3
#: Deaths in a row after which the rest of a document is not read at all.
DEATHS_BEFORE_NOTHING = 6

_NOTE = "deaths"


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
            conversion.deaths = int(self._note(conversion.document).read_text())
        self._judge(conversion)

    def died(self, conversion: Conversion) -> None:
        """Another worker has died of it."""
        conversion.deaths += 1
        self._write(conversion)
        self._judge(conversion)

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

    def _note(self, document: Document) -> Path:
        return self._work / document.ident / _NOTE

    def _write(self, conversion: Conversion) -> None:
        # A count that cannot be written costs a restart a few workers more.
        with suppress(OSError):
            write_whole(self._note(conversion.document), [str(conversion.deaths).encode()])
