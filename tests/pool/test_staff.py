"""How workers start, are renewed and end."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from pool_hands import (
    PATIENCE_S,
    OpenPool,
    fork_server_of,
    innocents,
    is_alive,
    next_events,
    pids_of,
    settings_of,
    start,
    until_idle,
    wait_for_deaths,
)
from pool_tasks import Task
from warm_start import idle_pids

from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.host.processes import watch_child
from pipeline.pool.interface import Done, StartMethod
from pipeline.pool.member import Member, State
from pipeline.pool.pool import WorkerPool


@pytest.mark.linux
@pytest.mark.parametrize(
    ("start_method", "handler", "reason"),
    [
        (StartMethod.FORKSERVER, "no_such_module:make", "no_such_module"),
        (StartMethod.FORKSERVER, "pool_tasks:unheard_of", "unheard_of"),
        (StartMethod.SPAWN, "pool_tasks:make_nothing", "the model is not where it should be"),
        (StartMethod.SPAWN, "pool_tasks:make_dead", "exited with code 9"),
    ],
    indirect=["start_method"],
)
def test_workers_that_cannot_start_are_an_error_and_not_an_endless_loop(
    open_pool: OpenPool, start_method: StartMethod, handler: str, reason: str
) -> None:
    pool = open_pool(settings_of(2, start_method, handler=handler))

    with pytest.raises(PoolError, match=reason):
        next_events(pool)

    before = time.process_time()
    with contextlib.suppress(PoolError):  # it goes on trying, and says so again
        pool.wait(Deadline.after(0.5))
    assert time.process_time() - before < 0.25


def test_a_worker_that_is_never_ready_is_an_error(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(4, StartMethod.SPAWN, handler="pool_tasks:make_late", start_s=0.1))

    with pytest.raises(PoolError, match="not ready after"):
        next_events(pool)


def test_on_a_slow_machine_a_start_gets_more_time_than_the_one_before(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(1, handler="pool_tasks:make_slow", start_s=2.5))

    until_idle(pool, 1)


def test_a_worker_takes_no_task_before_its_process_is_known() -> None:
    member = Member(0, Deadline.never(), 1000)
    member.close_ends()
    with subprocess.Popen([sys.executable, "-c", ""], process_group=0) as process:
        member.become(State.READY, Deadline.never())
        before = member.idle
        member.note_birth(watch_child(process), "")
        after = member.idle
        member.close()

    assert (before, after) == (False, True)


def test_workers_are_renewed_without_a_pause_and_without_a_descriptor_too_many(
    open_pool: OpenPool, start_method: StartMethod
) -> None:
    pool = open_pool(settings_of(2, start_method, renew_after=2))
    until_idle(pool, 2)
    own = psutil.Process()
    before = own.num_fds()
    wanted = 60 if start_method is StartMethod.FORKSERVER else 6
    pids: set[object] = set()
    patience = Deadline.after(PATIENCE_S)

    while len(pids) < wanted and not patience.expired:
        # There is always a worker: an old one stays until its successor is ready.
        assert pool.idle
        pool.submit("task", Task("pid"), Deadline.after(PATIENCE_S))
        (event,) = next_events(pool)
        assert isinstance(event, Done)
        pids.add(event.value)
    while own.num_fds() > before and not patience.expired:
        pool.wait(Deadline.after(0.05))

    assert len(pids) == wanted
    assert own.num_fds() <= before


def test_more_tasks_than_processes_never_run_at_once_while_workers_are_renewed(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(2, renew_after=1))
    patience = Deadline.after(PATIENCE_S)
    waiting = list(innocents(100))
    running: set[str] = set()

    while waiting or running:
        while pool.idle and waiting:
            running.add(waiting[-1])
            pool.submit(waiting.pop(), Task("sleep", 0.002), Deadline.after(PATIENCE_S))
        assert len(running) <= 2
        running -= {event.key for event in pool.wait(patience)}


def _children() -> list[psutil.Process]:
    """The processes below this one, but for the interpreter that tests of the whole program fork daemons from."""
    return [each for each in psutil.Process().children(recursive=True) if each.pid not in idle_pids()]


def test_closing_lets_a_running_task_finish_and_leaves_nothing(start_method: StartMethod, tmp_path: Path) -> None:
    own = psutil.Process()
    before = own.num_fds()
    pool = WorkerPool(settings_of(2, start_method))
    start(pool, "last", "sleep_and_touch", str(tmp_path / "touched"))
    children = _children()

    pool.close(Deadline.after(PATIENCE_S))
    pool.close(Deadline.after(PATIENCE_S))

    assert (tmp_path / "touched").exists()
    assert own.num_fds() == before
    assert wait_for_deaths([child.pid for child in children]) == []


def test_closing_kills_what_does_not_end_by_its_grace(start_method: StartMethod) -> None:
    pool = WorkerPool(settings_of(2, start_method))
    until_idle(pool, 2)
    start(pool, "deaf", "hang_deaf")
    start(pool, "c", "hang_in_c")
    children = _children()
    started = time.monotonic()

    pool.close(Deadline.after(0.2))

    assert 0.2 <= time.monotonic() - started < 5.0
    assert wait_for_deaths([child.pid for child in children]) == []


@pytest.mark.linux
def test_closing_while_workers_start_or_the_fork_server_is_stopped_leaves_nothing(start_method: StartMethod) -> None:
    early = WorkerPool(settings_of(3, start_method))
    early.close(Deadline.after(PATIENCE_S))
    pool = WorkerPool(settings_of(1))
    until_idle(pool, 1)
    os.kill(fork_server_of(pool), signal.SIGSTOP)

    pool.close(Deadline.after(0.2))

    assert _children() == []


def test_no_process_outlives_a_killed_daemon(start_method: StartMethod) -> None:
    program = f"import pool_daemon; pool_daemon.be_daemon({str(start_method)!r})"
    search_path = os.pathsep.join([*sys.path, str(Path(__file__).parents[1])])
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": search_path}
    ) as daemon:
        assert daemon.stdout is not None
        pids = [int(word) for word in daemon.stdout.readline().split()]
        if start_method is StartMethod.FORKSERVER:
            pids.append(psutil.Process(pids[-1]).ppid())
        assert all(is_alive(pid) for pid in pids)

        daemon.kill()

        assert wait_for_deaths(pids) == []


def test_a_spare_worker_takes_the_place_of_one_that_was_killed_at_once(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(1, StartMethod.SPAWN, spares=1))
    patience = Deadline.after(PATIENCE_S)
    while len(pids_of(pool)) < 2:
        pool.wait(Deadline.after(0.05))
        assert not patience.expired
    assert pool.idle == 1, "no more tasks than workers were asked for"
    ready = pids_of(pool)

    first = start(pool, "first", "hang_in_c")
    psutil.Process(first).kill()
    while not next_events(pool):
        pass
    second = start(pool, "second", "hang_in_c")

    assert {first, second} == set(ready), "it was there before the death"
