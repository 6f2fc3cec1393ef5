"""40 pages through a simulated server: how close to the ideal, and what they cost.

``--slow`` draws longer service times.  Compare ratios of one
run, never seconds of different days.  ``efficiency`` is ideal / wall, where the ideal is a list schedule of the
service times that were drawn on the slots, and the wall runs from the first request to the published manifest.
"""

import sys
import time
from dataclasses import dataclass

from bench import MIB, beside_bar, console, cpu_seconds, idle_daemon, memory_of, new_table, temporary_place, wait_until
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Latency, Setup, Simulator, ideal_makespan


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run.

    Attributes:
        bar: The least efficiency; None where pages per second count.
    """

    name: str
    latency: Latency
    bar: float | None
    slots: int = 5
    pages: int = 40


def cases(*, slow: bool) -> list[Case]:
    """The runs of this benchmark."""
    lognormal = Latency(seconds=2.0 if slow else 0.8, spread=0.6, tail=0.05)
    return [
        Case(name="1 s constant", latency=Latency(seconds=1), bar=0.97),
        Case(name="lognormal + tail", latency=lognormal, bar=0.98),
        Case(name="1 s, 32 slots", latency=Latency(seconds=1), bar=0.85, slots=32),
        Case(name="zero latency", latency=Latency(), bar=None),
        Case(name="zero latency, long", latency=Latency(), bar=None, pages=400),
    ]


def main(*, slow: bool) -> None:
    """Run every case and print one table."""
    columns = ("wall s", "ideal s", "efficiency", "pages/s", "CPU ms/page", "in flight", "connections", "RSS MiB")
    table = new_table("40 pages", "case", *columns)
    for case in cases(slow=slow):
        table.add_row(case.name, *run(case))
    console.print(table)


def run(case: Case) -> list[str]:
    """The figures of one run."""
    with (
        Simulator(Setup(slots=case.slots, latency=case.latency)) as sim,
        temporary_place(server=sim.url, workers=case.slots) as place,
        idle_daemon(place, workers=case.slots) as daemon,
    ):
        before = cpu_seconds(daemon)
        place.drop(lambda path: numbered_pdf(path, case.pages), "r.pdf")
        manifest = place.outbox / "r.json"
        end = wait_until(manifest.exists)
        spent = cpu_seconds(daemon) - before
        rss = memory_of(daemon).worker_rss / MIB
        assert delivery_of(manifest).methods == {"vision": case.pages}
        wall = end - sim.chats[0].arrived
        drawn = [max(0.0, (each.ended or 0) - (each.started or 0)) for each in sim.chats]
        ideal = ideal_makespan([case.latency.draw(each.picture) for each in sim.chats], case.slots)
        if case.latency.spread:
            ideal = ideal_makespan(drawn, case.slots)
        efficiency = ideal / wall
        return [
            f"{wall:.2f}",
            f"{ideal:.2f}",
            "-" if case.bar is None else beside_bar(efficiency, case.bar, at_most=False),
            beside_bar(case.pages / wall, 60, at_most=False) if case.bar is None else f"{case.pages / wall:.1f}",
            beside_bar(1000 * spent / case.pages, 25, at_most=True),
            f"{sim.peak_in_flight} of {case.slots}",
            f"{len({each.connection for each in sim.chats})}",
            beside_bar(rss, 300, at_most=True) if case.slots == 5 else f"{rss:.0f}",
        ]


if __name__ == "__main__":
    began = time.monotonic()
    main(slow="--slow" in sys.argv[1:])
    console.print(f"{time.monotonic() - began:.0f} s")
