"""A 1,000-page PDF: what grows with the pages?  By a simulated model without latency, and by the built-in engine."""

import sys

from bench import MIB, Memory, console, idle_daemon, memory_of, new_table, temporary_place, wait_until
from daemons import Daemon, Place
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Setup, Simulator

PAGES = 1000
MARKS = (0, 100, 500, 1000)
LOOK_S = 0.2


def main(pages: int) -> None:
    """Convert the same file by both engines."""
    marks = [f"{mark * pages // PAGES} pages" for mark in MARKS]
    table = new_table(f"{pages} pages: PSS in MiB so far at most", "process", *marks)
    with Simulator(Setup(slots=5)) as sim, temporary_place(server=sim.url) as place:
        for row in rows(place, pages):
            table.add_row(f"model: {row[0]}", *row[1])
    with temporary_place(timeouts={"document": 3600}) as place:
        for row in rows(place, pages):
            table.add_row(f"basic: {row[0]}", *row[1])
    console.print(table)


def rows(place: Place, pages: int) -> list[tuple[str, list[str]]]:
    """The largest sizes seen up to each mark: of the parent, of the smallest and of the largest worker."""
    marks = [mark * pages // PAGES for mark in MARKS]
    with idle_daemon(place, workers=5) as daemon:
        place.drop(lambda path: numbered_pdf(path, pages), "r.pdf")
        columns = [peak_until(place, daemon, mark, pages) for mark in marks]
        assert len(delivery_of(place.outbox / "r.json").pages) == pages
    names = ("parent", "smallest worker", "largest worker")
    sizes = [(each.parent_pss, min(each.worker_pss, default=0), max(each.worker_pss, default=0)) for each in columns]
    return [(name, [f"{size[index] / MIB:.1f}" for size in sizes]) for index, name in enumerate(names)]


def peak_until(place: Place, daemon: Daemon, mark: int, pages: int) -> Memory:
    """The largest sizes that were seen until so many pages are done, the last ones with the publishing."""
    peak = memory_of(daemon)

    def reached() -> bool:
        nonlocal peak
        now = memory_of(daemon)
        bigger = max(peak, now, key=lambda each: max(each.worker_pss, default=0))
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
