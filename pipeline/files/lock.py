"""One daemon per outbox: an advisory lock that the kernel drops with its process, whatever ends it."""

import fcntl
import os
import time
from pathlib import Path

from pipeline.errors import LockedError, PublishError

_TRIES = 3
_PAUSE_S = 0.02


class Lock:
    """Held from construction until :meth:`release` or the death of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            LockedError: A living process holds it; the message names it.
            PublishError: The file cannot be made.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Close-on-exec, so that no worker inherits the lock and keeps it after the daemon's death.
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise PublishError(f"{path}: cannot be made: {error.strerror}. Is the outbox writable?") from error
        if not self._take():
            holder = _read_pid(self._handle) or "unknown"
            os.close(self._handle)
            raise LockedError(
                f"Another Dropleaf daemon (pid {holder}) works on {path.parent.parent}. "
                "Stop it first, or give this one an outbox of its own with --outbox."
            )
        try:
            os.ftruncate(self._handle, os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0))
        except OSError as error:
            os.close(self._handle)
            raise PublishError(f"{path}: cannot be written: {error.strerror}.") from error

    def _take(self) -> bool:
        """Whether the lock was to be had; somebody who asks :func:`holder_of` has it for an instant."""
        for _ in range(_TRIES):
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                time.sleep(_PAUSE_S)
            else:
                return True
        return False

    def release(self) -> None:
        """Let the next daemon in."""
        os.close(self._handle)


def holder_of(path: Path) -> int | None:
    """The process id of the daemon that holds the lock, 0 where it has not said yet, None where nobody holds it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _read_pid(handle)
    else:
        return None
    finally:
        os.close(handle)


def _read_pid(handle: int) -> int:
    first, *_ = os.pread(handle, 32, 0).split(b"\n")
    return int(first) if first.isdigit() else 0
