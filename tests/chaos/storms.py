"""Kills at random instants: of daemons, of workers, of the server."""

import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
from daemons import Daemon, Place
from simulator import Latency, Setup, Simulator

from chaos.books import EXCUSED, Books, Figures

#: Documents of one round; the marks on the pages tell 1,024 apart.
_MOST_DOCUMENTS = 900
_WORKERS = 5
#: Of all kills of workers, how many are of all workers at one instant.
_ALL_AT_ONCE = 0.05
_SETTINGS: dict[str, object] = {"when_unreachable": "wait", "timeouts": {"connect": 2}, "watch": {"settle": 0.1}}


def storm_of_daemons(root: Path, kills: int, chance: random.Random, *, server_dies: bool = True) -> Figures:
    """Start a daemon, kill it some time later, start the next, while documents keep coming; then let it finish.

    Args:
        root: An empty folder.
        kills: Of daemons.
        chance: Decides on everything.
        server_dies: Now and then the server is away as well.
    """
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05))) as sim:
        books = Books(Place(root, server=sim.url, **_SETTINGS), sim)
        for number in range(kills):
            books.drop(*(chance.choice((1, 1, 2, 3, 7)) for _ in range(chance.choice((1, 1, 2)))))
            with Daemon(books.place) as daemon:
                if chance.random() < 0.8:
                    _wait_for_work(daemon)
                if server_dies and number % 20 == 10:
                    sim.die()
                    books.note_kill("server")
                threading.Event().wait(chance.uniform(0, 0.8))
                daemon.stop(signal.SIGKILL)
            books.note_kill("daemon")
            if server_dies and number % 20 == 10:
                sim.revive()
        assert books.place.watch_once(timeout=300) == 0 or books.delivered() == books.dropped
        return books.audit(excused=EXCUSED)


def storm_of_workers(root: Path, kills: int, chance: random.Random) -> Figures:
    """Kill workers of one daemon, one after the other, while documents keep coming; then let it finish."""
    figures = Figures()
    while (left := kills - figures.kills["worker"]) > 0:
        folder = root / str(left)
        folder.mkdir()
        figures.add(_round_of_workers(folder, left, chance))
    return figures


def _round_of_workers(root: Path, kills: int, chance: random.Random) -> Figures:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05))) as sim:
        books = Books(Place(root, server=sim.url, **_SETTINGS), sim)
        with Daemon(books.place) as daemon:
            daemon.wait_for("inbox_watched")
            killed = 0
            while killed < kills and books.dropped < _MOST_DOCUMENTS:
                if books.dropped - books.delivered() < 10:
                    books.drop(*(chance.choice((1, 2, 3, 12)) for _ in range(5)))
                killed += _kill_some(daemon, chance)
                threading.Event().wait(chance.uniform(0.01, 0.15))
            books.note_kill("worker", killed)
            _until(lambda: books.delivered() == books.dropped)
            assert daemon.stop() == 0
            assert not daemon.of("not_json")
        return books.audit(excused=EXCUSED)


def _kill_some(daemon: Daemon, chance: random.Random) -> int:
    """Kill a worker, now and then all of them at once; how many.

    Only while all are there: on a busy machine each would else be killed before it could begin.
    """
    workers = daemon.workers()
    if len(workers) < _WORKERS:
        return 0
    killed = 0
    for worker in workers if chance.random() < _ALL_AT_ONCE else [chance.choice(workers)]:
        with suppress(psutil.NoSuchProcess):
            worker.kill()
            killed += 1
    return killed


def _wait_for_work(daemon: Daemon, *, timeout: float = 3.0) -> None:
    """Until a document is begun; not for ever, since there may be none."""
    try:
        daemon.wait_for("begun", timeout=timeout)
    except AssertionError:
        return


def _until(true: Callable[[], bool], *, timeout: float = 300.0) -> None:
    limit = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < limit, "not everything was delivered"
        threading.Event().wait(0.05)
