"""The state of a daemon at one moment: shown on the page, and written for the commands."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.files.atomic import read_regular
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.files.lock import holder_of
from pipeline.pool.interface import HostFacts
from pipeline.results.state_folder import StateFolder, state_folder_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStatus:
    """A page that a worker has.

    Attributes:
        since: When its step began, in seconds since the epoch.
        reason: Why it is read without the model; None where the model is asked.
    """

    number: int
    step: str
    since: float
    tokens: int
    server: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentStatus:
    """A document in work.

    Attributes:
        phase: ``waiting``, ``inspecting``, ``converting`` or ``publishing``.
        pages: How many it has; None while they are not counted.
        fallbacks: Numbers of the finished pages that fell back.
        reasons: Why they fell back, in the same order.
        strip: A character for each page of the PDF: the first letter of its method where it is finished, ``.`` where it
            is not, ``-`` where it is not wanted.
        journaled: How many pages of ``finished`` an earlier run had finished.
        engine: Chosen for the document; None for the engine of the settings.
        paused: Whether its user has paused it; everything may be paused, too.
        priority: Documents with a larger one come first.
    """

    ident: str
    name: str
    folder: str
    phase: str
    claimed_at: float
    began_at: float | None = None
    pages: int | None = None
    finished: int = 0
    fallbacks: tuple[int, ...] = ()
    running: tuple[PageStatus, ...] = ()
    reasons: tuple[str, ...] = ()
    strip: str = ""
    journaled: int = 0
    engine: str | None = None
    paused: bool = False
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """A model server.

    Attributes:
        state: A sentence, with what to do where something is wrong.
        family: The profile of its model and the dialect of the answers, in words; empty where that is not known.
        dialect: What the model's answers have been in; empty while none has come.
    """

    url: str
    model: str | None
    slots: int
    in_flight: int
    state: str
    family: str = ""
    dialect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStatus:
    """All documents together, from the first one after a pause to the last; times in seconds since the epoch.

    Attributes:
        ended_at: None while documents are in work.
        documents: How many there are so far.
        ended: How many of them were delivered, rejected or cancelled.
        pages: How many they have; those of documents that are not counted yet are estimated.
        finished: How many of these are finished.
        uncounted: Documents whose pages are not counted yet.
        fallbacks: Finished pages that fell back.
        pages_a_minute: Of the last minutes.
        left_s: Seconds that are left at this pace; None while there is none.
    """

    began_at: float
    ended_at: float | None
    documents: int
    ended: int
    pages: int
    finished: int
    uncounted: int
    fallbacks: int
    pages_a_minute: float
    left_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole state at one moment.

    Attributes:
        at: Seconds since the epoch.
        troubles: What keeps the daemon from going on, in words.
        notes: Why documents wait although nothing is wrong, in words.
        published: Documents delivered since the start.
        failed: Documents rejected since the start.
        page: Address of the web page; empty without one.
        batch: All documents in work together, or those of the last batch; None before the first.
    """

    at: float
    pid: int
    started_at: float
    documents: tuple[DocumentStatus, ...] = ()
    servers: tuple[ServerStatus, ...] = ()
    hosts: tuple[HostFacts, ...] = ()
    troubles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    published: int = 0
    failed: int = 0
    page: str = ""
    batch: BatchStatus | None = None


def write_snapshot(folder: StateFolder, snapshot: Snapshot) -> None:
    """Write the snapshot for ``dropleaf status``; not synced, since nobody needs it after a crash.

    Raises:
        OSError: The folder cannot be written.
    """
    temporary = folder.snapshot.with_suffix(".tmp")
    temporary.write_bytes(value_to_json(snapshot))
    temporary.replace(folder.snapshot)


def read_snapshot(outbox: Path) -> Snapshot | None:
    """The last snapshot of the daemon that works on an outbox; None where no daemon does, or it has shown none yet."""
    folder = state_folder_of(outbox)
    if holder_of(folder.lock) is None:
        return None
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(folder.snapshot), Snapshot)
    return None
