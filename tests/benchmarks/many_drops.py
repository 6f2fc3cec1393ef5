"""1,000 one-page files at once into the inbox of a running daemon: none lost, none doubled, and how long it takes."""

import shutil
import sys
import time

from bench import MIB, console, cpu_seconds, idle_daemon, memory_of, new_table, temporary_place, wait_until
from delivery import deliveries_in
from pdfs import numbered_pdf
from simulator import Setup, Simulator

FILES = 1000


def main(files: int) -> None:
    """Drop them by the built-in engine and by a simulated model without latency."""
    columns = ("delivered", "files/s", "CPU ms/file", "parent PSS MiB")
    table = new_table(f"{files} files at once", "engine", *columns)
    table.add_row("basic", *figures(files, None))
    with Simulator(Setup(slots=5)) as sim:
        table.add_row("model", *figures(files, sim.url))
        assert len(sim.chats) == files
    console.print(table)


def figures(files: int, server: str | None) -> list[str]:
    """What one burst took, from its first file to its last manifest."""
    with temporary_place(server=server) as place, idle_daemon(place, workers=5) as daemon:
        source = numbered_pdf(place.root / "one.pdf", 1)
        before, began = cpu_seconds(daemon), time.monotonic()
        for number in range(files):
            shutil.copy(source, place.inbox / f"{number}.pdf")
        end = wait_until(lambda: len(daemon.of("published")) == files, step=0.1)
        spent = cpu_seconds(daemon) - before
        memory = memory_of(daemon)
        found = deliveries_in(place.outbox)
        assert {each.outcome for each in found.values()} == {"complete"}
    seconds = end - began
    return [
        f"{len(found)} of {files}",
        f"{files / seconds:.1f}",
        f"{1000 * spent / files:.1f}",
        f"{memory.parent_pss / MIB:.1f}",
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
