"""The kernel's events, as hints."""

import logging
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from claims import drop, eventually

from pipeline.choices import LogLevel
from pipeline.inbox.events import Hint, Watcher
from pipeline.log.log import configure


class Hints:
    """Collects hints."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Hint] = queue.SimpleQueue()
        self.give = self._queue.put

    def until(self, wanted: Hint) -> bool:
        """Whether a certain hint comes within a generous time."""
        try:
            while self._queue.get(timeout=60.0) != wanted:
                pass
        except queue.Empty:
            return False
        return True


@pytest.fixture
def hints() -> Hints:
    return Hints()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def watcher(inbox: Path, hints: Hints) -> Iterator[Watcher]:
    watching = Watcher(inbox, hints.give)
    yield watching
    watching.close()


@pytest.mark.parametrize("name", ["a.pdf", "new\nline.pdf", "bytes\udcff.pdf", "sub/a.pdf"])
@pytest.mark.usefixtures("watcher")
def test_a_closed_file_is_a_hint(inbox: Path, hints: Hints, name: str) -> None:
    (inbox / "sub").mkdir()
    assert hints.until(None)

    path = drop(inbox, name)

    assert hints.until((path, True))


@pytest.mark.usefixtures("watcher")
def test_a_rename_is_a_hint_for_the_new_name(inbox: Path, hints: Hints) -> None:
    drop(inbox, "a.pdf.part").rename(inbox / "a.pdf")

    assert hints.until((inbox / "a.pdf", True))


@pytest.mark.linux
@pytest.mark.usefixtures("watcher")
def test_what_comes_without_a_closing_is_a_hint_too(tmp_path: Path, inbox: Path, hints: Hints) -> None:
    (inbox / "link.pdf").hardlink_to(drop(tmp_path, "other"))
    assert hints.until((inbox / "link.pdf", False))

    drop(tmp_path, "moved.pdf").rename(inbox / "moved.pdf")
    assert hints.until((inbox / "moved.pdf", True))


@pytest.mark.usefixtures("watcher")
def test_other_names_and_hidden_ones_are_no_hints(inbox: Path, hints: Hints) -> None:
    for name in (".a.pdf", "a.txt", "last.pdf"):
        drop(inbox, name)

    assert hints._queue.get(timeout=60.0) == (inbox / "last.pdf", False)  # noqa: SLF001 — the very first hint


@pytest.mark.parametrize("level", ["info", "error"])
def test_a_warning_of_the_library_is_a_doubt_about_everything_at_any_log_level(
    inbox: Path, hints: Hints, level: LogLevel
) -> None:
    configure(level, "json")
    watcher = Watcher(inbox, hints.give)

    logging.getLogger("watchdog.observers.inotify_c").warning("queue overflow")

    assert hints.until(None)
    watcher.close()


def test_a_removed_inbox_is_a_doubt_and_no_health(watcher: Watcher, inbox: Path, hints: Hints) -> None:
    before = watcher.healthy

    inbox.rmdir()

    assert before
    assert hints.until(None)
    assert not watcher.healthy
    inbox.mkdir()
    assert not watcher.healthy


def test_a_renamed_inbox_is_no_health(watcher: Watcher, inbox: Path) -> None:
    inbox.rename(inbox.with_name("elsewhere"))
    inbox.mkdir()

    assert not watcher.healthy


def test_a_dead_thread_is_no_health(watcher: Watcher) -> None:
    for emitter in watcher._observer.emitters:  # noqa: SLF001 — what a bug of the library would end
        emitter.stop()

    assert eventually(lambda: not watcher.healthy)


def test_a_folder_that_is_not_there_is_an_error_that_leaves_nothing_behind(tmp_path: Path, hints: Hints) -> None:
    handlers = list(logging.getLogger("watchdog").handlers)
    descriptors = len(list(Path("/proc/self/fd").iterdir()))

    with pytest.raises(OSError, match="No such file"):
        Watcher(tmp_path / "none", hints.give)

    assert logging.getLogger("watchdog").handlers == handlers
    assert eventually(lambda: len(list(Path("/proc/self/fd").iterdir())) <= descriptors)
