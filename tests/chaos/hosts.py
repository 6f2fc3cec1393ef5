"""Hosts, gateway and scheduler are killed, stopped and cut off at random instants, and the books must hold."""

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
from cluster_hands import Cluster, Process
from daemons import Daemon, Place
from namespaces import Namespaces, why_not
from simulator import Latency, Setup, Simulator

from chaos.books import EXCUSED, Books, Figures
from pipeline.cluster.keys import issue_all

_NAMES = ("one", "two", "three")
_SCHEDULER = "scheduler"
_MOST_AWAY = 2
_SLOTS = 3
# Seconds for which a process stands still, and for at most how many a cable is out.
_STOPPED_S = 30.0
_UNPLUGGED_S = 16.0
_NO_WORK_S = 8.0
_MOST_DOCUMENTS = 1000
_PATIENCE_S = 600.0


class Hosts:
    """Three hosts and a scheduler, each in a network namespace of its own where that is possible, and what may happen.

    At most two hosts stand still or are cut off at a time: with none, nothing would be in work that could be lost.
    """

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self._stack = stack
        self.problem = why_not()
        self._network = None if self.problem else stack.enter_context(Namespaces(*_NAMES, _SCHEDULER))
        keys = root / "keys"
        issue_all(keys, ["scheduler", "daemon", *_NAMES])
        self.here = self._network.here if self._network is not None else "127.0.0.1"
        listen = self._network.address(_SCHEDULER) if self._network is not None else self.here
        self.cluster = stack.enter_context(Cluster(root, keys=keys, listen=listen, within=self._within(_SCHEDULER)))
        self._hosts: dict[str, Process] = {}
        self._mended: list[tuple[float, str, Callable[[], None]]] = []
        for name in _NAMES:
            self._start(name)

    @property
    def ways(self) -> dict[str, Callable[[Daemon, random.Random], None]]:
        """What can happen, by its name."""
        ways: dict[str, Callable[[Daemon, random.Random], None]] = {
            "host killed": self._kill_host,
            "host stopped": self._stop_host,
            "gateway killed": self._kill_gateway,
            "gateway stopped": self._stop_gateway,
            "scheduler killed": self._kill_scheduler,
            "scheduler stopped": self._stop_scheduler,
        }
        if self._network is not None:
            ways |= {"host's link down": self._unplug_host, "scheduler's link down": self._unplug_scheduler}
        away = {name for _, name, _ in self._mended}
        if len(away & set(_NAMES)) >= _MOST_AWAY:
            ways = {name: way for name, way in ways.items() if name not in {"host stopped", "host's link down"}}
        return ways

    def mend(self, *, everything: bool = False) -> None:
        """Undo what has lasted long enough."""
        now = time.monotonic()
        for entry in [each for each in self._mended if everything or each[0] <= now]:
            self._mended.remove(entry)
            entry[2]()

    def _within(self, name: str) -> list[str]:
        return [] if self._network is None else self._network.within(name)

    def _start(self, name: str) -> None:
        self._hosts[name] = self.cluster.start_host(name, slots=_SLOTS, ready=False, within=self._within(name))

    def _later(self, name: str, seconds: float, undo: Callable[[], None]) -> None:
        self._mended.append((time.monotonic() + seconds, name, undo))

    def _stop(self, name: str, process: Process) -> None:
        process.send(signal.SIGSTOP)
        self._later(name, _STOPPED_S, lambda: process.send(signal.SIGCONT))

    def _unplug(self, name: str, chance: random.Random) -> None:
        network = self._network
        assert network is not None
        network.unplug(name)
        self._later(name, chance.uniform(0.2, _UNPLUGGED_S), lambda: network.plug(name))

    def _kill_host(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon
        name = chance.choice(_NAMES)
        self._hosts[name].kill()
        self._start(name)

    def _stop_host(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon
        name = chance.choice(_NAMES)
        self._stop(name, self._hosts[name])

    def _unplug_host(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon
        self._unplug(chance.choice(_NAMES), chance)

    def _kill_gateway(self, daemon: Daemon, chance: random.Random) -> None:
        del chance
        for process in _gateways(daemon):
            process.kill()

    def _stop_gateway(self, daemon: Daemon, chance: random.Random) -> None:
        """For ever: the daemon ends it."""
        del chance
        for process in _gateways(daemon):
            process.suspend()

    def _kill_scheduler(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon, chance
        self.cluster.scheduler.kill()
        self.cluster.scheduler = self.cluster.start_scheduler()

    def _stop_scheduler(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon, chance
        self._stop(_SCHEDULER, self.cluster.scheduler)

    def _unplug_scheduler(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon
        self._unplug(_SCHEDULER, chance)


def until_work(hosts: Hosts, sim: Simulator) -> None:
    """Wait until a page is in work again, if it comes to that: else there is nothing to lose."""
    limit = time.monotonic() + _NO_WORK_S
    while not sim.in_flight and time.monotonic() < limit:
        hosts.mend()
        threading.Event().wait(0.05)


def _gateways(daemon: Daemon) -> Iterator[psutil.Process]:
    for process in daemon.workers():
        with suppress(psutil.NoSuchProcess):
            if process.ppid() == daemon.pid:
                yield process


def storm_of_hosts(root: Path, hits: int, chance: random.Random, say: Callable[[str], None]) -> Figures:
    """Let things happen to a cluster while documents keep coming; then let it finish.

    Raises:
        AssertionError: The books do not hold.
    """
    with ExitStack() as stack:
        hosts = Hosts(root, stack)
        say(f"hosts: {hosts.problem or 'each in a network namespace of its own'}")
        slots = len(_NAMES) * _SLOTS
        sim = stack.enter_context(Simulator(Setup(slots=slots, latency=Latency(seconds=0.4), host=hosts.here)))
        pool = hosts.cluster.pool()
        place = root / "place"
        place.mkdir()
        settings = {"faithful": "off", "servers": [{"url": sim.url, "slots": slots}], "when_unreachable": "wait"}
        books = Books(Place(place, server=sim.url, **{**settings, "pool": pool}), sim, workers=slots)
        with Daemon(books.place) as daemon:
            daemon.wait_for("host_joined", timeout=_PATIENCE_S)
            for number in range(hits):
                if books.dropped < _MOST_DOCUMENTS and books.dropped - books.delivered() < 6:
                    books.drop(*(chance.choice((1, 2, 5, 12)) for _ in range(3)))
                until_work(hosts, sim)
                threading.Event().wait(chance.uniform(0.05, 2.5))
                hosts.mend()
                way = chance.choice(list(hosts.ways))
                hosts.ways[way](daemon, chance)
                books.note_hit(way)
                if number % 25 == 24:
                    say(f"{number + 1} hits, {books.delivered()} of {books.dropped} documents delivered")
            hosts.mend(everything=True)
            limit = time.monotonic() + _PATIENCE_S
            while books.delivered() < books.dropped:
                assert time.monotonic() < limit, "not everything was delivered"
                threading.Event().wait(0.1)
            assert daemon.stop() == 0
            assert not daemon.of("not_json")
        return books.audit(excused=EXCUSED)
