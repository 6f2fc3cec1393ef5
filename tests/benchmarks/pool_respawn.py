"""What a death costs, what a worker weighs and how long a tiny task takes, beside concurrent.futures in the same run.

Run it by hand: ``python tests/benchmarks/pool_respawn.py [ROUNDS]``.  Figures of one run may be compared with each
other, not with those of another day.
"""

import multiprocessing
import os
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from pool_hands import next_events, pids_of, run_all, start, until_idle  # noqa: E402 — after the search path
from pool_tasks import ANSWER_CODEC, LOADED, TASK_CODEC, Task  # noqa: E402 — as above

from pipeline.deadline import Deadline  # noqa: E402 — as above
from pipeline.pool.interface import PoolSettings, StartMethod  # noqa: E402 — as above
from pipeline.pool.pool import WorkerPool  # noqa: E402 — as above

TINY_TASKS = 2000
PROCESSES = 3
MIB = 1024 * 1024


def main(rounds: int) -> None:
    executor = executor_tasks_per_second()
    for method in StartMethod:
        say(f"{method}:")
        say_figures(method, rounds, executor)


def say_figures(method: StartMethod, rounds: int, executor_rate: float) -> None:
    started = time.perf_counter()
    pool = WorkerPool(settings_of(method, PROCESSES))
    until_idle(pool, 1)
    first_s = time.perf_counter() - started
    until_idle(pool, PROCESSES)
    all_s = time.perf_counter() - started
    say(f"  start: first worker ready after {first_s:.3f} s, all {PROCESSES} after {all_s:.3f} s")
    rate = tasks_per_second(pool)
    say(f"  {rate:.0f} tiny tasks/s, {rate / executor_rate:.2f} times as many as concurrent.futures")
    say(f"  memory of a worker: {weight(pool)}")
    say(f"  all {PROCESSES} killed -> all ready: {seconds_to_text(recoveries(pool, rounds))}")
    pool.close(Deadline.after(5))
    lone = WorkerPool(settings_of(method, 1))
    for name in ("hang_deaf", "hang_in_c", "stop"):
        times = seconds_to_text(respawns(lone, name, rounds))
        say(f"  the only worker killed at its deadline ({name}) -> next task done: {times}")
    lone.close(Deadline.after(5))


def settings_of(method: StartMethod, processes: int) -> PoolSettings:
    return PoolSettings(
        processes=processes,
        handler="pool_tasks:make_loaded",
        tasks=TASK_CODEC,
        answers=ANSWER_CODEC,
        preload=LOADED,
        memory_mib=1024,
        renew_after=10 * TINY_TASKS,
        start_method=method,
    )


def weight(pool: WorkerPool) -> str:
    facts = [psutil.Process(pid).memory_full_info() for pid in pids_of(pool)]
    return ", ".join(
        f"{name} {statistics.median(getattr(each, field) for each in facts) / MIB:.1f} MiB"
        for name, field in (("private", "uss"), ("PSS", "pss"), ("RSS", "rss"))
    )


def tasks_per_second(pool: WorkerPool) -> float:
    tasks = {str(number): Task("echo", number) for number in range(TINY_TASKS)}
    started = time.perf_counter()
    run_all(pool, tasks)
    return TINY_TASKS / (time.perf_counter() - started)


def executor_tasks_per_second() -> float:
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as executor:
        list(executor.map(abs, range(PROCESSES * 10)))
        started = time.perf_counter()
        list(executor.map(abs, range(TINY_TASKS)))
        return TINY_TASKS / (time.perf_counter() - started)


def recoveries(pool: WorkerPool, rounds: int) -> Iterator[float]:
    for _ in range(rounds):
        victims = set(pids_of(pool))
        started = time.perf_counter()
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        while len(set(pids_of(pool)) - victims) < PROCESSES:
            pool.wait(Deadline.after(0.005))
        yield time.perf_counter() - started


def respawns(pool: WorkerPool, name: str, rounds: int) -> Iterator[float]:
    for _ in range(rounds):
        start(pool, name, name)
        pool.limit(name, Deadline.after(0))
        killed_at = time.perf_counter()
        next_events(pool)
        run_all(pool, {"next": Task("echo")})
        yield time.perf_counter() - killed_at


def seconds_to_text(times: Iterator[float]) -> str:
    ordered = sorted(times)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"median {statistics.median(ordered):.3f} s, p95 {p95:.3f} s, longest {ordered[-1]:.3f} s"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
