"""Daemons that begin where a new interpreter has loaded the program: a third of what starting one costs.

A test process keeps one interpreter that has loaded what ``dropleaf watch`` loads, and forks daemons from it, as the
program itself does with its workers.  What is forked has a session, folder, environment and log of its own, and runs
``main`` as the console script does; its fork server and workers start as ever.  Commands, and daemons with an
environment of their own or within another program, start cold, so that loading is tried, too.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

HAS_WARM_START = sys.platform == "linux"

_LARGEST_MESSAGE = 1 << 17
#: What a daemon loads, also by the modules that it loads late.
_PRELOAD = (
    "pipeline.commands.main",
    "pipeline.commands.summary",
    "pipeline.daemon.service",
    "pipeline.host.memory",
    "pipeline.pool.head_start",
    "pipeline.settings.settings",
    "pipeline.worker.page_handler",
)
_wanted: list[bool] = []
_begun: list["WarmInterpreter"] = []


class WarmProcess:
    """A daemon that was forked: as much of :class:`subprocess.Popen` as a test needs.

    Attributes:
        stderr: Its log.
    """

    def __init__(self, pid: int, pidfd: int, status: int, stderr: int) -> None:
        self.pid = pid
        self._pidfd = pidfd
        self._status = status
        self.returncode: int | None = None
        self.stderr = os.fdopen(stderr, "rb")

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, if it has not ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, when it has ended.

        Raises:
            subprocess.TimeoutExpired: It has not.
        """
        if self.returncode is None:
            poll = select.poll()
            poll.register(self._status, select.POLLIN)
            if not poll.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("dropleaf watch", timeout or 0)
            self.returncode = int(os.read(self._status, 64))
            os.close(self._status)
            os.close(self._pidfd)
        return self.returncode


class WarmInterpreter:
    """The interpreter, as the test process sees it."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        path = os.pathsep.join([str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")])
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": path},
        )
        theirs.close()

    def start(self, arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> WarmProcess:
        """Start ``dropleaf`` with these arguments, in a session of its own; its stdout is nobody's."""
        log, their_log = os.pipe()
        order = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
        message = json.dumps(order).encode(errors="surrogateescape")
        socket.send_fds(self._socket, [message], [their_log])
        os.close(their_log)
        answer, (pidfd, status), _, _ = socket.recv_fds(self._socket, 64, 2)
        return WarmProcess(int(answer), pidfd, status, log)

    @property
    def pid(self) -> int:
        """Of its process."""
        return self._process.pid

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._process.wait()


def warm_interpreter() -> WarmInterpreter | None:
    """The interpreter of this test process, begun now if it is the first time; None in programs that measure."""
    if _wanted and not _begun:
        _begun.append(WarmInterpreter())
    return _begun[0] if _begun else None


def idle_pids() -> set[int]:
    """The interpreter's process while it has no daemon, and none that has just ended."""
    pids = [each.pid for each in _begun]
    return {pid for pid in pids if not Path(f"/proc/{pid}/task/{pid}/children").read_text()}


@contextmanager
def warm_starts() -> Iterator[None]:
    """Have daemons of this process start warm."""
    if HAS_WARM_START:
        _wanted.append(True)
    try:
        yield
    finally:
        _wanted.clear()
        while _begun:
            _begun.pop().close()


def _serve(control: socket.socket) -> None:
    gc.disable()
    for module in _PRELOAD:
        importlib.import_module(module)
    gc.freeze()
    gc.enable()
    poll = select.poll()
    poll.register(control, select.POLLIN)
    alive: dict[int, tuple[int, int]] = {}
    while True:
        for descriptor, _ in poll.poll():
            if descriptor != control.fileno():
                poll.unregister(descriptor)
                _tell_end(descriptor, *alive.pop(descriptor))
                continue
            message, descriptors, _, _ = socket.recv_fds(control, _LARGEST_MESSAGE, 1)
            if not message:
                return
            pid = os.fork()
            if pid == 0:
                control.close()
                for pidfd, (_, status) in alive.items():
                    os.close(pidfd)
                    os.close(status)
                _become_daemon(message, descriptors[0])
            os.close(descriptors[0])
            ended, status = os.pipe()
            pidfd = os.pidfd_open(pid)
            socket.send_fds(control, [str(pid).encode()], [pidfd, ended])
            os.close(ended)
            alive[pidfd] = pid, status
            poll.register(pidfd, select.POLLIN)


def _tell_end(pidfd: int, pid: int, status: int) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(BrokenPipeError):  # its test has ended
        os.write(status, str(code).encode())
    os.close(status)
    os.close(pidfd)


def _become_daemon(message: bytes, log: int) -> NoReturn:
    order = json.loads(message.decode(errors="surrogateescape"))
    os.setsid()
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(log, 2)
    for descriptor in (nowhere, log):
        os.close(descriptor)
    sys.argv = ["dropleaf", *order["arguments"]]
    from pipeline.__main__ import run  # noqa: PLC0415 — sets the limits of the process, as a cold start does

    run()


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
