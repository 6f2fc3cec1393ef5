"""A scan of 100 pages while no server can be reached: methods, outcome, memory and progress.

    PYTHONPATH=tests python tests/benchmarks/long_scan.py [--pages 100] [--engine rapidocr]

Five workers share one process that holds the engine. Sizes are of what each process holds alone and its part of what it
shares (PSS): the largest seen until so many pages were done, and those of each process at some moments.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
from bench import MIB, console, new_table, temporary_place, wait_until
from daemons import Daemon
from delivery import delivery_of
from odd_pdfs import scanned_pdf

PAGES, WORKERS = 100, 5
#: A port of this machine on which nobody listens.
_AWAY = "http://127.0.0.1:9/v1"
_LOOK_S = 0.5
_QUARTERS = 4
#: At most so many moments are shown.
_MOMENTS = 16


@dataclass(frozen=True, slots=True)
class Moment:
    """What was seen at one moment.

    Attributes:
        at: Seconds since the drop.
        done: Number of pages.
        sizes: In bytes, of each process: its kind and the size.
    """

    at: float
    done: int
    sizes: list[tuple[str, int]] = field(default_factory=list)

    def sizes_of(self, kind: str) -> list[int]:
        """The sizes of the processes of a kind, the largest first."""
        return sorted((size for name, size in self.sizes if name == kind), reverse=True)


def main() -> None:
    """Convert it and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--engine", default="auto")
    options = parser.parse_args()
    pages = options.pages
    settings: dict[str, object] = {"workers": WORKERS, "when_unreachable": "fallback"}
    settings |= {"timeouts": {"document": 36_000}, "ocr": {"engine": options.engine}}
    with temporary_place(server=_AWAY, **settings) as place:
        source = scanned_pdf(place.root / "source.pdf", pages, dpi=200)
        with Daemon(place) as daemon:
            daemon.wait_for("inbox_watched")
            began = time.monotonic()
            place.drop(lambda path: path.write_bytes(source.read_bytes()), "scan.pdf")
            moments: list[Moment] = []
            table = new_table(f"a scan of {pages} pages, MiB at most", "pages done", *_NAMES, "all together", "seconds")
            for quarter in range(1, _QUARTERS + 1):
                peaks = _peaks(_moments_until(daemon, pages * quarter // _QUARTERS, began, moments))
                table.add_row(
                    str(pages * quarter // _QUARTERS),
                    *(f"{peaks[name] / MIB:.0f}" for name in [*_NAMES, "all together"]),
                    f"{time.monotonic() - began:.0f}",
                )
            wait_until((place.outbox / "scan.json").exists)
            daemon.stop()
            found = delivery_of(place.outbox / "scan.json")
    console.print(table)
    _print_moments(moments)
    console.print(f"outcome {found.outcome}; methods {dict(found.methods)}; reasons {Counter(found.reasons.values())}")
    seen = len({moment.done for moment in moments})
    console.print(f"while it was in work, {seen} different numbers of pages done were seen")


_NAMES = ("daemon", "largest other", "engine's process")


def _peaks(moments: list[Moment]) -> Counter[str]:
    peaks: Counter[str] = Counter()
    for moment in moments:
        for name, size in [*moment.sizes, ("all together", sum(size for _, size in moment.sizes))]:
            peaks[name] = max(peaks[name], size)
    return peaks


def _moments_until(daemon: Daemon, mark: int, began: float, moments: list[Moment]) -> list[Moment]:
    before = len(moments)

    def reached() -> bool:
        done = len(daemon.of("page_done"))
        moments.append(Moment(time.monotonic() - began, done, list(_sizes(daemon))))
        return done >= mark

    wait_until(reached, timeout=3600, step=_LOOK_S)
    return moments[before:]


def _print_moments(moments: list[Moment]) -> None:
    table = new_table("each process, MiB", "seconds", "pages done", *_NAMES[::2], "the others", "all together")
    for moment in moments[:: max(1, len(moments) // _MOMENTS)]:
        table.add_row(
            f"{moment.at:.0f}",
            str(moment.done),
            *(" ".join(f"{size / MIB:.0f}" for size in moment.sizes_of(name)) for name in (*_NAMES[::2], _NAMES[1])),
            f"{sum(size for _, size in moment.sizes) / MIB:.0f}",
        )
    console.print(table)


def _sizes(daemon: Daemon) -> Iterator[tuple[str, int]]:
    for process in [psutil.Process(daemon.pid), *daemon.processes()]:
        try:
            size = process.memory_full_info().pss
            holds_engine = any("tesserocr" in each.path or "onnxruntime" in each.path for each in process.memory_maps())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        daemons, other, engine = _NAMES
        yield daemons if process.pid == daemon.pid else engine if holds_engine else other, size


if __name__ == "__main__":
    main()
