"""PNG files: written as other programs read them, and read back."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pictures.png import SIGNATURE, png_to_pixels, rows_to_png

PICTURES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3])).flatmap(
    lambda shape: st.tuples(
        st.lists(
            st.binary(min_size=shape[0] * shape[2], max_size=shape[0] * shape[2]),
            min_size=shape[1],
            max_size=shape[1],
        ),
        st.just(shape[0]),
        st.just(shape[2]),
    )
)
PNG = rows_to_png([b"\x07\x08"], width=2, channels=1)


@given(PICTURES)
def test_what_is_written_is_a_png_and_read_back_is_the_same(picture: tuple[list[bytes], int, int]) -> None:
    rows, width, channels = picture

    data = rows_to_png(rows, width=width, channels=channels)

    assert chunks_of(data)[b"IHDR"] == struct.pack(">IIBBBBB", width, len(rows), 8, channels - 1, 0, 0, 0)
    lines = b"".join(b"\0" + row for row in rows)
    assert zlib.decompress(chunks_of(data)[b"IDAT"]) == lines
    pixels = png_to_pixels(data)
    assert pixels is not None
    assert (pixels.lines, pixels.width, pixels.height, pixels.channels) == (lines, width, len(rows), channels)
    assert pixels.rows() == [row[channels // 2 :: channels] for row in rows]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.4",
        PNG[:30],
        PNG[:45],
        SIGNATURE + PNG[8:24] + b"\x10" + PNG[25:],  # 16 bits
        SIGNATURE + PNG[8:25] + b"\x03" + PNG[26:],  # a palette
        SIGNATURE + PNG[8:28] + b"\x01" + PNG[29:],  # interlaced
        PNG.replace(b"IDAT", b"tEXt"),
        PNG[:41] + b"\xff" * (len(PNG) - 41),
        PNG[:20] + struct.pack(">I", 9) + PNG[24:],  # more rows than there are
    ],
)
def test_another_kind_of_file_has_no_pixels(data: bytes) -> None:
    assert png_to_pixels(data) is None


def chunks_of(data: bytes) -> dict[bytes, bytes]:
    """The chunks by name, their sums checked."""
    chunks, at = {}, len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack_from(">I", data, at + 8 + length)[0]
        chunks[kind] = body
        at += 12 + length
    return chunks
