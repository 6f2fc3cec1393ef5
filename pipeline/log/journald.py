"""systemd's journal, used where stderr is connected to it: a line of the log becomes an entry with fields.

Source of the method: systemd.exec(5) on JOURNAL_STREAM, systemd.journal-fields(7), and the "Native Journal Protocol"
of systemd's documentation; too little for a library, and the known one needs libsystemd on the machine.
"""

import json
import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress

from pipeline.host.service import send_datagram

_SOCKET = "/run/systemd/journal/socket"
_PRIORITIES = {"debug": "7", "info": "6", "warning": "4", "error": "3", "critical": "2"}
# The journal refuses other names; those that begin with an underscore are its own.
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
# The first three stand in fields that the journal knows, and it has a clock of its own.
_NO_FACTS = ("event", "level", "exception", "timestamp")


def is_stderr() -> bool:
    """Whether what this process writes to stderr goes to the journal."""
    try:
        facts = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):  # closed, or not a file, or none at all
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{facts.st_dev}:{facts.st_ino}"


class JournalLogger:
    """Takes the processed facts of a line from structlog."""

    def msg(self, **facts: object) -> None:
        """Send them."""
        send(facts)

    debug = info = warning = error = critical = msg


class _Dropped:
    """Counts the entries that were dropped because the journal was too slow."""

    def __init__(self) -> None:
        self.count = 0


_dropped = _Dropped()


def send(facts: Mapping[str, object]) -> None:
    """Send an entry; what the journal does not take (too large, not there) goes to stderr as a line of JSON.

    If the journal is too slow, entries are dropped instead of waiting, and it is told later how many.
    """
    try:
        if _dropped.count:
            told = {"event": "log_lines_dropped", "level": "warning", "count": _dropped.count}
            send_datagram(_SOCKET, fields_to_datagram(facts_to_fields(told)))
            _dropped.count = 0
        send_datagram(_SOCKET, fields_to_datagram(facts_to_fields(facts)))
    except BlockingIOError:
        _dropped.count += 1
    except OSError:
        with suppress(OSError):  # a line that cannot be written is lost; the program goes on
            sys.stderr.write(json.dumps(facts, default=repr) + "\n")


def facts_to_fields(facts: Mapping[str, object]) -> dict[str, str]:
    """The fields of an entry; a fact whose name the journal does not allow is only in the message.

    Args:
        facts: Of a line: ``event``, ``level``, and ``exception`` where there was one, as text; all others as they are.
    """
    others = {name: value for name, value in facts.items() if name not in _NO_FACTS}
    event = str(facts.get("event", ""))
    # ASCII, with everything else escaped, so that a hostile file name cannot begin a new line.
    message = " ".join([event, *(f"{name}={json.dumps(value, default=repr)}" for name, value in others.items())])
    if trace := facts.get("exception"):
        message = f"{message}\n{trace}"
    named = {name.upper(): _value_to_text(value) for name, value in others.items()}
    return {
        **{name: value for name, value in named.items() if _NAME.fullmatch(name)},
        "MESSAGE": message,
        "EVENT": event,
        "PRIORITY": _PRIORITIES.get(str(facts.get("level")), _PRIORITIES["info"]),
        "SYSLOG_IDENTIFIER": "dropleaf",
    }


def fields_to_datagram(fields: Mapping[str, str]) -> bytes:
    """The entry in the journal's format; per field: a name, a line feed, the length of the value, the value."""
    parts = bytearray()
    for name, value in fields.items():
        data = value.encode("utf-8", "backslashreplace")
        parts += name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"
    return bytes(parts)


def _value_to_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
