"""Dropleaf as its users run it: real processes in a folder of their own, read through their log lines.

place = Place(tmp_path, server=sim.url, timeouts={"page": 2})
place.drop(lambda path: numbered_pdf(path, 5), "report.pdf")
with Daemon(place) as daemon:
    daemon.wait_for("published", document="report.pdf")
    assert daemon.stop() == 0
assert place.left_behind() == []
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import yaml
from warm_start import WarmProcess, warm_interpreter

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-m", "pipeline")

# As long as anything may take on a machine that does three other things; nothing waits this long when all is well.
PATIENCE_S = 90.0

# Nothing that the daemon has started may outlive it by more.  One second is promised, where the machine has the time:
# SIGKILL takes effect at a process's next turn, and a new interpreter minds its lifeline only once it is loaded.
_ORPHANS_S = 5.0

LogLine = dict[str, object]


class Place:
    """An inbox, an outbox, a settings file and a folder for temporary files.

    Args:
        root: An existing folder.
        server: Address of the only model server, None for the built-in engine.
        settings: Further top-level keys of settings.yaml.
    """

    def __init__(self, root: Path, *, server: str | None = None, **settings: object) -> None:
        self.root = root
        self.inbox = root / "inbox"
        self.outbox = root / "outbox"
        self.file = root / "settings.yaml"
        self.temporary = root / "tmp"
        for folder in (self.inbox, self.temporary):
            folder.mkdir(exist_ok=True)
        engine = {"engine": "basic"} if server is None else {"servers": [{"url": server}]}
        self.settings: dict[str, object] = {"web": {"enabled": False}, "log": {"format": "json"}, **engine, **settings}
        self.write_settings()

    def move_inbox(self, folder: Path) -> None:
        """Have the inbox elsewhere, for example on another file system."""
        self.inbox = folder
        self.write_settings(inbox=str(folder))

    def write_settings(self, **changes: object) -> None:
        """Change top-level keys of settings.yaml."""
        self.settings |= changes
        self.file.write_text(yaml.safe_dump(self.settings))

    def drop(self, draw: Callable[[Path], object], *names: str) -> list[Path]:
        """Draw a PDF and move it into the inbox under each name, as a careful program would."""
        paths = [self.inbox / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}")
            draw(aside)
            aside.rename(path)
        return paths

    def environment(self, **more: str) -> dict[str, str]:
        """The surroundings of a process: this one's without its settings, with the temporary folder of this place."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DROPLEAF_")}
        path = os.pathsep.join([str(ROOT), *filter(None, [inherited.get("PYTHONPATH")])])
        return {**inherited, "TMPDIR": str(self.temporary), "PYTHONPATH": path, **more}

    def run(self, *arguments: str, timeout: float = PATIENCE_S, **environment: str) -> "Finished":
        """Run a command of Dropleaf to its end, in this place's folder."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Finished(code=done.returncode, out=done.stdout, err=done.stderr)

    def watch_once(self, *, timeout: float = PATIENCE_S) -> int:
        """Convert what is in the inbox; the exit code."""
        with Daemon(self, "--once") as daemon:
            return daemon.wait(timeout)

    def left_behind(self) -> list[str]:
        """What a run that ended in good order should not have left: work, scratch, half-written and temporary files."""
        state = self.outbox / ".dropleaf"
        left = [path for name in ("work", "scratch") for path in (state / name).glob("*")]
        left += [path for path in self.outbox.rglob("*") if path.suffix == ".tmp" or path.name == "status.json"]
        left += list(self.temporary.iterdir())
        return sorted(str(path.relative_to(self.root)) for path in left)


class Finished:
    """A command that has ended."""

    def __init__(self, *, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err


class Daemon:
    """``dropleaf watch`` in a session of its own; a context manager that leaves no process of it behind.

    The daemon's log is a pipe that its workers inherit, so the end of the log is the end of all of them.

    Args:
        place: Where.
        *arguments: Besides the settings file.
        environment: Besides the place's.
        within: A command that becomes the daemon in the end: what comes before its own.
    """

    def __init__(
        self,
        place: Place,
        *arguments: str,
        environment: dict[str, str] | None = None,
        within: Sequence[str] = (),
    ) -> None:
        self.place = place
        self._arguments = ["watch", "--settings", str(place.file), *arguments]
        self._within = within
        self._is_warm = not within and environment is None
        self._environment = place.environment(**(environment or {}))
        self._lines: list[LogLine] = []
        self._news = threading.Condition()
        self._over = False

    def __enter__(self) -> Self:
        self._process = self._start()
        self._reader = threading.Thread(target=self._read, name="log of the daemon")
        self._reader.start()
        return self

    def _start(self) -> subprocess.Popen[bytes] | WarmProcess:
        warm = warm_interpreter() if self._is_warm else None
        if warm is not None:
            return warm.start(self._arguments, folder=self.place.root, environment=self._environment)
        return subprocess.Popen(
            [*self._within, *COMMAND, *self._arguments],
            cwd=self.place.root,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        for process in self.processes():
            process.kill()
        self._process.wait()
        self._reader.join()

    @property
    def pid(self) -> int:
        """Of the daemon."""
        return self._process.pid

    @property
    def lines(self) -> list[LogLine]:
        """The log so far."""
        with self._news:
            return list(self._lines)

    def of(self, event: str) -> list[LogLine]:
        """The log's lines about one kind of event, so far."""
        return [line for line in self.lines if line.get("event") == event]

    def wait_for(self, event: str, *, timeout: float = PATIENCE_S, count: int = 1, **fields: object) -> LogLine:
        """Wait for the log's ``count``-th line of this event with these fields.

        Raises:
            AssertionError: It did not come.
        """

        def found() -> list[LogLine]:
            wanted = {"event": event, **fields}
            return [line for line in self._lines if wanted.items() <= line.items()]

        with self._news:
            self._news.wait_for(lambda: len(found()) >= count or self._over, timeout)
            assert len(found()) >= count, f"no {event} {fields} in the log:\n" + "\n".join(map(str, self._lines))
            return found()[count - 1]

    def wait(self, timeout: float = PATIENCE_S) -> int:
        """Wait for the end of the daemon and of everything it has started; its exit code."""
        code = self._process.wait(timeout)
        until(lambda: not self.processes(), timeout=_ORPHANS_S)
        self._reader.join(timeout)
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM, *, timeout: float = PATIENCE_S) -> int:
        """Send a signal and wait for the end."""
        self._process.send_signal(number)
        return self.wait(timeout)

    def send(self, number: signal.Signals) -> None:
        """Send a signal and do not wait."""
        self._process.send_signal(number)

    def processes(self) -> list[psutil.Process]:
        """Everything that lives in the daemon's session, itself excepted."""
        others = [each for each in psutil.process_iter() if each.pid != self.pid]
        return [each for each in others if _session_of(each.pid) == self.pid and _is_alive(each)]

    def workers(self) -> list[psutil.Process]:
        """The processes that convert pages."""
        return [each for each in self.processes() if _name_of(each) == "dropleaf-worker"]

    def _read(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as log:
            for line in log:
                with self._news:
                    self._lines.append(_text_to_line(line))
                    self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()


def signal_until_ended(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """Send a signal as a user presses a key: again, as long as nothing comes of it.  The exit code.

    A signal that arrives while the interpreter ends a generator or an object is said on stderr and lost.
    """
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)
    return process.wait(1)


def until(true: Callable[[], bool], *, timeout: float = PATIENCE_S) -> None:
    """Wait for a state of the file system, which sends no word of it.

    Raises:
        AssertionError: It did not come.
    """
    limit = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < limit, "it did not come to pass"
        time.sleep(0.01)


def names_below(folder: Path) -> Sequence[str]:
    """Every file below a folder but for hidden ones, relative to it."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in paths if not any(part.startswith(".") for part in path.parts))


def _text_to_line(text: bytes) -> LogLine:
    """A log line; one that is no JSON (a traceback) is kept as an event of its own, so that tests can forbid it."""
    try:
        line: LogLine = json.loads(text)
    except ValueError:
        return {"event": "not_json", "text": text.decode(errors="replace").rstrip()}
    return line


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def _is_alive(process: psutil.Process) -> bool:
    """Whether it is more than an entry that its new parent has not read yet."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _name_of(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""
