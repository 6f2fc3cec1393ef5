"""Workers and the fork server killed and stopped from outside: never a task lost but the one that ran."""

import os
import random
import signal
import time

import psutil
import pytest
from pool_hands import (
    PATIENCE_S,
    OpenPool,
    assert_done,
    fork_server_of,
    innocents,
    is_alive,
    next_events,
    pids_of,
    run_all,
    run_one,
    settings_of,
    start,
    until_idle,
    until_replaced,
    worker_of,
)
from pool_tasks import Task

from pipeline.deadline import Deadline
from pipeline.pool.interface import Done, Expired, Lost, PoolEvent, Progress, StartMethod


def test_an_idle_worker_that_is_killed_is_replaced_unnoticed(open_pool: OpenPool, start_method: StartMethod) -> None:
    pool = open_pool(settings_of(3, start_method))
    until_idle(pool, 3)

    os.kill(pids_of(pool)[0], signal.SIGKILL)
    events = run_all(pool, innocents(8))
    until_idle(pool, 3)

    assert_done(events, innocents(8))


def test_all_workers_killed_at_once_are_replaced(open_pool: OpenPool, start_method: StartMethod) -> None:
    pool = open_pool(settings_of(3, start_method))
    until_idle(pool, 3)
    victims = pids_of(pool)
    running = {"running 0", "running 1"}
    for key in running:
        start(pool, key, "hang")

    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    ended: list[PoolEvent] = []
    while len(ended) < 2:
        ended += next_events(pool)
    events = run_all(pool, innocents(8))
    until_idle(pool, 3)

    assert {event.key for event in ended} == running
    assert all(isinstance(event, Lost) and event.exit_code == -signal.SIGKILL for event in ended)
    assert_done(events, innocents(8))
    assert not set(victims) & set(pids_of(pool))


def test_in_a_kill_storm_no_task_is_lost_but_those_that_ran_in_a_killed_worker(
    open_pool: OpenPool, start_method: StartMethod
) -> None:
    chance = random.Random(2)
    pool = open_pool(settings_of(3, start_method))
    count = 400 if start_method is StartMethod.FORKSERVER else 40
    waiting = [f"task {number}" for number in range(count)]
    ended: dict[str, PoolEvent] = {}
    killed: set[int] = set()
    ran_in: dict[str, int] = {}
    patience = Deadline.after(2 * PATIENCE_S)

    while len(ended) < count:
        while waiting and pool.idle:
            pool.submit(waiting[-1], Task("sleep", 0.003, announce=True), Deadline.after(PATIENCE_S))
            waiting.pop()
        for event in pool.wait(Deadline.after(chance.uniform(0, 0.02))):
            if isinstance(event, Progress):
                ran_in[event.key] = int(str(event.value))
            else:
                assert event.key not in ended
                ended[event.key] = event
        if pids_of(pool) and chance.random() < 0.2:
            victim = chance.choice(pids_of(pool))
            os.kill(victim, signal.SIGKILL)
            killed.add(victim)
        assert not patience.expired

    lost = {key for key, event in ended.items() if isinstance(event, Lost)}
    assert len(killed) > count / 20
    assert len(lost) <= len(killed)
    # A worker may die between taking a task up and announcing it, so not every lost one has been heard of.
    assert all(ran_in[key] in killed for key in lost & set(ran_in))
    assert all(event == Done(key=key, value=None) for key, event in ended.items() if key not in lost)


def test_kills_while_large_results_are_sent_harm_no_other_task(open_pool: OpenPool, start_method: StartMethod) -> None:
    chance = random.Random(2)
    pool = open_pool(settings_of(3, start_method, result_mib=64))

    for number in range(15 if start_method is StartMethod.FORKSERVER else 5):
        until_idle(pool, 3)
        pool.submit("culprit", Task("large", 30), Deadline.after(PATIENCE_S))
        for key, task in innocents(2).items():
            pool.submit(key, task, Deadline.after(PATIENCE_S))
        ended: dict[str, PoolEvent] = {}
        kill_at = Deadline.after(chance.uniform(0.001, 0.05))
        while len(ended) < 3:
            ended |= {event.key: event for event in pool.wait(kill_at)}
            if kill_at.expired:
                pool.cancel("culprit")
                kill_at = Deadline.never()

        assert isinstance(ended.pop("culprit"), Lost | Done), number
        assert_done(ended, innocents(2))


def test_a_stopped_worker_does_not_hold_up_whoever_submits_to_it(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(1))
    until_idle(pool, 1)
    os.kill(pids_of(pool)[0], signal.SIGSTOP)
    larger_than_any_buffer = bytes(8 * 1024 * 1024)

    started = time.monotonic()
    pool.submit("large", Task("echo", larger_than_any_buffer), Deadline.after(1.5))
    submitted_s = time.monotonic() - started
    events = next_events(pool)
    following = run_one(pool, "echo", "next")

    assert submitted_s < 1.4
    assert events == [Expired(key="large")]
    assert following == Done(key="echo", value="next")


def test_a_large_task_reaches_its_worker_piece_by_piece(open_pool: OpenPool, start_method: StartMethod) -> None:
    pool = open_pool(settings_of(1, start_method, result_mib=64))
    large = bytes(range(256)) * 16 * 1024 * 4

    event = run_one(pool, "echo", large)

    assert event == Done(key="echo", value=large)


@pytest.mark.linux
def test_a_killed_fork_server_harms_no_worker_and_is_replaced(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(2))
    until_idle(pool, 2)
    start(pool, "running", "sleep", 1.0)
    old = pids_of(pool)

    os.kill(fork_server_of(pool), signal.SIGKILL)
    os.kill(next(pid for pid in old if pid != worker_of(pool, "running")), signal.SIGKILL)
    events = next_events(pool)
    until_idle(pool, 2)
    more = run_all(pool, innocents(8))

    assert events == [Done(key="running", value=None)]
    assert_done(more, innocents(8))
    assert set(old) & set(pids_of(pool))


@pytest.mark.linux
def test_the_workers_of_a_killed_fork_server_are_reaped_without_the_new_one(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(2))
    until_idle(pool, 2)
    first, second = pids_of(pool)

    os.kill(fork_server_of(pool), signal.SIGKILL)
    os.kill(first, signal.SIGKILL)
    until_replaced(pool, first)
    server = psutil.Process(next(pid for pid in pids_of(pool) if pid != second)).ppid()
    os.kill(second, signal.SIGKILL)
    until_replaced(pool, second)
    events = run_all(pool, innocents(8))

    assert_done(events, innocents(8))
    assert {psutil.Process(pid).ppid() for pid in pids_of(pool)} == {server}


@pytest.mark.linux
def test_a_fork_server_that_does_not_answer_is_replaced(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(2, start_s=4.0))
    until_idle(pool, 2)

    stopped = fork_server_of(pool)
    os.kill(stopped, signal.SIGSTOP)
    victim = pids_of(pool)[0]
    os.kill(victim, signal.SIGKILL)
    until_replaced(pool, victim)
    events = run_all(pool, innocents(8))

    assert_done(events, innocents(8))
    assert not is_alive(stopped)
