"""Processes and threads: process groups, pidfds, resource limits, and the lifeline that the kernel itself watches."""

import contextlib
import fcntl
import os
import resource
import select
import signal
import sys
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 — tells type checkers for other systems to stop here

#: Exit code of a process that was killed.
KILLED = -int(signal.SIGKILL)
_EXIT_CODE_FIELD = 52
#: Descriptors below this number are searched: a process gets its first ones at its start.
_LOWEST_DESCRIPTORS = 256


def name_thread(name: str) -> None:
    """Set the name that ``ps`` and ``top`` show: of the first thread for the process, of others in ``top -H``."""
    with contextlib.suppress(OSError):
        Path("/proc/thread-self/comm").write_text(name, encoding="ascii")


def lead_process_group() -> None:
    """Make this process the leader of a new group, to which everything that it starts belongs."""
    os.setpgid(0, 0)


def end_process_group() -> None:
    """Kill this process and everything that it has started."""
    os.killpg(0, signal.SIGKILL)


def kill_process_group(pid: int) -> None:
    """Kill everything that the process has started; to be called before the process is reaped."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)


def guard_process_group(lifeline: int) -> None:
    """Have the kernel kill this process group, children included, when the lifeline's other end closes.

    A thread that reads the pipe would do as well, were it not for C code that never lets go of the interpreter's
    lock; and ``PR_SET_PDEATHSIG`` looks at the parent, which is the fork server and not the daemon.  Source of the
    method: ``F_SETOWN``, ``F_SETSIG`` and ``O_ASYNC`` in fcntl(2); a hang-up of the pipe counts as input.

    Args:
        lifeline: Read end of a pipe.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)
    poll = select.poll()
    poll.register(lifeline)
    if poll.poll(0):  # it was closed before the guard was set
        end_process_group()


def find_guards() -> list[int]:
    """The lifelines that guard this process: descriptors for which the kernel sends SIGKILL when they are closed."""
    found = []
    for descriptor in range(_LOWEST_DESCRIPTORS):
        with contextlib.suppress(OSError):  # there is no descriptor with this number
            if fcntl.fcntl(descriptor, fcntl.F_GETSIG) == signal.SIGKILL:
                found.append(descriptor)
    return found


def ignore_signals_of_the_parent() -> None:
    """Leave it to the parent to end this process: terminals and service managers may signal the whole group."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def limit_resources(
    *,
    memory: int | None = None,
    file_bytes: int | None = None,
    open_files: int | None = None,
    cpu_s: int | None = None,
) -> None:
    """Limit this process for ever; it also writes no core dump.

    Args:
        memory: Bytes of address space.
        file_bytes: Largest size of a file that it writes.
        open_files: Number of open descriptors.
        cpu_s: Seconds of CPU time.
    """
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CPU: cpu_s,
    }
    for limit, wanted in limits.items():
        if wanted is not None:
            hard = resource.getrlimit(limit)[1]
            value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(limit, (value, value))


def open_process(pid: int) -> int:
    """A descriptor of a process, which is readable once it has ended; to be closed with ``os.close``.

    Raises:
        OSError: There is no such process.
    """
    return os.pidfd_open(pid)


def kill_process(process: int) -> None:
    """Kill the process of a descriptor from :func:`open_process`; does nothing if it has ended."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)


def collect_exit_code(pid: int) -> int | None:
    """Exit code of an ended process that another process will reap, negative for a signal; None if it is not known.

    Source of the method: field 52 of ``/proc/PID/stat``, see proc(5).
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        code = os.waitstatus_to_exitcode(int(fields[_EXIT_CODE_FIELD - 3]))
    except (OSError, ValueError, IndexError):
        code = None
    with contextlib.suppress(ChildProcessError):  # it is our child only where we are the init process of a container
        os.waitpid(pid, os.WNOHANG)
    return code
