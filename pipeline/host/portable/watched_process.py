"""A descriptor that tells the end of a process that this one has started."""

import socket
import subprocess
import threading


class WatchedProcess:
    """A process that this one has started. A thread waits for its end, and then closes a socket that can be polled."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self.pid = child.pid
        self._child = child
        self._ended, told = socket.socketpair()
        threading.Thread(target=self._wait, args=(told,), name="end of a worker", daemon=True).start()

    def _wait(self, told: socket.socket) -> None:
        with told:
            self._child.wait()

    def fileno(self) -> int:
        """As on Linux."""
        return self._ended.fileno()

    def kill(self) -> None:
        """As on Linux."""
        self._child.kill()

    def close(self) -> None:
        """As on Linux."""
        self._ended.close()


def watch_child(child: subprocess.Popen[bytes]) -> WatchedProcess:
    """As on Linux."""
    return WatchedProcess(child)
