"""Extract the first pages of bad PDFs, each file in a process of its own with 1 GiB of memory that may be killed.

    python tests/benchmarks/bad_pages.py [PDF ...] [--reader pdfium|pdfminer] [--seconds 8] [--pages 4]

Without files it takes every bad PDF beside the checkout.  It prints a JSON line per file: ``end`` is ``read`` (every
page came back, though a page may carry an error of its own), ``refused`` (a sentence says why), ``died`` (the process
ended before the last page) or ``killed`` (no page may take twice its time); then the numbers of each.  A process is
killed for its CPU seconds, so that a busy machine kills nobody, and for its wall seconds only where it hangs.
"""

import argparse
import json
import math
import os
import resource
import select
import signal
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "badpdf-dev"
sys.path.insert(0, str(ROOT))

from pipeline.extraction import ExtractionError, ReaderKind, extract_page, open_reader  # noqa: E402 — found by the line above

MEMORY = 1 << 30
# Wall seconds for each CPU second: on the busiest machine a process gets that share of a core.
PATIENCE = 6


def file_to_outcome(path: Path, kind: ReaderKind, seconds: float, pages: int) -> dict[str, object]:
    """What became of one file; runs in the child."""
    slowest, slowest_cpu, errors, cut = 0.0, 0.0, 0, 0
    try:
        with open_reader(path, kind) as reader:
            count = min(pages, reader.page_count)
            for number in range(1, count + 1):
                start, start_cpu = time.monotonic(), time.process_time()
                try:
                    cut += not extract_page(reader, number, deadline=start + seconds).complete
                except ExtractionError:
                    errors += 1
                slowest = max(slowest, time.monotonic() - start)
                slowest_cpu = max(slowest_cpu, time.process_time() - start_cpu)
    except ExtractionError as error:
        return {"end": "refused", "why": str(error)}
    return {
        "end": "read",
        "pages": count,
        "errors": errors,
        "cut": cut,
        "slowest_s": round(slowest, 2),
        "slowest_cpu_s": round(slowest_cpu, 2),
    }


def outcome_of_child(path: Path, kind: ReaderKind, seconds: float, pages: int) -> dict[str, object]:
    """The same from a child that may die or be killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        cpu_s = math.ceil(2 * seconds * pages)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        os.write(writing, json.dumps(file_to_outcome(path, kind, seconds, pages)).encode())
        os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], 2 * seconds * pages * PATIENCE)
    answer = os.read(reading, 1 << 16) if ready else b""
    if not ready:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reading)
    if answer:
        outcome: dict[str, object] = json.loads(answer)
        return outcome
    overrun = os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}
    return {"end": "killed"} if overrun else {"end": "died", "status": status}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--reader", choices=("pdfium", "pdfminer"), default="pdfium")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--pages", type=int, default=4)
    options = parser.parse_args()
    ends: Counter[str] = Counter()
    for path in options.files or sorted(SAMPLES.glob("*.pdf")):
        outcome = outcome_of_child(path, options.reader, options.seconds, options.pages)
        ends[str(outcome["end"])] += 1
        print(json.dumps({"file": path.name, **outcome}), flush=True)  # noqa: T201 — the result
    print(json.dumps(ends))  # noqa: T201 — the result


if __name__ == "__main__":
    main()
