"""What other threads post to the loop."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.document import Document
from pipeline.results.orders import Orders
from pipeline.results.publisher import Published
from pipeline.servers.facts import ServerFacts
from pipeline.threads.mailbox import Fault, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class NoMoreDocuments:
    """The inbox has handed over everything: end when all of it is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """End: give out nothing more, and let pages in work go on for at most ``grace_s`` seconds."""

    grace_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function that is to be called in the loop's thread, between two turns."""

    function: Callable[[], None]


Mail: TypeAlias = Document | NoMoreDocuments | Stop | Call | Published | Trouble | Fault | ServerFacts | Orders
