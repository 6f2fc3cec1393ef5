"""The state of everything as an immutable snapshot, which the command line and the web page show."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path

from pipeline.document import DocumentFacts, Outcome
from pipeline.files.atomic import read_regular
from pipeline.files.folders import walk_folders
from pipeline.files.json_values import json_to_value, value_to_json
from pipeline.files.lock import holder_of
from pipeline.inbox.candidates import list_below
from pipeline.inbox.file_names import is_visible_folder
from pipeline.kinds import ALL_KINDS, Kind
from pipeline.page_result import Method
from pipeline.pool.interface import HostFacts
from pipeline.results.claim_note import read_claim
from pipeline.results.doubts import ReviewCounts
from pipeline.results.manifest import ErrorFacts, FallbackFacts, RunTimings, read_head
from pipeline.results.result_names import FAILED_FOLDER, OWN_FOLDERS, is_part_of_another
from pipeline.results.state_folder import StateFolder, WorkFolder, state_folder_of

# Seconds without a new snapshot after which something is wrong; with thousands of documents it is written less often.
_STALE_S = 20.0


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonStatus:
    """The daemon of an outbox.

    Attributes:
        at: Time of its last snapshot, in seconds since the epoch.
        page: Address of its web page; empty without one.
    """

    pid: int | None
    running: bool
    at: float | None
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultStatus:
    """What the head of a manifest says about a finished document.

    Attributes:
        manifest: Its path in the outbox.
        review: What is to be looked at; None where an earlier release wrote it.
    """

    manifest: str
    document: DocumentFacts
    outcome: Outcome
    error: ErrorFacts | None
    finished_at: str
    timings: RunTimings
    counts: dict[Method, int]
    fallbacks: tuple[FallbackFacts, ...]
    review: ReviewCounts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCounts:
    """All results of an outbox, also those that are not listed."""

    done: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What ``dropleaf status --json`` prints.

    Attributes:
        waiting: Paths of files, relative to the inbox.
        running: Documents in work.
        troubles: What keeps the daemon from going on, in words.
        notes: Why documents or other files wait although nothing is wrong, in words.
        done: The newest ones first.
        failed: The same.
        batch: As in :class:`Snapshot`.
    """

    daemon: DaemonStatus
    inbox: str
    outbox: str
    waiting: tuple[str, ...]
    running: tuple[DocumentStatus, ...]
    servers: tuple[ServerStatus, ...]
    troubles: tuple[str, ...]
    done: tuple[ResultStatus, ...]
    failed: tuple[ResultStatus, ...]
    counts: ResultCounts
    notes: tuple[str, ...] = ()
    batch: BatchStatus | None = None
    hosts: tuple[HostFacts, ...] = ()


def write_snapshot(folder: StateFolder, snapshot: Snapshot) -> None:
    """Write the snapshot for ``dropleaf status``; not synced, since nobody needs it after a crash.

    Raises:
        OSError: The folder cannot be written.
    """
    temporary = folder.snapshot.with_suffix(".tmp")
    temporary.write_bytes(value_to_json(snapshot))
    temporary.replace(folder.snapshot)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListing:
    """The newest manifests of an outbox, newest first, by their paths in it, and the number of all."""

    done: Sequence[str]
    failed: Sequence[str]
    counts: ResultCounts


def list_outbox(outbox: Path, limit: int) -> StatusListing:
    """Look at every folder of an outbox, which may be missing; each list has up to ``limit`` entries."""
    done, done_count = _newest(_manifests(outbox, outbox, skip=OWN_FOLDERS), limit)
    failed, failed_count = _newest(_manifests(outbox / FAILED_FOLDER, outbox), limit)
    return StatusListing(done=done, failed=failed, counts=ResultCounts(done=done_count, failed=failed_count))


def _newest(manifests: Iterable[tuple[float, str]], limit: int) -> tuple[Sequence[str], int]:
    """The paths of the newest ones, and how many there are in all."""
    number = 0

    def counted() -> Iterator[tuple[float, str]]:
        nonlocal number
        for number, manifest in enumerate(manifests, 1):  # noqa: B007 — it is what is counted
            yield manifest

    newest = nlargest(limit, counted())
    return [path for _, path in newest], number


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxStatus:
    """What an inbox has: the paths of files that will be taken, relative to it, and what is said of the others."""

    waiting: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def list_inbox(inbox: Path, kinds: Collection[Kind]) -> InboxStatus:
    """What an inbox has, which may be missing; files of these kinds are taken."""
    found = list_below(inbox, kinds)
    return InboxStatus(
        waiting=tuple(path.relative_to(inbox).as_posix() for path in found.files), notes=found.left.sentences
    )


def read_status(
    inbox: Path,
    outbox: Path,
    *,
    kinds: Collection[Kind] = ALL_KINDS,
    listed: InboxStatus | None = None,
    listing: StatusListing | None = None,
    limit: int = 100,
) -> Status:
    """What is waiting, running, done and failed, read from the folders and the daemon's last snapshot.

    Args:
        inbox: May be missing.
        outbox: May be missing.
        kinds: Of files that are taken.
        listed: What the inbox has, if the caller knows; else it is looked at here.
        listing: Of the outbox, if the caller has one; else it is made here.
        limit: How many documents are listed at most under ``done`` and under ``failed``; all are counted.
    """
    folder = state_folder_of(outbox)
    pid = holder_of(folder.lock)
    snapshot = _read_snapshot(folder) if pid is not None else None
    found = listing or list_outbox(outbox, limit)
    listed = listed or list_inbox(inbox, kinds)
    return Status(
        daemon=DaemonStatus(
            pid=pid,
            running=pid is not None,
            at=snapshot.at if snapshot else None,
            page=snapshot.page if snapshot else "",
        ),
        inbox=str(inbox),
        outbox=str(outbox),
        waiting=listed.waiting,
        running=snapshot.documents if snapshot else _claimed(folder),
        servers=snapshot.servers if snapshot else (),
        troubles=tuple(_troubles(outbox, snapshot)),
        done=_read_results(outbox, found.done[:limit]),
        failed=_read_results(outbox, found.failed[:limit]),
        counts=found.counts,
        notes=snapshot.notes if snapshot else listed.notes,
        batch=snapshot.batch if snapshot else None,
        hosts=snapshot.hosts if snapshot else (),
    )


def hosts_in_use(outbox: Path) -> tuple[HostFacts, ...] | None:
    """The hosts of the daemon that works on an outbox, as of its last snapshot; None where no daemon does."""
    folder = state_folder_of(outbox)
    snapshot = _read_snapshot(folder) if holder_of(folder.lock) is not None else None
    return snapshot.hosts if snapshot else None


def servers_in_use(outbox: Path) -> tuple[ServerStatus, ...]:
    """The servers of the daemon that works on an outbox, as of its last snapshot; none where no daemon does."""
    folder = state_folder_of(outbox)
    snapshot = _read_snapshot(folder) if holder_of(folder.lock) is not None else None
    return snapshot.servers if snapshot else ()


def page_in_use(outbox: Path) -> str:
    """The address of the page of the daemon that works on an outbox; empty where no daemon or no page is there."""
    folder = state_folder_of(outbox)
    snapshot = _read_snapshot(folder) if holder_of(folder.lock) is not None else None
    return snapshot.page if snapshot else ""


def _troubles(outbox: Path, snapshot: Snapshot | None) -> Iterator[str]:
    if not outbox.is_dir():
        yield f"There is no outbox {outbox}: no daemon has created it yet, it was removed, or its disk is not mounted."
    if snapshot is None:
        return
    yield from snapshot.troubles
    # A daemon that cannot write its snapshot cannot report that in the snapshot, either.
    age = time.time() - snapshot.at
    if age >= _STALE_S:
        yield f"The daemon has not written its state for {age:.0f} s: is the disk full, or the outbox read-only?"


def _read_snapshot(folder: StateFolder) -> Snapshot | None:
    with suppress(OSError, ValueError):
        return json_to_value(read_regular(folder.snapshot), Snapshot)
    return None


def _claimed(folder: StateFolder) -> tuple[DocumentStatus, ...]:
    """Documents that a daemon left in work when it ended."""
    with suppress(OSError):
        return tuple(map(_claim_to_status, folder.documents()))
    return ()


def _claim_to_status(home: WorkFolder) -> DocumentStatus:
    claim = read_claim(home)
    return DocumentStatus(
        ident=home.root.name,
        name=claim.name,
        folder=claim.folder,
        phase="waiting",
        claimed_at=claim.claimed_at or 0.0,
        engine=claim.engine,
    )


def _manifests(root: Path, outbox: Path, *, skip: Collection[str] = ()) -> Iterator[tuple[float, str]]:
    """Manifests below a folder with their times; ``skip`` names subfolders to leave out."""
    top = str(root)
    for listing in walk_folders(
        root, enter=lambda folder, name: is_visible_folder(name) and not (name in skip and folder == top)
    ):
        for name in listing.names:
            if name.endswith(".json") and not name.startswith("."):
                path = Path(listing.folder, name)
                if is_part_of_another(path.parent, name):
                    continue
                try:
                    yield path.stat().st_mtime, path.relative_to(outbox).as_posix()
                except FileNotFoundError:
                    continue


def _read_results(outbox: Path, manifests: Sequence[str]) -> tuple[ResultStatus, ...]:
    results = (_read_result(outbox, manifest) for manifest in manifests)
    return tuple(result for result in results if result is not None)


def _read_result(outbox: Path, manifest: str) -> ResultStatus | None:
    try:
        head = read_head(outbox, manifest)
    except OSError:
        return None
    if head is None:
        return None
    return ResultStatus(
        manifest=manifest,
        document=head.document,
        outcome=head.outcome,
        error=head.error,
        finished_at=head.finished_at,
        timings=head.timings,
        counts=head.counts,
        fallbacks=head.fallbacks,
        review=head.review,
    )
