"""What is going on, as an immutable snapshot: what the command line and the web page show."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.files.lock import holder_of
from pipeline.inbox.completeness import files_below, is_visible_folder
from pipeline.results.manifest import Json, JsonObject
from pipeline.results.outbox import FAILED_FOLDER
from pipeline.results.published import read_head

SNAPSHOT_FILE = "status.json"

# The daemon writes its state several times a second, less often with thousands of documents in work.
_STALE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStatus:
    """A page that a worker has.

    Attributes:
        since: Begin of its step, in seconds since the epoch.
        reason: Why it is read without the model, None where it is not.
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
        pages: None while they are not counted.
        fallbacks: Numbers of the finished pages that fell back.
        reasons: Why, in the same order.
        strip: A letter for each page of the PDF: the first of its method where it is finished, ``.`` where it is not,
            ``-`` where it is not wanted.
        journaled: Pages of ``finished`` that an earlier run has left.
        engine: That was chosen for the document, None for the settings'.
    """

    ident: str
    name: str
    folder: str
    phase: str
    claimed_at: float
    began_at: float | None
    pages: int | None
    finished: int
    fallbacks: tuple[int, ...]
    running: tuple[PageStatus, ...]
    reasons: tuple[str, ...] = ()
    strip: str = ""
    journaled: int = 0
    engine: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """A model server.

    Attributes:
        state: In words, with what to do where something is wrong.
    """

    url: str
    model: str | None
    slots: int
    in_flight: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole state at one moment.

    Attributes:
        at: Seconds since the epoch.
        troubles: What keeps the daemon from going on, in words.
        published: Documents delivered since the start.
        failed: Documents rejected since the start.
    """

    at: float
    pid: int
    started_at: float
    documents: tuple[DocumentStatus, ...] = ()
    servers: tuple[ServerStatus, ...] = ()
    troubles: tuple[str, ...] = ()
    published: int = 0
    failed: int = 0


def write_snapshot(state_folder: Path, snapshot: Snapshot) -> None:
    """Leave the snapshot for `dropleaf status`; not synced, since it is worthless after a crash.

    Raises:
        OSError: The folder cannot be written.
    """
    target = state_folder / SNAPSHOT_FILE
    temporary = target.with_suffix(".tmp")
    temporary.write_text(json.dumps(asdict(snapshot)), encoding="ascii")
    temporary.replace(target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The manifests of an outbox, newest first, by their paths in it."""

    done: Sequence[str]
    failed: Sequence[str]


def list_outbox(outbox: Path) -> Listing:
    """Look at every folder of an outbox, which may be missing."""
    failed = outbox / FAILED_FOLDER
    return Listing(
        done=[path for _, path in sorted(_manifests(outbox, outbox, skip=FAILED_FOLDER), reverse=True)],
        failed=[path for _, path in sorted(_manifests(failed, outbox, skip=None), reverse=True)],
    )


def read_status(inbox: Path, outbox: Path, *, listing: Listing | None = None, limit: int = 100) -> JsonObject:
    """What is waiting, running, done and failed, from the folders and the daemon's last snapshot.

    Args:
        inbox: May be missing.
        outbox: May be missing.
        listing: Of the outbox, for somebody who has one; else it is made.
        limit: The most documents that are listed under ``done`` and under ``failed``, newest first; all are counted.
    """
    state_folder = outbox / ".dropleaf"
    pid = holder_of(state_folder / "lock")
    snapshot = _read_json(state_folder / SNAPSHOT_FILE) if pid else None
    told = snapshot.get("troubles") if snapshot else None
    running: Json = snapshot.get("documents", []) if snapshot else _claimed(state_folder / "work")
    found = listing or list_outbox(outbox)
    return {
        "daemon": {"pid": pid, "running": pid is not None, "at": snapshot and snapshot.get("at")},
        "inbox": str(inbox),
        "outbox": str(outbox),
        "waiting": [str(path.relative_to(inbox)) for path in files_below(inbox)],
        "running": running,
        "servers": snapshot.get("servers", []) if snapshot else [],
        "troubles": [*(told if isinstance(told, list) else []), *_doubts(snapshot)],
        "done": [summary for path in found.done[:limit] if (summary := _summary(outbox, path))],
        "failed": [summary for path in found.failed[:limit] if (summary := _summary(outbox, path))],
        "counts": {"done": len(found.done), "failed": len(found.failed)},
    }


def _doubts(snapshot: JsonObject | None) -> list[str]:
    """A daemon that cannot write cannot say so here, either."""
    at = snapshot.get("at") if snapshot else None
    age = time.time() - at if isinstance(at, int | float) else 0.0
    if age < _STALE_S:
        return []
    return [f"The daemon has not written down its state for {age:.0f} s: is the disk full, or the outbox read-only?"]


def _read_json(path: Path) -> JsonObject | None:
    try:
        tree = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return tree if isinstance(tree, dict) else None


def _claimed(work: Path) -> list[Json]:
    """Documents that a daemon which is not running any more has left in work."""
    if not work.is_dir():
        return []
    claims = ((home, _read_json(home / "claim.json")) for home in sorted(work.iterdir()))
    return [
        {
            "ident": home.name,
            "name": claim.get("name"),
            "folder": claim.get("folder"),
            "phase": "waiting",
            "pages": None,
        }
        for home, claim in claims
        if claim
    ]


def _manifests(root: Path, outbox: Path, *, skip: str | None) -> Iterator[tuple[float, str]]:
    """Manifests below a folder with their times; ``skip`` names one of its subfolders to leave out."""
    for folder, folders, names in os.walk(root):
        folders[:] = [
            name for name in folders if is_visible_folder(name) and not (name == skip and Path(folder) == root)
        ]
        for name in names:
            if name.endswith(".json") and not name.startswith("."):
                path = Path(folder, name)
                try:
                    yield path.stat().st_mtime, str(path.relative_to(outbox))
                except FileNotFoundError:
                    continue


def _summary(outbox: Path, manifest: str) -> JsonObject | None:
    try:
        head = read_head(outbox, manifest)
    except OSError:
        return None
    keys = ("document", "outcome", "error", "finished_at", "timings", "counts", "fallbacks")
    return {"manifest": manifest, **{key: head.get(key) for key in keys}} if head else None
