"""strace: what a process calls, and a process that dies, or is refused something, at its n-th call of a kind."""

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from daemons import until

#: Calls that change what is on disk, or what another process knows; between two of them a death makes a difference.
CHANGES = (
    "rename",
    "renameat",
    "renameat2",
    "fsync",
    "write",
    "mkdir",
    "unlink",
    "unlinkat",
    "rmdir",
    "link",
    "sendto",
    "sendmsg",
)
#: Calls that only look; a death there is one between two of the others.
LOOKS = ("openat", "recvfrom", "recvmsg", "read", "close", "clone", "clone3", "fork", "vfork")
#: Calls that a disk can refuse, with the reasons that it may give.
REFUSALS = {
    "rename": ("ENOSPC", "EIO", "EACCES"),
    "renameat": ("ENOSPC", "EIO", "EACCES"),
    "renameat2": ("ENOSPC", "EIO", "EACCES", "EINVAL"),
    "fsync": ("EIO", "ENOSPC"),
    "write": ("ENOSPC", "EIO"),
    "mkdir": ("ENOSPC", "EACCES"),
    "openat": ("EMFILE", "ENOSPC", "EACCES", "EIO"),
    "unlink": ("EIO", "EACCES"),
    "unlinkat": ("EIO", "EACCES"),
    "rmdir": ("EIO",),
    "link": ("ENOSPC", "EACCES"),
}
#: The thread that a process began with.
MAIN = "main"
_COMMAND = ("strace", "-qqq", "-e", "signal=none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The ``nth`` call of a kind by one thread.

    Attributes:
        thread: Its name in :func:`threads_of`, without the number where there are several of the kind.
        error: What the call fails with; None where the process is killed instead.
    """

    call: str
    nth: int
    thread: str = MAIN
    error: str | None = None

    def __str__(self) -> str:
        """For the log."""
        return f"{self.error or 'SIGKILL'} at {self.call} {self.nth} of {self.thread}"

    @property
    def options(self) -> list[str]:
        """For strace."""
        effect = f"error={self.error}" if self.error else "signal=SIGKILL"
        return ["-e", f"trace={self.call}", "-e", f"inject={self.call}:{effect}:when={self.nth}"]


def is_possible() -> bool:
    """Whether strace is there and may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode == 0


def threads_of(pid: int) -> dict[str, int]:
    """The threads of a process by name; one that has that of its parent is numbered in the order of their age."""
    found = {MAIN: pid}
    own = Path(f"/proc/{pid}/comm").read_text().strip()
    for number in sorted(int(path.name) for path in Path(f"/proc/{pid}/task").glob("[0-9]*")):
        name = Path(f"/proc/{number}/comm").read_text().strip()
        if number != pid:
            found[f"thread {len(found)}" if name == own or name in found else name] = number
    return found


def group_of(thread: str) -> str:
    """The name of a thread without its number: threads that share their work are one, and any of them may do it."""
    name, _, number = thread.rpartition("-")
    return name if name and number.isdigit() else thread


def threads_in(pid: int, group: str) -> list[int]:
    """The threads of a process that share a name."""
    return [number for name, number in threads_of(pid).items() if group_of(name) == group]


@contextmanager
def struck(point: Point, *threads: int) -> Iterator[list[bool]]:
    """Threads to which the point happens while this is entered; whether it did is there when it is left."""
    happened: list[bool] = []
    with tempfile.NamedTemporaryFile("r", errors="replace") as log:
        with _attached([*point.options, "-o", log.name], threads):
            yield happened
        happened.append("INJECTED" in log.read())


@contextmanager
def counted(calls: Sequence[str], threads: Sequence[int]) -> Iterator[list[Counter[str]]]:
    """What threads call while this is entered, in their order; there when it is left."""
    found: list[Counter[str]] = [Counter() for _ in threads]
    with tempfile.NamedTemporaryFile("r", errors="replace") as log:
        with _attached(["-f", "-o", log.name, "-e", f"trace=?{',?'.join(calls)}"], threads):
            yield found
        for line in log:
            who, _, what = line.partition(" ")
            call = what.strip().partition("(")[0]
            if who.isdigit() and int(who) in threads and call in calls:
                found[threads.index(int(who))][call] += 1


def command_struck(point: Point, command: Sequence[str]) -> list[str]:
    """A command to whose first thread the point happens, counted from its start."""
    return [*_COMMAND, *point.options, "-o", "/dev/null", *command]


@contextmanager
def _attached(options: Sequence[str], threads: Sequence[int]) -> Iterator[None]:
    which = [word for thread in threads for word in ("-p", str(thread))]
    with subprocess.Popen([*_COMMAND, *options, *which], stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: all(map(_is_traced, threads)))
            yield
        finally:
            process.kill()  # SIGTERM does not end one that traces a zombie; who was traced goes on


def _is_traced(thread: int) -> bool:
    try:
        return "TracerPid:\t0\n" not in Path(f"/proc/{thread}/status").read_text()
    except FileNotFoundError:
        return True
