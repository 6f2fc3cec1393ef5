"""What a cluster costs: pages a second against the local pool, CPU per page, and how near to the ideal it comes.

    PYTHONPATH=tests python tests/benchmarks/cluster.py [throughput] [efficiency]

Everything is on this machine, over loopback, so hosts, daemon and scheduler share its cores: ratios within one run are
meaningful, absolute figures are not. Of a model, only a simulated server is asked.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import psutil
from cluster_hands import Cluster, Process
from daemons import Daemon, Place
from pdfs import numbered_pdf
from shared_files import TABLES
from simulator import Latency, Setup, Simulator

_PATIENCE_S = 250.0


def cpu_of(processes: Iterable[psutil.Process]) -> float:
    """Seconds of CPU, user and system, that these processes have used so far."""
    return sum(sum(each.cpu_times()[:2]) for each in processes)


def own_processes(daemon: Daemon, *, cluster: bool) -> list[psutil.Process]:
    """The daemon, and its gateway where there is one; not the workers."""
    gateways = [each for each in daemon.workers() if each.ppid() == daemon.pid] if cluster else []
    return [psutil.Process(daemon.pid), *gateways]


def convert(place: Place, samples: list[Path], *, hosts: int) -> tuple[float, float, int]:
    """Seconds of wall clock, seconds of CPU of daemon and gateway, and pages."""
    with Daemon(place) as daemon:
        if hosts:
            daemon.wait_for("host_joined", count=hosts)
        daemon.wait_for("inbox_watched")
        owners = own_processes(daemon, cluster=bool(hosts))
        before, began = cpu_of(owners), time.monotonic()
        for sample in samples:
            shutil.copy(sample, place.inbox / f".{sample.name}")
            (place.inbox / f".{sample.name}").rename(place.inbox / sample.name)
        daemon.wait_for("published", count=len(samples), timeout=_PATIENCE_S)
        wall, cpu = time.monotonic() - began, cpu_of(owners) - before
        pages = sum(int(str(line["pages"])) for line in daemon.of("begun"))
        daemon.stop()
    return wall, cpu, pages


def throughput(root: Path) -> None:
    """The samples of tables-dev by the built-in engine: local pool, and one host, of as many processes."""
    samples = sorted(TABLES.glob("*.pdf"))
    quiet: dict[str, object] = {"engine": "off"}
    say("processes  local pages/s  cluster pages/s  ratio  ms CPU a page: local daemon, daemon + gateway")
    for processes in (1, 2, 4):
        here = Place(made(root / f"local{processes}"), workers=processes, ocr=quiet)
        wall, cpu, pages = convert(here, samples, hosts=0)
        with Cluster(made(root / f"cluster{processes}")) as cluster:
            cluster.start_host("one", slots=processes)
            there = Place(made(root / f"remote{processes}"), pool=cluster.pool(), ocr=quiet)
            wall2, cpu2, pages2 = convert(there, samples, hosts=1)
        assert pages == pages2
        local, remote = pages / wall, pages / wall2
        costs = f"{1000 * cpu / pages:.2f}, {1000 * cpu2 / pages:.2f}"
        say(f"{processes:9} {local:14.1f} {remote:16.1f} {remote / local:6.2f}  {costs}  ({pages} pages)")


def efficiency(root: Path) -> None:
    """2 hosts x 16 slots, a second a page (a simulated server), and a host killed in the middle."""
    pages, slots = 320, 32
    with (
        Simulator(Setup(slots=slots, latency=Latency(seconds=1.0))) as sim,
        Cluster(made(root / "efficient")) as cluster,
    ):
        hosts = [cluster.start_host(name, slots=slots // 2) for name in ("one", "two")]
        servers = [{"url": sim.url, "slots": slots}]
        place = Place(made(root / "place"), server=sim.url, servers=servers, pool=cluster.pool(), faithful="off")
        with Daemon(place) as daemon:
            daemon.wait_for("host_joined", count=2)
            place.drop(lambda path: numbered_pdf(path, slots), "warm.pdf")
            daemon.wait_for("published", document="warm.pdf", timeout=_PATIENCE_S)
            owners = own_processes(daemon, cluster=True)
            chats, before = len(sim.chats), cpu_of(owners)
            place.drop(lambda path: numbered_pdf(path, pages, document=1), "a.pdf")
            daemon.wait_for("begun", document="a.pdf", timeout=_PATIENCE_S)
            began = time.monotonic()
            daemon.wait_for("published", document="a.pdf", timeout=_PATIENCE_S)
            wall = time.monotonic() - began
            cpu = cpu_of(owners) - before
            records = sim.chats[chats:]
            served = max(each.ended or 0.0 for each in records) - min(each.arrived for each in records)
            ideal = pages / slots
            say(f"{pages} pages, 2 hosts x 16 slots, 1 s a page: {served:.2f} s at the server, {wall:.2f} s in all;")
            say(f"ideal {ideal:.2f} s; efficiency {ideal / served:.3f} (server), {ideal / wall:.3f} (in all);")
            say(f"{1000 * cpu / pages:.2f} ms CPU a page of daemon and gateway, progress included")
            lose_a_host(place, daemon, sim, hosts[0], pages)
            daemon.stop()


def lose_a_host(place: Place, daemon: Daemon, sim: Simulator, host: Process, pages: int) -> None:
    """A host is killed in the middle of a document."""
    chats = len(sim.chats)
    place.drop(lambda path: numbered_pdf(path, pages, document=2), "b.pdf")
    sim.wait_until(lambda sim: len(sim.chats) > chats + pages // 2)
    host.send(signal.SIGKILL)
    daemon.wait_for("published", document="b.pdf", timeout=_PATIENCE_S)
    again = len(sim.chats) - chats - pages
    say(f"a host killed in the middle: {again} pages asked again, of at most 16 in work")


def made(folder: Path) -> Path:
    """The folder, new."""
    folder.mkdir(parents=True)
    return folder


def say(line: str) -> None:
    """A line of figures, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """What is named on the command line, or everything."""
    parts = {"throughput": throughput, "efficiency": efficiency}
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", help=", ".join(parts))
    for name in parser.parse_args().parts or list(parts):
        with tempfile.TemporaryDirectory() as folder:
            parts[name](Path(folder))


if __name__ == "__main__":
    main()
