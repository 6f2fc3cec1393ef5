"""What workers write to stderr, passed on to the journal by the daemon.

A worker is not to have a socket that could be pointed at other services, so it writes lines of JSON into a pipe, and a
thread of the daemon makes entries of them.  What is no such line (the last words of a C library) is passed on as it is.
A hostile file that takes over a worker can write what it likes, as it could to stderr; it is marked as a worker's.
"""

import json
import os
import threading
from io import BufferedReader

from pipeline.log import journald

_LONGEST_LINE = 1 << 16
_CLOSE_S = 2.0


class Relay:
    """A pipe and the thread that reads it."""

    def __init__(self) -> None:
        reader, self._writer = os.pipe()
        self._thread = threading.Thread(target=_pass_on, args=(os.fdopen(reader, "rb"),), name="relay", daemon=True)
        self._thread.start()

    def fileno(self) -> int:
        """Where workers are to write."""
        return self._writer

    def close(self) -> None:
        """Pass on what is left; to be called when the last worker has ended."""
        os.close(self._writer)
        # A worker that the kernel cannot end (a dead network share) holds the other end as well.
        self._thread.join(_CLOSE_S)


def _pass_on(lines: BufferedReader) -> None:
    with lines:
        while line := lines.readline(_LONGEST_LINE):
            try:
                journald.send(line_to_facts(line))
            except Exception as error:  # noqa: BLE001 — a line that nobody foresaw; without us workers would soon wait
                journald.send({"event": "line_not_passed_on", "level": "warning", "error": type(error).__name__})


def line_to_facts(line: bytes) -> dict[str, object]:
    """What a worker's line says; it is not to be trusted."""
    try:
        facts = json.loads(line)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        facts = {"event": "worker_said", "level": "warning", "text": line.decode(errors="replace").rstrip()}
    return {**facts, "process": "worker"}
