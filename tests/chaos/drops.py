"""Drops that are replaced, written again and exchanged when they are taken, and a log that nobody reads."""

import hashlib
import json
import os
import random
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from daemons import COMMAND, Daemon, Place, until
from delivery import manifests_in
from pdfs import numbered_pdf
from simulator import Latency, Setup, Simulator

from chaos.books import EXCUSED, Books, Figures
from chaos.points import workers_in

_WATCH = {"settle": 0.1, "patience": 2, "rescan": 2}


class Drops:
    """Versions of files in an inbox, by their bytes."""

    def __init__(self, place: Place, chance: random.Random) -> None:
        self._place = place
        self._chance = chance
        self._number = 0
        self._last: dict[str, str] = {}
        self._all: set[str] = set()

    def drop(self, name: str) -> None:
        """A first version, and at once or soon a second one by one of the ways that programs have."""
        self._put(name, self._rename_in)
        threading.Event().wait(self._chance.uniform(0, 0.15))
        way = self._chance.choice((self._rename_in, self._write_again, self._append_pieces, self._exchange, None))
        if way is not None:
            self._put(name, way)

    @property
    def count(self) -> int:
        """Names so far."""
        return len(self._last)

    @property
    def versions(self) -> int:
        """Versions so far."""
        return len(self._all)

    def _put(self, name: str, way: Callable[[Path, bytes], None]) -> None:
        self._number += 1
        draft = self._place.root / "draft.pdf"
        data = numbered_pdf(draft, self._chance.choice((1, 2)), document=self._number % 1024).read_bytes()
        data += b"%% %d\n" % self._number  # no two versions have the same bytes
        digest = hashlib.sha256(data).hexdigest()
        self._all.add(digest)
        way(self._place.inbox / name, data)
        self._last[name] = digest

    def _rename_in(self, path: Path, data: bytes) -> None:
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(data)
        part.rename(path)

    def _write_again(self, path: Path, data: bytes) -> None:
        with path.open("wb", buffering=0) as file:
            middle = len(data) // 2
            file.write(data[:middle])
            threading.Event().wait(self._chance.uniform(0, 0.1))
            file.write(data[middle:])

    def _append_pieces(self, path: Path, data: bytes) -> None:
        middle = len(data) // 2
        with path.open("wb") as file:
            file.write(data[:middle])
        threading.Event().wait(self._chance.uniform(0, 0.3))
        with path.open("ab") as file:
            file.write(data[middle:])

    def _exchange(self, path: Path, data: bytes) -> None:
        """Other things have the name for a moment: a link to a private file, a pipe."""
        private = self._place.root / "private.pdf"
        private.write_bytes(b"%PDF-1.4 private\n%%EOF")
        aside = path.with_name(f".{path.name}.odd")
        for kind in ("link", "pipe"):
            if kind == "link":
                aside.symlink_to(private)
            else:
                os.mkfifo(aside)
            aside.rename(path)
            threading.Event().wait(self._chance.uniform(0, 0.05))
        assert private.exists(), "a link was followed"
        self._rename_in(path, data)

    def delivered(self) -> int:
        """Last versions that are delivered."""
        return len(set(self._last.values()) & set(self._digests()))

    def audit(self) -> None:
        """Hold what there is against what was dropped.

        Raises:
            AssertionError: A last version is lost, a version doubled, or bytes delivered that nobody has dropped.
        """
        found = self._digests()
        lost = [name for name, digest in self._last.items() if not found[digest]]
        assert not lost, f"lost: {lost}"
        assert not [digest for digest, count in found.items() if count > 1], "doubled"
        assert set(found) <= self._all, "something was delivered that nobody has dropped"
        assert not list((self._place.outbox / "failed").glob("*.json")), "a sound file was set aside"
        assert [path.name for path in self._place.inbox.iterdir()] == []
        left = self._place.left_behind()
        assert left == [], left

    def _digests(self) -> Counter[str]:
        digests: Counter[str] = Counter()
        for manifest in manifests_in(self._place.outbox):
            original = manifest.with_suffix(".pdf")
            digest = hashlib.sha256(original.read_bytes()).hexdigest()
            told = json.loads(manifest.read_bytes())["document"]["sha256"]
            assert digest == told, f"{original}: not the bytes that its manifest tells of"
            digests[digest] += 1
        return digests


def storm_of_replacements(root: Path, kills: int, chance: random.Random, *, inbox: Path | None = None) -> str:
    """Kill daemons while files are replaced, written again and exchanged; then let one finish.

    Args:
        root: An empty folder.
        kills: Of daemons.
        chance: Decides on everything.
        inbox: On another file system, None for one beside the outbox.

    Returns:
        The figures, in a line.
    """
    place = Place(root, watch=_WATCH)
    if inbox is not None:
        place.move_inbox(inbox)
    drops = Drops(place, chance)
    for number in range(kills + 1):
        with Daemon(place) as daemon:
            daemon.wait_for("inbox_watched")
            for turn in range(chance.choice((1, 2, 3))):
                drops.drop(f"{number:04}-{turn}.pdf")
            if number < kills:
                threading.Event().wait(chance.uniform(0, 0.5))
                daemon.stop(signal.SIGKILL)
            else:
                until(lambda: drops.delivered() == drops.count, timeout=120)
                until(lambda: not list(place.inbox.iterdir()))
                assert daemon.stop() == 0
                assert not daemon.of("not_json"), daemon.of("not_json")
    drops.audit()
    return f"{kills} of daemon; {drops.count} names, {drops.versions} versions; 0 lost, 0 doubled, 0 set aside"


def storm_without_reader(root: Path, kills: int, chance: random.Random) -> Figures:
    """Kill daemons whose log is a full pipe; then let one finish, and end it by SIGTERM."""
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.05))) as sim, _full_pipe() as log:
        books = Books(Place(root, server=sim.url, watch={"settle": 0.1}, log={"format": "json", "level": "debug"}), sim)
        for number in range(kills + 1):
            books.drop(*(chance.choice((1, 2, 3)) for _ in range(2)))
            with _daemon(books.place, log) as daemon:
                if number < kills:
                    threading.Event().wait(chance.uniform(0.5, 2.5))
                    daemon.kill()
                    daemon.wait()
                    until(lambda: not workers_in(books.place.root))
                    books.note_kill("daemon")
                else:
                    until(lambda: books.delivered() == books.dropped, timeout=120)
                    daemon.send_signal(signal.SIGTERM)
                    assert daemon.wait(90) == 0
        return books.audit(excused=EXCUSED)


@contextmanager
def _daemon(place: Place, log: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [*COMMAND, "watch", "--settings", str(place.file)]
    with subprocess.Popen(command, cwd=place.root, env=place.environment(), stderr=log) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def _full_pipe() -> Iterator[int]:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    try:
        yield writer
    finally:
        os.close(reader)
        os.close(writer)
