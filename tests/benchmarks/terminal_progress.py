"""300 one-page files converted on a terminal and through a pipe, in turn; and how soon Ctrl-C ends such a run."""

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import console, new_table, temporary_place
from daemons import COMMAND, Place
from pdfs import numbered_pdf
from simulator import Fault, Rule, Setup, Simulator
from terminals import read_to_the_end, without_escapes

FILES = 300
TURNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A command that has ended; times in seconds, ``shown`` is what it wrote."""

    code: int
    wall: float
    cpu: float
    shown: str


def main(files: int) -> None:
    """Convert them in turn on both, and print the ratios; then interrupt a run."""
    table = new_table(f"{files} files in the foreground", "output", "wall s", "CPU s", "KiB written")
    with temporary_place(workers=2) as place:
        source = place.root / "papers"
        source.mkdir()
        for number in range(files):
            numbered_pdf(source / f"{number}.pdf", 1, document=number)
        best: dict[str, Run] = {}
        for turn in range(TURNS):
            for output in ("pipe", "terminal") if turn % 2 == 0 else ("terminal", "pipe"):
                run = convert(place, source, f"{output}{turn}", on_terminal=output == "terminal")
                assert run.code == 0, run.shown
                best[output] = min(run, best.get(output, run), key=lambda each: each.wall)
        for output, run in best.items():
            table.add_row(output, f"{run.wall:.1f}", f"{run.cpu:.1f}", f"{len(run.shown) / 1024:.0f}")
        ratio = best["terminal"].wall / best["pipe"].wall
        more = best["terminal"].cpu / best["pipe"].cpu
        table.add_row("ratio", f"{ratio:.2f}", f"{more:.2f}", "")
    console.print(table)
    interrupted()


def interrupted() -> None:
    """Interrupt a run whose server never answers; on a terminal, so that the drawing is in the way as well."""
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG),))) as sim, temporary_place(server=sim.url) as place:
        source = place.root / "papers"
        source.mkdir()
        for number in range(20):
            numbered_pdf(source / f"{number}.pdf", 2, document=number)
        began: list[float] = []

        def interrupt(process: subprocess.Popen[bytes]) -> None:
            sim.wait_until(lambda sim: sim.in_flight == 5, timeout=60)
            began.append(time.monotonic())
            process.send_signal(signal.SIGINT)

        run = convert(place, source, "out", on_terminal=True, meanwhile=interrupt)
        ended = time.monotonic() - began[0]
    assert run.code == 130, run.shown
    console.print(f"Ctrl-C, 5 pages at a server that hangs: ended after {ended:.2f} s with")
    console.print("\n".join(without_escapes(run.shown).splitlines()[-3:]), markup=False)


def convert(
    place: Place,
    source: Path,
    output: str,
    *,
    on_terminal: bool,
    meanwhile: Callable[[subprocess.Popen[bytes]], None] | None = None,
) -> Run:
    """Run the command to its end, with stderr read as it comes."""
    ours, theirs = pty.openpty() if on_terminal else os.pipe()
    environment = place.environment(TERM="xterm-256color", COLUMNS="120", LINES="40")
    words = [*COMMAND, "convert", str(source), "-o", output, "--settings", str(place.file)]
    began = time.monotonic()
    process = subprocess.Popen(words, cwd=place.root, env=environment, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    other = threading.Thread(target=meanwhile, args=(process,)) if meanwhile is not None else None
    if other is not None:
        other.start()
    shown = read_to_the_end(ours)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if other is not None:
        other.join()
    return Run(
        code=process.returncode,
        wall=time.monotonic() - began,
        cpu=usage.ru_utime + usage.ru_stime,
        shown=shown.decode(errors="replace"),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
