"""A seccomp filter: system calls that a worker has no use for fail with EPERM, for good.

Landlock knows files and TCP ports; this closes what it does not know: other programs, other processes, other sockets,
permissions and times of files, and the kernel's riskier interfaces.  A list of what is refused rather than of what is
allowed, since the C libraries below a worker use new calls with every release.

A hundred lines and a table instead of a binding of libseccomp: those need the shared library on the machine.
Source of the method: seccomp(2), and Documentation/userspace-api/seccomp_filter.rst of the kernel.
"""

import ctypes
import errno
import os
import platform
import socket
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from pipeline.sandbox.syscalls import REFUSED, Numbers, machine_to_numbers

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ACTIONS = Path("/proc/sys/kernel/seccomp/actions_avail")

# Classic BPF: load a word, compare, mask, return.
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_REFUSE = _ERRNO | errno.EPERM
_UNKNOWN = _ERRNO | errno.ENOSYS
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
#: Calls of the x32 interface carry this bit.
_X32 = 0x40000000

_CLONE_THREAD = 0x00010000
_SOCKET_KIND = 0xF
_MSG_FASTOPEN = 0x20000000
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX = 8, 10, 15
#: FIOSETOWN and SIOCSPGRP send signals by way of a descriptor; TIOCSTI and TIOCLINUX type into a terminal.
_IOCTLS = (0x8901, 0x8902, 0x5412, 0x541C)
_PLAIN_TCP = (0, socket.IPPROTO_TCP)

Instruction = tuple[int, int, int, int]


class _Filter(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Filter)))


def available() -> bool:
    """Whether the kernel takes filters and this machine's calls are known here."""
    return machine_to_numbers(platform.machine()) is not None and _ACTIONS.exists()


def restrict(*, datagrams: bool) -> None:
    """Refuse the calls for this thread, and for all that it starts from now on.

    To be called after :func:`pipeline.sandbox.landlock.forbid_new_privileges`, before any other thread is started.

    Args:
        datagrams: Leave UDP sockets alone: names are resolved over them.

    Raises:
        OSError: The kernel refuses, or the machine's calls are not known.
    """
    numbers = machine_to_numbers(platform.machine())
    if numbers is None:
        raise OSError(errno.ENOSYS, f"seccomp: the system calls of {platform.machine()} are not known")
    install(numbers_to_program(numbers, pid=os.getpid(), datagrams=datagrams))


def install(instructions: Sequence[Instruction]) -> None:
    """Put a filter in force; raises OSError where the kernel refuses it."""
    array = (_Filter * len(instructions))(*(_Filter(*each) for each in instructions))
    program = _Program(length=len(instructions), filter=array)
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), ctypes.byref(program), zero, zero):
        code = ctypes.get_errno()
        raise OSError(code, f"seccomp: {os.strerror(code)}")


def numbers_to_program(numbers: Numbers, *, pid: int, datagrams: bool) -> list[Instruction]:
    """The filter as instructions (code, steps over if true, steps over if false, operand)."""
    head = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 1, 0, numbers.machine),
        (_RETURN, 0, 0, _REFUSE),  # a 32-bit call, with numbers of its own
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _UNKNOWN),
    ]
    blocks: Iterator[list[Instruction]] = chain(
        (_when(numbers, name, _verdict(_REFUSE)) for name in REFUSED), _conditions(numbers, pid, datagrams=datagrams)
    )
    return [*head, *chain.from_iterable(blocks), (_RETURN, 0, 0, _ALLOW)]


def _conditions(numbers: Numbers, pid: int, *, datagrams: bool) -> Iterator[list[Instruction]]:
    """What depends on a call's arguments; signals may go to this process and its group only."""
    minus = (1 << 32) - pid
    yield _when(numbers, "clone3", _verdict(_UNKNOWN))  # its flags lie in memory; glibc goes on with clone then
    yield _when(
        numbers, "clone", [*_argument(0), (_ANY_BIT, 0, 1, _CLONE_THREAD), *_verdict(_ALLOW), *_verdict(_REFUSE)]
    )
    yield _when(numbers, "kill", _one_of(0, (0, pid, minus)))
    yield _when(numbers, "tgkill", _one_of(0, (pid,)))
    yield _when(numbers, "prlimit64", _one_of(0, (0, pid)))
    yield _when(numbers, "fcntl", _none_of(1, (_F_SETOWN, _F_SETSIG, _F_SETOWN_EX)))
    yield _when(numbers, "ioctl", _none_of(1, _IOCTLS))
    # A fast open connects without asking Landlock on older kernels.
    for name, index in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
        yield _when(
            numbers,
            name,
            [*_argument(index), (_ANY_BIT, 0, 1, _MSG_FASTOPEN), *_verdict(_REFUSE), *_verdict(_ALLOW)],
        )
    yield _when(numbers, "socket", _internet_sockets(datagrams=datagrams))


def _internet_sockets(*, datagrams: bool) -> list[Instruction]:
    """TCP over IPv4 and IPv6, and nothing else: no UDP, no raw packets, no multipath TCP (unknown to Landlock)."""
    kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM) if datagrams else (socket.SOCK_STREAM,)
    protocols = (*_PLAIN_TCP, socket.IPPROTO_UDP) if datagrams else _PLAIN_TCP
    return [
        *_unless_one_of(0, (socket.AF_INET, socket.AF_INET6)),
        *_unless_one_of(1, kinds, mask=_SOCKET_KIND),
        *_one_of(2, protocols),
    ]


def _when(numbers: Numbers, name: str, body: list[Instruction]) -> list[Instruction]:
    """``body``, which ends in a verdict, for one call; nothing where this machine has no such call."""
    number = numbers.of(name)
    return [] if number is None else [(_EQUAL, 0, len(body), number), *body]


def _verdict(action: int) -> list[Instruction]:
    return [(_RETURN, 0, 0, action)]


def _argument(index: int) -> list[Instruction]:
    """Load the lower half of an argument; all that are looked at here are 32 bits wide."""
    return [(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * index)]


def _unless_one_of(index: int, values: tuple[int, ...], *, mask: int | None = None) -> list[Instruction]:
    """Refuse the call unless the argument is one of the values; go on behind these instructions if it is."""
    masked = [(_AND, 0, 0, mask)] if mask is not None else []
    tests = [(_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [*_argument(index), *masked, *tests, *_verdict(_REFUSE)]


def _one_of(index: int, values: tuple[int, ...]) -> list[Instruction]:
    return [*_unless_one_of(index, values), *_verdict(_ALLOW)]


def _none_of(index: int, values: tuple[int, ...]) -> list[Instruction]:
    tests = [(_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [*_argument(index), *tests, *_verdict(_ALLOW), *_verdict(_REFUSE)]
