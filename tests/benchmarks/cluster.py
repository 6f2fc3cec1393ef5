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
from statistics import median

import psutil
from cluster_hands import Cluster, Process
from daemons import Daemon, Place
from pdfs import numbered_pdf
from shared_files import TABLES
from simulator import Latency, Setup, Simulator

_PATIENCE_S = 250.0
_PAGES, _SLOTS = 320, 32


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
    """2 hosts x 16 slots, a second a page (a simulated server), beside the local pool; a host killed in the middle."""
    setup = Setup(slots=_SLOTS, latency=Latency(seconds=1.0))
    with Simulator(setup) as sim:
        place = place_for(sim, root / "here", workers=_SLOTS)
        with Daemon(place) as daemon:
            say(f"local pool: {keep_busy(place, daemon, sim, cluster=False)}")
            daemon.stop()
    with Simulator(setup) as sim, Cluster(made(root / "cluster")) as cluster:
        hosts = [cluster.start_host(name, slots=_SLOTS // 2) for name in ("one", "two")]
        place = place_for(sim, root / "there", pool=cluster.pool())
        with Daemon(place) as daemon:
            daemon.wait_for("host_joined", count=2)
            say(f"2 hosts x {_SLOTS // 2}: {keep_busy(place, daemon, sim, cluster=True)}")
            lose_a_host(place, daemon, sim, hosts[0], _PAGES)
            daemon.stop()


def place_for(sim: Simulator, folder: Path, **more: object) -> Place:
    """A place whose one server has all slots."""
    settings: dict[str, object] = {"servers": [{"url": sim.url, "slots": _SLOTS}], "faithful": "off", **more}
    return Place(made(folder), **{"server": sim.url, **settings})  # type: ignore[arg-type]  # fits


def keep_busy(place: Place, daemon: Daemon, sim: Simulator, *, cluster: bool) -> str:
    """What 320 pages cost, and how long a slot of the server waits between two pages, in words."""
    place.drop(lambda path: numbered_pdf(path, _SLOTS), "warm.pdf")
    daemon.wait_for("published", document="warm.pdf", timeout=_PATIENCE_S)
    owners = own_processes(daemon, cluster=cluster)
    chats, before = len(sim.chats), [cpu_of([each]) for each in owners]
    place.drop(lambda path: numbered_pdf(path, _PAGES, document=1), "a.pdf")
    sim.wait_until(lambda sim: sim.in_flight == 0 and len(sim.chats) == chats + _PAGES, timeout=_PATIENCE_S)
    asked = [cpu_of([each]) for each in owners]
    daemon.wait_for("published", document="a.pdf", timeout=_PATIENCE_S)
    after = cpu_of(owners)
    records = sim.chats[chats:]
    ends = sorted(each.ended or 0.0 for each in records)
    starts = sorted(each.arrived for each in records)
    waits = [start - end for start, end in zip(starts[_SLOTS:], ends, strict=False)]
    costs = ", ".join(f"{1000 * (now - was) / _PAGES:.2f}" for was, now in zip(before, asked, strict=True))
    return (
        f"efficiency {_PAGES / _SLOTS / (ends[-1] - starts[0]):.3f}; a slot waits {1000 * median(waits):.0f} ms for "
        f"its next page (median); ms CPU a page: {costs} of {'daemon and gateway' if cluster else 'the daemon'}, and "
        f"{1000 * (after - sum(asked)) / _PAGES:.2f} to publish"
    )


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
