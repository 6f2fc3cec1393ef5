"""The simulator as a process of its own, for tests in which a server dies and comes back."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.jsons import Json, JsonObject, json_to_bytes
from simulator.rules import Rule, rule_to_json

_TESTS = Path(__file__).resolve().parents[1]


class SimulatorProcess:
    """A server that can be killed; a context manager that runs it between entering and leaving.

    Args:
        *arguments: Those of ``python -m simulator``; a free port is taken where none is named.
    """

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments if "--port" in arguments else (*arguments, "--port", "0")
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def root(self) -> str:
        """The address without a path."""
        return self.url.removesuffix("/v1")

    @property
    def pid(self) -> int | None:
        """Of the running process, None while there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the server; after :meth:`kill` on the same port as before.

        Raises:
            RuntimeError: It did not come up.
        """
        arguments = list(self._arguments)
        if self.url:
            arguments[arguments.index("--port") + 1] = self.root.rpartition(":")[2]
        command = [sys.executable, "-m", "simulator", "--quiet", *arguments]
        self._process = subprocess.Popen(
            command, cwd=_TESTS, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.url = self._process.stdout.readline().strip() if self._process.stdout else ""
        if not self.url:
            self.kill()
            raise RuntimeError(f"the simulator did not start: {' '.join(command)}")

    def kill(self) -> None:
        """End the server with SIGKILL, as a crash would."""
        self._end(signal.SIGKILL)

    def interrupt(self) -> None:
        """End the server with SIGINT, at once but cleanly."""
        self._end(signal.SIGINT)

    def send(self, number: signal.Signals) -> None:
        """Send a signal and do not wait: SIGSTOP and SIGCONT make a server that hangs for a while."""
        if self._process is not None:
            self._process.send_signal(number)

    def wait(self) -> None:
        """Wait until the server has ended of itself, for ten seconds at most."""
        if self._process is not None:
            self._process.wait(timeout=60)

    def log(self) -> JsonObject:
        """What happened so far, as ``GET /simulator/log`` tells it."""
        return self._fetch("/simulator/log")

    def set_rules(self, *rules: Rule) -> None:
        """Put these rules in force instead of the present ones."""
        self._fetch("/simulator/rules", {"rules": [rule_to_json(rule) for rule in rules]})

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(timeout=60)
            if process.stdout is not None:
                process.stdout.close()

    def _fetch(self, path: str, body: Json = None) -> JsonObject:
        data = None if body is None else json_to_bytes(body)
        with urllib.request.urlopen(self.root + path, data=data, timeout=60) as response:
            value: JsonObject = json.load(response)
        return value
