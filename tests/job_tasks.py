"""The tasks of test_pool.py; they run in its workers."""

import ctypes
import subprocess
import sys
from collections.abc import Callable

from pipeline.pool.codec import Codec

CODEC = Codec((str, int))


class Handler:
    """Does what the task says."""

    tasks = answers = CODEC

    def run(self, task: object, report: Callable[[object], None]) -> object:
        """As in :class:`pipeline.pool.process.Handler`."""
        match task:
            case "hang":
                _hang()
            case "crash":
                ctypes.CDLL("msvcrt").memset(ctypes.c_void_p(16), 0, 1)
            case "start and hang":
                child = subprocess.Popen(
                    [sys.executable, "-c", "import time; time.sleep(600)"],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                report(child.pid)
                _hang()
            case _:
                pass
        return str(task) * 2

    def prepare(self, task: object) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def _hang() -> None:
    ctypes.PyDLL("kernel32").Sleep(600_000)  # it keeps the interpreter's lock


def make() -> Handler:
    """The handler of a worker."""
    return Handler()
