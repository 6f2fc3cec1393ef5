"""Processes and threads, as far as is possible on every system."""

import errno
import os
import signal
import threading
from contextlib import suppress
from typing import NoReturn

#: Exit code of a process that was killed, as :mod:`subprocess` gives it.
KILLED = -9


def name_thread(name: str) -> None:
    """Do nothing: only Linux shows the name of a thread in its lists of processes."""
    del name


def lead_process_group() -> None:
    """Do nothing: process groups do not exist on every system."""


def end_process_group() -> NoReturn:
    """End this process at once; what it has started goes on."""
    os._exit(1)


def kill_process_group(pid: int) -> None:
    """Do nothing: what the process has started cannot be found."""
    del pid


def guard_process_group(lifeline: int) -> None:
    """End this process when the lifeline's other end closes, unless C code holds the interpreter's lock by then.

    Args:
        lifeline: Read end of a pipe.
    """

    def wait() -> None:
        with suppress(OSError):
            os.read(lifeline, 1)
        end_process_group()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def find_guards() -> list[int]:
    """No lifelines: they cannot be told from other pipes."""
    return []


def ignore_signals_of_the_parent() -> None:
    """Leave it to the parent to end this process: a terminal may signal all its processes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def limit_resources(
    *,
    memory: int | None = None,
    file_bytes: int | None = None,
    open_files: int | None = None,
    cpu_s: int | None = None,
) -> None:
    """Do nothing: resource limits do not exist on every system."""
    del memory, file_bytes, open_files, cpu_s


def open_process(pid: int) -> int:
    """Always fails: descriptors of processes do not exist on every system.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"The process {pid} cannot be watched on this system")


def kill_process(process: int) -> None:
    """Always fails, since there are no such descriptors.

    Raises:
        OSError: Always.
    """
    raise OSError(errno.ENOTSUP, f"No process has the descriptor {process} on this system")


def collect_exit_code(pid: int) -> int | None:
    """None: it is not known, since another process will reap it."""
    del pid
    return None
