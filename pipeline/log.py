"""Logs: readable lines on a terminal, JSON lines otherwise; the same in the daemon and in its workers."""

import logging
import sys
from contextlib import suppress
from typing import Literal, TextIO, cast

import structlog

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "console", "json"]


class _Stderr:
    """Standard error, but a line that cannot be written is lost, and not the program with it.

    The disk that the log lies on may be full, or who reads it may have gone.
    """

    def write(self, text: str) -> None:
        """Write, if that is possible."""
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush, if that is possible."""
        with suppress(OSError):
            sys.stderr.flush()


def configure(level: Level, form: Format) -> None:
    """Set up structlog, and the standard library's loggers of other packages through it.

    Each line is one write to stderr, so the lines of several processes do not mix.
    """
    readable = resolve(form) == "console"
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=28)]
        if readable
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    stderr = cast("TextIO", _Stderr())
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, structlog.processors.StackInfoRenderer(), *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stderr)
    handler.setLevel(number)  # of loggers that have a level of their own, too
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    # Other packages' debug and info lines (every HTTP connection, every PDF token) would drown ours.
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    for noisy in ("pdfminer", "urllib3", "pypdfium2"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def resolve(form: Format) -> Format:
    """What ``auto`` means here and now."""
    if form == "auto":
        return "console" if sys.stderr.isatty() else "json"
    return form


def logger() -> structlog.typing.FilteringBoundLogger:
    """A logger whose lines carry what :func:`bound` has bound."""
    return structlog.get_logger()  # type: ignore[no-any-return]  # structlog cannot know the wrapper class


bound = structlog.contextvars.bound_contextvars
