"""Writes and reads PNG files with 8 bits a channel, grey or RGB, without row filters.

The format is that of the W3C recommendation "Portable Network Graphics", third edition.  Compressed at isal's lowest
level, which takes a tenth of zlib's time for pages of text.
"""

import struct
from dataclasses import dataclass
from typing import Final

from isal import isal_zlib
from isal.igzip_lib import IsalError

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

_HEAD: Final = struct.Struct(">8sI4sIIBBBBB")
_GREY, _RGB = 0, 2
_CHANNELS: Final = {_GREY: 1, _RGB: 3}
_DEPTH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """The pixels of a file.

    Attributes:
        lines: The rows from the top, each after a byte that is 0.
        width: In pixels.
        height: The same.
        channels: 1 for grey, 3 for RGB.
    """

    lines: bytes | memoryview
    width: int
    height: int
    channels: int

    @property
    def stride(self) -> int:
        """Bytes of a line, with the byte before the row."""
        return 1 + self.width * self.channels

    def rows(self) -> list[bytes]:
        """The rows of pixels; of a coloured picture only the green channel."""
        step = self.stride
        starts = range(0, len(self.lines), step)
        lines = bytes(self.lines)
        return [lines[start + 1 : start + step][self.channels // 2 :: self.channels] for start in starts]


def rows_to_png(rows: list[bytes], *, width: int, channels: int) -> bytes:
    """A PNG of rows of pixels.

    Args:
        rows: One per line of pixels, 8 bits a channel.
        width: Pixels of a row.
        channels: 1 for grey, 3 for RGB.
    """
    return lines_to_png(b"\0" + b"\0".join(rows), width=width, height=len(rows), channels=channels)


def lines_to_png(lines: bytes | memoryview, *, width: int, height: int, channels: int) -> bytes:
    """As :func:`rows_to_png`, for rows with a zero byte before each."""
    kind = _GREY if channels == 1 else _RGB
    header = struct.pack(">IIBBBBB", width, height, _DEPTH, kind, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", isal_zlib.compress(lines, 1)), (b"IEND", b"")]
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", isal_zlib.crc32(kind + data))
        for kind, data in chunks
    )


def png_to_pixels(data: bytes) -> Pixels | None:
    """The pixels of a file that :func:`rows_to_png` wrote; None for any other file."""
    if len(data) < _HEAD.size:
        return None
    signature, _, _, width, height, depth, kind, *ways = _HEAD.unpack_from(data)
    at = data.find(b"IDAT")
    if signature != SIGNATURE or depth != _DEPTH or kind not in _CHANNELS or any(ways) or at < 0:
        return None
    channels = _CHANNELS[kind]
    step = 1 + width * channels
    try:
        lines = isal_zlib.decompressobj().decompress(data[at + 4 :], step * height)
    except IsalError:  # type: ignore[misc]  # its stub tells of an instance, not of a class
        return None
    if len(lines) != step * height or any(lines[::step]):
        return None
    return Pixels(lines=lines, width=width, height=height, channels=channels)
