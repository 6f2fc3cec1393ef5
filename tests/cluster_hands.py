"""Parts of a cluster in a test: a gateway that the test plays, and real schedulers and hosts on this machine.

with Cluster(tmp_path) as cluster:
    cluster.start_host("one", slots=2)
    place = Place(tmp_path, pool=cluster.pool())
"""

import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from daemons import COMMAND, ROOT, until

from pipeline.cluster.hosts import BeatLimits, Clock, Hosts
from pipeline.cluster.messages import (
    ORDERS,
    REPORTS,
    Connect,
    ForHost,
    FromHost,
    GiveUp,
    Joined,
    Presence,
    Report,
    Terms,
)
from pipeline.deadline import Deadline
from pipeline.release import RELEASE

TERMS_OF_TESTS = Terms(boot="-", owner="test", release=RELEASE, alone_s=6.0)
PRESENCE = Presence(slots=2, cores=2, pictures=1, clock=0.0, free_mib=1000, release=RELEASE)


class PlayedGateway:
    """Satisfies what :class:`Hosts` needs of :class:`pipeline.cluster.gateway_process.GatewayProcess`.

    Attributes:
        incoming: What the daemon hears at its next look.
        told: What the daemon has said.
    """

    def __init__(self) -> None:
        self.incoming: list[object] = []
        self.told: list[object] = []
        self.has_died = False
        self.begun = 0

    def begin(self, connect: Connect) -> None:
        del connect
        self.begun += 1

    def tell(self, message: object) -> None:
        self.told.append(message)

    def descriptors(self) -> list[int]:
        return []

    def wait(self, deadline: Deadline, wake: object) -> list[object]:
        del deadline, wake
        messages, self.incoming = self.incoming, []
        return messages

    def died(self, *, after_s: float) -> bool:
        del after_s
        died, self.has_died = self.has_died, False
        return died

    def close(self) -> None:
        """Nothing to end."""

    # What a test makes it say, and asks of it.

    def join(self, boot: str, name: str = "one", *, presence: Presence = PRESENCE) -> None:
        self.incoming.append(Joined(boot=boot, name=name))
        self.say(boot, presence)

    def say(self, boot: str, *reports: Report) -> None:
        self.incoming.append(FromHost(boot=boot, reports=tuple(map(REPORTS.encode, reports))))

    def orders(self, boot: str) -> list[object]:
        """What the daemon has said to a host since the last call."""
        found = [each for each in self.told if isinstance(each, ForHost) and each.boot == boot]
        self.told = [each for each in self.told if each not in found]
        return [ORDERS.decode(order) for each in found for order in each.orders]

    @property
    def given_up(self) -> list[str]:
        return [each.boot for each in self.told if isinstance(each, GiveUp)]


def hosts_behind(gateway: PlayedGateway, *, clock: Clock) -> Hosts:
    connect = Connect(scheduler="tcp://127.0.0.1:1", tls=None, terms=TERMS_OF_TESTS)
    return Hosts(gateway, connect, beat=BeatLimits(silent=3.0, lost=8.0), clock=clock)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """A command of a cluster, whose log is a file; it and all that it has started end with the test."""

    def __init__(self, root: Path, name: str, arguments: Sequence[str], within: Sequence[str] = ()) -> None:
        self.log = root / f"{name}.log"
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("DROPLEAF_")}
        environment = {**inherited, "PYTHONPATH": str(ROOT), "DROPLEAF_LOG__FORMAT": "json"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*within, *COMMAND, *arguments],
                cwd=root,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def says(self, text: str) -> bool:
        return text in self.log.read_text(errors="replace")

    def wait_for(self, text: str) -> None:
        until(lambda: self.says(text) or self._process.poll() is not None)
        assert self.says(text), self.log.read_text(errors="replace")

    def wait(self) -> int:
        return self._process.wait(40)

    def send(self, number: signal.Signals) -> None:
        """To the process alone, not to its workers."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """Suddenly; its workers end with it, by their lifelines."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


class Cluster:
    """A scheduler and hosts on this machine; a context manager that leaves no process of it behind."""

    def __init__(
        self, root: Path, *, keys: Path | None = None, listen: str = "127.0.0.1", within: Sequence[str] = ()
    ) -> None:
        """Prepare.

        Args:
            root: For all its files.
            keys: Of the authority; None for no encryption.
            listen: The scheduler's address.
            within: What comes before the scheduler's command.
        """
        self._within = within
        self.root = root / "cluster"
        self.root.mkdir(exist_ok=True)
        self.port = free_port()
        self.keys = keys
        self.listen = listen
        self._processes: list[Process] = []

    @property
    def address(self) -> str:
        return f"{'tcp' if self.keys is None else 'tls'}://{self.listen}:{self.port}"

    def pool(self, **more: object) -> dict[str, object]:
        """The key ``pool`` of settings.yaml."""
        tls = {} if self.keys is None else {"tls": self.files("daemon")}
        return {"kind": "dask", "scheduler": self.address, "local_too": False, **tls, **more}

    def files(self, name: str) -> dict[str, str]:
        """The files of one machine."""
        assert self.keys is not None
        folder = self.keys / name
        return {"ca": str(folder / "ca.pem"), "cert": str(folder / "cert.pem"), "key": str(folder / "key.pem")}

    def __enter__(self) -> Self:
        self.scheduler = self.start_scheduler()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.end()

    def _start(self, name: str, *arguments: str, folder: Path | None = None, within: Sequence[str] = ()) -> Process:
        folder = folder or (self.keys / name if self.keys is not None else None)
        encryption = [] if folder is None else ["--tls", str(folder)]
        process = Process(self.root, name, [*arguments, *encryption], within)
        self._processes.append(process)
        return process

    def start_scheduler(self) -> Process:
        options = ["scheduler", "--port", str(self.port), "--listen", self.listen]
        process = self._start("scheduler", *options, within=self._within)
        process.wait_for("scheduler_started")
        return process

    def start_host(
        self,
        name: str,
        *,
        slots: int = 2,
        ready: bool = True,
        folder: Path | None = None,
        within: Sequence[str] = (),
    ) -> Process:
        cache = str(self.root / f"cache-{name}")
        options = ["--scheduler", self.address, "--name", name, "--slots", str(slots), "--cache", cache]
        process = self._start(name, "worker", *options, folder=folder, within=within)
        if ready:
            process.wait_for("host_ready")
        return process
