"""One daemon per outbox."""

import fcntl
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from claims import eventually

from pipeline.errors import LockedError, PublishError
from pipeline.files.lock import Lock, holder_of, turn_at

_HOLD = """
import sys
from pathlib import Path
from pipeline.files.lock import Lock
Lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox" / ".dropleaf" / "lock"


def hold_elsewhere(path: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_daemon_is_refused_with_the_firsts_pid_and_a_dead_one_is_no_obstacle(path: Path) -> None:
    with hold_elsewhere(path) as other:
        with pytest.raises(LockedError, match=rf"pid {other.pid}\) works on .*outbox\. Stop it first") as caught:
            Lock(path)
        assert caught.value.exit_code == 70
        assert holder_of(path) == other.pid

        other.send_signal(signal.SIGKILL)
        other.wait()

        Lock(path).release()
        assert holder_of(path) is None


def test_one_process_may_have_it_only_once_at_a_time(path: Path) -> None:
    lock = Lock(path)
    assert holder_of(path) == os.getpid()
    with pytest.raises(LockedError):
        Lock(path)

    lock.release()

    Lock(path).release()


def test_programs_that_the_daemon_starts_do_not_inherit_the_lock(path: Path) -> None:
    lock = Lock(path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False) as child:
        lock.release()

        assert eventually(lambda: holder_of(path) is None)  # the kernel closes files a moment after the start
        child.communicate(b"\n")


def test_asking_who_holds_it_never_keeps_a_daemon_out(path: Path) -> None:
    Lock(path).release()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            holder_of(path)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(200):
            Lock(path).release()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_daemon_of_an_older_version_is_not_run_beside(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with path.open("w") as held:
        held.write("4711\n")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)

        with pytest.raises(LockedError, match="pid 4711"):
            Lock(path)

    Lock(path).release()


def test_a_shorter_pid_leaves_nothing_of_a_longer_one(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("123456789012\nrest")

    lock = Lock(path)

    assert path.read_text() == f"{os.getpid()}\n"
    lock.release()


def test_a_holder_that_has_not_said_who_it_is_is_one_all_the_same(path: Path) -> None:
    lock = Lock(path)
    path.write_text("")

    assert holder_of(path) == 0
    lock.release()


def test_where_no_lock_can_be_made_the_outbox_is_named(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where a folder should be")

    with pytest.raises(PublishError, match="Is the outbox writable"):
        Lock(tmp_path / "outbox" / ".dropleaf" / "lock")
    assert holder_of(tmp_path / "outbox" / ".dropleaf" / "lock") is None


def test_a_lock_whose_folder_was_removed_is_not_in_place(path: Path) -> None:
    lock = Lock(path)
    places = [lock.in_place]
    path.unlink()
    places.append(lock.in_place)
    Lock(path).release()  # another file of its name is another lock
    places.append(lock.in_place)
    lock.release()

    assert places == [True, False, False]


def test_only_one_process_at_a_time_is_within_its_turn(tmp_path: Path) -> None:
    turn, inside = tmp_path / "state" / "turn", tmp_path / "inside"

    def work() -> None:
        for _ in range(50):
            with turn_at(turn):
                inside.mkdir()  # fails where another one is within
                inside.rmdir()
                # The last one out removes the folder, as commands in the foreground do.
                turn.unlink()
                with suppress(OSError):  # somebody has made it anew
                    turn.parent.rmdir()

    children = [multiprocessing.get_context("fork").Process(target=work) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0] * 4
