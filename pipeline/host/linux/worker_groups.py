"""A control group for each worker, within the group that the service manager has given to this process alone.

Only a group of version 2 that was delegated is divided: one that carries systemd's mark, or the topmost one that a
container sees, and only while no other process is in it.  A group that is divided may hold no process itself, so this
process first moves into one beside those of its workers.

Source: Documentation/admin-guide/cgroup-v2.rst of the kernel; systemd's CGROUP_DELEGATION.md; paths of cgroups(7).
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

_ROOT = Path("/sys/fs/cgroup")
_MARKS = ("user.delegate", "trusted.delegate")
_OWN, _WORKER = "daemon", "worker-"
_CONTROLLERS = ("memory", "pids")
#: Of a worker; its sandbox lets it start no process, and its libraries need a thread for each core.
_THREADS = 64


class DividedGroup:
    """A group with a group for this process and one for each worker in it.

    Args:
        folder: Of the group that is divided.
        controllers: Those that limit workers.
    """

    def __init__(self, folder: Path, controllers: tuple[str, ...]) -> None:
        self._folder = folder
        self._controllers = controllers

    def divide(self) -> None:
        """Move this process into a group for itself, and have the kernel limit those beside it.

        Raises:
            OSError: The kernel does not allow it, or another process is in the group; then all is as before.
        """
        own = self._folder / _OWN
        own.mkdir(exist_ok=True)
        _write(own / "cgroup.procs", str(os.getpid()))
        try:
            _write(self._folder / "cgroup.subtree_control", " ".join(f"+{name}" for name in self._controllers))
        except OSError:
            _write(self._folder / "cgroup.procs", str(os.getpid()))
            own.rmdir()
            raise
        for left in self._folder.glob(f"{_WORKER}*"):  # of a process that was killed
            with suppress(OSError):
                left.rmdir()

    def admit(self, pid: int, memory: int | None) -> None:
        """Put a process into a group of its own.

        Args:
            pid: Of the process.
            memory: Bytes that it may have in all, what its address space does not show included; None for no limit.

        Raises:
            OSError: It has ended, or the kernel does not allow it.
        """
        group = self._folder / f"{_WORKER}{pid}"
        group.mkdir(exist_ok=True)
        if "memory" in self._controllers and memory is not None:
            _write(group / "memory.max", str(memory))
        if "pids" in self._controllers:
            _write(group / "pids.max", str(_THREADS))
        _write(group / "cgroup.procs", str(pid))

    def remove(self, pid: int) -> None:
        """Remove the group of a process that has ended; one that is not there is no fault."""
        with suppress(OSError):  # something that it has started still ends; the next start of the service removes it
            (self._folder / f"{_WORKER}{pid}").rmdir()


def divide_own_group() -> bool:
    """Prepare groups for workers, before this process has started any other; whether there will be some."""
    return _divided_group() is not None


def put_into_group(pid: int, memory: int | None) -> bool:
    """Put a worker into a control group of its own, where there are such; whether it is in one.

    Args:
        pid: Of the worker.
        memory: Bytes that it may have in all; None for no limit.
    """
    group = _divided_group()
    if group is None:
        return False
    try:
        group.admit(pid, memory)
    except OSError:  # accepted: the limits that the worker has set for itself hold all the same
        group.remove(pid)
        return False
    return True


def leave_group(pid: int) -> None:
    """Remove the control group of a worker that has ended."""
    if (group := _divided_group()) is not None:
        group.remove(pid)


def has_worker_groups(pid: int) -> bool:
    """Whether a process has groups for its workers."""
    folder = _group_of(str(pid), _ROOT)
    return folder is not None and folder.name == _OWN and _is_given(folder.parent, _ROOT)


@cache
def _divided_group() -> DividedGroup | None:
    """The group of this process, divided; None where it must not or cannot be."""
    return find_group()


def find_group(*, root: Path = _ROOT, controllers: tuple[str, ...] = _CONTROLLERS) -> DividedGroup | None:
    """Divide the group of this process; None where it must not or cannot be.

    Args:
        root: Where control groups are mounted.
        controllers: Those that are to limit workers; where one of them is missing, nothing is divided.
    """
    folder = _group_of("self", root)
    if folder is None:
        return None
    with suppress(OSError):
        if folder.name == _OWN and _is_given(folder.parent, root):  # as a process before this one has left it
            folder = folder.parent
        there = (folder / "cgroup.controllers").read_text().split()
        if _is_given(folder, root) and set(_members(folder)) <= {os.getpid()} and set(controllers) <= set(there):
            group = DividedGroup(folder, controllers)
            group.divide()
            return group
    return None


def _group_of(process: str, root: Path) -> Path | None:
    """The folder of a process's group of version 2; None where there is none that can be seen."""
    try:
        lines = Path(f"/proc/{process}/cgroup").read_text().splitlines()
    except OSError:
        return None
    path = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)
    if path is None or ".." in Path(path).parts:
        return None
    return root / path.lstrip("/")


def _is_given(folder: Path, root: Path) -> bool:
    """Whether a group is this process's own to divide."""
    return folder == root or any(_is_marked(folder, mark) for mark in _MARKS)


def _is_marked(folder: Path, mark: str) -> bool:
    try:
        return os.getxattr(folder, mark) == b"1"
    except OSError:
        return False


def _members(folder: Path) -> Iterator[int]:
    yield from map(int, (folder / "cgroup.procs").read_text().split())


def _write(file: Path, text: str) -> None:
    """Write to a file of the kernel's, which is there already."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
