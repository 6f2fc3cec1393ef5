"""``dropleaf pause``, ``resume``, ``cancel``, ``priority``: orders, written where the daemon finds them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.files.lock import holder_of
from pipeline.kinds import without_end
from pipeline.printable import printable
from pipeline.quantities import MOST_PRIORITY
from pipeline.results.claim_note import read_claim
from pipeline.results.orders import order_all, order_documents
from pipeline.results.state_folder import StateFolder, state_folder_of


@dataclass(frozen=True, slots=True, kw_only=True)
class InWork:
    """A document in work; its path is the one that it had in the inbox."""

    ident: str
    path: str


def pause_or_resume(outbox: Path, names: Sequence[str], *, paused: bool) -> Iterator[str]:
    """Have documents wait or go on, all where none is named; yields a sentence for each.

    Raises:
        UsageError: No document of such a name is in work; nothing is changed then.
        PublishError: The working state cannot be written.
    """
    state, word = state_folder_of(outbox), "paused" if paused else "resumed"
    documents = _find(state, names)
    if not names:
        order_all(state, paused=paused)
        yield f"everything is {word}"
    still = order_documents(state, [each.ident for each in documents], paused=paused)
    yield from _said(documents, still, word)
    yield from _when(state)


def cancel(outbox: Path, names: Sequence[str]) -> Iterator[str]:
    """Take documents out of the work; yields a sentence for each.

    Raises:
        UsageError: No document of such a name is in work; nothing is changed then.
        PublishError: The working state cannot be written.
    """
    state = state_folder_of(outbox)
    documents = _find(state, names)
    still = order_documents(state, [each.ident for each in documents], cancelled=True)
    yield from _said(documents, still, "cancelled")
    yield from _when(state)


def prefer(outbox: Path, names: Sequence[str], priority: int) -> Iterator[str]:
    """Give documents a priority; yields a sentence for each.

    Raises:
        UsageError: No document of such a name is in work; nothing is changed then.
        PublishError: The working state cannot be written.
    """
    if abs(priority) > MOST_PRIORITY:
        raise UsageError(f"--to {priority}: must be a number from -{MOST_PRIORITY} to {MOST_PRIORITY}")
    state = state_folder_of(outbox)
    documents = _find(state, names)
    still = order_documents(state, [each.ident for each in documents], priority=priority)
    yield from _said(documents, still, f"priority {priority}")
    yield from _when(state)


def _said(documents: Sequence[InWork], still: Collection[str], word: str) -> Iterator[str]:
    for document in documents:
        path = printable(document.path)
        yield f"{word}: {path}" if document.ident in still else f"not in work any more: {path}"


def _find(state: StateFolder, names: Sequence[str]) -> list[InWork]:
    found = list(_documents_in_work(state)) if names else []
    return [document for name in names for document in _named(found, name, state)]


def _documents_in_work(state: StateFolder) -> Iterator[InWork]:
    for work_folder in state.documents() if state.work.is_dir() else ():
        claim = read_claim(work_folder)
        yield InWork(ident=work_folder.root.name, path=Path(claim.folder, claim.name).as_posix())


def _named(documents: Sequence[InWork], name: str, state: StateFolder) -> list[InWork]:
    # A whole name means that file alone: ``scan.jpg`` is not ``scan.pdf``.
    found = [each for each in documents if name in {*_spellings(each), each.ident}]
    found = found or [each for each in documents if name in map(without_end, _spellings(each))]
    if not found:
        raise UsageError(f"{name}: no such document in work in {state.root.parent}; `dropleaf status` lists them")
    return found


def _spellings(document: InWork) -> tuple[str, str]:
    return document.path, Path(document.path).name


def _when(state: StateFolder) -> Iterator[str]:
    if holder_of(state.lock) is None:
        yield "no daemon works on this outbox: it holds from the next start"
