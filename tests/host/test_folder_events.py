"""What the system tells of changes in folders, on both sides."""

import queue
from collections.abc import Callable
from pathlib import Path

import pytest
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers.api import BaseObserver

from pipeline.host.linux import folder_events as linux
from pipeline.host.portable import folder_events as portable


class Heard(FileSystemEventHandler):
    def __init__(self) -> None:
        self.events: queue.SimpleQueue[FileSystemEvent] = queue.SimpleQueue()

    def on_any_event(self, event: FileSystemEvent) -> None:
        self.events.put(event)


@pytest.mark.parametrize("new_observer", [linux.new_observer, portable.new_observer], ids=["linux", "portable"])
def test_a_file_that_is_renamed_in_is_told(tmp_path: Path, new_observer: Callable[[], BaseObserver]) -> None:
    (tmp_path / "inbox").mkdir()
    heard, observer = Heard(), new_observer()
    observer.schedule(heard, str(tmp_path / "inbox"), recursive=True)
    observer.start()
    try:
        (tmp_path / "a.pdf").write_bytes(b"%PDF")
        (tmp_path / "a.pdf").rename(tmp_path / "inbox" / "a.pdf")

        paths: set[str | bytes] = set()
        while str(tmp_path / "inbox" / "a.pdf") not in paths:
            event = heard.events.get(timeout=40)
            paths |= {event.src_path, event.dest_path}
    finally:
        observer.stop()
        observer.join()


@pytest.mark.linux
def test_the_kernels_limits_are_numbers_and_elsewhere_unknown() -> None:
    limits = linux.read_limits()

    assert limits is not None
    assert all(limit > 0 for limit in limits)
    assert portable.read_limits() is None
