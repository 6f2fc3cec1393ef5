"""Real pages through a simulated server: how close to the ideal, and what they cost beside a bare client.

Compare ratios of one run, never seconds of different days.  ``efficiency`` is ideal / wall, where the ideal is a list
schedule of the service times that were drawn on the slots, and the wall runs from the first request to the published
manifest.  CPU is marginal, (200 pages - 40 pages) / 160, so that the start of a document is not in it; the bare
client (tests/bare_client.py) draws, encodes and posts the same pages to the same server.  Every case is run three times
in turn: a figure is the middle one, and the least and the largest beside it are the machine's noise.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import MIB, beside_bar, console, cpu_seconds, idle_daemon, memory_of, new_table, temporary_place, wait_until
from delivery import delivery_of
from pdfs import numbered_pdf
from real_pages import DISTINCT, MODEL, SIDE_PX, Answers, answers_of, real_pdf
from simulator import Latency, Model, Setup, Simulator, ideal_makespan

LONG = 5 * DISTINCT
EVENTS = 800
RUNS = 3
_BARE = Path(__file__).resolve().parents[1] / "bare_client.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A run with a server that takes its time; ``bar`` is the least efficiency."""

    name: str
    latency: Latency
    bar: float
    slots: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What one such run came to; seconds, and MiB of all workers."""

    wall: float
    ideal: float
    in_flight: int
    connections: int
    rss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one way of asking costs at zero latency.

    Attributes:
        faithful: The setting.
        events: Of a streamed answer.
        bar: The most CPU of a page as a multiple of the bare client's.
        most_ms: The most milliseconds of CPU a page; None where only the multiple counts.
    """

    name: str
    faithful: str
    events: int
    bar: float
    most_ms: float | None = None


TIMED = (
    Timed(name="1 s constant", latency=Latency(seconds=1), bar=0.975),
    Timed(name="lognormal + tail", latency=Latency(seconds=0.8, spread=0.6, tail=0.05), bar=0.985),
    Timed(name="1 s, 32 slots", latency=Latency(seconds=1), bar=0.92, slots=32),
)
COSTS = (
    Cost(name="flag, 12 events", faithful="flag", events=12, bar=3.5, most_ms=22),
    Cost(name="default, 12 events", faithful="", events=12, bar=4.5, most_ms=28),
    Cost(name=f"flag, {EVENTS} events", faithful="flag", events=EVENTS, bar=3.5),
    Cost(name=f"default, {EVENTS} events", faithful="", events=EVENTS, bar=4.5),
)


def main(folder: Path) -> None:
    """Run every case and print two tables."""
    short, long = real_pdf(folder / "short.pdf", DISTINCT), real_pdf(folder / "long.pdf", LONG)
    answers = answers_of(short)
    table = new_table(
        f"{DISTINCT} real pages", "case", "wall s", "ideal s", "efficiency", "in flight", "connections", "RSS MiB"
    )
    for case in TIMED:
        table.add_row(case.name, *middle_of([timed(case, short, answers) for _ in range(RUNS)], case.bar))
    console.print(table)
    title = f"{LONG} against {DISTINCT} real pages, zero latency"
    table = new_table(title, "case", "pages/s", "of the bare client's", "CPU ms/page", "bare client's", "ratio")
    for cost in COSTS:
        table.add_row(cost.name, *costing(cost, short, long, answers))
    console.print(table)
    console.print(f"Easy pages (770 characters, no rule), as measured before: {easy():.1f} ms of CPU a page.")


def timed(case: Timed, path: Path, answers: Answers) -> Timing:
    """The figures of a run with a slow server."""
    with (
        Simulator(Setup(slots=case.slots, latency=case.latency, answer=answers, models=(Model(id=MODEL),))) as sim,
        temporary_place(server=sim.url, workers=case.slots) as place,
        idle_daemon(place, workers=case.slots) as daemon,
    ):
        place.drop(lambda aside: aside.write_bytes(path.read_bytes()), "r.pdf")
        manifest = place.outbox / "r.json"
        end = wait_until(manifest.exists)
        rss = memory_of(daemon).worker_rss / MIB
        chats = [each for each in sim.chats if each.picture]
        drawn = [max(0.0, (each.ended or 0) - (each.started or 0)) for each in chats]
        constant = not case.latency.spread
        ideal = ideal_makespan([case.latency.seconds for _ in chats] if constant else drawn, case.slots)
        wall = end - chats[0].arrived
        return Timing(
            wall=wall,
            ideal=ideal,
            in_flight=sim.peak_in_flight,
            connections=len({each.connection for each in chats}),
            rss=rss,
        )


def middle_of(runs: Sequence[Timing], bar: float) -> list[str]:
    """A row of the table: the run with the middle efficiency, and how far the others were from it."""
    shares = [each.ideal / each.wall for each in runs]
    middle = runs[shares.index(median(shares))]
    return [
        f"{middle.wall:.2f}",
        f"{middle.ideal:.2f}",
        f"{beside_bar(median(shares), bar, at_most=False)} {spread(shares)}",
        f"{middle.in_flight}",
        f"{middle.connections}",
        f"{middle.rss:.0f}",
    ]


def costing(case: Cost, short: Path, long: Path, answers: Answers) -> list[str]:
    """The figures of runs with a server that answers at once, beside the bare client in the same minute."""
    setup = Setup(slots=5, answer=answers, models=(Model(id=MODEL),), events=case.events)
    with Simulator(setup) as sim:
        rounds = [costing_once(sim.url, case, short, long) for _ in range(RUNS)]
    speeds, bare_speeds, costs, bare_costs = zip(*rounds, strict=True)
    shares = [speed / bare for speed, bare in zip(speeds, bare_speeds, strict=True)]
    ratios = [cost / bare for cost, bare in zip(costs, bare_costs, strict=True)]
    cost = median(costs)
    return [
        f"{median(speeds):.1f}",
        f"{beside_bar(median(shares), 0.55, at_most=False)} {spread(shares)}",
        f"{cost:.1f} {spread(costs)}" if case.most_ms is None else beside_bar(cost, case.most_ms, at_most=True),
        f"{median(bare_costs):.1f} {spread(bare_costs)}",
        f"{beside_bar(median(ratios), case.bar, at_most=True)} {spread(ratios)}",
    ]


def costing_once(url: str, case: Cost, short: Path, long: Path) -> tuple[float, float, float, float]:
    """Pages a second of us and of the bare client, and milliseconds of CPU a page of both."""
    ours = [run(url, path, case.faithful) for path in (short, long)]
    bare = [bare_run(url, path) for path in (short, long)]
    marginals = [1000 * (more[0] - less[0]) / (LONG - DISTINCT) for less, more in (ours, bare)]
    return LONG / ours[1][1], LONG / bare[1][1], marginals[0], marginals[1]


def spread(figures: Sequence[float]) -> str:
    """The least and the largest of several runs."""
    return f"({min(figures):.3g} to {max(figures):.3g})"


def run(url: str, path: Path, faithful: str) -> tuple[float, float]:
    """CPU seconds of the daemon and its workers, and seconds from the drop to the manifest."""
    more = {"faithful": faithful} if faithful else {}
    with temporary_place(server=url, workers=5, **more) as place, idle_daemon(place, workers=5) as daemon:
        before, began = cpu_seconds(daemon), time.monotonic()
        place.drop(lambda aside: aside.write_bytes(path.read_bytes()), "r.pdf")
        manifest = place.outbox / "r.json"
        end = wait_until(manifest.exists)
        spent = cpu_seconds(daemon) - before
        methods = delivery_of(manifest).methods
        assert set(methods) <= {"vision", "blank"}, methods
        return spent, end - began


def bare_run(url: str, path: Path) -> tuple[float, float]:
    """The same two figures of the bare client."""
    command = [sys.executable, str(_BARE), url, MODEL, str(path), str(SIDE_PX), "5"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), float(said[1])


def easy() -> float:
    """Milliseconds of CPU of an easy page, as this benchmark once measured them."""
    with (
        Simulator(Setup(slots=5)) as sim,
        temporary_place(server=sim.url, workers=5) as place,
        idle_daemon(place, workers=5) as daemon,
    ):
        before = cpu_seconds(daemon)
        place.drop(lambda path: numbered_pdf(path, DISTINCT), "r.pdf")
        wait_until((place.outbox / "r.json").exists)
        return 1000 * (cpu_seconds(daemon) - before) / DISTINCT


if __name__ == "__main__":
    with temporary_place() as here:
        main(here.root)
