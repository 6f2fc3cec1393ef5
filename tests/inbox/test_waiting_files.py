"""The files of the inbox that may become complete."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from claims import BYTES, drop
from structlog.testing import capture_logs

from pipeline.inbox.waiting_files import RETRY_S, WaitingFiles

_UNREADABLE = """
import os, sys
from pathlib import Path
from pipeline.inbox.waiting_files import WaitingFiles
root, path = Path(sys.argv[1]), Path(sys.argv[1], "x.pdf")
os.seteuid(65534)
waiting = WaitingFiles(root, settle=0.0)
waiting.note([path])
print(waiting.seconds_until_complete(path), bool(waiting))
waiting.note([path])
print(bool(waiting))
os.seteuid(0)
path.chmod(0o644)
os.seteuid(65534)
waiting.note([path])
print(waiting.seconds_until_complete(path))
"""


@pytest.fixture
def waiting(tmp_path: Path) -> WaitingFiles:
    return WaitingFiles(tmp_path, settle=0.0)


def test_a_file_is_waited_for_until_it_is_claimed_or_gone(tmp_path: Path, waiting: WaitingFiles) -> None:
    path = drop(tmp_path)
    waiting.note([path, tmp_path / "gone.pdf"])

    assert list(waiting) == [path]
    assert waiting.seconds_until_complete(path) == 0.0

    path.unlink()
    assert waiting.seconds_until_complete(path) is None
    assert not waiting


def test_a_claimed_file_of_the_same_name_is_waited_for_again(tmp_path: Path, waiting: WaitingFiles) -> None:
    path = drop(tmp_path)
    waiting.note([path])
    waiting.forget(path)

    waiting.note([path])

    assert waiting


def test_a_file_that_is_left_is_not_looked_at_until_its_bytes_change(tmp_path: Path, waiting: WaitingFiles) -> None:
    path = drop(tmp_path)
    waiting.note([path])
    waiting.leave(path)

    waiting.note([path])
    assert not waiting

    path.write_bytes(BYTES * 2)
    waiting.note([path])
    assert waiting


@pytest.mark.parametrize(("kind", "words"), [("link", "symbolic link"), ("pipe", "pipe"), ("folder", None)])
def test_what_is_no_file_is_refused_once_and_never_waited_for(
    tmp_path: Path, waiting: WaitingFiles, kind: str, words: str | None
) -> None:
    path = tmp_path / "x.pdf"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(drop(tmp_path, "target"))

    with capture_logs() as lines:
        for _ in range(3):
            waiting.note([path], finished=True)

    assert not waiting
    assert [line["kind"] for line in lines] == ([words] if words else [])


def test_a_device_is_refused(waiting: WaitingFiles, tmp_path: Path) -> None:
    device = tmp_path / "x.pdf"
    try:
        os.mknod(device, 0o20644, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("making devices is not permitted here")

    with capture_logs() as lines:
        waiting.note([device])

    assert [line["kind"] for line in lines] == ["device"]


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """The process may open nothing more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_file_that_cannot_be_opened_for_now_is_not_forgotten(tmp_path: Path, waiting: WaitingFiles) -> None:
    path = drop(tmp_path)
    waiting.note([path])

    with no_descriptor_left():
        assert waiting.seconds_until_complete(path) == RETRY_S

    assert waiting.seconds_until_complete(path) == 0.0


def test_a_look_that_did_not_see_everything_says_so(tmp_path: Path, waiting: WaitingFiles) -> None:
    path = drop(tmp_path)
    with no_descriptor_left():
        assert not waiting.look()
    assert not waiting

    assert waiting.look()
    assert list(waiting) == [path]


def test_a_missing_inbox_is_empty_and_not_unseen(tmp_path: Path) -> None:
    assert WaitingFiles(tmp_path / "none", settle=0.0).look()


def test_what_takes_the_place_of_a_waiting_file_is_not_waited_for(tmp_path: Path, waiting: WaitingFiles) -> None:
    path = drop(tmp_path)
    waiting.note([path])
    path.unlink()
    path.mkdir()

    assert waiting.seconds_until_complete(path) is None
    assert not waiting

    path.rmdir()
    drop(tmp_path)
    waiting.note([path])
    assert waiting


def test_files_in_hidden_folders_are_none_of_our_business(tmp_path: Path, waiting: WaitingFiles) -> None:
    drop(tmp_path, "@eaDir/x.pdf")
    (tmp_path / "@eaDir" / "link.pdf").symlink_to("/nowhere")

    with capture_logs() as lines:
        waiting.note([tmp_path / "@eaDir" / "x.pdf", tmp_path / "@eaDir" / "link.pdf"])

    assert not waiting
    assert not lines


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read a file")
def test_an_unreadable_file_is_told_once_and_taken_when_it_was_made_readable() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        drop(Path(folder), "x.pdf").chmod(0o600)

        done = subprocess.run(
            [sys.executable, "-c", _UNREADABLE, folder], capture_output=True, text=True, check=True, timeout=30
        )

    assert done.stdout.count("unreadable") == 1
    assert [line for line in done.stdout.splitlines() if "unreadable" not in line] == ["None False", "False", "0.0"]
