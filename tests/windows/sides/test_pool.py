"""Workers on Windows: jobs in place of lifelines and process groups; run by Windows' Python."""

import ctypes
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from ctypes import wintypes

import psutil
import pytest
from job_tasks import CODEC

from pipeline.deadline import Deadline
from pipeline.pool.interface import Done, Expired, Lost, PoolEvent, PoolSettings, Progress
from pipeline.pool.pool import WorkerPool

PATIENCE_S = 120.0
_SYNCHRONIZE, _HAS_ENDED = 0x0010_0000, 0
SETTINGS = PoolSettings(processes=1, handler="job_tasks:make", tasks=CODEC, answers=CODEC, spares=1)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    made = WorkerPool(SETTINGS)
    yield made
    made.close(Deadline.after(1))


def run(pool: WorkerPool, task: str, seconds: float = PATIENCE_S) -> PoolEvent:
    patience = Deadline.after(PATIENCE_S)
    while not pool.idle:
        pool.wait(patience)
        assert not patience.expired
    pool.submit("task", task, Deadline.after(seconds))
    while not (events := pool.wait(patience)):
        assert not patience.expired
    return events[0]


def watch(pid: int) -> Callable[[float], bool]:
    """Whether a process that runs now has ended after so many seconds, as its handle says.

    Lists of processes have one that has ended for as long as anybody holds it, under Wine at least.
    """
    kernel = vars(ctypes)["WinDLL"]("kernel32")  # by name: other systems' type checkers do not know it
    kernel.OpenProcess.restype = wintypes.HANDLE
    kernel.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
    handle = kernel.OpenProcess(_SYNCHRONIZE, 0, pid)
    assert handle, f"no process {pid}"
    return lambda seconds: bool(kernel.WaitForSingleObject(handle, round(1000 * seconds)) == _HAS_ENDED)


def test_a_task_comes_back(pool: WorkerPool) -> None:
    assert run(pool, "twice") == Done(key="task", value="twicetwice")


def test_a_worker_that_holds_the_interpreters_lock_ends_at_its_deadline(pool: WorkerPool) -> None:
    began = time.monotonic()
    assert run(pool, "hang", seconds=1.0) == Expired(key="task")
    assert time.monotonic() - began < PATIENCE_S / 2


def test_a_crash_inside_a_library_ends_the_worker_and_is_no_exception_in_it(pool: WorkerPool) -> None:
    event = run(pool, "crash")
    assert isinstance(event, Lost)
    assert event.exit_code is not None
    assert event.exit_code & 0xFF == 0x05, "an access violation; Wine keeps the last byte alone"


def test_what_a_worker_has_started_ends_with_it(pool: WorkerPool) -> None:
    begun = run(pool, "start and hang")
    assert isinstance(begun, Progress)
    ended = watch(int(str(begun.value)))
    assert not ended(0)
    pool.limit("task", Deadline.after(0))
    patience = Deadline.after(PATIENCE_S)
    while not (events := pool.wait(patience)):
        assert not patience.expired
    assert events == [Expired(key="task")]
    assert ended(PATIENCE_S)


def test_the_spare_worker_takes_the_place_of_a_killed_one_at_once(pool: WorkerPool) -> None:
    patience = Deadline.after(PATIENCE_S)
    while sum(member.was_ready for member in pool._staff.members) < 2:  # noqa: SLF001 — nobody else can tell
        pool.wait(Deadline.after(0.1))
        assert not patience.expired
    pool.submit("task", "hang", Deadline.never())

    began = time.monotonic()
    pool.cancel("task")
    while not (events := pool.wait(patience)):
        assert not patience.expired

    assert isinstance(events[0], Lost)
    assert pool.idle == 1, "without waiting for a new interpreter"
    assert run(pool, "twice") == Done(key="task", value="twicetwice")
    sys.stdout.write(f"from the kill to the next answer: {time.monotonic() - began:.3f} s\n")


DAEMON = """
import sys, time
sys.path[:] = sys.argv[1:]
from pipeline.deadline import Deadline
from test_pool import SETTINGS
from pipeline.pool.pool import WorkerPool
pool = WorkerPool(SETTINGS)
while not pool.idle:
    pool.wait(Deadline.after(1))
pool.submit("task", "hang", Deadline.never())
print("hangs", flush=True)
time.sleep(600)
"""


def test_no_worker_outlives_a_terminated_daemon_by_a_second() -> None:
    here = str(__import__("pathlib").Path(__file__).parent)
    with subprocess.Popen(
        [sys.executable, "-c", DAEMON, here, *sys.path], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline().strip() == b"hangs"
        workers = psutil.Process(daemon.pid).children(recursive=True)
        assert workers
        daemon.kill()
        daemon.wait()
        _, alive = psutil.wait_procs(workers, 1.0)
        assert alive == []
