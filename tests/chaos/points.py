"""Kills at the n-th system call of a kind, by strace: of a daemon at work, of one that recovers, of its workers."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from daemons import PATIENCE_S, Daemon, Place
from simulator import Fault, Rule, Setup, Simulator

from chaos.books import EXCUSED, Books, Figures

#: Calls after which the state on disk may be another one, and between which a kill makes a difference.
CHANGES = ("rename", "fsync", "write", "mkdir", "unlink", "unlinkat", "rmdir", "link")
#: Of the calls that only look, some are enough.
_STEP_OF_LOOKS = 7
_PAGES = (1, 2, 3)
#: More points of one kind than a run of three documents has.
_NEVER_REACHED = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The ``nth`` time that any one thread makes the call."""

    call: str
    nth: int

    @property
    def options(self) -> list[str]:
        """For strace."""
        inject = f"inject={self.call}:signal=SIGKILL:when={self.nth}"
        return [
            "strace",
            "-f",
            "-qqq",
            "-o",
            "/dev/null",
            "-e",
            f"trace={self.call}",
            "-e",
            "signal=none",
            "-e",
            inject,
        ]


def is_possible() -> bool:
    """Whether strace is there and may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode == 0


def enumerate_points(root: Path) -> Iterator[tuple[str, Point, Figures | None]]:
    """Every point of every scene, in turn; None for the figures where a scene has no such point any more."""
    for name, scene in (("at work", kill_at_work), ("recovering", kill_recovering), ("worker", kill_workers)):
        for call in (*CHANGES, "openat"):
            step = _STEP_OF_LOOKS if call == "openat" else 1
            for nth in range(1, _NEVER_REACHED, step):
                folder = root / f"{name}-{call}-{nth}"
                folder.mkdir(parents=True)
                point = Point(call=call, nth=nth)
                figures = scene(folder, point)
                yield name, point, figures
                shutil.rmtree(folder)
                if figures is None:
                    break


def kill_at_work(root: Path, point: Point) -> Figures | None:
    """Kill an idle daemon to which three documents are dropped; None where it never came to the point."""
    with Simulator(Setup(slots=5)) as sim:
        books = Books(Place(root, server=sim.url), sim)
        with Daemon(books.place) as daemon:
            daemon.wait_for("inbox_watched")
            _wait_for_workers(daemon)
            with _Tracer(point, daemon.pid):
                books.drop(*_PAGES)
                _wait_for_end(daemon, books)
                killed = not psutil.pid_exists(daemon.pid) or _is_dead(daemon.pid)
            if not killed:
                assert daemon.stop() == 0
        return _recover(books) if killed else None


def kill_recovering(root: Path, point: Point) -> Figures | None:
    """Kill a daemon that takes over from one that was killed; None where it never came to the point."""
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG, pages=(2,)),))) as sim:
        books = Books(Place(root, server=sim.url), sim)
        with Daemon(books.place) as daemon:
            books.drop(*_PAGES)
            daemon.wait_for("page_done", count=4)
            daemon.wait_for("published")
        books.note_kill("daemon")
        sim.set_rules()
        command = [*point.options, sys.executable, "-m", "pipeline", "watch", "--once", "--settings"]
        command.remove("-f")  # the thread that recovers is the one that starts
        done = subprocess.run(
            [*command, str(books.place.file)],
            cwd=root,
            env=books.place.environment(),
            capture_output=True,
            timeout=2 * PATIENCE_S,
            check=False,
        )
        _wait_for_silence(root)
        if done.returncode == 0:
            books.audit()
            return None
        return _recover(books)


def kill_workers(root: Path, point: Point) -> Figures | None:
    """Kill each worker that comes to the point; None where none does."""
    with Simulator(Setup(slots=5)) as sim:
        books = Books(Place(root, server=sim.url), sim)
        with Daemon(books.place) as daemon:
            daemon.wait_for("inbox_watched")
            _wait_for_workers(daemon)
            workers = daemon.workers()
            with _Tracer(point, *(worker.pid for worker in workers)):
                books.drop(*_PAGES)
                _wait_for_end(daemon, books)
                killed = sum(not worker.is_running() for worker in workers)
            assert daemon.stop() == 0
        books.note_kill("worker", killed)
        figures = books.audit(excused=EXCUSED)
        return figures if killed else None


class _Tracer:
    """strace, attached to processes as long as it is entered."""

    def __init__(self, point: Point, *pids: int) -> None:
        self._pids = pids
        self._command = [*point.options, *(word for pid in pids for word in ("-p", str(pid)))]

    def __enter__(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        _until(lambda: all(_is_traced(pid) for pid in self._pids))

    def __exit__(self, *error: object) -> None:
        self._process.kill()  # SIGTERM does not end one that traces a zombie
        self._process.wait()


def _recover(books: Books) -> Figures:
    books.note_kill("daemon")
    assert books.place.watch_once() == 0
    return books.audit()


def _wait_for_workers(daemon: Daemon) -> None:
    _until(lambda: len(daemon.workers()) == 5)


def _wait_for_end(daemon: Daemon, books: Books) -> None:
    """Until the daemon is dead, or has delivered everything."""
    _until(lambda: _is_dead(daemon.pid) or len(daemon.of("published")) == books.dropped)


def _wait_for_silence(root: Path) -> None:
    """Until no worker of a daemon that was killed is left."""

    def is_left(process: psutil.Process) -> bool:
        try:
            return process.name() == "dropleaf-worker" and process.cwd() == str(root)
        except psutil.Error:
            return False

    _until(lambda: not any(is_left(process) for process in psutil.process_iter()))


def _is_dead(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _is_traced(pid: int) -> bool:
    tasks = list(Path(f"/proc/{pid}/task").glob("*/status"))
    return all("TracerPid:\t0\n" not in task.read_text() for task in tasks)


def _until(true: object, *, timeout: float = PATIENCE_S) -> None:
    assert callable(true)
    limit = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < limit, "it did not come to pass"
        threading.Event().wait(0.01)
