"""Faults of extraction itself: each costs the part of the page that it happened in, and is said."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType

from pipeline.extraction.errors import DeadlineExceeded

_LOG = logging.getLogger(__name__)


class Cost(StrEnum):
    """What a fault may cost, as the sentence that a reader of the page is told."""

    WORDS = "The page's letters could not be joined to words by their places; they follow each other as in the file"
    TABLES = "A table may be missing from this page; its text is among the other text"
    ORDER = "The reading order of this page could not be told; its lines come from the top to the bottom"
    BLOCKS = "Some paragraphs of this page could not be told; their text comes line by line"
    HEADINGS = "The headings of this page could not be told from its other text"
    FLOW = "Notes and captions of this page may stand between its paragraphs"
    HTML = "The page is shown as plain lines, since they could not be set as paragraphs and tables"


class Faults:
    """What went wrong on one page.

    Attributes:
        warnings: A sentence for each part that was lost.
    """

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def cost_only(self, cost: Cost) -> "_Guard":
        """A block in which an exception ends the block and nothing more; it is logged, and said once for each cost.

        Deadlines pass, as they are no faults.

        Args:
            cost: What is lost then.
        """
        return _Guard(self, cost)

    def add(self, cost: Cost, error: Exception) -> None:
        """Take in a fault.

        Args:
            cost: What is lost.
            error: What happened.
        """
        _LOG.error("fault in extraction: %s", cost.name, exc_info=error)
        if not any(warning.startswith(cost) for warning in self.warnings):
            self.warnings.append(f"{cost} (a fault of the program).")


@dataclass(frozen=True, slots=True)
class _Guard:
    """The context manager of :meth:`Faults.cost_only`."""

    faults: Faults
    cost: Cost

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, DeadlineExceeded):
            return False
        self.faults.add(self.cost, error)
        return True
