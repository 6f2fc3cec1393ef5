"""`make badpdf`: every bad PDF of the shared collection through a real daemon, without and with a model.

Each file must end in the outbox or in failed/ with a known code; what pdfium opens must be delivered, with as many
pages as pdfium sees; no page may take longer than its budget, the daemon must not die, and nothing may be left behind.
With ``--mutated N`` so many files made of the same ones are tried instead: bytes flipped, pieces cut out, doubled,
exchanged, ends torn off.  The model server is simulated.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from daemons import Daemon, Place
from delivery import Delivery, deliveries_in
from shared_files import SHARED
from simulator import Setup, Simulator

CODES = frozenset({"unreadable", "encrypted", "empty", "too_large", "vanished", "poisonous", "cancelled"})
#: Seconds of a page's work: drawing, asking, checking and each reader in turn.  Time in line is not its own, since the
#: shortest documents come first; that workers which come to no end are killed in time, the last line counts (overdue).
PAGE_BUDGET_S = 120.0
_MOST_PAGES = 200

#: Prints how many pages pdfium sees in each file, a line each; -1 where it does not open it.
_COUNT = """
import sys, pypdfium2
for path in sys.argv[1:]:
    try:
        with pypdfium2.PdfDocument(path) as pdf:
            print(len(pdf), flush=True)
    except pypdfium2.PdfiumError:
        print(-1, flush=True)
"""


def main() -> None:
    """Run over every n-th file, or over mutated ones; a promise that is broken ends it with an AssertionError."""
    parser = argparse.ArgumentParser(prog="badpdf", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every n-th file")
    parser.add_argument("--mutated", type=int, default=0, help="so many mutated files instead")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    files = sorted((SHARED / "badpdf-dev").glob("*.pdf"))[:: arguments.every]
    with Simulator(Setup(slots=5)) as sim, tempfile.TemporaryDirectory(prefix="badpdf-") as folder:
        if arguments.mutated:
            say(f"seed {arguments.seed}")
            files = mutate(files, arguments.mutated, Path(folder), random.Random(arguments.seed))
        for server in (None, sim.url):
            with tempfile.TemporaryDirectory(prefix="badpdf-") as place:
                say(run(Place(Path(place), server=server, limits={"pages": _MOST_PAGES}), files))


def mutate(files: Sequence[Path], count: int, folder: Path, chance: random.Random) -> list[Path]:
    """So many files that differ from sound or bad ones in a few places."""
    made = []
    for number in range(count):
        source = chance.choice(files)
        data = bytearray(source.read_bytes())
        for _ in range(chance.choice((1, 1, 3, 10))):
            chance.choice((flip, cut, double, exchange, tear))(data, chance)
        made.append(folder / f"{number:05}-{source.name}")
        made[-1].write_bytes(data)
    return made


def flip(data: bytearray, chance: random.Random) -> None:
    """Other bytes here and there."""
    for _ in range(min(len(data), chance.choice((1, 5, 50)))):
        data[chance.randrange(len(data))] = chance.randrange(256)


def cut(data: bytearray, chance: random.Random) -> None:
    """A piece is missing."""
    begin, end = _piece(data, chance)
    del data[begin:end]


def double(data: bytearray, chance: random.Random) -> None:
    """A piece stands there twice."""
    begin, end = _piece(data, chance)
    data[begin:begin] = data[begin:end]


def exchange(data: bytearray, chance: random.Random) -> None:
    """A number is another one: of an object, an offset, a length, a size."""
    digits = [at for at in range(len(data)) if data[at : at + 1].isdigit()]
    for _ in range(min(len(digits), chance.choice((1, 5)))):
        data[chance.choice(digits)] = chance.choice(b"0123456789")


def tear(data: bytearray, chance: random.Random) -> None:
    """The end is missing."""
    del data[chance.randrange(len(data) + 1) :]


def _piece(data: bytearray, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(data) + 1)
    return begin, min(len(data), begin + chance.choice((1, 16, 512, 8192)))


def page_counts(files: Sequence[Path]) -> list[int]:
    """What pdfium says of each file, by processes that may die of it; -1 where it does not open it, or dies."""
    counts: list[int] = []
    while len(counts) < len(files):
        rest = [str(path) for path in files[len(counts) :]]
        done = subprocess.run([sys.executable, "-c", _COUNT, *rest], capture_output=True, text=True, check=False)
        counts += map(int, done.stdout.split())
        if done.returncode:
            counts.append(-1)
    return counts


def run(place: Place, files: Sequence[Path]) -> str:
    """Convert the files and check what came of them; the figures in a line."""
    for path in files:
        (place.inbox / path.name).write_bytes(path.read_bytes())
    began = time.monotonic()
    with Daemon(place, "--once") as daemon:
        assert daemon.wait(timeout=7200) in {0, 1}
        assert not daemon.of("not_json"), daemon.of("not_json")
        lost, overdue = len(daemon.of("worker_lost")), len(daemon.of("worker_overdue"))
    seconds = time.monotonic() - began
    ended = {Path(name).name: each for name, each in deliveries_in(place.outbox).items()}
    assert sorted(ended) == sorted(path.stem for path in files)
    check_pages(files, ended)
    codes = Counter(str(each.code) for each in ended.values() if each.code)
    assert set(codes) <= CODES
    times = {(name, page.number): page.total_s - page.queue_s for name, each in ended.items() for page in each.pages}
    slowest = max(times, key=times.__getitem__)
    assert times[slowest] < PAGE_BUDGET_S, (slowest, times[slowest])
    assert place.left_behind() == []
    engine = place.settings.get("engine", "lmstudio")
    return (
        f"{engine}: {len(files)} files, {len(times)} pages in {seconds:.0f} s; failed {dict(codes)}; "
        f"workers lost {lost}, overdue {overdue}; slowest page {times[slowest]:.1f} s {slowest}; nothing left behind"
    )


def check_pages(files: Sequence[Path], ended: dict[str, Delivery]) -> None:
    """What pdfium opens must be delivered with all its pages, and nothing else."""
    for path, count in zip(files, page_counts(files), strict=True):
        delivery = ended[path.stem]
        if delivery.code == "too_large":
            assert count > _MOST_PAGES, path
        else:
            pages = delivery.page_count if delivery.code is None else -1
            assert pages == (count or -1), (path, delivery.code, pages, count)


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
