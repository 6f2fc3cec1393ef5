"""Hosts, gateway and scheduler are killed, stopped and cut off at random instants, and the books must hold."""

import random
import signal
import threading
import time
from collections.abc import Callable
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
_SLOTS = 3
_BEAT = {"silent": 1, "host": 2, "lost": 3}
_MOST_DOCUMENTS = 1000
_PATIENCE_S = 180.0


class Hosts:
    """Three hosts, each in a network namespace of its own where that is possible, and what can happen to them."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self._stack = stack
        self.problem = why_not()
        self._network = None if self.problem else stack.enter_context(Namespaces(*_NAMES))
        keys = root / "keys"
        issue_all(keys, ["scheduler", "daemon", *_NAMES])
        self.here = self._network.here if self._network is not None else "127.0.0.1"
        self.cluster = stack.enter_context(Cluster(root, keys=keys, listen=self.here))
        self._hosts: dict[str, Process] = {}
        self._mended: list[tuple[float, Callable[[], None]]] = []
        for name in _NAMES:
            self._start(name)

    @property
    def ways(self) -> dict[str, Callable[[Daemon, random.Random], None]]:
        """What can happen, by its name."""
        ways: dict[str, Callable[[Daemon, random.Random], None]] = {
            "host killed": self._kill_host,
            "host stopped": self._stop_host,
            "gateway killed": self._kill_gateway,
            "scheduler killed": self._kill_scheduler,
        }
        return ways if self._network is None else {**ways, "link down": self._unplug}

    def mend(self, *, everything: bool = False) -> None:
        """Undo what has lasted long enough."""
        now = time.monotonic()
        for entry in [each for each in self._mended if everything or each[0] <= now]:
            self._mended.remove(entry)
            entry[1]()

    def _start(self, name: str) -> None:
        within = () if self._network is None else self._network.within(name)
        self._hosts[name] = self.cluster.start_host(name, slots=_SLOTS, ready=False, within=within)

    def _later(self, chance: random.Random, longest: float, undo: Callable[[], None]) -> None:
        self._mended.append((time.monotonic() + chance.uniform(0.2, longest), undo))

    def _kill_host(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon
        name = chance.choice(_NAMES)
        self._hosts[name].send(signal.SIGCONT)
        self._hosts[name].kill()
        self._start(name)

    def _stop_host(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon
        host = self._hosts[chance.choice(_NAMES)]
        host.send(signal.SIGSTOP)
        self._later(chance, 2.0 * _BEAT["lost"], lambda: host.send(signal.SIGCONT))

    def _unplug(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon
        name = chance.choice(_NAMES)
        assert self._network is not None
        self._network.unplug(name)
        self._later(chance, 2.0 * _BEAT["lost"], lambda: self._network.plug(name) if self._network else None)

    def _kill_gateway(self, daemon: Daemon, chance: random.Random) -> None:
        del chance
        for process in daemon.workers():
            with suppress(psutil.NoSuchProcess):
                if process.ppid() == daemon.pid:
                    process.kill()

    def _kill_scheduler(self, daemon: Daemon, chance: random.Random) -> None:
        del daemon, chance
        self.cluster.scheduler.kill()
        self.cluster.scheduler = self.cluster.start_scheduler()


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
        pool = hosts.cluster.pool(beat=_BEAT)
        place = root / "place"
        place.mkdir()
        settings = {"faithful": "off", "servers": [{"url": sim.url, "slots": slots}], "when_unreachable": "wait"}
        books = Books(Place(place, server=sim.url, **{**settings, "pool": pool}), sim, workers=slots)
        with Daemon(books.place) as daemon:
            daemon.wait_for("host_joined", timeout=_PATIENCE_S)
            for number in range(hits):
                if books.dropped < _MOST_DOCUMENTS and books.dropped - books.delivered() < 6:
                    books.drop(*(chance.choice((1, 2, 5, 12)) for _ in range(3)))
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
