"""Hours of work in small: documents without end, a worker killed every minute, a daemon every hour: what grows?

    python soak.py SECONDS

Memory, descriptors, threads, processes and temporary files are sampled while somebody looks at the page.  Only the
second half of a daemon's life counts: by then what fills up to a fixed size is full (a thousand results are remembered,
and CPython's cache of attributes holds 4,096 names).  The verdict is how far a straight line through that half rises;
the exit code is 1 where something has grown.  Half an hour is some 12,000 documents, of which a leak of 300 bytes each
in the daemon makes 1.8 MiB in the half that counts.  Results are taken away as somebody would who uses them, since the
page keeps an index of what lies in the outbox: about 2 KiB a document.  The model server is simulated.
"""

import contextlib
import math
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import psutil
import requests
from daemons import Daemon, Place
from daemons import until as wait_until
from delivery import manifest_names
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator

_MIB = 1 << 20
_WORKER_KILL_S, _DAEMON_KILL_S = 60.0, 3600.0
_SAMPLE_S = 2.0
_IN_LINE = 10
_LEFT_IN_OUTBOX = 100
_WORKERS = 5
_FEWEST_SAMPLES = 30
_FAULTS = (
    Rule(Fault.EMPTY, share=0.02),
    Rule(Fault.SERVER_ERROR, share=0.02),
    Rule(Fault.CLOSE_IN_BODY, share=0.02),
    Rule(Fault.LOOP_CELL, share=0.01),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """At one moment; memory in MiB.

    USS is what no other process has.  PSS, which shares the libraries out, rises when a second daemon on the machine
    ends.
    """

    at: float
    documents: int
    daemon_rss: float
    daemon_uss: float
    daemon_descriptors: float
    daemon_threads: float
    workers_rss: float
    workers_uss: float
    largest_worker_rss: float
    workers_descriptors: float
    processes: float
    state_files: float
    temporary_files: float


#: By how much something may have grown; of few things one more is more than that share, and chance.
_MOST_GROWTH_SHARE = 0.05
_MOST_GROWTH_COUNT = 1.0
#: Less of what is one long-lived process; workers come and go.
_MOST_GROWTH_SHARES = {"daemon_rss": 0.0125, "daemon_uss": 0.0125}
#: Files of documents in work come and go by the dozen: a rise counts from so many of its standard errors on.
_BY_CHANCE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One column of the samples, as a straight line.

    Attributes:
        mean: Of all values.
        rise: From the first sample to the last.
        grown: Whether that is too much.
    """

    name: str
    mean: float
    rise: float
    grown: bool


class Feed:
    """Drops documents and takes their results away; counts both.

    Attributes:
        dropped: Documents so far.
        taken: Of their results, those that were complete and are gone again.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.dropped = 0
        self.taken = 0

    def refill(self) -> None:
        """See to it that there is enough in line."""
        while self.dropped - self.taken - len(self._manifests()) < _IN_LINE:
            pages = random.choice((1, 1, 1, 2, 5))
            draw = partial(numbered_pdf, pages=pages, document=self.dropped % 1024)
            self._place.drop(draw, f"{self.dropped}.pdf")
            self.dropped += 1

    def clear(self, *, left: int) -> None:
        """Take the oldest results away, all but so many."""
        manifests = sorted(self._manifests(), key=lambda path: int(path.stem))
        for manifest in manifests[: max(0, len(manifests) - left)]:
            manifest.unlink()
            for end in (".html", ".tables.json"):
                manifest.with_suffix(end).unlink()
            self.taken += 1

    def _manifests(self) -> list[Path]:
        return [self._place.outbox / name for name in manifest_names(self._place.outbox)]


def main() -> None:
    """Run for so many seconds, and print what was seen."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 1800.0
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        Simulator(Setup(slots=5, latency=Latency(seconds=0.2, spread=0.5), rules=_FAULTS)) as sim,
    ):
        web = {"enabled": True, "host": "127.0.0.1", "port": 0}
        place = Place(Path(folder), server=sim.url, originals="delete", web=web)
        feed = Feed(place)
        lives: list[list[Sample]] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with Daemon(place) as daemon:
                daemon.wait_for("inbox_watched")
                wait_until(lambda daemon=daemon: len(daemon.workers()) == _WORKERS)  # type: ignore[misc]
                life = min(end, time.monotonic() + _DAEMON_KILL_S)
                lives.append([])
                _live(place, daemon, feed, lives[-1], life)
                daemon.stop(signal.SIGKILL if life < end else signal.SIGTERM, timeout=120)
        place.watch_once(timeout=300)
        feed.clear(left=0)
        left = place.left_behind()
        say(f"{feed.dropped} documents dropped, {feed.taken} delivered, {len(sim.chats)} requests")
        say(f"left behind: {left or 'nothing'}")
    flat = _print_trends(max(lives, key=len))
    sys.exit(0 if flat and feed.taken == feed.dropped and not left else 1)


def _live(place: Place, daemon: Daemon, feed: Feed, samples: list[Sample], until: float) -> None:
    """Feed one daemon until the time is over."""
    page = str(daemon.wait_for("web_page")["url"])
    next_kill = time.monotonic() + _WORKER_KILL_S
    next_sample = 0.0
    while time.monotonic() < until:
        feed.refill()
        feed.clear(left=_LEFT_IN_OUTBOX)
        now = time.monotonic()
        if now >= next_kill and (workers := daemon.workers()):
            with contextlib.suppress(psutil.NoSuchProcess):
                random.choice(workers).kill()
            next_kill = now + _WORKER_KILL_S
        if now >= next_sample:
            for path in ("/", "/api/status"):
                requests.get(page + path, timeout=60).raise_for_status()
            with contextlib.suppress(psutil.Error):
                samples.append(_sample(place, daemon, feed))
            next_sample = now + _SAMPLE_S
        threading.Event().wait(0.1)


def _sample(place: Place, daemon: Daemon, feed: Feed) -> Sample:
    process = psutil.Process(daemon.pid)
    memory = process.memory_full_info()
    workers = daemon.workers()
    sizes = [worker.memory_full_info() for worker in workers]
    return Sample(
        at=time.monotonic(),
        documents=feed.dropped,
        daemon_rss=memory.rss / _MIB,
        daemon_uss=memory.uss / _MIB,
        daemon_descriptors=process.num_fds(),
        daemon_threads=process.num_threads(),
        workers_rss=sum(size.rss for size in sizes) / _MIB,
        workers_uss=sum(size.uss for size in sizes) / _MIB,
        largest_worker_rss=max((size.rss for size in sizes), default=0) / _MIB,
        workers_descriptors=sum(worker.num_fds() for worker in workers),
        processes=len(daemon.processes()),
        state_files=_files_below(place.outbox / ".dropleaf"),
        temporary_files=_files_below(place.temporary),
    )


def _files_below(folder: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(folder))


def _print_trends(samples: list[Sample]) -> bool:
    """The trends of the second half, and whether all is flat."""
    counted = samples[len(samples) // 2 :]
    if len(counted) < _FEWEST_SAMPLES:
        say("too short for a verdict")
        return False
    documents = counted[-1].documents - counted[0].documents
    trends = samples_to_trends(counted)
    for trend in trends:
        each = f", {trend.rise * _MIB / documents:+.0f} bytes a document" if trend.name in _MOST_GROWTH_SHARES else ""
        share = trend.rise / trend.mean if trend.mean else 0.0
        verdict = "GROWN" if trend.grown else "flat"
        say(f"{trend.name:20} {trend.mean:8.1f}, rises by {trend.rise:+6.2f} ({share:+.1%}){each}: {verdict}")
    flat = not any(trend.grown for trend in trends)
    minutes = (counted[-1].at - counted[0].at) / 60
    say(
        f"{'flat' if flat else 'something has grown'}: {len(counted)} samples, {documents} documents "
        f"in {minutes:.0f} minutes after as many of warming up"
    )
    return flat


def samples_to_trends(samples: Sequence[Sample]) -> list[Trend]:
    """What each column does in the course of the samples."""
    times = [sample.at for sample in samples]
    return [_values_to_trend(name, times, values) for name, values in _columns(samples)]


def _values_to_trend(name: str, times: Sequence[float], values: Sequence[float]) -> Trend:
    slope, start = statistics.linear_regression(times, values)
    mean, rise = statistics.fmean(values), slope * (times[-1] - times[0])
    off_line = statistics.pstdev(value - start - slope * at for at, value in zip(times, values, strict=True))
    # The standard error of a least squares slope, for samples that are evenly spread, times their span.
    error = off_line * math.sqrt(12 / len(values))
    most = max(_MOST_GROWTH_COUNT, _MOST_GROWTH_SHARES.get(name, _MOST_GROWTH_SHARE) * mean, _BY_CHANCE * error)
    return Trend(name=name, mean=mean, rise=rise, grown=rise > most)


def _columns(samples: Sequence[Sample]) -> Iterator[tuple[str, list[float]]]:
    for field in fields(Sample):
        if field.name not in {"at", "documents"}:
            yield field.name, [getattr(sample, field.name) for sample in samples]


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
