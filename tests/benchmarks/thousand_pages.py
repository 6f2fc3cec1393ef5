"""1,000 real pages: what grows with them?  By a simulated model without latency, and by the built-in engine.

With 5 workers and with 32: what the workers need together, by PSS (what they share counts once) and by RSS.
"""

import sys
from pathlib import Path

from bench import MIB, Memory, beside_bar, console, idle_daemon, memory_of, new_table, temporary_place, wait_until
from daemons import Daemon, Place
from delivery import delivery_of
from real_pages import DISTINCT, MODEL, answers_of, real_pdf
from simulator import Model, Setup, Simulator

PAGES = 1000
MARKS = (0, 100, 500, 1000)
LOOK_S = 0.2


def main(pages: int) -> None:
    """Convert the same file by both engines."""
    marks = [f"{mark * pages // PAGES} pages" for mark in MARKS]
    table = new_table(f"{pages} real pages: MiB so far at most", "process", *marks)
    with temporary_place() as here:
        answers = answers_of(real_pdf(here.root / "distinct.pdf", DISTINCT))
        source = real_pdf(here.root / "long.pdf", pages)
        for workers, bar in ((5, 250), (32, 900)):
            setup = Setup(slots=workers, answer=answers, models=(Model(id=MODEL),))
            with Simulator(setup) as sim, temporary_place(server=sim.url, workers=workers) as place:
                for name, sizes in rows(place, source, pages, workers, bar):
                    table.add_row(f"model, {workers} workers: {name}", *sizes)
        with temporary_place(timeouts={"document": 3600}) as place:
            for name, sizes in rows(place, source, pages, 5, 250):
                table.add_row(f"basic, 5 workers: {name}", *sizes)
    console.print(table)


def rows(place: Place, source: Path, pages: int, workers: int, bar: int) -> list[tuple[str, list[str]]]:
    """The largest sizes seen up to each mark: of the parent, of the largest worker, and of all workers."""
    marks = [mark * pages // PAGES for mark in MARKS]
    with idle_daemon(place, workers=workers) as daemon:
        place.drop(lambda path: path.write_bytes(source.read_bytes()), "r.pdf")
        columns = [peak_until(place, daemon, mark, pages) for mark in marks]
        assert len(delivery_of(place.outbox / "r.json").pages) == pages
    return [
        ("parent, PSS", [f"{each.parent_pss / MIB:.0f}" for each in columns]),
        ("largest worker, PSS", [f"{max(each.worker_pss, default=0) / MIB:.0f}" for each in columns]),
        ("all workers, PSS", [beside_bar(sum(each.worker_pss) / MIB, bar, at_most=True) for each in columns]),
        ("all workers, RSS", [f"{each.worker_rss / MIB:.0f}" for each in columns]),
    ]


def peak_until(place: Place, daemon: Daemon, mark: int, pages: int) -> Memory:
    """The largest sizes that were seen until so many pages are done, the last ones with the publishing."""
    peak = memory_of(daemon)

    def reached() -> bool:
        nonlocal peak
        now = memory_of(daemon)
        bigger = max(peak, now, key=lambda each: sum(each.worker_pss))
        peak = Memory(
            parent_pss=max(peak.parent_pss, now.parent_pss), worker_pss=bigger.worker_pss, worker_rss=bigger.worker_rss
        )
        if mark == pages:
            return (place.outbox / "r.json").exists()
        return len(daemon.of("page_done")) >= mark

    wait_until(reached, step=LOOK_S)
    return peak


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
