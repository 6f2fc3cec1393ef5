"""One daemon's long life: 100,000 tiny documents, read at 1, 10, 50 and 100 per cent of them: what has grown?

    python long_life.py [DOCUMENTS [SECONDS]]

Meanwhile a worker is killed every 30 s, the server is down half of the time, the log is rotated, the clock, as the
daemon sees it, is set by an hour either way (where there is a C compiler; the machine's own clock is left alone), and
in the middle everything stands still for a minute.  Results stay where they are, a thousand
in a folder.  After SECONDS the run ends wherever it is, and says so.

The exit code is 1 where a document is lost or doubled, something is left behind, or something has grown: memory of
the daemon by more than 5 MiB and 50 bytes for each document between the second reading and the last one, other things
by a tenth and two.  The model server is simulated.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from daemons import COMMAND, Place
from delivery import manifest_names
from pdfs import numbered_pdf
from simulator import Setup, Simulator

_READINGS = (0.01, 0.1, 0.5, 1.0)
_KILL_S, _SERVER_S, _ROTATE_S, _CLOCK_S, _STILL_S = 30.0, 20.0, 45.0, 60.0, 60.0
_IN_LINE = 40
_IN_FOLDER = 1000
_SLACK_MIB, _SLACK_BYTES = 5.0, 50.0
_MIB = 1 << 20
# What the C library says of the time of day, moved by the seconds that a file holds.  libfaketime is not used: it also
# changes waits by the monotonic clock, which no set clock does (with FAKETIME_DONT_FAKE_MONOTONIC=1 time.sleep fails).
_CLOCK = r"""
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (failed || clock != CLOCK_REALTIME) return failed;
    long seconds = 0;
    FILE *file = fopen(getenv("CLOCK_SET_BY"), "re");
    if (file && fscanf(file, "%ld", &seconds) == 1) now->tv_sec += seconds;
    if (file) fclose(file);
    return 0;
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """At one moment; memory in MiB, times in seconds.

    Memory is what a process alone has written to.  Pages of files that it only reads become its own whenever another
    process that has them ends: 4 MiB more that nothing has taken.
    """

    documents: int
    seconds: float
    memory: float
    workers_memory: float
    descriptors: int
    threads: int
    state_files: int
    temporary_files: int
    status_s: float
    log_mib: float


class Life:
    """A daemon whose log is a file that is rotated, and what is dropped for it."""

    def __init__(self, place: Place, sim: Simulator, documents: int, seconds: float) -> None:
        self.place = place
        self.dropped = 0
        self.readings: list[Reading] = []
        self._sim = sim
        self._documents = documents
        self._began = time.monotonic()
        self._end = self._began + seconds
        self._log = place.root / "log"
        self._clock = place.root / "clock"
        self._counts: dict[Path, int] = {}
        draft = numbered_pdf(place.root / "draft.pdf", 1, document=1)
        self._data = draft.read_bytes()

    def run(self, daemon: subprocess.Popen[bytes]) -> None:
        """Live until all documents are delivered, or the time is over."""
        marks = [int(self._documents * share) for share in _READINGS]
        upsets = self._upsets(daemon)
        still = False
        while time.monotonic() < self._end and (done := self.delivered()) < self._documents:
            assert daemon.poll() is None, f"the daemon has ended with {daemon.returncode}: {self._last_words()}"
            self._refill(done)
            next(upsets)
            if not still and time.monotonic() - self._began > (self._end - self._began) / 3:
                still = True
                _stand_still(daemon.pid)
            if marks and done >= marks[0]:
                marks.pop(0)
                self.read(daemon, done)
            threading.Event().wait(0.1)
        self._sim_up()
        self._documents = self.dropped
        limit = time.monotonic() + 300
        while (done := self.delivered()) < self.dropped:
            assert time.monotonic() < limit, f"{self.dropped - done} documents are not delivered"
            threading.Event().wait(0.1)
        self.read(daemon, done)

    def delivered(self) -> int:
        """Manifests that are there; a full folder does not change any more and is not listed again."""
        for folder in self.place.outbox.glob("[0-9]*"):
            if self._counts.get(folder) != _IN_FOLDER:
                self._counts[folder] = len(manifest_names(folder))
        return sum(self._counts.values())

    def read(self, daemon: subprocess.Popen[bytes], done: int) -> None:
        """Take the figures, and print them."""
        process = psutil.Process(daemon.pid)
        began = time.monotonic()
        self.place.run("status", "--json", "--settings", str(self.place.file), timeout=300)
        status_s = time.monotonic() - began
        workers = [each for each in process.children(recursive=True) if each.is_running()]
        reading = Reading(
            documents=done,
            seconds=round(time.monotonic() - self._began, 1),
            memory=round(_written(process) / _MIB, 2),
            workers_memory=round(sum(map(_written, workers)) / _MIB, 1),
            descriptors=process.num_fds(),
            threads=process.num_threads(),
            state_files=_files_below(self.place.outbox / ".dropleaf"),
            temporary_files=_files_below(self.place.temporary),
            status_s=round(status_s, 2),
            log_mib=round(self._log.stat().st_size / _MIB, 2),
        )
        self.readings.append(reading)
        say(json.dumps(asdict(reading)))

    def _refill(self, done: int) -> None:
        while self.dropped < min(done + _IN_LINE, self._documents):
            folder = self.place.inbox / f"{self.dropped // _IN_FOLDER:04}"
            folder.mkdir(exist_ok=True)
            part = folder / ".part"
            part.write_bytes(self._data + b"%% %d\n" % self.dropped)
            part.rename(folder / f"{self.dropped}.pdf")
            self.dropped += 1

    def _upsets(self, daemon: subprocess.Popen[bytes]) -> Iterator[None]:
        last = dict.fromkeys(("kill", "server", "rotate", "clock"), time.monotonic())
        every = {"kill": _KILL_S, "server": _SERVER_S, "rotate": _ROTATE_S, "clock": _CLOCK_S}
        up, hour = True, 0
        while True:
            for what, period in every.items():
                if time.monotonic() - last[what] < period:
                    continue
                last[what] = time.monotonic()
                if what == "kill":
                    _kill_a_worker(daemon.pid)
                elif what == "rotate":
                    os.truncate(self._log, 0)
                elif what == "clock":
                    hour = {0: 1, 1: -1, -1: 0}[hour]
                    self._clock.write_text(f"{3600 * hour}\n")
                else:
                    up = not up
                    self._sim.revive() if up else self._sim.die()
                    self._is_up = up
            yield

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]

    _is_up = True

    def _sim_up(self) -> None:
        if not self._is_up:
            self._sim.revive()
            self._is_up = True

    def environment(self) -> Mapping[str, str]:
        """Of the daemon: with a clock that can be set, where there is one."""
        self._clock.write_text("0\n")
        source, library = self.place.root / "clock.c", self.place.root / "clock.so"
        source.write_text(_CLOCK)
        compiler = shutil.which("cc")
        if compiler is None:
            say("the clock is not set: there is no C compiler")
            return self.place.environment()
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source)], check=True)
        return self.place.environment(LD_PRELOAD=str(library), CLOCK_SET_BY=str(self._clock))


def main() -> None:
    """Live, and print what was seen."""
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 7200.0
    with (
        tempfile.TemporaryDirectory(prefix="long-life-") as folder,
        Simulator(Setup(slots=5)) as sim,
    ):
        place = Place(Path(folder), server=sim.url, originals="delete", web={"enabled": True, "port": 0})
        life = Life(place, sim, documents, seconds)
        first_s = _start_time(place)
        with _daemon(place, life.environment()) as daemon:
            life.run(daemon)
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(60) == 0
        last_s = _start_time(place)
        say(f"start: {first_s:.1f} s with an empty outbox, {last_s:.1f} s with {life.dropped} documents")
        left = place.left_behind()
        say(f"{life.dropped} dropped, {life.delivered()} delivered; left behind: {left or 'nothing'}")
        if life.dropped < documents:
            say(f"ended at {life.dropped} of {documents} documents after {seconds:.0f} s")
        grown = _grown(life.readings)
        say(f"grown: {grown or 'nothing'}")
    sys.exit(1 if grown or left or life.delivered() != life.dropped else 0)


def _grown(readings: list[Reading]) -> list[str]:
    """What has grown between the second reading, when all is warm, and the last one."""
    warm, last = readings[min(1, len(readings) - 1)], readings[-1]
    documents = last.documents - warm.documents
    most = _SLACK_MIB + documents * _SLACK_BYTES / _MIB
    grown = [] if last.memory - warm.memory <= most else ["memory"]
    names = ("descriptors", "threads", "state_files", "temporary_files")
    return grown + [name for name in names if getattr(last, name) > 1.1 * getattr(warm, name) + 2]


@contextlib.contextmanager
def _daemon(place: Place, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with (place.root / "log").open("ab") as log:
        process = subprocess.Popen(
            [*COMMAND, "watch", "--settings", str(place.file)], cwd=place.root, env=environment, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _start_time(place: Place) -> float:
    """Seconds from the start of a daemon until it watches the inbox."""
    log = place.root / "log"
    log.unlink(missing_ok=True)
    began = time.monotonic()
    with _daemon(place, place.environment()) as daemon:
        while b"inbox_watched" not in (log.read_bytes() if log.exists() else b""):
            assert daemon.poll() is None
            threading.Event().wait(0.02)
        took = time.monotonic() - began
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
    return took


def _stand_still(pid: int) -> None:
    """As on a machine that is put to sleep."""
    daemon = psutil.Process(pid)
    everybody = [daemon, *daemon.children(recursive=True)]
    for each in everybody:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.suspend()
    threading.Event().wait(_STILL_S)
    for each in everybody:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.resume()
    say(f"all stood still for {_STILL_S:.0f} s")


def _kill_a_worker(pid: int) -> None:
    for each in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.name() == "dropleaf-worker":
                each.kill()
                return


def _written(process: psutil.Process) -> int:
    """Bytes of its own that a process has written to; 0 where it has ended."""
    with contextlib.suppress(psutil.Error):
        return sum(each.private_dirty for each in process.memory_maps(grouped=True))
    return 0


def _files_below(folder: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(folder))


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
