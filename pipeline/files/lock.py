"""One daemon per outbox: an advisory lock that the kernel releases when the process ends, in whatever way.

The lock belongs to the open file ("open file description locks", fcntl(2)).  Such a lock can be tested without being
taken, so a test never keeps a daemon out.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import LockedError, PublishError
from pipeline.host.files import open_unfollowed
from pipeline.host.lock import is_taken, open_lock_file, take

_PID_BYTES = 32
# Seconds between two tries to get the turn; what is done in a turn takes milliseconds.
_PAUSE_S = 0.005
# How often to try again; nobody removes a folder that is being created this many times in a row.
_MOST_REMOVALS = 100


class Lock:
    """Held from construction until :meth:`release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            LockedError: A living process holds it; the message names it.
            PublishError: The file cannot be created.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Python's descriptors are not inherited, so no worker keeps the lock after the daemon has ended.
            self._handle = open_lock_file(path)
        except OSError as error:
            raise PublishError(f"{path}: cannot be created: {error.strerror}. Is the outbox writable?") from error
        try:
            self._take(path)
        except OSError as error:
            os.close(self._handle)
            raise PublishError(f"{path}: cannot be locked or written: {error.strerror}.") from error
        except LockedError:
            os.close(self._handle)
            raise

    def _take(self, path: Path) -> None:
        if not take(self._handle):
            holder = _read_pid(self._handle) or "unknown"
            raise LockedError(
                f"Another Dropleaf daemon (pid {holder}) works on {path.parent.parent}. "
                "Stop it first, or give this one an outbox of its own with --outbox."
            )
        os.ftruncate(self._handle, os.write(self._handle, f"{os.getpid()}\n".encode()))

    @property
    def in_place(self) -> bool:
        """Whether the file that we hold still has its name; false after its folder was removed."""
        try:
            return os.path.samestat(os.fstat(self._handle), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Release the lock for the next daemon."""
        os.close(self._handle)


def holder_of(path: Path) -> int | None:
    """The process id of the daemon that holds the lock; 0 while it has not written it, None where nobody holds it."""
    try:
        handle = open_unfollowed(path)
    except OSError:
        return None
    try:
        return _read_pid(handle) if is_taken(handle) else None
    except OSError:  # the file system has no locks, so nobody can hold one
        return None
    finally:
        os.close(handle)


def _read_pid(handle: int) -> int:
    os.lseek(handle, 0, os.SEEK_SET)
    first, *_ = os.read(handle, _PID_BYTES).split(b"\n")
    return int(first) if first.isdigit() else 0


@contextmanager
def turn_at(path: Path) -> Iterator[None]:
    """Wait until no other process is inside this block; a missing folder of the lock file is created.

    Where the file system has no locks, it does not wait, so two processes there may disturb each other.

    Raises:
        OSError: The file cannot be created.
    """
    handle = _open_in_place(path)
    try:
        yield
    finally:
        os.close(handle)


def _open_in_place(path: Path) -> int:
    """A locked descriptor of the file that has this name; opened again if the file was removed while we waited."""
    while True:
        handle = _open_made(path)
        _wait(handle)
        try:
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _open_made(path: Path) -> int:
    tries = 0
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return open_lock_file(path)
        except (FileExistsError, FileNotFoundError):  # the folder was removed at this moment
            tries += 1
            if tries > _MOST_REMOVALS:
                raise


def _wait(handle: int) -> None:
    with suppress(OSError):
        while not take(handle):
            time.sleep(_PAUSE_S)
