"""``dropleaf convert``: converts files in the foreground; originals stay where they are."""

import shutil
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

from pipeline.choices import OriginalAction
from pipeline.dispatch.converter import Converter, ServerMemory
from pipeline.dispatch.mail import NoMoreDocuments, Stop
from pipeline.dispatch.overview import Tally
from pipeline.document import Document, Outcome
from pipeline.errors import PublishError, UsageError, os_error_to_words
from pipeline.files.lock import Lock, holder_of, turn_at
from pipeline.files.stamp import Stamp
from pipeline.host.moving import remove_tree
from pipeline.results.journal import Journal
from pipeline.results.state_folder import StateFolder, state_folder_of
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import Snapshot


def convert_files(
    settings: Settings,
    files: Sequence[Path],
    *,
    folder: Path,
    only: tuple[int, ...],
    show: Callable[[Snapshot], None],
) -> Tally:
    """Convert files and publish the results in a folder.

    Args:
        settings: Of the whole program; ``inbox``, ``outbox`` and ``originals`` are not used.
        files: Regular files.
        folder: For the results; it is created if it is missing.
        only: Numbers of the pages that are wanted, empty for all.
        show: Takes snapshots.

    Raises:
        UsageError: One of the paths is not a file.
        PipelineError: The work cannot go on.
    """
    sources = [regular_file(path) for path in files]
    everywhere = settings.model_copy(update={"folders": {}})  # those are folders of the inbox

    def claim(journal: Journal) -> Iterator[Document]:
        return (journal.claim(path, ".", copy=True, only=only, most_mib=settings.limits.file_mib) for path in sources)

    return run_once(everywhere, claim, folder=folder, originals=OriginalAction.KEEP, show=show)


def run_once(
    settings: Settings,
    claim: Callable[[Journal], Iterable[Document]],
    *,
    folder: Path,
    originals: OriginalAction,
    show: Callable[[Snapshot], None],
    ended: Callable[[str, Outcome, Path], None] = lambda _ident, _outcome, _manifest: None,
) -> Tally:
    """Convert what ``claim`` puts into a separate journal, then end; SIGTERM and SIGINT end it at once.

    Args:
        settings: Of the whole program.
        claim: Yields the documents.
        folder: Where results go; a daemon may use the same one.
        originals: What is done with the original files.
        show: Takes snapshots.
        ended: Called with the ident, the outcome and the manifest of each document, in a thread of its own.

    Raises:
        PipelineError: The work cannot go on.
    """
    # Entered first and left last: a second signal must not interrupt the closing, or what is left there is never ended.
    with ExitStack() as signals, own_state(folder) as state:
        journal = Journal(state)
        at_once = settings.model_copy(update={"hours": None})  # who calls it waits for it
        memory = ServerMemory(ended=ended)
        converter = Converter(at_once, journal, outbox=folder, originals=originals, show=show, memory=memory)
        try:
            signals.enter_context(_StopOnSignal(converter))
            for document in claim(journal):
                converter.mailbox.post(document)
            converter.mailbox.post(NoMoreDocuments())
            return converter.run()
        finally:
            converter.close()


@contextmanager
def own_state(folder: Path) -> Iterator[StateFolder]:
    """A working state of our own below an outbox that a daemon, or more commands like this one, may work on too.

    It is created and removed in turn with them, so that no process removes a state that another one is just creating.

    Raises:
        PublishError: It cannot be created.
    """
    shared = state_folder_of(folder)
    state = shared.new_foreground()
    is_new = not folder.exists()
    try:
        with turn_at(shared.turn):
            _remove_stale(shared)
            lock = Lock(state.lock)
    except OSError as error:
        raise PublishError(f"Nothing can be written in {folder}: {os_error_to_words(error)}. Name another.") from error
    try:
        yield state
    finally:
        with turn_at(shared.turn):
            lock.release()  # in our turn: nobody takes what is left for that of a command that was killed
            remove_tree(state.root)
            _remove_if_last(shared)
        if is_new:
            with suppress(OSError):  # there are results in it
                folder.rmdir()


class _StopOnSignal:
    """A context in which SIGTERM and SIGINT end the work at once."""

    def __init__(self, converter: Converter) -> None:
        self._converter = converter

    def __enter__(self) -> None:
        self._previous = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}

    def __exit__(self, *error: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._converter.mailbox.post(Stop(grace_s=0.0))


def regular_file(path: Path) -> Path:
    """The file at the path; a link that the user names is followed.

    Raises:
        UsageError: It is not a file, or cannot be looked at.
    """
    try:
        source = path.resolve(strict=True)
        stamp = Stamp.of(source.lstat())
    except OSError as error:
        raise UsageError(f"{path}: {os_error_to_words(error)}") from None
    if stamp is None:
        raise UsageError(f"{path}: is not a file")
    return source


def _remove_stale(beside: StateFolder) -> None:
    """Remove what killed commands have left behind."""
    for left in beside.foregrounds():
        if holder_of(left.lock) is None:
            shutil.rmtree(left.root, ignore_errors=True)


def _remove_if_last(shared: StateFolder) -> None:
    """Remove the working state if no daemon made it and no other command uses it."""
    ours = {shared.turn.name, shared.names.name}
    with suppress(OSError):  # the note of a chosen name is left, from a process that was killed
        if {path.name for path in shared.root.iterdir()} <= ours:
            if shared.names.is_dir():
                shared.names.rmdir()
            shared.turn.unlink()  # from here on another process may get the turn; it creates everything again
            shared.root.rmdir()
