"""Tells from a file's bytes whether it is complete."""

import os
import re
from enum import Enum, auto
from typing import Final

from pipeline.files.picture_endings import begins_like_a_picture, picture_is_whole

_HEAD_BYTES = 1024
_TAIL_BYTES = 1024
# Some programs first give a file its full size, in zeros, and others fill its last block with zeros.
_MOST_PADDING = 1 << 20
_PADDING = b"\0\t\n\f\r "

_BEGIN = b"%PDF"
_END = b"%%EOF"
# A file that is arranged for slow lines says its length at its beginning, and has an end mark near there, too
# (ISO 32000-1, annex F.3.3).
_LINEARIZED = re.compile(rb"/Linearized\b.{0,256}?/L\s+(\d{1,12})\b", re.DOTALL)


# The last words of a PDF, and how a table of objects begins: as text, or as a stream.
_STARTS: Final = re.compile(rb"startxref\s{1,9}(\d{1,15})\s")
_INDEX: Final = re.compile(rb"\s{0,9}(?:xref\b|\d{1,9}\s{1,9}\d{1,9}\s{1,9}obj\b)")
_INDEX_BYTES: Final = 64


class Ending(Enum):
    """How much of a file is there."""

    #: It is a PDF or a picture, and its last bytes are there.
    THERE = auto()
    #: It is empty, or a PDF or a picture whose last bytes are missing.
    MISSING = auto()
    #: It is something else, so nothing shows it.
    UNKNOWN = auto()


def ending_of(handle: int, size: int) -> Ending:
    """How much of an open file is there.

    Args:
        handle: Open for reading.
        size: Of the file, in bytes.

    Raises:
        OSError: It cannot be read.
    """
    if not size:
        return Ending.MISSING
    head = _read(handle, 0, _HEAD_BYTES)
    if _BEGIN not in head:
        # Fewer bytes than the mark has, or only zeros: the beginning has not been written yet.
        begun = _BEGIN.startswith(head) or begins_like_a_picture(head) or not head.strip(b"\0")
        whole = False if begun else picture_is_whole(handle, size, head)
        return Ending.UNKNOWN if whole is None else Ending.THERE if whole else Ending.MISSING
    if (found := _LINEARIZED.search(head)) and int(found[1]) > size + _TAIL_BYTES:  # a mail may cost some bytes
        return Ending.MISSING
    return Ending.THERE if _END in _tail(handle, size) else Ending.MISSING


def has_broken_index(handle: int, size: int) -> bool:
    """Whether a PDF does not say where its objects are, so that readers have to find them by looking through it.

    At its end a PDF names the place of its table of objects, counted from its first mark (ISO 32000-1, 7.5.5).

    Args:
        handle: Open for reading.
        size: Of the file, in bytes.

    Raises:
        OSError: It cannot be read.
    """
    begin = _read(handle, 0, _HEAD_BYTES).find(_BEGIN)
    if not size or begin < 0:
        return False
    named = _STARTS.findall(_tail(handle, size))
    return not named or not any(
        _INDEX.match(_read(handle, at, at + _INDEX_BYTES)) for at in _places(int(named[-1]), begin)
    )


def _places(named: int, begin: int) -> tuple[int, ...]:
    """Where the table may be: some programs count from the file's first byte although others stand before the mark."""
    return (named,) if not begin else (named + begin, named)


def _tail(handle: int, size: int) -> bytes:
    """The last bytes, without the padding if there is any."""
    end = size
    while end > 0 and size - end < _MOST_PADDING:
        begin = max(0, end - _TAIL_BYTES)
        block = _read(handle, begin, end)
        if kept := block.rstrip(_PADDING):
            end = begin + len(kept)
            begin = max(0, end - _TAIL_BYTES)
            return _read(handle, begin, end)
        end = begin
    return b""


def _read(handle: int, begin: int, end: int) -> bytes:
    os.lseek(handle, begin, os.SEEK_SET)
    return os.read(handle, end - begin)
