"""What the benchmarks share: a daemon at work beside a simulated server, and how both are measured.

They are started as ``PYTHONPATH=tests python tests/benchmarks/NAME.py``, all together by ``make bench``.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from daemons import Daemon, Place
from rich.console import Console
from rich.table import Table

MIB = 1 << 20
LONGEST_S = 120.0
console = Console(stderr=True, width=150)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Sizes in bytes at one moment; workers from the smallest to the largest.

    Attributes:
        parent_pss: Proportional: what is shared with others counts in part.
    """

    parent_pss: int
    worker_pss: tuple[int, ...]
    worker_rss: int


@contextmanager
def temporary_place(*, server: str | None = None, **settings: object) -> Iterator[Place]:
    """A place that is removed again."""
    with tempfile.TemporaryDirectory(prefix="dropleaf-bench-") as name:
        yield Place(Path(name), server=server, **settings)


@contextmanager
def idle_daemon(place: Place, *, workers: int) -> Iterator[Daemon]:
    """A daemon that has started everything and has nothing to do."""
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        if place.settings.get("engine") != "basic":
            daemon.wait_for("server_ready")
        wait_until(lambda: len(daemon.workers()) == workers)
        time.sleep(0.5)  # the last worker may be on its way through its imports
        yield daemon
        daemon.stop()


def wait_until(true: Callable[[], bool], *, timeout: float = LONGEST_S, step: float = 0.005) -> float:
    """Wait for a state of affairs; the moment at which it came, in seconds of the monotonic clock.

    Raises:
        TimeoutError: It did not come.
    """
    limit = time.monotonic() + timeout
    while not true():
        if time.monotonic() > limit:
            raise TimeoutError
        time.sleep(step)
    return time.monotonic()


def cpu_seconds(daemon: Daemon) -> float:
    """CPU time of the daemon and everything that it has started so far and that still lives."""
    spent = 0.0
    for process in [psutil.Process(daemon.pid), *daemon.processes()]:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        spent += times.user + times.system
    return spent


def memory_of(daemon: Daemon) -> Memory:
    """What the daemon and its workers hold now."""
    facts = []
    for worker in daemon.workers():
        try:
            facts.append(worker.memory_full_info())
        except psutil.NoSuchProcess:
            continue
    return Memory(
        parent_pss=psutil.Process(daemon.pid).memory_full_info().pss,
        worker_pss=tuple(sorted(each.pss for each in facts)),
        worker_rss=sum(each.rss for each in facts),
    )


def new_table(title: str, *columns: str) -> Table:
    """A table whose title says that no model was asked."""
    table = Table(title=f"{title} — simulated server, {psutil.cpu_count()} cores", title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table


def beside_bar(value: float, bar: float, *, at_most: bool, unit: str = "") -> str:
    """A figure beside the bar that it has to reach."""
    good = value <= bar if at_most else value >= bar
    return f"[{'green' if good else 'red'}]{value:.3g}{unit}[/] ({'≤' if at_most else '≥'} {bar:g})"
