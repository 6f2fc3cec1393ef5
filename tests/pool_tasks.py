"""Handlers whose tasks misbehave in every way that a page might; they run in the workers of test_pool.py."""

import ctypes
import importlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import msgspec

from pipeline.pool.channel import Frame, Kind
from pipeline.pool.codec import Codec

LOADED = ("requests", "pypdfium2", "pdfminer.high_level", "pdfminer.layout")


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """What results are made of."""

    number: int
    colour: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlisted:
    """Of a type that the pool has not been told of."""

    number: int = 7


class StrangeError(Exception):
    """Cannot even be printed."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(one + two)

    def __str__(self) -> str:
        raise RuntimeError("no words")


@dataclass(frozen=True, slots=True)
class Task:
    """The name of a function below, and what it is called with; with ``announce`` it reports its process first."""

    name: str
    argument: object = None
    announce: bool = False


TASK_CODEC = Codec((Task,))
ANSWER_CODEC = Codec((int, str, bytes, tuple, type(None), Plain))


class Acrobat:
    """Does the task that it is named."""

    tasks = TASK_CODEC
    answers = ANSWER_CODEC

    def __init__(self) -> None:
        self.hints: list[object] = []
        self.kept: Callable[[object], None] = print

    def run(self, task: object, report: Callable[[object], None]) -> object:
        assert isinstance(task, Task)
        if task.announce:
            report(os.getpid())
        if task.name == "hints":
            return tuple(self.hints)
        if task.name == "report":
            report(task.argument)
            return None
        if task.name == "keep_report":
            self.kept = report
            return None
        if task.name == "report_late":
            self.kept(task.argument)
            return None
        if task.name == "child_and_hang":
            # A program that would outlive its worker, as an OCR engine might.
            report(subprocess.Popen(["sleep", "1000"]).pid)
            time.sleep(1000)
        return TASKS[task.name](task.argument)

    def prepare(self, task: object) -> None:
        assert isinstance(task, Task)
        if task.name == "hang":
            time.sleep(1000)
        if task.name == "fail":
            raise StrangeError(1, 2)
        self.hints.append(task.argument)

    def close(self) -> None:
        """Nothing is held."""


def _sleep_and_touch(path: object) -> None:
    time.sleep(0.5)
    Path(str(path)).touch()


def _hang_deaf(_: object) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    time.sleep(1000)


def _hang_in_c(_: object) -> int:
    return sum(range(10**15))  # never lets go of the interpreter's lock


def _stop(_: object) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _segfault(_: object) -> None:
    ctypes.string_at(0)


def _kill(number: object) -> None:
    os.kill(os.getpid(), int(str(number)))


def _exit(code: object) -> NoReturn:
    os._exit(int(str(code)))


def _leave(_: object) -> NoReturn:
    sys.exit(5)


def _raise_strange(_: object) -> NoReturn:
    raise StrangeError(1, 2)


def _recurse(argument: object) -> object:
    return _recurse(argument)


def _eat(mib: object) -> int:
    return len(bytearray(int(str(mib)) * 1024 * 1024))


def _large(mib: object) -> bytes:
    return bytes(int(str(mib)) * 1024 * 1024)


def _half_a_frame(_: object) -> None:
    """Send a header that promises more than comes, then hang."""
    _send_raw(bytes([Kind.DONE]) + (1000).to_bytes(8, "big") + b"half")


def _rubbish(_: object) -> None:
    """Send what is no frame, then hang."""
    _send_raw(b"\xff" * 64)


def _huge_promise(_: object) -> None:
    """Announce a terabyte, then hang."""
    _send_raw(bytes([Kind.DONE]) + (2**40).to_bytes(8, "big"))


def _send_value(value: object) -> None:
    """Send as a result what no codec of ours has written, then hang."""
    _send_frame(Kind.DONE, msgspec.msgpack.encode(value))


def _send_frame(kind: Kind, body: bytes) -> None:
    _send_raw(Frame(kind=kind, body=body).to_bytes())


def _send_raw(data: bytes) -> None:
    descriptors = [int(path.name) for path in Path("/proc/self/fd").iterdir() if _link(path).startswith("socket:")]
    os.write(descriptors[0], data)
    time.sleep(1000)


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:  # the descriptor of the listing itself
        return ""


def _limits(_: object) -> tuple[int, ...]:
    names = (resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE)
    return tuple(resource.getrlimit(name)[0] for name in names)


def _surroundings(seconds: object) -> tuple[str, int, int, bool]:
    """Standard input, number of sockets and of pipes besides the standard streams, and whether the hook ran."""
    time.sleep(float(str(seconds)))
    kinds = [_link(path).partition(":")[0] for path in Path("/proc/self/fd").iterdir() if int(path.name) > 2]
    return _link(Path("/proc/self/fd/0")), kinds.count("socket"), kinds.count("pipe"), "INITIALISED" in os.environ


TASKS: dict[str, Callable[[object], object]] = {
    "echo": lambda argument: argument,
    "pid": lambda _: os.getpid(),
    "plain": lambda _: Plain(number=7, colour=Colour.RED),
    "sleep": lambda seconds: time.sleep(float(str(seconds))),
    "sleep_and_touch": _sleep_and_touch,
    "hang": lambda _: time.sleep(1000),
    "hang_deaf": _hang_deaf,
    "hang_in_c": _hang_in_c,
    "stop": _stop,
    "segfault": _segfault,
    "kill": _kill,
    "exit": _exit,
    "leave": _leave,
    "raise_strange": _raise_strange,
    "recurse": _recurse,
    "eat": _eat,
    "large": _large,
    "lambda": lambda _: lambda: None,
    "unlisted": lambda _: Unlisted(),
    "impossible": lambda colour: Plain(number=7, colour=colour),  # type: ignore[arg-type]  # as if taken over
    "foreign_type": lambda _: _send_value(["Unlisted", {"number": 7}]),
    "nameless": lambda _: _send_value([7]),
    "bottomless": lambda _: _send_frame(Kind.DONE, b"\x92\xa5Plain" + b"\x91" * 100_000),
    "impossible_report": lambda _: _send_frame(Kind.PROGRESS, b"\xc1"),
    "half_a_frame": _half_a_frame,
    "rubbish": _rubbish,
    "huge_promise": _huge_promise,
    "limits": _limits,
    "surroundings": _surroundings,
}


def make_acrobat() -> Acrobat:
    return Acrobat()


def make_loaded() -> Acrobat:
    """With what a page's worker has loaded, near enough; see tests/benchmarks/pool_respawn.py."""
    for module in LOADED:
        importlib.import_module(module)
    return Acrobat()


def make_nothing() -> NoReturn:
    raise RuntimeError("the model is not where it should be")


def make_dead() -> NoReturn:
    os._exit(9)


def make_late() -> Acrobat:
    time.sleep(1000)
    return Acrobat()


def make_slow() -> Acrobat:
    time.sleep(3)
    return Acrobat()


def initialise() -> None:
    os.environ["INITIALISED"] = "yes"
