"""The state of one document, by the name that a user gives it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pipeline.errors import UsageError
from pipeline.kinds import without_end
from pipeline.results.result_names import FAILED_FOLDER, MANIFEST_END, stem_to_spellings
from pipeline.status.listing import ResultCounts, ResultStatus
from pipeline.status.read import Status
from pipeline.status.snapshot import DocumentStatus


def status_of_document(status: Status, name: str) -> Status:
    """The state with this document alone.

    Args:
        status: With every document.
        name: Of a file in the inbox or in work, or of a result; with or without ending, with or without folder.

    Raises:
        UsageError: There is no such document.
    """
    path = PurePosixPath(Path(name).as_posix())
    said = str(path.relative_to(status.outbox) if path.is_relative_to(status.outbox) else path)
    waiting = tuple(each for each in status.waiting if said in _spellings(each))
    running = tuple(each for each in status.running if said in _spellings(document_path(each)))
    done, failed = _named(status.done, said), _named(status.failed, said)
    if not (waiting or running or done or failed):
        raise UsageError(f"{name}: no such document in {status.outbox}; `dropleaf status` lists them")
    counts = ResultCounts(done=len(done), failed=len(failed))
    return replace(status, waiting=waiting, running=running, done=done, failed=failed, counts=counts)


def is_in_work(status: Status) -> bool:
    """Whether a document of it has not ended."""
    return bool(status.waiting or status.running)


def document_path(document: DocumentStatus) -> str:
    """Where a document in work lay in the inbox."""
    return str(PurePosixPath(document.folder, document.name))


def result_path(result: ResultStatus) -> str:
    """Where a result lies in the outbox, or below its folder of failed documents, without an ending."""
    return result.manifest.removesuffix(MANIFEST_END).removeprefix(f"{FAILED_FOLDER}/")


def _named(results: Iterable[ResultStatus], name: str) -> tuple[ResultStatus, ...]:
    return tuple(each for each in results if name in stem_to_spellings(result_path(each), each.document.name))


def _spellings(path: str) -> set[str]:
    return {path, without_end(path), PurePosixPath(path).name, without_end(PurePosixPath(path).name)}
