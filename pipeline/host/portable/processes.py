"""Processes and threads, as far as a few portable lines go."""

import signal

#: Exit code of a process that was ended by force, as :mod:`subprocess` gives it.
KILLED = -9


def name_thread(name: str) -> None:
    """Nothing: only Linux shows the name of a thread in its lists of processes."""
    del name


def ignore_signals_of_the_parent() -> None:
    """Leave the end to the parent: a terminal may signal all its processes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
