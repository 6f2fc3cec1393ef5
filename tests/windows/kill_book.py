"""A daemon and its workers are terminated at random instants, and the books must hold; run by Windows' Python.

Each life: some drops, a daemon, its workers terminated now and then, at last the daemon itself; one life in five ends
while the program still starts.  Meanwhile another program opens files of inbox and outbox for a moment, without sharing
them, as virus scanners and viewers do.  At the end a daemon works undisturbed, and each drop must be there once: whole,
with its original.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import psutil
from pdfs import numbered_pdf

SETTINGS = "engine: basic\nworkers: 2\nweb:\n  enabled: false\nwatch:\n  settle: 0.2\n"
_DROPS = 2
_WORKERS_OF_A_LIFE = 8
# Without news for so long, the last daemon is stuck.
_STUCK_S = 300.0
# Seconds for the first worker to be there, and the share of lives that do not wait for it.
_START_S, _EARLY = 120.0, 0.2
_TERMINATE = 0x0001  # PROCESS_TERMINATE
_BY_FORCE = 1  # the exit code that Task Manager gives


class Book:
    """What was dropped, and what was terminated."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.dropped: dict[str, str] = {}
        self.kills: Counter[str] = Counter()
        self.opened = 0
        self.stopping = threading.Event()
        (folder / "inbox").mkdir(parents=True)
        (folder / "settings.yaml").write_text(SETTINGS)

    def drop(self) -> None:
        number = len(self.dropped) + 1
        path = self.folder / f"{number}.part"
        numbered_pdf(path, self.chance.randint(1, 3), document=number)
        self.dropped[hashlib.sha256(path.read_bytes()).hexdigest()] = f"{number}.pdf"
        path.rename(self.folder / "inbox" / f"{number}.pdf")

    def daemon(self, *more: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", "watch", *more],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def live(self, longest_s: float) -> None:
        """One life of a daemon."""
        for _ in range(_DROPS):
            self.drop()
        daemon = self.daemon()
        if self.chance.random() > _EARLY:
            self._terminate_workers(daemon.pid, longest_s)
        else:
            time.sleep(self.chance.uniform(0.0, longest_s))
        daemon.kill()
        daemon.wait()
        self.kills["daemon"] += 1

    def _terminate_workers(self, pid: int, longest_s: float) -> None:
        start = time.monotonic() + _START_S
        while not workers_of(pid) and time.monotonic() < start:
            time.sleep(0.05)
        end = time.monotonic() + self.chance.uniform(0.0, longest_s)
        left = _WORKERS_OF_A_LIFE
        while time.monotonic() < end:
            time.sleep(self.chance.uniform(0.01, longest_s / 12))
            workers = workers_of(pid)
            if workers and left and terminate(self.chance.choice(workers)):
                self.kills["worker"] += 1
                left -= 1

    def finish(self) -> int:
        """Have a last daemon do all that is left; returns its exit code, -1 where it was stuck."""
        last = self.daemon("--once")
        before, limit = self._ended(), time.monotonic() + _STUCK_S
        while last.poll() is None:
            time.sleep(0.5)
            if (now := self._ended()) > before:
                before, limit = now, time.monotonic() + _STUCK_S
            if time.monotonic() > limit:
                last.kill()
                last.wait()
                return -1
        return last.returncode

    def _ended(self) -> int:
        return sum(1 for _ in (self.folder / "outbox").glob("*.html"))

    def meddle(self) -> None:
        """Open files for a moment, without sharing that they are removed or renamed."""
        chance = random.Random(self.chance.random())
        while not self.stopping.wait(chance.uniform(0.01, 0.1)):
            with suppress(OSError):
                files = [
                    path
                    for folder in ("inbox", "outbox")
                    for path in (self.folder / folder).glob("*")
                    if path.suffix in {".pdf", ".html", ".json"}
                ]
                if files:
                    with chance.choice(files).open("rb"):
                        self.opened += 1
                        time.sleep(chance.uniform(0.0, 0.3))

    def problems(self) -> list[str]:
        """What the books say against what is there."""
        found: Counter[str] = Counter()
        wrong = []
        for path in (self.folder / "outbox").glob("*.json"):
            if path.name.endswith(".tables.json"):
                continue
            manifest = json.loads(path.read_bytes())
            sha256 = manifest["document"]["sha256"]
            found[sha256] += 1
            original, html = path.with_suffix(".pdf"), path.with_suffix(".html")
            if manifest["outcome"] != "complete":
                wrong.append(f"{path.name} is {manifest['outcome']}")
            if not original.exists() or hashlib.sha256(original.read_bytes()).hexdigest() != sha256:
                wrong.append(f"{original.name} is not the original")
            if hashlib.sha256(html.read_bytes()).hexdigest() != manifest["html_sha256"]:
                wrong.append(f"{html.name} is not the one of its manifest")
        wrong += [
            f"{name} is there {found[sha256]} times" for sha256, name in self.dropped.items() if found[sha256] != 1
        ]
        wrong += [f"{path.name} is still in the inbox" for path in (self.folder / "inbox").iterdir()]
        wrong += [f"{path.name} is in failed" for path in (self.folder / "outbox").glob("failed/*.json")]
        return wrong


def workers_of(pid: int) -> list[int]:
    """Processes that a daemon has started; none where it has ended."""
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.Error:
        return []


def terminate(pid: int) -> bool:
    """Whether the process was still there to be ended."""
    kernel = import_module("pipeline.host.windows.processes").KERNEL  # which type checkers see on Windows only
    process = kernel.OpenProcess(_TERMINATE, 0, pid)
    if not process:
        return False
    ended = kernel.TerminateProcess(process, _BY_FORCE)
    kernel.CloseHandle(process)
    return bool(ended)


def main() -> int:
    """Keep the books; the exit code says whether they hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="no new life begins after so many")
    parser.add_argument("--longest", type=float, default=12.0, help="seconds that a daemon lives at most")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    wanted = parser.parse_args()
    book = Book(wanted.folder, wanted.seed)
    meddler = threading.Thread(target=book.meddle)
    meddler.start()
    end = time.monotonic() + wanted.seconds
    while book.kills.total() < wanted.kills and time.monotonic() < end:
        book.live(wanted.longest)
    book.stopping.set()
    meddler.join()
    code = book.finish()
    wrong = [*book.problems(), *([f"the last daemon ended with {code}"] if code else [])]
    sys.stdout.write(
        f"kill book, seed {wanted.seed}: {book.kills['daemon']} daemons and {book.kills['worker']} workers terminated, "
        f"{book.opened} files held open, {len(book.dropped)} documents, {len(wrong)} wrong\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
