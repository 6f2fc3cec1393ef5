"""Processes and threads, as the operating system shows and ends them."""

import contextlib
from pathlib import Path


def name_thread(name: str) -> None:
    """What ``ps`` and ``top`` show of the process, by its first thread, or ``top -H`` of another one: 15 characters."""
    with contextlib.suppress(OSError):
        Path("/proc/thread-self/comm").write_text(name, encoding="ascii")
