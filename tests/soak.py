"""Hours of work in small: documents without end, a worker killed every minute, a daemon every hour: what grows?

    python soak.py SECONDS

Memory, descriptors, threads and processes of the daemon and its workers are sampled; the slopes are printed, per hour
and as a share of the mean.  The model server is simulated.
"""

import contextlib
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import psutil
from daemons import Daemon, Place
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator

_MIB = 1 << 20
_WORKER_KILL_S, _DAEMON_KILL_S = 60.0, 3600.0
_SAMPLE_S = 2.0
_IN_LINE = 10
#: What a process that has just started has not loaded yet does not count as growth.
_WARM_UP_S = 60.0
_FAULTS = (
    Rule(Fault.EMPTY, share=0.02),
    Rule(Fault.SERVER_ERROR, share=0.02),
    Rule(Fault.CLOSE_IN_BODY, share=0.02),
    Rule(Fault.LOOP_CELL, share=0.01),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """At one moment; memory in MiB, of the workers the sum of what is their own."""

    at: float
    daemon_mib: float
    daemon_descriptors: float
    daemon_threads: float
    workers_mib: float
    processes: float
    files: float


def main() -> None:
    """Run for so many seconds, and print what was seen."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1800.0
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        Simulator(Setup(slots=5, latency=Latency(seconds=0.2, spread=0.5), rules=_FAULTS)) as sim,
    ):
        place = Place(Path(folder), server=sim.url, originals="delete")
        samples: list[Sample] = []
        dropped = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with Daemon(place) as daemon:
                daemon.wait_for("inbox_watched")
                life = min(end, time.monotonic() + _DAEMON_KILL_S)
                dropped = _live(place, daemon, samples, dropped, life)
                daemon.stop(signal.SIGKILL if life < end else signal.SIGTERM, timeout=120)
        place.watch_once(timeout=300)
        done = _delivered(place)
        say(f"{dropped} documents dropped, {done} delivered, {len(sim.chats)} requests")
        say(f"left behind: {place.left_behind() or 'nothing'}")
    _print_slopes(samples)


def _live(place: Place, daemon: Daemon, samples: list[Sample], dropped: int, until: float) -> int:
    """Feed one daemon until the time is over; how many documents were dropped in all."""
    next_kill = time.monotonic() + _WORKER_KILL_S
    next_sample = 0.0
    while time.monotonic() < until:
        while dropped - _delivered(place) < _IN_LINE:
            pages = random.choice((1, 1, 1, 2, 5))
            place.drop(partial(numbered_pdf, pages=pages, document=dropped % 1024), f"{dropped}.pdf")
            dropped += 1
        now = time.monotonic()
        if now >= next_kill and (workers := daemon.workers()):
            with contextlib.suppress(psutil.NoSuchProcess):
                random.choice(workers).kill()
            next_kill = now + _WORKER_KILL_S
        if now >= next_sample:
            with contextlib.suppress(psutil.Error):
                samples.append(_sample(place, daemon))
            next_sample = now + _SAMPLE_S
        threading.Event().wait(0.1)
    return dropped


def _delivered(place: Place) -> int:
    return len(list(place.outbox.glob("[!.]*.json")))


def _sample(place: Place, daemon: Daemon) -> Sample:
    process = psutil.Process(daemon.pid)
    return Sample(
        at=time.monotonic(),
        daemon_mib=process.memory_info().rss / _MIB,
        daemon_descriptors=process.num_fds(),
        daemon_threads=process.num_threads(),
        workers_mib=sum(each.memory_full_info().uss for each in daemon.workers()) / _MIB,
        processes=len(daemon.processes()),
        files=sum(len(names) for _, _, names in os.walk(place.outbox / ".dropleaf")),
    )


def _print_slopes(samples: list[Sample]) -> None:
    warm = [sample for sample in samples if sample.at - samples[0].at >= _WARM_UP_S]
    if len(warm) < 3:
        say("too short for slopes")
        return
    for name, values in _columns(warm):
        slope, _ = statistics.linear_regression([sample.at / 3600 for sample in warm], values)
        mean = statistics.fmean(values)
        say(f"{name:20} mean {mean:8.1f}  slope {slope:+8.2f} per hour ({slope / mean if mean else 0:+.1%})")


def _columns(samples: list[Sample]) -> Iterator[tuple[str, list[float]]]:
    for field in fields(Sample):
        if field.name != "at":
            yield field.name, [getattr(sample, field.name) for sample in samples]


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
