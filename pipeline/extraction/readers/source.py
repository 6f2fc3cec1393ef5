"""What a reader opens: the file's path, or what its owner has opened in its own way."""

from collections.abc import Callable
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO, TypeAlias

#: A path, all bytes of a file, or an open file, which the reader closes.
PdfInput: TypeAlias = Path | bytes | BufferedReader
#: Gives what is read for a path; called for each opening.
Source: TypeAlias = Callable[[Path], PdfInput]


def open_path(path: Path) -> PdfInput:
    """The path itself: the usual source."""
    return path


def to_file(given: PdfInput) -> BinaryIO:
    """An open file with the same bytes.

    Raises:
        OSError: It cannot be opened.
    """
    match given:
        case Path():
            return given.open("rb")
        case bytes():
            return BytesIO(given)
        case _:
            return given
