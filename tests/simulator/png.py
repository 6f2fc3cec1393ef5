"""The first scanlines of a PNG, with nothing but the standard library.

Only as many rows are inflated and unfiltered as are asked for, so that looking at the top of a page costs about a
tenth of a millisecond.  The format is that of the W3C recommendation "Portable Network Graphics", third edition.
"""

import itertools
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # colour type -> samples per pixel, 8 bits each; palettes are not read


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the IHDR chunk says; sizes in pixels."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool = False


def png_to_header(data: bytes) -> Header | None:
    """The header of a PNG; None where the bytes do not begin as one."""
    if len(data) < 33 or not data.startswith(SIGNATURE) or data[12:16] != b"IHDR":
        return None
    width, height, depth, colour, _, _, interlace = struct.unpack_from(">IIBBBBB", data, 16)
    return Header(width=width, height=height, depth=depth, colour=colour, interlaced=bool(interlace))


def rows_to_png(header: Header, rows: Iterable[bytes]) -> bytes:
    """A PNG from unfiltered rows."""
    shape = (header.width, header.height, header.depth, header.colour, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", struct.pack(">IIBBBBB", *shape)), (b"IDAT", packed), (b"IEND", b""))
    )


def png_to_row(data: bytes, row: int) -> bytes | None:
    """One row of grey values, 0 black to 255 white, one byte a pixel.

    Args:
        data: The file.
        row: Counted from 0 at the top; each row above it costs time.

    Returns:
        The row (of a colour picture its red samples); None for a picture of another kind than 8 bits a sample
        without palette or interlacing, and for one that ends before that row.
    """
    header = png_to_header(data)
    if header is None or header.depth != 8 or header.interlaced or header.colour not in _CHANNELS:
        return None
    channels = _CHANNELS[header.colour]
    stride = header.width * channels
    raw = _inflated(data, (row + 1) * (stride + 1))
    if len(raw) < (row + 1) * (stride + 1):
        return None
    above = bytes(stride)
    for start in range(0, len(raw) - stride, stride + 1):
        above = unfiltered(raw[start], raw[start + 1 : start + 1 + stride], above, channels)
    return above[::channels]


def unfiltered(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    """A scanline without its filter (0 none, 1 sub, 2 up, 3 average, 4 Paeth); ``step`` is bytes per pixel."""
    if kind == 0:
        return line
    if kind == 1:
        return _summed(line, step)
    if kind == 2:
        return bytes((a + b) & 255 for a, b in zip(line, above, strict=True))
    return _predicted(line, above, step, average=kind == 3)


def _summed(line: bytes, step: int) -> bytes:
    out = bytearray(len(line))
    for channel in range(step):
        out[channel::step] = bytes(total & 255 for total in itertools.accumulate(line[channel::step]))
    return bytes(out)


def _predicted(line: bytes, above: bytes, step: int, *, average: bool) -> bytes:
    out = bytearray(line)
    for index, value in enumerate(line):
        left = out[index - step] if index >= step else 0
        corner = above[index - step] if index >= step else 0
        guess = (left + above[index]) // 2 if average else _paeth(left, above[index], corner)
        out[index] = (value + guess) & 255
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    by_left, by_up, by_corner = abs(estimate - left), abs(estimate - up), abs(estimate - corner)
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(SIGNATURE)
    while position + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        yield name, data[position + 8 : position + 8 + length]
        position += 12 + length


def _inflated(data: bytes, wanted: int) -> bytes:
    inflater = zlib.decompressobj()
    out = bytearray()
    try:
        for name, body in _chunks(data):
            if name == b"IDAT":
                out += inflater.decompress(body, wanted - len(out))
            if len(out) >= wanted:
                break
    except zlib.error:
        return bytes(out)
    return bytes(out)
