"""Tells the service manager (sd_notify): ready, what is in work, alive, reloading, stopping.

A datagram of ``KEY=value`` lines to the socket that NOTIFY_SOCKET names; too little for a library.
Source of the protocol: sd_notify(3), sd_watchdog_enabled(3).
"""

import os
import time
from contextlib import suppress

from pipeline.deadline import Deadline
from pipeline.host.service import send_datagram
from pipeline.status.snapshot import Snapshot

# How many times the manager is told that all is well within the time after which it would restart the daemon.
_SIGNS_OF_LIFE = 4


class ServiceManager:
    """The manager that has started this process; where there is none, nothing is sent."""

    def __init__(self) -> None:
        """Find it through the environment, which is not changed."""
        self._address = os.environ.get("NOTIFY_SOCKET", "")
        self._pause_s = _watchdog_s() / _SIGNS_OF_LIFE
        self._next_sign = Deadline.after(0)
        self._status = ""
        self._ready = False
        self._reloading = False

    def show(self, snapshot: Snapshot) -> None:
        """Send ready, alive, and what is in work; the loop calls it at every turn, so a stuck loop sends nothing."""
        words = snapshot_to_words(snapshot)
        newly_ready = not self._ready and not self._reloading
        if words != self._status or newly_ready:
            self._status = words
            self._send(*(["READY=1"] if newly_ready else []), f"STATUS={words}")
            self._ready = self._ready or newly_ready
        self._tell_alive()

    def waiting(self, words: str) -> None:
        """Send that it is alive, and what it waits for, where no loop runs."""
        if words != self._status:
            self._status = words
            self._send(f"STATUS={words}")
        self._tell_alive()

    def _tell_alive(self) -> None:
        if self._pause_s and self._next_sign.expired:
            self._next_sign = Deadline.after(self._pause_s)
            self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """Say that settings are read again, until :meth:`reloaded`; pages in work go on and are shown."""
        self._ready, self._reloading = False, True
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}", "STATUS=reading the settings again")

    def reloaded(self) -> None:
        """Say with the next :meth:`show` that the settings are in force."""
        self._reloading = False

    def stopping(self) -> None:
        """Say that nothing more is begun."""
        self._send("STOPPING=1", "STATUS=stopping")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        with suppress(OSError):  # a manager that does not listen must not stop the work
            send_datagram(self._address, "\n".join(lines).encode())


def snapshot_to_words(snapshot: Snapshot) -> str:
    """What is going on, in a line for ``systemctl status``."""
    if snapshot.troubles:
        return " ".join(snapshot.troubles[0].split())
    pages = sum(len(document.running) for document in snapshot.documents)
    return (
        f"{len(snapshot.documents)} documents and {pages} pages in work; "
        f"{snapshot.published} delivered, {snapshot.failed} failed"
    )


def _watchdog_s() -> float:
    """Seconds of silence after which the manager would act, 0 where it would not."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    with suppress(ValueError):
        return int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6
    return 0.0
