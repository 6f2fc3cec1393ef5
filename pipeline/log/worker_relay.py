"""Passes what workers write to stderr on to the journal.

A worker must not have a socket that could be connected to other services, so it writes lines of JSON into a pipe, and a
thread of the daemon makes entries of them. Other lines (the last message of a C library, for example) are passed on as
they are. A hostile file that takes over a worker can write anything, as it could to stderr; its entries are marked as a
worker's.
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
        """The descriptor to which workers write."""
        return self._writer

    def close(self) -> None:
        """Pass on what is left; to be called after the last worker has ended."""
        os.close(self._writer)
        # A worker that cannot be ended (it waits for a dead network share) keeps the pipe open.
        self._thread.join(_CLOSE_S)


def _pass_on(lines: BufferedReader) -> None:
    with lines:
        while line := lines.readline(_LONGEST_LINE):
            try:
                journald.send(line_to_facts(line))
            except Exception as error:  # noqa: BLE001 — an unexpected line; if this thread ended, workers would block
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
