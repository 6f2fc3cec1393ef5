"""Every system call in turn: of a daemon at work, of one that recovers, of its workers, of their fork server.

First a run is watched, and what each thread calls is counted; then a process dies at each of these points, one after
the other, in one place: the daemon that comes after a death has to mend what the last one has left.
"""

import contextlib
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import psutil
from daemons import PATIENCE_S, Daemon, Place, until
from simulator import Setup, Simulator

from chaos.books import EXCUSED, Books, Figures
from chaos.traces import (
    CHANGES,
    LOOKS,
    MAIN,
    REFUSALS,
    Point,
    command_struck,
    counted,
    group_of,
    struck,
    threads_in,
    threads_of,
)

#: Pages of the documents that are dropped for each point.
_PAGES = (1, 2, 3)
#: Points after which the books are audited and a new place is taken; the marks on the pages tell 1,024 documents apart.
_ROUND = 100
#: Of a kind of call by one thread, no more points than these, spread over all of them.
_MOST_OF_A_KIND = 40
_WORKERS = 5


class Scene:
    """A place with a daemon that is started again and again."""

    def __init__(self, root: Path, sim: Simulator, *, inbox: Path | None = None) -> None:
        # What was refused to the inbox for want of a permission is tried again at the next look.
        place = Place(root, server=sim.url, watch={"rescan": 5}, outputs=["html", "xlsx", "csv", "markdown"])
        if inbox is not None:
            place.move_inbox(inbox)
        self.books = Books(place, sim, workers=_WORKERS)
        self._stack = contextlib.ExitStack()
        self._daemon: Daemon | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def daemon(self) -> Daemon:
        """One that lives, has all its workers, and nothing to do."""
        if self._daemon is None:
            self._daemon = self._stack.enter_context(Daemon(self.books.place))
            self._daemon.wait_for("inbox_watched")
        daemon = self._daemon
        until(lambda: self.books.delivered() == self.books.dropped)
        until(lambda: _workers_for_pages(daemon) == _WORKERS)
        return daemon

    def drop(self) -> None:
        """Drop documents, and wait until they are delivered or the daemon is dead."""
        daemon = self.daemon()
        self.books.drop(*_PAGES)
        until(lambda: _is_dead(daemon.pid) or self.books.delivered() == self.books.dropped)
        if _is_dead(daemon.pid):
            self._stack.close()
            self._daemon = None
            self.books.note_kill("daemon")

    @property
    def is_up(self) -> bool:
        """Whether the daemon lives."""
        return self._daemon is not None

    def stop(self) -> None:
        """End the daemon in good order."""
        daemon = self.daemon()
        assert daemon.stop() == 0
        assert not daemon.of("not_json"), daemon.of("not_json")
        self._stack.close()
        self._daemon = None

    def audit(self) -> Figures:
        """Hold the books against the place."""
        self.stop()
        return self.books.audit(excused=EXCUSED)


Strike = Callable[[Scene, Point], bool]


def kill_at_work(scene: Scene, point: Point) -> bool:
    """Kill a daemon to which documents are dropped; whether it came to the point."""
    with struck(point, *threads_in(scene.daemon().pid, point.thread)):
        scene.drop()
    return not scene.is_up


def kill_recovering(scene: Scene, point: Point) -> bool:
    """Kill a daemon that takes over from one that was killed at work; whether it came to the point."""
    scene.daemon()
    while scene.is_up:
        kill_at_work(scene, Point(call="rename", nth=3))
    place = scene.books.place
    command = [sys.executable, "-m", "pipeline", "watch", "--once", "--settings", str(place.file)]
    done = subprocess.run(
        command_struck(point, command),
        cwd=place.root,
        env=place.environment(),
        capture_output=True,
        timeout=2 * PATIENCE_S,
        check=False,
    )
    until(lambda: not workers_in(place.root))
    if killed := done.returncode != 0:
        scene.books.note_kill("daemon")
    return killed


def kill_workers(scene: Scene, point: Point) -> bool:
    """Kill each worker that comes to the point; whether one did."""
    workers = scene.daemon().workers()
    with struck(point, *(thread for worker in workers for thread in threads_in(worker.pid, point.thread))):
        scene.drop()
    killed = sum(_is_dead(worker.pid) for worker in workers)
    scene.books.note_kill("worker", killed)
    return killed > 0


def kill_fork_server(scene: Scene, point: Point) -> bool:
    """Kill the fork server, which is busy since workers die; whether it came to the point."""
    daemon = scene.daemon()
    if not fork_servers(daemon):  # the last one died after its last birth; the next is started when it is needed
        _kill_a_worker(scene, daemon)
        until(lambda: bool(fork_servers(daemon)))
        scene.daemon()
    [server] = fork_servers(daemon)
    with struck(point, server.pid):
        _kill_a_worker(scene, daemon)
        scene.drop()
    if killed := _is_dead(server.pid):
        scene.books.note_kill("fork server")
    return killed


def refuse(scene: Scene, point: Point) -> bool:
    """Refuse a call of the daemon's as a disk does that is full or broken; the daemon must survive."""
    with struck(point, *threads_in(scene.daemon().pid, point.thread)) as happened:
        scene.drop()
    assert scene.is_up, point
    if happened == [True]:
        scene.books.note_refusal()
    return happened == [True]


#: What is struck, by name, and of which calls it has points.
STRIKES: dict[str, tuple[Strike, Sequence[str]]] = {
    "daemon at work": (kill_at_work, (*CHANGES, "openat")),
    "claim by copy": (kill_at_work, ("rename", "renameat", "fsync", "write", "mkdir", "unlink", "unlinkat", "openat")),
    "daemon recovering": (kill_recovering, ("rename", "fsync", "mkdir", "unlink", "unlinkat", "rmdir", "write")),
    "workers": (kill_workers, (*CHANGES, "openat", "recvfrom", "close")),
    "fork server": (kill_fork_server, (*CHANGES, *LOOKS)),
    "disk": (refuse, tuple(REFUSALS)),
}


def points_of(name: str, root: Path) -> list[Point]:
    """Watch a run, and name each call of each thread; very many of one kind are thinned out."""
    strike, calls = STRIKES[name]
    with inbox_for(name) as inbox, Simulator(Setup(slots=_WORKERS)) as sim, Scene(root, sim, inbox=inbox) as scene:
        if strike is kill_recovering:
            # The thread that recovers is the one that starts; its calls before its first log line cannot be told apart.
            return [Point(call=call, nth=nth) for call in calls for nth in range(1, _MOST_OF_A_KIND + 1)]
        daemon = scene.daemon()
        threads = threads_of(daemon.pid)
        if strike is kill_workers:
            threads = threads_of(daemon.workers()[0].pid)
        elif strike is kill_fork_server:
            threads = {MAIN: fork_servers(daemon)[0].pid}
        with counted(calls, list(threads.values())) as found:
            if strike is kill_fork_server:
                _kill_a_worker(scene, daemon)
            scene.drop()
        scene.audit()
    groups: dict[str, Counter[str]] = {}
    for thread, count in zip(threads, found, strict=True):
        groups[group_of(thread)] = groups.get(group_of(thread), Counter()) | count
    return [
        point
        for group, count in groups.items()
        for point in _counts_to_points(group, count, name)
        if not group.startswith("thread ") or strike is kill_workers  # those of libraries come in no certain order
        if name != "claim by copy" or group == "inbox"
    ]


@contextlib.contextmanager
def inbox_for(name: str) -> Iterator[Path | None]:
    """An inbox on another file system than the outbox, for what needs one; None for the usual one."""
    if name != "claim by copy":
        yield None
        return
    with inbox_elsewhere() as folder:
        yield folder


@contextlib.contextmanager
def inbox_elsewhere() -> Iterator[Path]:
    """An inbox in the memory's file system."""
    with tempfile.TemporaryDirectory(prefix="chaos-", dir="/dev/shm") as folder:
        yield Path(folder)


def _counts_to_points(thread: str, count: Counter[str], name: str) -> Iterator[Point]:
    for call, most in sorted(count.items()):
        step = -(-most // _MOST_OF_A_KIND)
        for turn, nth in enumerate(range(1, most + 1, step)):
            errors = REFUSALS[call] if name == "disk" else (None,)
            yield Point(call=call, nth=nth, thread=thread, error=errors[turn % len(errors)])


def strike_all(name: str, points: Sequence[Point], root: Path) -> Iterator[tuple[list[Point], Figures]]:
    """Strike at each point; after some of them the points that were come to, and the audited figures."""
    strike, _ = STRIKES[name]
    for begin in range(0, len(points), _ROUND):
        folder = root / str(begin)
        folder.mkdir(parents=True)
        with (
            inbox_for(name) as inbox,
            Simulator(Setup(slots=_WORKERS)) as sim,
            Scene(folder, sim, inbox=inbox) as scene,
        ):
            reached, beyond = [], set[str]()
            for point in points[begin : begin + _ROUND]:
                # Of one that was not watched before: where there is no n-th call, there is no later one.
                if strike is kill_recovering and point.call in beyond:
                    continue
                if strike(scene, point):
                    reached.append(point)
                else:
                    beyond.add(point.call)
            yield reached, scene.audit()


def fork_servers(daemon: Daemon) -> list[psutil.Process]:
    """The process that a daemon's workers are forked from."""
    return [each for each in daemon.processes() if each.name() != "dropleaf-worker"]


def _kill_a_worker(scene: Scene, daemon: Daemon) -> None:
    daemon.workers()[0].kill()
    scene.books.note_kill("worker")


def workers_in(folder: Path) -> list[int]:
    """The workers of a daemon that was killed."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == "dropleaf-worker" and process.cwd() == str(folder):
                found.append(process.pid)
    return found


def _workers_for_pages(daemon: Daemon) -> int:
    """How many there are; the process of text recognition has their name, but is the daemon's own child."""
    count = 0
    for worker in daemon.workers():
        with contextlib.suppress(psutil.NoSuchProcess):
            count += worker.ppid() != daemon.pid
    return count


def _is_dead(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
