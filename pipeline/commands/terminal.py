"""What commands write: sentences on stderr, results on stdout; nothing else prints."""

import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from pipeline.errors import PublishError, os_error_to_words
from pipeline.printable import printable_json

if TYPE_CHECKING:
    from collections.abc import Iterable


# Everything that a person reads goes to stderr, so that stdout carries only JSON and HTML.
console = Console(stderr=True)


def say(sentences: "Iterable[str]") -> None:
    """Print sentences, a line each."""
    for sentence in sentences:
        console.print(escape(sentence), highlight=False, soft_wrap=True)


def write_json(value: object) -> None:
    """Write a value to stdout as JSON, which may be a terminal.

    Raises:
        PublishError: As in :func:`write`.
    """
    from pipeline.files.json_values import value_to_json  # noqa: PLC0415 — most commands write none

    write(printable_json(value_to_json(value, indented=True).decode()).encode())


def write(data: bytes) -> None:
    """Write to stdout, whatever that is.

    Raises:
        PublishError: It is a file that takes no more.
    """
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        leave_output()
        raise PublishError(f"the output cannot be written: {os_error_to_words(error)}") from error


def leave_output() -> None:
    """Say nothing more on stdout, not even at the interpreter's end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
