"""A control group for each worker: real ones, of the kernel's, where this process may make them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemons import ROOT, until

from pipeline.host.worker_groups import divide_own_group, has_worker_groups, leave_group, put_into_group

pytestmark = pytest.mark.linux

WANTED = ("memory", "pids")
# Becomes a process of the group, divides it, and puts a child into a group of its own; answers with what it saw.
DAEMON = """\
import json, os, subprocess, sys
from pathlib import Path
from pipeline.host.linux.worker_groups import find_group
group, root, controllers, other, child = json.loads(sys.argv[1])
(Path(group) / "cgroup.procs").write_text(str(os.getpid()))
if other:
    stranger = subprocess.Popen(["sleep", "60"])
found = find_group(root=Path(root), controllers=tuple(controllers))
seen = {"divided": found is not None, "own": Path("/proc/self/cgroup").read_text().partition("0::")[2].strip()}
if found is not None:
    with subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        found.admit(worker.pid, 64 << 20)
        seen["worker"] = Path(f"/proc/{worker.pid}/cgroup").read_text().partition("0::")[2].strip()
        folder = Path(group, f"worker-{worker.pid}")
        files = [folder / name for name in ("memory.max", "pids.max")]
        seen["limits"] = {file.name: file.read_text().strip() for file in files if file.exists()}
        worker.communicate(b"go")
    seen["code"] = worker.returncode
    found.remove(worker.pid)
    seen["left"] = sorted(path.name for path in Path(group).iterdir() if path.is_dir())
if other:
    stranger.kill(), stranger.wait()
print(json.dumps(seen))
"""
# Memory that no limit of an address space counts.
HOARDER = """\
import os, sys
sys.stdin.read()
file = os.memfd_create("hoard")
for _ in range(128):
    os.write(file, bytes(1 << 20))
"""
QUIET = "import sys; sys.stdin.read()"


def mounted_at() -> Path | None:
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    return next((Path(words[1]) for words in mounts if words[2] == "cgroup2"), None)


@pytest.fixture
def group() -> Iterator[Path]:
    root = mounted_at()
    if root is None:
        pytest.skip("no control groups of version 2 are mounted here")
    folder = root / f"dropleaf-test-{os.getpid()}"
    try:
        folder.mkdir()
        os.setxattr(folder, "user.delegate", b"1")
    except OSError as error:
        pytest.skip(f"this user may not make control groups: {error}")
    yield folder
    for each in (*folder.glob("*/"), folder):
        _remove_group(each)


def _remove_group(folder: Path) -> None:
    until(lambda: not (folder / "cgroup.procs").read_text())
    folder.rmdir()


def tried(group: Path, controllers: tuple[str, ...], *, other: bool = False, child: str = QUIET) -> dict[str, object]:
    words = json.dumps([str(group), str(group.parent), controllers, other, child])
    command = [sys.executable, "-c", DAEMON, words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    seen: dict[str, object] = json.loads(done.stdout)
    return seen


def test_a_worker_is_put_into_a_group_of_its_own_which_goes_with_it(group: Path) -> None:
    seen = tried(group, ())

    assert seen["divided"]
    assert seen["own"] == f"/{group.name}/daemon"
    assert str(seen["worker"]).startswith(f"/{group.name}/worker-")
    assert seen["left"] == ["daemon"]


def test_what_a_killed_daemon_has_left_is_removed(group: Path) -> None:
    (group / "daemon").mkdir()
    (group / "worker-1").mkdir()

    assert tried(group, ())["left"] == ["daemon"]


def test_a_group_with_another_process_in_it_is_left_alone(group: Path) -> None:
    seen = tried(group, (), other=True)

    assert seen == {"divided": False, "own": f"/{group.name}"}
    assert not list(group.glob("*/"))


def test_a_group_that_nobody_gave_away_is_left_alone(group: Path) -> None:
    os.removexattr(group, "user.delegate")

    assert tried(group, ()) == {"divided": False, "own": f"/{group.name}"}


def test_without_a_controller_that_limits_memory_nothing_is_divided(group: Path) -> None:
    assert tried(group, ("no-such",)) == {"divided": False, "own": f"/{group.name}"}


def test_memory_beside_the_limit_of_the_address_space_ends_the_worker_alone(group: Path) -> None:
    if missing := set(WANTED) - set((group / "cgroup.controllers").read_text().split()):
        pytest.skip(f"control groups of version 2 do not limit {' and '.join(sorted(missing))} on this machine")

    seen = tried(group, WANTED, child=HOARDER)

    assert seen["limits"] == {"memory.max": str(64 << 20), "pids.max": "64"}
    assert seen["code"] == -9
    assert seen["left"] == ["daemon"]


def test_where_no_group_was_given_workers_go_without() -> None:
    assert not has_worker_groups(os.getpid())
    assert not divide_own_group()
    assert not put_into_group(os.getpid(), 1 << 30)
    leave_group(os.getpid())
