"""What holds for every test: it leaves no thread and no process behind."""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import structlog
import warm_start
from hypothesis import HealthCheck, settings

_PATIENCE_S = 60.0

# On a busy machine an example may take any time.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# What is started in the background by a script ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
_STEP_S = 0.01
#: The children that a thread has started (proc(5)).
_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children")
#: Python's own helpers, and the interpreter from which daemons are forked; they live as long as the test process.
_HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver", warm_start.__file__)


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Threads and child processes that a test started have ended when it ends.

    What fixtures of a wider scope have started counts as having been there before; what is just about to end is
    waited for.  What is left is killed, so that only the guilty test fails.
    """
    threads = set(threading.enumerate())
    processes = set(_children())

    yield

    deadline = time.monotonic() + _PATIENCE_S
    while _left(threads, processes) and time.monotonic() < deadline:
        time.sleep(_STEP_S)
    left = _left(threads, processes)
    for process in set(_children()) - processes:
        process.kill()
    assert not left, "left behind: " + "; ".join(left)


@pytest.fixture(scope="session", autouse=True)
def _warm_start() -> Iterator[None]:
    """Daemons start from an interpreter that has loaded the program; it is started with the first of them."""
    with warm_start.warm_starts():
        yield


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """What one test sets up for its log lines is not there for the next one."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    structlog.reset_defaults()
    root.setLevel(level)
    root.handlers[:] = handlers


def _left(threads: set[threading.Thread], processes: set[psutil.Process]) -> list[str]:
    alive = [thread for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    return [f"thread {thread.name}" for thread in alive] + [
        f"process {each.pid}" for each in _children() if each not in processes
    ]


def _children() -> list[psutil.Process]:
    if not _may_have_children():
        return []
    return [child for child in psutil.Process().children(recursive=True) if not _is_helper(child)]


def _may_have_children() -> bool:
    """What Linux knows at once; psutil looks at every process of the machine, which takes longer than most tests."""
    try:
        if not _CHILDREN.exists():
            return True
        children = {int(pid) for file in _CHILDREN.parent.parent.glob("*/children") for pid in file.read_text().split()}
        return bool(children - warm_start.idle_pids())
    except OSError:  # a thread has just ended, and its children are another's now
        return True


def _is_helper(process: psutil.Process) -> bool:
    """Whether it is a helper itself; what is forked from one has its command line, but another parent."""
    try:
        if process.ppid() != os.getpid():
            return False
        return any(helper in word for word in process.cmdline() for helper in _HELPERS)
    except psutil.Error:  # it ended meanwhile; a zombie keeps no command line, and is nobody's helper
        return False
