"""Pages are recognised in their pictures, however they were rendered."""

import itertools
import struct
import zlib
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfs import numbered_pdf
from simulator.mark import Mark, bits_to_mark, mark_to_bits, mark_to_png, png_to_mark
from simulator.png import Header, png_to_row, rows_to_png, unfiltered

MARK = Mark(document=5, page=2)


@given(document=st.integers(0, 1023), page=st.integers(1, 65535))
def test_every_mark_can_be_read_back(document: int, page: int) -> None:
    mark = Mark(document=document, page=page)

    assert bits_to_mark(mark_to_bits(mark)) == mark


def test_a_mark_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="document 0 to 1023"):
        mark_to_bits(Mark(document=1024, page=1))


def test_a_strip_with_one_wrong_square_is_no_mark() -> None:
    bits = mark_to_bits(MARK)

    for index in range(len(bits)):
        assert bits_to_mark((*bits[:index], 1 - bits[index], *bits[index + 1 :])) is None


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("scale", [0.5, 1.626, 3.1])
@pytest.mark.parametrize("grey", [True, False])
def test_the_mark_of_a_rendered_page_is_found(tmp_path: Path, rotate: int, scale: float, grey: bool) -> None:  # noqa: FBT001
    path = numbered_pdf(tmp_path / "a.pdf", 2, document=5, rotate=rotate)

    assert png_to_mark(rendered(path, 1, scale, grey=grey)) == MARK


def test_a_page_without_a_mark_has_none(tmp_path: Path) -> None:
    path = numbered_pdf(tmp_path / "a.pdf", 1, blank=(1,))

    assert png_to_mark(rendered(path, 0, 1.0, grey=True)) is None
    assert png_to_mark(b"\x89PNG\r\n\x1a\n") is None
    assert png_to_mark(b"\xff\xd8\xff\xe0") is None
    assert png_to_mark(mark_to_png(MARK)[:60]) is None


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize("step", [1, 3, 4])
def test_every_filter_is_undone(kind: int, step: int) -> None:
    above, line = bytes(range(7, 247, 5))[:36], bytes((index * 37 + 11) % 256 for index in range(36))

    assert unfiltered(kind, filtered(kind, line, above, step), above, step) == line


def test_only_the_rows_that_are_needed_are_inflated() -> None:
    header = Header(width=8, height=50_000, depth=8, colour=0)
    png = rows_to_png(header, itertools.repeat(b"\xff" * 8, 50_000))

    assert png_to_row(png, 3) == b"\xff" * 8
    assert png_to_row(png, 50_000) is None


def rendered(path: Path, index: int, scale: float, *, grey: bool) -> bytes:
    with pypdfium2.PdfDocument(path) as pdf:
        bitmap = pdf[index].render(scale=scale, grayscale=grey)
        samples, width, stride, channels = bytes(bitmap.buffer), int(bitmap.width), bitmap.stride, bitmap.n_channels
        rows = [samples[y * stride : y * stride + width * channels] for y in range(bitmap.height)]
        return rows_to_png(Header(width=width, height=len(rows), depth=8, colour=0 if channels == 1 else 2), rows)


def filtered(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    """The filters in their defining direction, for whole rows."""
    left = bytes(step) + line[:-step]
    corner = bytes(step) + above[:-step]
    guesses = {
        0: bytes(len(line)),
        1: left,
        2: above,
        3: bytes((a + b) // 2 for a, b in zip(left, above, strict=True)),
        4: bytes(paeth(a, b, c) for a, b, c in zip(left, above, corner, strict=True)),
    }
    return bytes((value - guess) & 255 for value, guess in zip(line, guesses[kind], strict=True))


def paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    return min((abs(estimate - left), 0, left), (abs(estimate - up), 1, up), (abs(estimate - corner), 2, corner))[2]


def test_the_picture_of_a_mark_is_a_sound_png() -> None:
    png = mark_to_png(MARK, width=200, height=100)

    assert struct.unpack(">II", png[16:24]) == (200, 100)
    assert len(zlib.decompress(png[png.index(b"IDAT") + 4 : -16])) == 201 * 100
    assert png_to_mark(png) == MARK
