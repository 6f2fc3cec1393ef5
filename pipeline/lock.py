"""One daemon per outbox: an advisory lock that the kernel drops with its process, whatever ends it."""

import fcntl
import os
from pathlib import Path

from pipeline.errors import LockedError, PublishError


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
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._handle, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise LockedError(
                f"Another Dropleaf daemon (pid {holder}) works on {path.parent.parent}. "
                "Stop it first, or give this one an outbox of its own with --outbox."
            ) from None
        os.ftruncate(self._handle, 0)
        os.write(self._handle, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let the next daemon in."""
        os.close(self._handle)


def holder_of(path: Path) -> int | None:
    """The process id of the daemon that holds the lock, None where none does."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        content = os.read(handle, 32).strip()
        return int(content) if content.isdigit() else None
    else:
        return None
    finally:
        os.close(handle)
