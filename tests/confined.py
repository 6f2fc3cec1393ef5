"""Runs a command as the system unit would: its system calls, no capabilities, no memory that is both written and run.

For machines where no systemd runs: `python confined.py COMMAND...`.  The calls are those that systemd-analyze lists for
the unit's groups; files, addresses and name spaces are not imitated.
"""

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

from pipeline.sandbox import landlock, seccomp

_PR_SET_MDWE, _PR_CAPBSET_DROP, _LAST_CAPABILITY = 65, 24, 40
_NEEDED_BY_THE_WORKERS = {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp"}
_HEADERS = (
    Path("/usr/include/asm/unistd_64.h"),
    Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    Path("/usr/include/asm-generic/unistd.h"),
)
#: To become what was asked for; the unit's own manager does it before the filter is on.
_TO_BEGIN = {"execve"}


def numbers_of_calls() -> dict[str, int]:
    """What the kernel's headers say, empty where there are none."""
    header = next((path for path in _HEADERS if path.exists()), None)
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text()) if header else []
    return {name: int(number) for name, number in found}


def calls_of(group: str) -> set[str]:
    """The names in a group of systemd's, those of the groups within it included."""
    shown = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True)
    names = {
        line.strip() for line in shown.stdout.splitlines()[1:] if line.strip() and not line.strip().startswith("#")
    }
    inner = {name for name in names if name.startswith("@")}
    return (names - inner).union(*(calls_of(name) for name in inner))


def confine() -> None:
    """Give up what the unit takes; for good."""
    allowed = (calls_of("@system-service") - calls_of("@privileged") - calls_of("@resources")) | _NEEDED_BY_THE_WORKERS
    numbers = numbers_of_calls()
    known = [numbers[name] for name in sorted(allowed | _TO_BEGIN) if name in numbers]
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(_LAST_CAPABILITY + 1):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    landlock.forbid_new_privileges()
    libc.prctl(_PR_SET_MDWE, 1, 0, 0, 0)
    allow = [step for number in known for step in ((0x15, 0, 1, number), (0x06, 0, 0, 0x7FFF0000))]
    seccomp.install([(0x20, 0, 0, 0), *allow, (0x06, 0, 0, 0x00050001)])


if __name__ == "__main__":
    confine()
    os.execv(sys.argv[1], sys.argv[1:])
