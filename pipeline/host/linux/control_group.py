"""What limits the memory of processes together: control groups, in either version.

Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of the kernel; the paths are those of
cgroups(7).
"""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

_ROOT = Path("/sys/fs/cgroup")
# What version 1 says where nothing is limited: the largest number of whole pages.
_UNLIMITED = 1 << 62


def read_memory_limit(pid: int, *, root: Path = _ROOT, proc: Path = Path("/proc")) -> int | None:
    """Bytes that a process and all that it starts may have together; None where nothing limits them.

    Args:
        pid: Of a process.
        root: Where control groups are mounted.
        proc: Where processes are listed.
    """
    limits = []
    for file in _limits_of(pid, root, proc):
        with suppress(OSError, ValueError):  # there is no such limit, or it is "max"
            limits.append(int(file.read_text()))
    return min((limit for limit in limits if limit < _UNLIMITED), default=None)


def _limits_of(pid: int, root: Path, proc: Path) -> Iterator[Path]:
    """The files that say a limit: of each group that the process is in, and of the groups around it."""
    try:
        lines = (proc / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if ".." in Path(path).parts or (controllers and "memory" not in controllers.split(",")):
            continue  # of another controller, or outside of what a container sees
        base, name = (root / "memory", "memory.limit_in_bytes") if controllers else (root, "memory.max")
        group = base / path.lstrip("/")
        yield from (each / name for each in (group, *group.parents) if each.is_relative_to(base))
