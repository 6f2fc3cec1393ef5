"""What limits memory, as files of a kernel say it, drawn here for either version; and on this machine."""

import os
import sys
from pathlib import Path

import pytest

from pipeline.host.control_group import read_memory_limit

if sys.platform == "linux":
    from pipeline.host.linux import control_group

GROUP = "system.slice/dropleaf.service"


@pytest.mark.linux
@pytest.mark.parametrize(
    ("groups", "limits", "limit"),
    [
        (f"0::/{GROUP}", {f"{GROUP}/memory.max": "500", "system.slice/memory.max": "max"}, 500),
        (f"0::/{GROUP}", {f"{GROUP}/memory.max": "max", "system.slice/memory.max": "300"}, 300),
        (f"0::/{GROUP}", {f"{GROUP}/memory.max": "max"}, None),
        (f"5:cpu:/x\n4:memory:/{GROUP}\n0::/", {f"memory/{GROUP}/memory.limit_in_bytes": "700"}, 700),
        ("4:hugetlb,memory:/", {"memory/memory.limit_in_bytes": "9223372036854771712"}, None),
        ("0::/", {}, None),
        ("0::/../../outside", {"../memory.max": "1"}, None),
    ],
)
def test_the_tightest_limit_around_a_process_counts(
    tmp_path: Path, groups: str, limits: dict[str, str], limit: int | None
) -> None:
    root, proc = tmp_path / "root", tmp_path / "proc"
    for name, value in limits.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{value}\n")
    (proc / "7").mkdir(parents=True)
    (proc / "7" / "cgroup").write_text(f"{groups}\n")

    assert control_group.read_memory_limit(7, root=root, proc=proc) == limit
    assert control_group.read_memory_limit(8, root=root, proc=proc) is None


def test_of_this_process_there_is_a_limit_or_none() -> None:
    limit = read_memory_limit(os.getpid())

    assert limit is None or limit > 1 << 20
