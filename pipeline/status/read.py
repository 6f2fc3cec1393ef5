"""What is waiting, running, done and failed, read from the folders and the last snapshot."""

import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.files.lock import holder_of
from pipeline.inbox.candidates import list_below
from pipeline.kinds import ALL_KINDS, Kind
from pipeline.pool.interface import HostFacts
from pipeline.results.claim_note import read_claim
from pipeline.results.state_folder import StateFolder, WorkFolder, state_folder_of
from pipeline.status.listing import ResultCounts, ResultStatus, StatusListing, list_outbox, read_results
from pipeline.status.snapshot import BatchStatus, DocumentStatus, ServerStatus, Snapshot, read_snapshot

# Seconds without a new snapshot after which something is wrong; with thousands of documents it is written less often.
_STALE_S = 20.0


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
    snapshot = read_snapshot(outbox)
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
        done=read_results(outbox, found.done[:limit]),
        failed=read_results(outbox, found.failed[:limit]),
        counts=found.counts,
        notes=snapshot.notes if snapshot else listed.notes,
        batch=snapshot.batch if snapshot else None,
        hosts=snapshot.hosts if snapshot else (),
    )


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


def _claimed(folder: StateFolder) -> tuple[DocumentStatus, ...]:
    """Documents that a daemon left in work when it ended."""
    with suppress(OSError):
        return tuple(map(_claim_to_status, folder.documents()))
    return ()


def _claim_to_status(work_folder: WorkFolder) -> DocumentStatus:
    claim = read_claim(work_folder)
    return DocumentStatus(
        ident=work_folder.root.name,
        name=claim.name,
        folder=claim.folder,
        phase="waiting",
        claimed_at=claim.claimed_at or 0.0,
        engine=claim.engine,
    )
