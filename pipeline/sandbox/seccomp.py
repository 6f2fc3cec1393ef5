"""A seccomp filter: a worker can make only the system calls that it needs, with the arguments that it needs.

Landlock limits files and TCP ports. This filter limits the rest: other programs, other processes, other sockets,
permissions and times of files, memory that no limit counts, and the kernel's riskier interfaces. A call that is not on
the list (:mod:`pipeline.sandbox.syscalls`) fails with ENOSYS, one with arguments that are not allowed with EPERM.

Why not libseccomp: its Python bindings need the shared library on the machine, and this takes a hundred lines and a
table. Source of the method: seccomp(2), and Documentation/userspace-api/seccomp_filter.rst of the kernel.
"""

import ctypes
import errno
import os
import platform
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pipeline.sandbox.syscalls import Machine, SystemCall, allowed_calls, name_to_machine

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

# Classic BPF: load a word, compare, mask, return.
_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_REFUSE = _ERRNO | errno.EPERM
_UNKNOWN = _ERRNO | errno.ENOSYS
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16
#: The numbers of calls of the x32 interface have this bit.
_X32 = 0x40000000

# The flags with which glibc and musl start a thread: everything is shared, nothing is new.
_THREAD_FLAGS = (0x3D0F00, 0x7D0F00)
_SOCKET_KIND = 0xF
_MSG_FASTOPEN = 0x20000000
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC.  F_SETFL would change files that are open in the daemon, too.
_FCNTL = (0, 1, 2, 3, 1030)
# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX.  Among the others are some that type into a terminal or send signals.
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5451)
# PR_SET_NAME, PR_GET_NAME, and PR_SET_VMA, by which allocators name their memory.
_PRCTL = (15, 16, 0x53564D41)
# How long to wait, how much to keep, whether the other side lives.
_SOCKET_OPTIONS: Mapping[int, tuple[int, ...]] = {
    socket.SOL_SOCKET: (2, 7, 8, 9, 13, 20, 21),
    socket.IPPROTO_TCP: (1, 4, 5, 6, 18),
}
# Opened for reading, but emptied: Landlock refuses this only from Linux 6.2 on.
_O_ACCMODE = 3
_OPEN_MODE, _READ_AND_EMPTY = _O_ACCMODE | os.O_TRUNC, os.O_RDONLY | os.O_TRUNC

Instruction = tuple[int, int, int, int]
_Body = Sequence[Instruction]


class _Filter(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("yes", ctypes.c_uint8), ("no", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Filter)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a worker needs in addition to its own files and memory.

    Attributes:
        servers: Whether it connects to servers over TCP.
        lifelines: Descriptors by which it ends with the daemon; it cannot close them.
    """

    servers: bool = True
    lifelines: tuple[int, ...] = ()


def restrict_calls(needs: Needs) -> None:
    """Limit this thread, and all that it starts from now on, to the calls that it needs; this cannot be undone.

    To be called after :func:`pipeline.sandbox.landlock.forbid_new_privileges`, before any other thread is started.

    Raises:
        OSError: The kernel refuses, or the machine's calls are not known.
    """
    machine = name_to_machine(platform.machine())
    if machine is None:
        raise OSError(errno.ENOSYS, f"seccomp: the system calls of {platform.machine()} are not known")
    install(needs_to_program(needs, machine, pid=os.getpid()))


def install(instructions: Sequence[Instruction]) -> None:
    """Put a filter in force; raises OSError where the kernel refuses it."""
    array = (_Filter * len(instructions))(*(_Filter(*each) for each in instructions))
    program = _Program(length=len(instructions), filter=array)
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), ctypes.byref(program), zero, zero):
        code = ctypes.get_errno()
        raise OSError(code, f"seccomp: {os.strerror(code)}")


def needs_to_program(needs: Needs, machine: Machine, *, pid: int) -> list[Instruction]:
    """The filter as instructions (code, instructions to skip if true, to skip if false, operand).

    Args:
        needs: Of the worker.
        machine: On which it runs.
        pid: Of the worker.
    """
    head = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 1, 0, machine.code),
        (_RETURN, 0, 0, _REFUSE),  # a 32-bit call, whose numbers are different
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _UNKNOWN),
    ]
    rules = _rules(needs, pid)
    calls = allowed_calls(machine, servers=needs.servers)
    blocks = (_when(call, rules.get(name, _verdict(_ALLOW))) for name, call in calls.items())
    return [*head, *chain.from_iterable(blocks), (_RETURN, 0, 0, _UNKNOWN)]


def _rules(needs: Needs, pid: int) -> dict[str, _Body]:
    """The checks of calls whose arguments matter; the other calls on the list are allowed with any arguments."""
    no_reads_that_empty = [(_AND, 0, 0, _OPEN_MODE), (_EQUAL, 0, 1, _READ_AND_EMPTY)]
    not_fast = [(_ANY_BIT, 0, 1, _MSG_FASTOPEN), *_verdict(_REFUSE), *_verdict(_ALLOW)]
    return {
        "open": [*_argument(1), *no_reads_that_empty, *_verdict(_REFUSE), *_verdict(_ALLOW)],
        "openat": [*_argument(2), *no_reads_that_empty, *_verdict(_REFUSE), *_verdict(_ALLOW)],
        "close": _none_of(0, needs.lifelines),
        "fcntl": _one_of(1, _FCNTL),
        "renameat2": _one_of(4, (0, 1)),  # RENAME_NOREPLACE; but no exchange, since the daemon does not expect that
        "ioctl": _one_of(1, _IOCTL),
        "prctl": _one_of(0, _PRCTL),
        "clone": _one_of(0, _THREAD_FLAGS),
        # Signals may go only to this process and its group, and limits may be read, but not set.
        "kill": _one_of(0, (0, pid, (1 << 32) - pid)),
        "tgkill": _one_of(0, (pid,)),
        "prlimit64": [*_unless_one_of(0, (0, pid)), *_null(2)],
        # Only to the connected side: an address could be that of any socket.
        "sendto": [*_unless_null(4), *_argument(3), *not_fast],
        "socket": _internet_sockets(),
        "setsockopt": _socket_options(),
    }


def _internet_sockets() -> _Body:
    """TCP over IPv4 and IPv6, and nothing else: no UDP, no raw packets, no multipath TCP (unknown to Landlock)."""
    return [
        *_unless_one_of(0, (socket.AF_INET, socket.AF_INET6)),
        *_unless_one_of(1, (socket.SOCK_STREAM,), mask=_SOCKET_KIND),
        *_one_of(2, (0, socket.IPPROTO_TCP)),
    ]


def _socket_options() -> _Body:
    blocks = ((level, _one_of(2, options)) for level, options in _SOCKET_OPTIONS.items())
    tests = chain.from_iterable([(_EQUAL, 0, len(body), level), *body] for level, body in blocks)
    return [*_argument(1), *tests, *_verdict(_REFUSE)]


def _when(call: SystemCall, body: _Body) -> _Body:
    """``body``, which ends by allowing or refusing, for one call."""
    return [(_EQUAL, 0, len(body), call.number), *body]


def _verdict(action: int) -> _Body:
    return [(_RETURN, 0, 0, action)]


def _argument(index: int, *, upper: bool = False) -> _Body:
    """Load the lower half of an argument (the kernel uses only that where it is an int), or the upper one."""
    return [(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * index + (4 if upper else 0))]


def _unless_null(index: int) -> _Body:
    """Refuse the call unless a pointer is null; else go on after these instructions."""
    return [
        *_argument(index),
        (_EQUAL, 0, 2, 0),
        *_argument(index, upper=True),
        (_EQUAL, 1, 0, 0),
        *_verdict(_REFUSE),
    ]


def _null(index: int) -> _Body:
    return [*_unless_null(index), *_verdict(_ALLOW)]


def _unless_one_of(index: int, values: tuple[int, ...], *, mask: int | None = None) -> _Body:
    """Refuse the call unless the argument is one of the values; else go on after these instructions."""
    masked = [(_AND, 0, 0, mask)] if mask is not None else []
    tests = [(_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [*_argument(index), *masked, *tests, *_verdict(_REFUSE)]


def _one_of(index: int, values: tuple[int, ...]) -> _Body:
    return [*_unless_one_of(index, values), *_verdict(_ALLOW)]


def _none_of(index: int, values: tuple[int, ...]) -> _Body:
    tests = [(_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [*_argument(index), *tests, *_verdict(_ALLOW), *_verdict(_REFUSE)]
