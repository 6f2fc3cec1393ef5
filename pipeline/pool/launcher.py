"""Starts worker processes, and reads their exit codes.

Two ways, one interface: :class:`ForkServer` forks them from a process that has loaded the modules (a quarter of the
private memory per worker, start in milliseconds), :class:`Spawner` starts an interpreter for each.

Why not ``multiprocessing``'s fork server: its death looks like the death of every worker, since only it knows them; its
``start()`` waits for it without limit; it and the resource tracker can be stopped only by private methods. Here the
fork server answers two requests, and only the start of the next worker depends on it.
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from pipeline.deadline import Deadline
from pipeline.host.forking import send_descriptors
from pipeline.host.processes import WatchedProcess, collect_exit_code, watch_child, watch_process
from pipeline.host.starting import start_with_ends
from pipeline.pool.fork_server import FORK, LARGEST_MESSAGE, PROGRAM, Order, order_to_text
from pipeline.pool.head_start import start_interpreter, take
from pipeline.pool.process import ProcessSettings
from pipeline.sandbox.environment import scrubbed_environment

_DEATH_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """The result of a launch.

    Attributes:
        serial: As given to ``launch``.
        process: None if no process was started.
        detail: Why not.
    """

    serial: int
    process: WatchedProcess | None
    detail: str = ""


class Launcher(Protocol):
    """Starts processes and reaps them; no method waits for a process except ``close``."""

    def launch(self, serial: int, connection: socket.socket, lifeline: int) -> None:
        """Start a worker on these two ends; it answers later, through :meth:`births`.

        Raises:
            OSError: No process can be started now.
        """

    def births(self) -> list[Birth]:
        """The results of launches since the last call."""

    def fileno(self) -> int | None:
        """A descriptor that is readable when :meth:`births` has results; None where there is nothing to wait for."""

    def reap(self, pid: int) -> int | None:
        """Exit code of an ended process, negative for a signal, None when it is not known; releases the pid."""

    def abandon(self) -> None:
        """Give up the launches that have no result yet."""

    def close(self, grace: Deadline) -> None:
        """End what was started here, and free everything."""


class Spawner:
    """A new interpreter for each worker."""

    def __init__(self, settings: ProcessSettings, *, stderr: int | None = None) -> None:
        self._settings = settings
        self._stderr = stderr
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._births: list[Birth] = []

    def launch(self, serial: int, connection: socket.socket, lifeline: int) -> None:
        """As in :class:`Launcher`."""
        process = _start_worker(self._settings, connection, lifeline, self._stderr)
        self._processes[process.pid] = process
        self._births.append(Birth(serial=serial, process=watch_child(process)))

    def births(self) -> list[Birth]:
        """As in :class:`Launcher`."""
        births, self._births = self._births, []
        return births

    def fileno(self) -> int | None:
        """None: the result of a launch is known at once."""
        return None

    def reap(self, pid: int) -> int | None:
        """As in :class:`Launcher`."""
        return self._processes.pop(pid).wait()

    def abandon(self) -> None:
        """Do nothing: every launch has its result at once."""

    def close(self, grace: Deadline) -> None:
        """Do nothing: the pool has reaped every worker that could be ended."""
        del grace
        self._processes.clear()


class ForkServer:
    """Forks workers from one process that has loaded the modules; that process is started when first needed."""

    def __init__(self, settings: ProcessSettings, preload: tuple[str, ...], *, stderr: int | None = None) -> None:
        self._settings = settings
        self._preload = preload
        self._stderr = stderr
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lifeline: int | None = None
        self._waiting: deque[int] = deque()
        self._births: list[Birth] = []
        self._reason = ""

    @property
    def pid(self) -> int | None:
        """The fork server's process id; None while there is none."""
        return None if self._process is None else self._process.pid

    def launch(self, serial: int, connection: socket.socket, lifeline: int) -> None:
        """As in :class:`Launcher`."""
        control = self._start() if self._control is None else self._control
        try:
            send_descriptors(control, FORK, (connection.fileno(), lifeline))
        except BlockingIOError:  # it is suspended, and its queue is full
            self.abandon()
            raise
        except OSError as error:
            self._hear()
            raise OSError(self._reason or str(error)) from error
        self._waiting.append(serial)

    def births(self) -> list[Birth]:
        """As in :class:`Launcher`."""
        self._hear()
        births, self._births = self._births, []
        return births

    def _hear(self) -> None:
        while self._control is not None:
            try:
                message = self._control.recv(LARGEST_MESSAGE)
            except BlockingIOError:
                return
            except ConnectionResetError:  # it died with unread requests; what it sent before can still be read
                continue
            if message.isdigit():
                self._births.append(_pid_to_birth(self._waiting.popleft(), int(message)))
            else:
                self._stop(Deadline.after(0), message.decode(errors="replace") or "the fork server died")

    def fileno(self) -> int | None:
        """As in :class:`Launcher`."""
        return None if self._control is None else self._control.fileno()

    def reap(self, pid: int) -> int | None:
        """As in :class:`Launcher`; the exit code is read from the zombie, without waiting for the fork server."""
        code = collect_exit_code(pid)
        if self._control is not None:
            with contextlib.suppress(OSError):
                self._control.send(str(pid).encode())
        return code

    def abandon(self) -> None:
        """As in :class:`Launcher`."""
        self._stop(Deadline.after(0), "the fork server does not answer")

    def close(self, grace: Deadline) -> None:
        """As in :class:`Launcher`."""
        self._stop(grace)

    def _start(self) -> socket.socket:
        begun = take(self._settings, self._preload) if self._stderr is None else None
        interpreter = begun or start_interpreter(self._settings, self._preload, stderr=self._stderr)
        self._process, self._control = interpreter.process, interpreter.control
        self._lifeline = interpreter.lifeline
        return interpreter.control

    def _stop(self, grace: Deadline, detail: str = "") -> None:
        if self._control is None or self._process is None or self._lifeline is None:
            return
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace.remaining)
        self._process.kill()
        os.close(self._lifeline)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_DEATH_S)
        self._process = self._control = self._lifeline = None
        self._reason = detail
        self._births += [Birth(serial=serial, process=None, detail=detail) for serial in self._waiting]
        self._waiting.clear()


def _pid_to_birth(serial: int, pid: int) -> Birth:
    """The pid stays the worker's own until it is reaped, so it is nobody else who is watched."""
    try:
        return Birth(serial=serial, process=watch_process(pid))
    except OSError as error:
        return Birth(serial=serial, process=None, detail=str(error))


def _start_worker(
    settings: ProcessSettings, connection: socket.socket, lifeline: int, stderr: int | None
) -> subprocess.Popen[bytes]:
    order = Order(
        worker=settings, connection=connection.fileno(), lifeline=lifeline, preload=None, path=tuple(sys.path)
    )
    return start_with_ends(
        [sys.executable, "-c", PROGRAM, order_to_text(order)],
        connection=connection,
        lifeline=lifeline,
        stderr=stderr,
        environment=scrubbed_environment(),
        memory=settings.memory,
    )
