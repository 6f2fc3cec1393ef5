"""Tasks that do to their worker whatever a page might make them do."""

import os
import signal
import time

import pytest
from pool_hands import (
    PATIENCE_S,
    OpenPool,
    assert_done,
    innocents,
    next_events,
    pids_of,
    run_all,
    run_one,
    settings_of,
    until_idle,
    wait_for_deaths,
)
from pool_tasks import Task

from pipeline.deadline import Deadline
from pipeline.pool.interface import Done, Expired, Failed, Lost, Progress, StartMethod

FAILURES = {
    "lambda": ("lambda", None, "does not travel"),
    "type that the pool does not know": ("unlisted", None, "does not travel"),
    "field that cannot be": ("impossible", "x", "Invalid enum value 'x'"),
    "field of another type": ("impossible", 7, "Expected `str`"),
    "type that the pool does not know, sent all the same": ("foreign_type", None, "does not travel"),
    "no name of a type": ("nameless", None, "sent something invalid"),
    "nested without end": ("bottomless", None, "sent something invalid"),
    "report that is no value": ("impossible_report", None, "sent something invalid"),
    "exception that cannot be printed": ("raise_strange", None, "StrangeError"),
    "endless recursion": ("recurse", None, "RecursionError"),
    "sys.exit": ("leave", None, "SystemExit"),
    "too large": ("large", 9, "allowed"),
    "rubbish instead of a frame": ("rubbish", None, "sent something invalid"),
    "announces a terabyte": ("huge_promise", None, "sent something invalid"),
    "memory over the limit": ("eat", 4096, "MemoryError"),
    "no such task": ("unheard_of", None, "KeyError"),
}
LOSSES = {
    "os._exit(0)": ("exit", 0, 0),
    "os._exit(3)": ("exit", 3, 3),
    "segmentation fault": ("segfault", None, -signal.SIGSEGV),
    "abort": ("kill", signal.SIGABRT, -signal.SIGABRT),
    "killed": ("kill", signal.SIGKILL, -signal.SIGKILL),
}
HANGS = {
    "asleep with all signals blocked": "hang_deaf",
    "C code that holds the interpreter's lock": "hang_in_c",
    "stopped": "stop",
    "half a frame sent": "half_a_frame",
}


@pytest.mark.parametrize("culprit", FAILURES)
def test_a_result_that_cannot_be_had_fails_its_task_only(
    open_pool: OpenPool, start_method: StartMethod, culprit: str
) -> None:
    name, argument, reason = FAILURES[culprit]
    pool = open_pool(settings_of(3, start_method, memory_mib=1024))

    events = run_all(pool, {"culprit": Task(name, argument), **innocents(8)})

    failed = events.pop("culprit")
    assert isinstance(failed, Failed)
    assert reason in failed.detail
    assert_done(events, innocents(8))


@pytest.mark.parametrize("culprit", LOSSES)
def test_a_death_loses_its_task_only_and_is_reported_with_its_exit_code(
    open_pool: OpenPool, start_method: StartMethod, culprit: str
) -> None:
    name, argument, exit_code = LOSSES[culprit]
    pool = open_pool(settings_of(3, start_method))

    events = run_all(pool, {"culprit": Task(name, argument), **innocents(8)})

    assert events.pop("culprit") == Lost(key="culprit", exit_code=exit_code)
    assert_done(events, innocents(8))


@pytest.mark.parametrize("culprit", HANGS)
def test_a_hang_is_killed_at_its_deadline_and_the_next_task_runs(
    open_pool: OpenPool, start_method: StartMethod, culprit: str
) -> None:
    pool = open_pool(settings_of(1, start_method))
    until_idle(pool, 1)
    started = time.monotonic()

    event = run_one(pool, HANGS[culprit], limit_s=0.3)
    took_s = time.monotonic() - started
    following = run_one(pool, "echo", "next")

    assert event == Expired(key=HANGS[culprit])
    assert 0.3 <= took_s < 5.0
    assert following == Done(key="echo", value="next")


def test_a_program_that_a_task_started_dies_with_its_worker(open_pool: OpenPool, start_method: StartMethod) -> None:
    pool = open_pool(settings_of(1, start_method))
    until_idle(pool, 1)

    pool.submit("child", Task("child_and_hang"), Deadline.after(PATIENCE_S))
    (report,) = next_events(pool)
    pool.cancel("child")
    (end,) = next_events(pool)

    assert isinstance(report, Progress)
    assert end == Lost(key="child", exit_code=-signal.SIGKILL, cancelled=True)
    assert wait_for_deaths([int(str(report.value))]) == []


def test_a_worker_that_ran_out_of_memory_is_not_used_again(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(1, memory_mib=1024))
    before = run_one(pool, "pid")

    run_one(pool, "eat", 4096)
    after = run_one(pool, "pid")

    assert isinstance(before, Done)
    assert isinstance(after, Done)
    assert before.value != after.value


def test_the_signals_of_a_terminal_or_a_service_manager_end_no_worker(
    open_pool: OpenPool, start_method: StartMethod
) -> None:
    pool = open_pool(settings_of(2, start_method))
    until_idle(pool, 2)
    pids = pids_of(pool)

    for pid in pids:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(pid, number)
    events = run_all(pool, innocents(10))

    assert_done(events, innocents(10))
    assert pids_of(pool) == pids
    assert os.getpgrp() not in {os.getpgid(pid) for pid in pids}
