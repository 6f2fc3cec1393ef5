"""The system calls that a worker may make, each with its reason, and their numbers on the known machines.

A call that is not listed does not exist for a worker: the kernel answers ENOSYS, as for a call that it does not know,
and C libraries then go on without it (``clone3``, ``close_range``, ``openat2``).

The list has the calls that workers were seen to make (``tests/worker_calls.py`` counts them by strace over any PDFs,
with each engine), and those that other releases of Python, of the C library or of the machine make in their place. If a
library needs another call, a worker raises an OSError "Function not implemented". Then the call must be counted, looked
up and added here with its reason; and if some of its arguments would let a worker out of the sandbox,
:mod:`pipeline.sandbox.seccomp` must check them.

Left out on purpose, though harmless at first sight: ``pipe2``, ``memfd_create``, ``eventfd2`` and ``shmget``, whose
memory no limit counts; ``socketpair``, for datagrams to any Unix socket; ``inotify_init1``, which sees folders that
Landlock hides; ``dup2`` and ``close_range``, which would close the lifeline; ``ftruncate`` and ``pwrite64``, which
would change the daemon's log where that is a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# (x86_64, aarch64); None where the machine has no such call.
# Source: asm/unistd_64.h and asm-generic/unistd.h of Linux.
_Numbers = tuple[int | None, int | None]
_Group = tuple[str, Mapping[str, _Numbers]]

# The most frequent calls come first, since the filter goes through the list in this order.
_ALWAYS: tuple[_Group, ...] = (
    (
        "read and write what is open, the socket to the pool among it",
        {
            "read": (0, 63),
            "lseek": (8, 62),
            "fstat": (5, 80),
            "write": (1, 64),
            "pread64": (17, 67),
            "readv": (19, 65),
            "writev": (20, 66),
            "close": (3, 57),
            "dup": (32, 23),
            "recvfrom": (45, 207),
            "sendto": (44, 206),
            "fsync": (74, 82),
            "getdents64": (217, 61),
        },
    ),
    (
        "memory, all of which counts against the limit of the address space",
        {
            "mmap": (9, 222),
            "munmap": (11, 215),
            "mremap": (25, 216),
            "mprotect": (10, 226),
            "madvise": (28, 233),
            "brk": (12, 214),
        },
    ),
    (
        "find, open, write, rename and remove files; Landlock says which",
        {
            "newfstatat": (262, 79),
            "openat": (257, 56),
            "open": (2, None),
            "stat": (4, None),
            "lstat": (6, None),
            "statx": (332, 291),
            "access": (21, None),
            "faccessat": (269, 48),
            "faccessat2": (439, 439),
            "readlink": (89, None),
            "readlinkat": (267, 78),
            "getcwd": (79, 17),
            "mkdir": (83, None),  # a record's folder, which is there already
            "mkdirat": (258, 34),
            "rename": (82, None),
            "renameat": (264, 38),
            "renameat2": (316, 276),
            "unlink": (87, None),
            "unlinkat": (263, 35),
        },
    ),
    (
        "whether a file is a terminal, whether a socket waits, whether a descriptor is inherited",
        {"ioctl": (16, 29), "fcntl": (72, 25)},
    ),
    ("wait", {"poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72)}),
    (
        "threads: the reader, hints, and those of libraries",
        {
            "futex": (202, 98),
            "clone": (56, 220),
            "set_robust_list": (273, 99),
            "rseq": (334, 293),
            "set_tid_address": (218, 96),
            "sched_yield": (24, 124),
            "sched_getaffinity": (204, 123),
            "getcpu": (309, 168),
        },
    ),
    (
        "the end, signals to itself, and those that it gets",
        {
            "exit": (60, 93),
            "exit_group": (231, 94),
            "kill": (62, 129),
            "tgkill": (234, 131),
            "rt_sigaction": (13, 134),
            "rt_sigprocmask": (14, 135),
            "rt_sigreturn": (15, 139),
            "sigaltstack": (131, 132),
            "restart_syscall": (219, 128),
        },
    ),
    (
        "time, where the C library has to ask the kernel for it",
        {
            "clock_gettime": (228, 113),
            "clock_getres": (229, 114),
            "clock_nanosleep": (230, 115),
            "nanosleep": (35, 101),
            "gettimeofday": (96, 169),
            "time": (201, None),
            "getrusage": (98, 165),
            "times": (100, 153),
        },
    ),
    (
        "what it is, and chance",
        {
            "getpid": (39, 172),
            "gettid": (186, 178),
            "getppid": (110, 173),
            "getpgrp": (111, None),
            "getpgid": (121, 155),
            "getuid": (102, 174),
            "geteuid": (107, 175),
            "getgid": (104, 176),
            "getegid": (108, 177),
            "uname": (63, 160),
            "sysinfo": (99, 179),
            "getrlimit": (97, 163),
            "prlimit64": (302, 261),
            "prctl": (157, 167),
            "getrandom": (318, 278),
        },
    ),
)
_WITH_SERVERS: tuple[_Group, ...] = (
    (
        "connections to the model servers",
        {
            "socket": (41, 198),
            "connect": (42, 203),
            "setsockopt": (54, 208),
            "getsockopt": (55, 209),
            "getsockname": (51, 204),
            "getpeername": (52, 205),
            "shutdown": (48, 210),
        },
    ),
)

_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemCall:
    """A system call that is allowed.

    Attributes:
        number: Its number on this machine.
        reason: What a worker needs it for.
    """

    name: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A kind of machine.

    Attributes:
        code: The kernel's number for it in filters (AUDIT_ARCH_…).
        column: Its column in the tables.
    """

    code: int
    column: int


def name_to_machine(name: str) -> Machine | None:
    """The machine with the name that :func:`platform.machine` gives; None where its calls are not known here."""
    found = _MACHINES.get(name)
    return Machine(code=found[0], column=found[1]) if found else None


def allowed_calls(machine: Machine, *, servers: bool) -> Mapping[str, SystemCall]:
    """Every call that a worker may make, by name, in the order in which the filter checks them.

    Args:
        machine: On which it runs.
        servers: Whether it connects to servers.
    """
    groups = (*_ALWAYS, *(_WITH_SERVERS if servers else ()))
    return MappingProxyType(
        {
            name: SystemCall(name=name, number=number, reason=reason)
            for reason, calls in groups
            for name, numbers in calls.items()
            if (number := numbers[machine.column]) is not None
        }
    )
