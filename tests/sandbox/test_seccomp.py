"""The filter, run instruction by instruction, for machines that are not at hand as well."""

import os
import socket
from collections.abc import Sequence

import pytest

from pipeline.sandbox.seccomp import Instruction, Needs, needs_to_program
from pipeline.sandbox.syscalls import Machine, allowed_calls, name_to_machine

PID = 4711
ALLOWED, REFUSED, UNKNOWN = "allowed", "EPERM", "ENOSYS"
VERDICTS = {0x7FFF0000: ALLOWED, 0x00050001: REFUSED, 0x00050026: UNKNOWN}
LIFELINE = 4
SIGKILL = 9
ALL = Needs(servers=True, lifelines=(LIFELINE,))
machines = pytest.mark.parametrize("name", ["x86_64", "aarch64"])


def machine_of(name: str) -> Machine:
    machine = name_to_machine(name)
    assert machine is not None
    return machine


def run(program: Sequence[Instruction], code: int, number: int, arguments: Sequence[int]) -> str:
    """What the filter says to a call; as seccomp_filter.rst and the kernel's interpreter have it."""
    words = [number, code, 0, 0]
    for argument in (*arguments, *[0] * (6 - len(arguments))):
        words += [argument & 0xFFFFFFFF, argument >> 32 & 0xFFFFFFFF]
    place = value = 0
    while True:
        operation, yes, no, operand = program[place]
        place += 1
        match operation:
            case 0x20:
                value = words[operand // 4]
            case 0x54:
                value &= operand
            case 0x15 | 0x35 | 0x45:
                holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[operation]
                place += yes if holds else no
            case 0x06:
                return VERDICTS[operand]
            case _:
                raise AssertionError(f"no instruction of ours: {operation:#x}")


def ask(machine: str, call: str, *arguments: int, needs: Needs = ALL) -> str:
    known = machine_of(machine)
    number = allowed_calls(known, servers=True)[call].number
    return run(needs_to_program(needs, known, pid=PID), known.code, number, arguments)


@machines
def test_a_call_that_is_not_listed_does_not_exist(name: str) -> None:
    known = machine_of(name)
    program = needs_to_program(ALL, known, pid=PID)
    listed = {call.number for call in allowed_calls(known, servers=True).values()}

    assert {run(program, known.code, number, ()) for number in range(600) if number not in listed} == {UNKNOWN}
    assert run(program, known.code, 0x40000000, ()) == UNKNOWN  # x32: other calls by other numbers
    assert run(program, 0x40000003, 1, ()) == REFUSED  # 32 bits: other calls by the same numbers


@machines
def test_arguments_that_would_let_a_worker_out_are_refused(name: str) -> None:
    assert ask(name, "clone", 0x3D0F00) == ALLOWED
    assert ask(name, "clone", 17) == REFUSED  # SIGCHLD: another process
    assert ask(name, "clone", 0x3D0F00 | 0x10000000) == REFUSED  # in a namespace of its own
    for target, verdict in ((0, ALLOWED), (PID, ALLOWED), (-PID, ALLOWED), (1, REFUSED), (-1, REFUSED)):
        assert ask(name, "kill", target & 0xFFFFFFFF, SIGKILL) == verdict, target
    assert ask(name, "tgkill", PID, PID, SIGKILL) == ALLOWED
    assert ask(name, "tgkill", 1, 1, SIGKILL) == REFUSED
    assert ask(name, "prlimit64", 0, 7, 0, 0x7F0000000000) == ALLOWED
    assert ask(name, "prlimit64", 0, 7, 0x7F0000000000, 0) == REFUSED
    assert ask(name, "prlimit64", 1, 7, 0, 0x7F0000000000) == REFUSED
    assert ask(name, "prctl", 15) == ALLOWED
    assert ask(name, "prctl", 22) == REFUSED  # another filter
    for flags, verdict in ((0, ALLOWED), (1, ALLOWED), (2, REFUSED), (4, REFUSED)):  # exchange, whiteout
        assert ask(name, "renameat2", -100, 0x1000, -100, 0x1000, flags) == verdict


@machines
def test_files_are_opened_and_closed_but_for_the_lifeline(name: str) -> None:
    assert ask(name, "openat", 0, 0, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) == ALLOWED
    assert ask(name, "openat", 0, 0, os.O_RDONLY | os.O_CLOEXEC) == ALLOWED
    assert ask(name, "openat", 0, 0, os.O_RDONLY | os.O_TRUNC) == REFUSED
    assert ask(name, "close", 5) == ALLOWED
    assert ask(name, "close", LIFELINE) == REFUSED
    assert ask(name, "close", LIFELINE, needs=Needs()) == ALLOWED
    assert ask(name, "fcntl", 5, 3) == ALLOWED
    for command in (4, 8, 10, 15, 1024, 1026, 1031):  # flags, owner, signal, lease, notifications, the size of a pipe
        assert ask(name, "fcntl", 5, command) == REFUSED, command
    assert ask(name, "ioctl", 5, 0x5401) == ALLOWED
    assert ask(name, "ioctl", 5, 0x5412) == REFUSED


@machines
def test_sockets_are_of_tcp(name: str) -> None:
    for family, kind, protocol, verdict in (
        (socket.AF_INET, socket.SOCK_STREAM, 0, ALLOWED),
        (socket.AF_INET6, socket.SOCK_STREAM | socket.SOCK_CLOEXEC, socket.IPPROTO_TCP, ALLOWED),
        (socket.AF_INET, socket.SOCK_DGRAM, 0, REFUSED),
        (socket.AF_INET, socket.SOCK_STREAM, 262, REFUSED),
        (socket.AF_INET, socket.SOCK_RAW, 1, REFUSED),
        (socket.AF_UNIX, socket.SOCK_STREAM, 0, REFUSED),
        (socket.AF_NETLINK, socket.SOCK_RAW, 0, REFUSED),
    ):
        assert ask(name, "socket", family, kind, protocol) == verdict
    assert ask(name, "socket", socket.AF_INET, socket.SOCK_STREAM, needs=Needs(servers=False)) == UNKNOWN


@machines
def test_what_is_sent_goes_to_who_is_connected(name: str) -> None:
    assert ask(name, "sendto", 5, 1, 1, 0, 0) == ALLOWED
    assert ask(name, "sendto", 5, 1, 1, 0x20000000, 0) == REFUSED  # MSG_FASTOPEN
    assert ask(name, "sendto", 5, 1, 1, 0, 0x7FFF00001000) == REFUSED
    assert ask(name, "sendto", 5, 1, 1, 0, 0x1000) == REFUSED
    assert ask(name, "sendto", 5, 1, 1, 0, 0x700000000) == REFUSED
    assert ask(name, "setsockopt", 5, socket.IPPROTO_TCP, socket.TCP_NODELAY) == ALLOWED
    for level, option in ((socket.SOL_SOCKET, 26), (socket.SOL_SOCKET, 50), (socket.IPPROTO_TCP, 30), (41, 2), (99, 1)):
        assert ask(name, "setsockopt", 5, level, option) == REFUSED
