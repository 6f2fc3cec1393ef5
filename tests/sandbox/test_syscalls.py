"""The list of system calls."""

import re
from pathlib import Path

import pytest

from pipeline.sandbox.syscalls import SystemCall, allowed_calls, name_to_machine

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
#: Named by what they are in the kernel: on a machine of 64 bits the C library knows them by their old names.
OLD_NAMES = {"fstatat": "newfstatat"}


def calls_on(machine: str) -> dict[str, SystemCall]:
    known = name_to_machine(machine)
    assert known is not None
    return dict(allowed_calls(known, servers=True))


@pytest.mark.parametrize("machine", list(HEADERS))
def test_every_number_is_the_kernels(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip("the kernel's headers are not installed (linux-libc-dev)")
    text = HEADERS[machine].read_text()
    numbers = {
        OLD_NAMES.get(name, name): int(number)
        for name, number in re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)$", text, re.MULTILINE)
    }

    assert {name: call.number for name, call in calls_on(machine).items()} == {
        name: numbers[name] for name in calls_on(machine)
    }


@pytest.mark.parametrize("machine", list(HEADERS))
def test_every_call_has_a_reason_and_no_number_comes_twice(machine: str) -> None:
    calls = calls_on(machine).values()

    assert all(call.reason for call in calls)
    assert len({call.number for call in calls}) == len(calls)


def test_what_a_worker_does_not_need_it_does_not_get() -> None:
    machine = name_to_machine("x86_64")
    assert machine is not None
    alone, connected = (set(allowed_calls(machine, servers=servers)) for servers in (False, True))

    assert connected - alone == {
        *("socket", "connect", "setsockopt", "getsockopt", "getsockname", "getpeername", "shutdown")
    }


def test_the_calls_of_another_machine_are_not_known() -> None:
    assert name_to_machine("riscv64") is None
