"""`make badpdf`: every bad PDF of the shared collection through a real daemon, without and with a model.

Each file must end in the outbox or in failed/ with a known code, no page may take longer than its budget, and nothing
may be left behind.  The model server is simulated.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from daemons import Daemon, Place
from delivery import deliveries_in
from shared_files import SHARED
from simulator import Setup, Simulator

CODES = frozenset({"unreadable", "encrypted", "empty", "too_large", "vanished", "poisonous"})
#: Seconds from the beginning of the document's work to the page's record, waiting for a worker included.
PAGE_BUDGET_S = 182.0


def main() -> None:
    """Run over every n-th file; a promise that is broken ends it with an AssertionError."""
    parser = argparse.ArgumentParser(prog="badpdf", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every n-th file")
    arguments = parser.parse_args()
    files = sorted((SHARED / "badpdf-dev").glob("*.pdf"))[:: arguments.every]
    with Simulator(Setup(slots=5)) as sim:
        for server in (None, sim.url):
            with tempfile.TemporaryDirectory(prefix="badpdf-") as folder:
                say(run(Place(Path(folder), server=server, limits={"pages": 200}), files))


def run(place: Place, files: list[Path]) -> str:
    """Convert the files and check what came of them; the figures in a line."""
    for path in files:
        (place.inbox / path.name).write_bytes(path.read_bytes())
    began = time.monotonic()
    with Daemon(place, "--once") as daemon:
        assert daemon.wait(timeout=7200) in {0, 1}
        assert not daemon.of("not_json"), daemon.of("not_json")
        lost, overdue = len(daemon.of("worker_lost")), len(daemon.of("worker_overdue"))
    ended = deliveries_in(place.outbox)
    missing = {path.stem for path in files} - {Path(name).name for name in ended}
    assert not missing, missing
    codes = Counter(each.code for name, each in ended.items() if name.startswith("failed/"))
    assert {str(code) for code in codes} <= CODES
    times = {(name, page.number): page.total_s for name, each in ended.items() for page in each.pages}
    slowest = max(times, key=times.__getitem__)
    assert times[slowest] < PAGE_BUDGET_S, (slowest, times[slowest])
    assert place.left_behind() == []
    pages = sum(len(each.pages) for each in ended.values())
    engine, seconds = place.settings.get("engine", "lmstudio"), time.monotonic() - began
    return (
        f"{engine}: {len(files)} files, {pages} pages in {seconds:.0f} s; failed {dict(codes)}; "
        f"workers lost {lost}, overdue {overdue}; slowest page {times[slowest]:.1f} s {slowest}; nothing left behind"
    )


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
