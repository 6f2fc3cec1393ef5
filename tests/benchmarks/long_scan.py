"""A scan of 100 pages while no server can be reached: methods, outcome, memory and progress.

    PYTHONPATH=tests python tests/benchmarks/long_scan.py [PAGES]

Five workers share one process that holds the engine. Sizes are of what each process holds alone and its part of what it
shares (PSS), the largest seen until so many pages were done.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator

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


def main(pages: int) -> None:
    """Convert it and print."""
    settings = {"workers": WORKERS, "timeouts": {"document": 36_000}, "when_unreachable": "fallback"}
    with temporary_place(server=_AWAY, **settings) as place:
        source = scanned_pdf(place.root / "source.pdf", pages, dpi=200)
        with Daemon(place) as daemon:
            daemon.wait_for("inbox_watched")
            began = time.monotonic()
            place.drop(lambda path: path.write_bytes(source.read_bytes()), "scan.pdf")
            table = new_table(f"a scan of {pages} pages, MiB at most", "pages done", *_NAMES, "all together", "seconds")
            seen: list[int] = []
            for quarter in range(1, _QUARTERS + 1):
                mark = pages * quarter // _QUARTERS
                peaks = dict(_peaks_until(daemon, mark, seen))
                together = max(peaks.pop("all together"), 0)
                table.add_row(
                    str(mark),
                    *(f"{peaks.get(name, 0) / MIB:.0f}" for name in _NAMES),
                    f"{together / MIB:.0f}",
                    f"{time.monotonic() - began:.0f}",
                )
            wait_until((place.outbox / "scan.json").exists)
            daemon.stop()
            found = delivery_of(place.outbox / "scan.json")
    console.print(table)
    console.print(f"outcome {found.outcome}; methods {dict(found.methods)}; reasons {Counter(found.reasons.values())}")
    console.print(f"while it was in work, {len(set(seen))} different numbers of pages done were seen")


_NAMES = ("daemon", "largest worker", "engine's process")


def _peaks_until(daemon: Daemon, mark: int, seen: list[int]) -> Iterator[tuple[str, int]]:
    peaks: Counter[str] = Counter()

    def reached() -> bool:
        sizes = _sizes(daemon)
        for name in [*_NAMES, "all together"]:
            peaks[name] = max(peaks[name], sizes[name])
        seen.append(len(daemon.of("page_done")))
        return seen[-1] >= mark

    wait_until(reached, timeout=3600, step=_LOOK_S)
    yield from peaks.items()


def _sizes(daemon: Daemon) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for process in [psutil.Process(daemon.pid), *daemon.processes()]:
        try:
            size = process.memory_full_info().pss
            holds_engine = any("tesserocr" in each.path or "onnxruntime" in each.path for each in process.memory_maps())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        name = "daemon" if process.pid == daemon.pid else _NAMES[2] if holds_engine else _NAMES[1]
        sizes[name] = max(sizes[name], size)
        sizes["all together"] += size
    return sizes


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PAGES)
