"""Logs: readable lines on a terminal, entries where stderr is systemd's journal, JSON lines otherwise."""

import functools
import json
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, TextIO, cast

from pipeline.choices import LogFormat, LogLevel
from pipeline.log import journald
from pipeline.log.lean_structlog import structlog
from pipeline.log.line_writer import LineWriter
from pipeline.printable import printable_json, printable_lines

#: What ``auto`` can become.
Form = Literal["journal", "console", "json"]


class _ToStructlog(logging.Handler):
    """Passes the lines of other packages on to our own log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one on, at the nearest level that structlog knows."""
        level = min(record.levelno // 10 * 10, logging.CRITICAL)
        logger().log(level, record.getMessage(), logger=record.name, exc_info=record.exc_info)


class _Stderr:
    """Standard error, but a line that cannot be written is lost or waits, and not the program.

    The disk that the log lies on may be full, and who reads it may have gone, or not read.
    """

    def __init__(self, *, readable: bool) -> None:
        self._writer: LineWriter | None = None
        with suppress(OSError, ValueError):  # closed, or something without a descriptor
            descriptor = sys.stderr.fileno()
            facts = os.fstat(descriptor)
            self._writer = _writer_for(descriptor, (facts.st_dev, facts.st_ino), readable=readable)

    def write(self, text: str) -> None:
        """Write now, or later, or not at all if that is impossible."""
        if self._writer is not None:
            self._writer.write(text)
            return
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Do nothing: what can be written is written at once."""


def _to_printable(_: object, __: str, facts: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Escape control characters: names, messages and traces of exceptions may hold commands for a terminal."""
    return {name: printable_lines(value) if isinstance(value, str) else value for name, value in facts.items()}


@functools.cache
def _writer_for(descriptor: int, identity: tuple[int, int], *, readable: bool) -> LineWriter:
    """The writer for this file and form; kept, since the log is configured again at each reload."""
    del identity
    return LineWriter(descriptor, tell_dropped=_dropped_to_words if readable else _dropped_to_json)


def _dropped_to_words(count: int) -> str:
    return f"{count} lines of the log were dropped: nobody read them\n"


def _dropped_to_json(count: int) -> str:
    return json.dumps({"event": "log_lines_dropped", "level": "warning", "count": count}) + "\n"


def _to_json_line(facts: object, *, default: Callable[[object], object]) -> str:
    return printable_json(json.dumps(facts, default=default, ensure_ascii=False))


def configure(level: LogLevel, form: LogFormat) -> None:
    """Set up structlog, and the standard library's loggers of other packages through it.

    Each line is one write to stderr, so the lines of several processes do not mix.
    """
    resolved = resolve(form)
    readable = resolved == "console"
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable),
        structlog.processors.StackInfoRenderer(),
    ]
    processors.append(structlog.processors.format_exc_info)
    if readable:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=28, exception_formatter=structlog.dev.plain_traceback
        )
        processors += [_to_printable, renderer]
    if resolved == "json":
        processors.append(structlog.processors.JSONRenderer(_to_json_line))
    number = logging.getLevelNamesMapping()[level.upper()]
    stderr = _Stderr(readable=readable)
    journal, lines = journald.JournalLogger, structlog.WriteLoggerFactory(file=cast("TextIO", stderr))
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=journal if resolved == "journal" else lines,
        cache_logger_on_first_use=True,
    )
    handler = _ToStructlog()
    handler.setLevel(number)  # also for loggers that have a level of their own
    # Other packages' debug and info lines (every HTTP connection, every PDF token) would hide ours.
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    for noisy in ("pdfminer", "urllib3", "pypdfium2"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def resolve(form: LogFormat) -> Form:
    """The form that ``auto`` means for this process."""
    if form != "auto":
        return form
    if journald.is_stderr():
        return "journal"
    return "console" if sys.stderr.isatty() else "json"


def logger() -> structlog.typing.FilteringBoundLogger:
    """A logger whose lines carry the facts of :func:`bound`."""
    return structlog.get_logger()  # type: ignore[no-any-return]  # structlog cannot know the wrapper class


bound = structlog.contextvars.bound_contextvars
