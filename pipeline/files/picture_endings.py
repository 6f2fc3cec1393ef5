"""Tells from the structure of a picture's file whether its last bytes are there."""

import os
import struct
from collections.abc import Callable, Iterator
from typing import Final

#: Bytes that a file must have before its kind is known.
HEAD_BYTES: Final = 16

_CHUNK = 1 << 20
# Segments, chunks and pages that are followed; files that have more of them than any camera writes are not waited for.
_MOST_PARTS = 100_000
_MOST_PAGES = 10_000
_MOST_STRIPS = 100_000

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_TIFF = (b"II*\0", b"MM\0*")
_JPEG_END, _JPEG_MARK, _JPEG_SCAN = b"\xff\xd9", 0xFF, 0xDA
# Tags of TIFF 6.0 that say where the pixels lie: strips or tiles, and their lengths.
_OFFSETS, _LENGTHS = (273, 324), (279, 325)
_TIFF_HEAD = 8
_TYPES = {3: "H", 4: "I"}


def picture_is_whole(handle: int, size: int, head: bytes) -> bool | None:
    """Whether the end of a picture is there.

    Args:
        handle: Open for reading.
        size: Of the file, in bytes.
        head: Its first bytes, at least :data:`HEAD_BYTES` where it has so many.

    Returns:
        None where it is no picture that shows it.

    Raises:
        OSError: It cannot be read.
    """
    for marks, look in _KINDS:
        if head.startswith(marks):
            try:
                return look(handle, size, head)
            except (struct.error, ValueError):  # it ends within what was looked for, or is damaged
                return False
    return None


def begins_like_a_picture(head: bytes) -> bool:
    """Whether a file that is shorter than any picture may become one."""
    return any(mark.startswith(head) for marks, _ in _KINDS for mark in marks)


def _jpeg(handle: int, size: int, head: bytes) -> bool:
    """Whether the end mark comes behind the beginning of the scan; a preview in the header has an end mark, too.

    Within a scan no other mark looks like it (ITU-T T.81, B.1.1.5).
    """
    del head
    at = 2
    for _ in range(_MOST_PARTS):
        mark, kind, length = struct.unpack(">BBH", _read(handle, at, 4))
        if mark != _JPEG_MARK or at > size:
            return False
        if kind == _JPEG_MARK:  # padding before a mark
            at += 1
            continue
        at += 2 + length
        if kind == _JPEG_SCAN:
            return _has(handle, at, size, _JPEG_END)
    return False


def _png(handle: int, size: int, head: bytes) -> bool:
    del head
    at = len(_PNG)
    for _ in range(_MOST_PARTS):
        length, kind = struct.unpack(">I4s", _read(handle, at, 8))
        at += length + 12
        if at > size:
            return False
        if kind == b"IEND":
            return True
    return False


def _tiff(handle: int, size: int, head: bytes) -> bool:
    """Whether every page's pixels are within the file; some programs write the list of pages first, others last."""
    order = "<" if head.startswith(b"II") else ">"
    (at,) = struct.unpack(f"{order}I", head[4:8])
    for _ in range(_MOST_PAGES):
        if not _TIFF_HEAD <= at < size:
            return False
        (count,) = struct.unpack(f"{order}H", _read(handle, at, 2))
        entries = _read(handle, at + 2, 12 * count)
        if not all(end <= size for end in _tiff_ends(handle, order, entries)):
            return False
        (at,) = struct.unpack(f"{order}I", _read(handle, at + 2 + 12 * count, 4))
        if not at:
            return True
    return True


def _tiff_ends(handle: int, order: str, entries: bytes) -> Iterator[int]:
    """Where the parts of a page's pixels end."""
    values: dict[int, tuple[int, ...]] = {}
    for tag, kind, count, inline in struct.iter_unpack(f"{order}HHI4s", entries):
        if tag in {*_OFFSETS, *_LENGTHS} and kind in _TYPES and count <= _MOST_STRIPS:
            form = f"{order}{count}{_TYPES[kind]}"
            room = struct.calcsize(form)
            (at,) = struct.unpack(f"{order}I", inline)
            data = inline[:room] if room <= len(inline) else _read(handle, at, room)
            values[tag] = struct.unpack(form, data)
    for offsets, lengths in zip(_OFFSETS, _LENGTHS, strict=True):
        for begin, length in zip(values.get(offsets, ()), values.get(lengths, ()), strict=False):
            yield begin + length


def _riff(handle: int, size: int, head: bytes) -> bool:
    del handle
    (length,) = struct.unpack("<I", head[4:8])
    return bool(size >= length + 8) if head[8:12] == b"WEBP" else True


def _bmp(handle: int, size: int, head: bytes) -> bool:
    del handle
    (length,) = struct.unpack("<I", head[2:6])
    return bool(size >= length)


_Look = Callable[[int, int, bytes], bool]
_KINDS: Final[tuple[tuple[tuple[bytes, ...], _Look], ...]] = (
    ((_JPEG,), _jpeg),
    ((_PNG,), _png),
    (_TIFF, _tiff),
    ((b"RIFF",), _riff),
    ((b"BM",), _bmp),
)


def _has(handle: int, begin: int, end: int, wanted: bytes) -> bool:
    kept = b""
    while begin < end:
        data = kept + _read(handle, begin, min(_CHUNK, end - begin))
        if wanted in data:
            return True
        if len(data) <= len(kept):
            return False
        begin += len(data) - len(kept)
        kept = data[-1:]
    return False


def _read(handle: int, begin: int, length: int) -> bytes:
    os.lseek(handle, begin, os.SEEK_SET)
    return os.read(handle, length)
