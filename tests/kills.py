"""Processes that die between two file operations, at every one in turn, and disks that are full.

A forked child counts the interpreter's audit events of file operations (open, mkdir, rename, link, remove, rmdir) and
leaves by ``os._exit`` before the one that it was told: as after SIGKILL, nothing is flushed, closed or cleaned up.
"""

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import pytest

_KILLED = 137
_OPERATIONS = frozenset({"open", "os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.truncate"})


def kill_points(work: Callable[[], object]) -> Iterator[int]:
    """Run ``work`` in children that die before their first, second, third … operation; until one comes through.

    Yields:
        After each death, how many operations were done.  The caller has to see to the same state before each run.
    """
    for steps in count():
        if run_in_child(partial(_die_after, steps, work)) != _KILLED:
            return
        yield steps


def run_in_child(work: Callable[[], object]) -> int:
    """The exit code of a forked child that does ``work``: 0, or 1 after an exception, which stderr shows."""
    with warnings.catch_warnings():
        # The child runs no code of other threads, which is the danger that newer Pythons warn of.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 — whatever it is, the child must not run on as a second pytest
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _die_after(steps: int, work: Callable[[], object]) -> None:
    operations = count()

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        del arguments
        if event in _OPERATIONS and next(operations) == steps:
            os._exit(_KILLED)

    sys.addaudithook(watch)
    work()


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """A file system with room for ``kib`` KiB; the test is skipped where none can be mounted."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def other_file_system(than: Path) -> Path:
    """A folder on another file system than this one; the test is skipped where there is none."""
    shared_memory = Path("/dev/shm")
    if not os.access(shared_memory, os.W_OK) or shared_memory.stat().st_dev == than.stat().st_dev:
        pytest.skip("there is no second file system here")
    return shared_memory


def names_below(root: Path) -> set[str]:
    """Every file below a folder, by its relative path."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}
