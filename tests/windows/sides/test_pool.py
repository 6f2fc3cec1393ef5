"""Workers on Windows: jobs in place of lifelines and process groups; run by Windows' Python."""

import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest
from job_tasks import CODEC

from pipeline.deadline import Deadline
from pipeline.pool.interface import Done, Expired, Lost, PoolEvent, PoolSettings
from pipeline.pool.pool import WorkerPool

PATIENCE_S = 120.0
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
    event = run(pool, "start")
    assert isinstance(event, Done)
    grandchild = int(str(event.value))
    assert psutil.pid_exists(grandchild)
    assert run(pool, "hang", seconds=0.5) == Expired(key="task")
    patience = Deadline.after(PATIENCE_S)
    while psutil.pid_exists(grandchild):
        assert not patience.expired
        time.sleep(0.05)


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
