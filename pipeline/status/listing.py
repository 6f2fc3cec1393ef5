"""The delivered and failed documents of an outbox, newest first."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path

from pipeline.document import DocumentFacts, Outcome
from pipeline.files.folders import walk_folders
from pipeline.inbox.file_names import is_visible_folder
from pipeline.page_result import Method
from pipeline.results.doubts import ReviewCounts
from pipeline.results.manifest import ErrorFacts, FallbackFacts, RunTimings, read_head
from pipeline.results.result_names import FAILED_FOLDER, OWN_FOLDERS, is_manifest_name


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


def _manifests(root: Path, outbox: Path, *, skip: Collection[str] = ()) -> Iterator[tuple[float, str]]:
    """Manifests below a folder with their times; ``skip`` names subfolders to leave out."""
    top = str(root)
    for listing in walk_folders(
        root, enter=lambda folder, name: is_visible_folder(name) and not (name in skip and folder == top)
    ):
        folder = Path(listing.folder)
        for name in listing.names:
            if is_manifest_name(folder, name):
                path = folder / name
                try:
                    yield path.stat().st_mtime, path.relative_to(outbox).as_posix()
                except OSError:  # it is gone, or a link that leads nowhere
                    continue


def read_results(outbox: Path, manifests: Sequence[str]) -> tuple[ResultStatus, ...]:
    """What these manifests say, by their paths in the outbox; those that are gone are left out."""
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
