"""A page as a picture, and what pdfium says of a file."""

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odd_pdfs import encrypted_pdf
from pdfs import Canvas, blank_pdf, numbered_pdf, objects_to_pdf, pages_to_objects, write_pdf

from pipeline.errors import EmptyError, EncryptedError, RenderError, UnreadableError, VanishedError
from pipeline.pictures.render import ImageSize, PageImage, PdfFile, scale_of
from pipeline.worker.open_pdf import OpenPdf

SMALL = ImageSize(longest_side_px=200)
SIDES = st.floats(allow_nan=True, allow_infinity=True)


def png_to_rows(image: PageImage) -> list[bytes]:
    """The rows of a PNG without filters, as another program would read them."""
    assert image.data.startswith(b"\x89PNG\r\n\x1a\n")
    at, body, header = 8, b"", b""
    while at < len(image.data):
        (length,) = struct.unpack_from(">I", image.data, at)
        kind, data = image.data[at + 4 : at + 8], image.data[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + data) == struct.unpack_from(">I", image.data, at + 8 + length)[0]
        header, body = (data if kind == b"IHDR" else header), body + (data if kind == b"IDAT" else b"")
        at += 12 + length
    width, height, _, colour = struct.unpack_from(">IIBB", header)
    assert (width, height) == (image.width, image.height)
    stride = 1 + width * (3 if colour == 2 else 1)
    raw = zlib.decompress(body)
    return [raw[start + 1 : start + stride] for start in range(0, len(raw), stride)]


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("rotate", [0, 90])
def test_a_page_is_drawn_upright_with_its_longer_side_as_wanted(tmp_path: Path, rotate: int, *, colour: bool) -> None:
    with PdfFile(numbered_pdf(tmp_path / "a.pdf", 2, rotate=rotate)) as pdf:
        assert pdf.page_count == 2
        image = pdf.render(2, ImageSize(longest_side_px=200, colour=colour))

    rows = png_to_rows(image)
    assert max(image.width, image.height) == 200
    assert image.height > image.width
    assert len(rows) == image.height
    assert 0.005 < image.ink < 0.5
    assert rows[-1] == b"\xff" * len(rows[-1])


def test_an_empty_page_has_no_ink(tmp_path: Path) -> None:
    with PdfFile(blank_pdf(tmp_path / "a.pdf")) as pdf:
        assert pdf.render(1, SMALL).ink == 0.0


@pytest.mark.parametrize("rotate", [0, 90])
def test_an_area_is_what_stands_there_on_the_page_as_shown(tmp_path: Path, rotate: int) -> None:
    with PdfFile(numbered_pdf(tmp_path / "a.pdf", 1, rotate=rotate)) as pdf:
        width, height = pdf.size(1)
        whole = pdf.pixels(1, ImageSize(longest_side_px=round(max(width, height)), colour=True))
        part = pdf.area(1, (50, 100, 150, 300), 200)

    assert (part.width, part.height) == (100, 200)
    assert any(set(row) != {255} for row in part.rows())
    assert part.rows() == [row[50:150] for row in whole.rows()[100:300]]


def test_colours_are_red_green_blue(tmp_path: Path) -> None:
    page = Canvas(width=100, height=100)
    page._draw(b"1 0 0 rg 0 0 100 100 re f")  # noqa: SLF001 — the canvas itself draws in grey
    with PdfFile(write_pdf(tmp_path / "a.pdf", [page])) as pdf:
        rows = png_to_rows(pdf.render(1, ImageSize(longest_side_px=10, colour=True)))

    assert rows[5][15:18] == b"\xff\0\0"


@given(SIDES, SIDES, st.sampled_from([1, 28, 32]), st.integers(50_000, 10_000_000))
def test_any_page_box_gives_a_picture_within_limits(width: float, height: float, step: int, most: int) -> None:
    size = ImageSize(longest_side_px=1344, max_pixels=most, multiple_of=step)

    wide, high = scale_of(width, height, size)

    assert wide % step == high % step == 0
    assert min(wide, high) >= step
    assert max(wide, high) <= 1344
    # Each side is rounded to the nearest multiple.
    assert (wide - step) * (high - step) <= most


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", EmptyError),
        (b"not a PDF", UnreadableError),
        (b"%PDF-1.4\n%%EOF", UnreadableError),
        (None, VanishedError),
        (
            objects_to_pdf({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [] /Count 0 >>"}),
            EmptyError,
        ),
    ],
)
def test_a_file_that_is_no_use_says_why(tmp_path: Path, content: bytes | None, kind: type[Exception]) -> None:
    path = tmp_path / "a.pdf"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(kind):
        PdfFile(path)


def test_an_encrypted_file_asks_for_its_password(tmp_path: Path) -> None:
    with pytest.raises(EncryptedError, match="password"):
        PdfFile(encrypted_pdf(tmp_path / "a.pdf"))


def test_a_page_that_cannot_be_loaded_fails_alone(tmp_path: Path) -> None:
    objects = pages_to_objects([Canvas(), Canvas(), Canvas()])
    objects[7] = b"null"  # the second page
    path = tmp_path / "a.pdf"
    path.write_bytes(objects_to_pdf(objects))

    with PdfFile(path) as pdf:
        assert pdf.page_count == 3
        with pytest.raises(RenderError, match="page 2"):
            pdf.render(2, SMALL)

        assert pdf.render(3, SMALL).height == 200


def test_a_page_that_was_drawn_ahead_is_not_drawn_again(tmp_path: Path) -> None:
    pdf = OpenPdf(numbered_pdf(tmp_path / "a.pdf", 3))
    try:
        ahead = pdf.render(1, SMALL)
        assert pdf.render(1, SMALL) is ahead
        for number in (2, 3):
            pdf.render(number, SMALL)
        assert pdf.render(1, SMALL) is not ahead  # only the latest two are kept
        assert pdf.render(1, ImageSize(longest_side_px=100)).height == 100
        assert (pdf.page_count, pdf.reader("pdfium") is pdf.reader("pdfium")) == (3, True)
    finally:
        pdf.close()


def test_an_open_file_wears_out(tmp_path: Path) -> None:
    pdf = OpenPdf(blank_pdf(tmp_path / "a.pdf"))
    try:
        assert not pdf.worn
        for side in range(10, 60):
            outlasted = pdf.outlasts_a_page
            pdf.render(1, ImageSize(longest_side_px=side))
            assert pdf.worn <= (not outlasted)  # a page that is drawn ahead is never lost with the file
        worn = pdf.worn
    finally:
        pdf.close()

    assert worn
