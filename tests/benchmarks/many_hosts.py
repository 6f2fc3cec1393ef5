"""What a page costs the daemon's loop with hundreds of hosts and a thousand model servers, all simulated.

    PYTHONPATH=tests python tests/benchmarks/many_hosts.py [--hosts 250] [--slots 16] [--servers 1000] [--pages 8000]
        [--placed]

The daemon's parts are real: giving out, the server book, the pool over hosts, its messages, the journal and its synced
files. The gateway, the hosts and the servers are simulated in this process, and their time is not counted.
"""

import argparse
import cProfile
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from claims import claimed, journal_of, page_result
from cluster_hands import TERMS_OF_TESTS

from pipeline.cluster.hosts import BeatLimits, Hosts
from pipeline.cluster.joined_pool import JoinedPool, OwnCores
from pipeline.cluster.messages import (
    ORDERS,
    REPORTS,
    Connect,
    Finished,
    ForHost,
    FromHost,
    Joined,
    Presence,
    Told,
    Work,
)
from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.document_settings import DocumentSettings
from pipeline.dispatch.pages import Pages, PagesSettings
from pipeline.page_result import Step
from pipeline.pool.interface import Done, Progress
from pipeline.release import RELEASE
from pipeline.servers.facts import ServerFacts
from pipeline.servers.server_book import ServerBook, ServerEntry
from pipeline.worker.tasks import ANSWERS, TASKS, PageProgress, PageTask

_RECORD = b"{}\n" + b"<p>" + b"x" * 16_000 + b"</p>"
_PAGES_EACH = 40
# Share of the pages in work that end between two turns of the loop.
_ENDING = 0.02


class SimulatedHosts:
    """Satisfies :class:`pipeline.cluster.gateway_process.Gateway`: every order is carried out at some later turn.

    Attributes:
        spent_s: Seconds of CPU that the simulation itself has used.
    """

    def __init__(self, hosts: int, slots: int) -> None:
        self.spent_s = 0.0
        self._dice = random.Random(7)
        self._work: list[tuple[str, Work]] = []
        presence = Presence(slots=slots, cores=slots, pictures=0, clock=time.time(), free_mib=9000, release=RELEASE)
        boots = [f"boot{number}" for number in range(hosts)]
        self._boots = boots
        self._incoming: list[object] = [Joined(boot=boot, name=f"host{number}") for number, boot in enumerate(boots)]
        self._incoming += [FromHost(boot=boot, reports=(REPORTS.encode(presence),)) for boot in boots]
        self._beat_at = time.monotonic() + 0.5

    def begin(self, connect: Connect) -> None:
        """Nothing to connect to."""

    def tell(self, message: object) -> None:
        """Take an order; its decoding is the host's work."""
        if isinstance(message, ForHost):
            began = time.process_time()
            orders = map(ORDERS.decode, message.orders)
            self._work += [(message.boot, order) for order in orders if isinstance(order, Work)]
            self.spent_s += time.process_time() - began

    def descriptors(self) -> list[int]:
        return []

    def wait(self, deadline: Deadline, wake: object) -> Sequence[object]:
        """Some of the pages in work end, each after three reports."""
        del deadline, wake
        began = time.process_time()
        messages, self._incoming = self._incoming, []
        self._dice.shuffle(self._work)
        count = max(1, round(len(self._work) * _ENDING))
        ending, self._work = self._work[:count], self._work[count:]
        messages += [FromHost(boot=boot, reports=_reports(work)) for boot, work in ending]
        if time.monotonic() > self._beat_at:
            self._beat_at = time.monotonic() + 0.5
            messages += [FromHost(boot=boot) for boot in self._boots]
        self.spent_s += time.process_time() - began
        return messages

    def died(self, *, after_s: float) -> bool:
        del after_s
        return False

    def close(self) -> None:
        """Nothing to end."""


def _reports(work: Work) -> tuple[bytes, ...]:
    task = TASKS.decode(work.task)
    assert isinstance(task, PageTask)
    told = [PageProgress(step=Step.REQUEST), PageProgress(step=Step.REQUEST, tokens=300), PageProgress(step=Step.CHECK)]
    reports = [Told(attempt=work.attempt, value=ANSWERS.encode(each)) for each in told]
    done = Finished(attempt=work.attempt, value=ANSWERS.encode(page_result(task.number)), file=_RECORD)
    return tuple(map(REPORTS.encode, [*reports, done]))


class SimulatedDay:
    """Documents of forty pages, as many in work as keep every slot busy."""

    def __init__(self, folder: Path, *, hosts: int, slots: int, servers: int, placed: bool) -> None:
        self._folder = folder
        self._journal = journal_of(folder / "outbox")
        self.simulated = SimulatedHosts(hosts, slots)
        connect = Connect(scheduler="tcp://127.0.0.1:1", tls=None, terms=TERMS_OF_TESTS)
        self.hosts = Hosts(self.simulated, connect, beat=BeatLimits(silent=300, lost=800))  # type: ignore[arg-type]
        per_server = -(-hosts * slots // servers)
        entries = [ServerEntry(url=f"http://10.{n // 250}.0.{n % 250}/v1", slots=per_server) for n in range(servers)]
        places = {entry.url: f"host{number % hosts}" for number, entry in enumerate(entries)} if placed else {}
        self.pool = JoinedPool(self.hosts, "pages", local=None, slots=0, cores=OwnCores(1), places=places)
        self._book = ServerBook(entries, workers=per_server, most=1024)
        for entry in entries:
            self._book.learn(ServerFacts(url=entry.url, model="m", vision=True), time.monotonic())
        settings = PagesSettings(page_timeout_s=180.0, places=places)
        self._pages = Pages(self.pool, self._journal, Deaths(self._journal.folder), self._book, settings)
        self._in_work = hosts * slots
        self._conversions: list[Conversion] = []
        self._serial = 0

    def open_documents(self) -> None:
        """Claim as many as keep the hosts busy; not counted: the inbox's threads do it."""
        waiting = sum(each.remaining for each in self._conversions)
        while waiting < 1.2 * self._in_work:
            self._serial += 1
            document = claimed(self._folder, self._journal, f"{self._serial}.pdf")
            conversion = Conversion(document, began_at=0.0, settings=DocumentSettings())
            self._journal.begin(document, "a")
            conversion.begin(_PAGES_EACH, {}, budget_s=1e6, now=time.monotonic())
            self._conversions.append(conversion)
            waiting += _PAGES_EACH

    def turn(self) -> int:
        """One turn of the loop; returns how many pages were finished."""
        now, finished = time.monotonic(), 0
        self._pages.give_out(self._conversions, now)
        for event in self.pool.wait(Deadline.after(0)):
            if isinstance(event, Progress):
                self._pages.take_report(event.key, event.value, now)
            elif isinstance(event, Done):
                assert self._pages.take_result(event.key, event.value, now) is None
                finished += 1
        return finished

    def drop_finished(self) -> None:
        """Forget what is complete; publishing is measured by other benchmarks."""
        for conversion in [each for each in self._conversions if each.complete]:
            self._journal.discard(conversion.document)
            self._conversions.remove(conversion)


def run(facts: argparse.Namespace) -> None:
    """Print what a page has cost."""
    hosts, slots, servers = facts.hosts, facts.slots, facts.servers
    with tempfile.TemporaryDirectory() as folder:
        day = SimulatedDay(Path(folder), hosts=hosts, slots=slots, servers=servers, placed=facts.placed)
        finished, cpu, wall = 0, 0.0, 0.0
        profiler = cProfile.Profile() if facts.profile else None
        while finished < facts.pages:
            day.open_documents()
            before, began, simulated = time.process_time(), time.monotonic(), day.simulated.spent_s
            if profiler is not None:
                profiler.enable()
            finished += day.turn()
            if profiler is not None:
                profiler.disable()
            cpu += time.process_time() - before - (day.simulated.spent_s - simulated)
            wall += time.monotonic() - began
            day.drop_finished()
        ms = 1000 * cpu / finished
        where = "each server at a host; " if facts.placed else ""
        count = f"{where}{hosts} hosts x {slots} slots, {servers} servers: {finished} pages"
        say(f"{count}, {ms:.2f} ms CPU of the loop a page;")
        say(f"a core of its own does {1000 / ms:.0f} pages/s, {86.4 / ms:.1f} million pages a day")
        if profiler is not None:
            pstats.Stats(profiler).sort_stats("tottime").print_stats(14)


def say(line: str) -> None:
    """A line of figures, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line, and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, default in (("hosts", 250), ("slots", 16), ("servers", 1000), ("pages", 8000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--placed", action="store_true", help="each server belongs to a host")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
