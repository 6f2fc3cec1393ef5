"""PDFs that are made of pictures, looked at by pdfium."""

import io
from pathlib import Path

import pytest
from made_pictures import SIZE, bomb, drawn, saved, tiff
from PIL import Image, TiffImagePlugin

from pipeline.errors import DocumentError, EmptyError, TooLargeError, UnreadablePictureError, VanishedError
from pipeline.pictures import wrapping
from pipeline.pictures.render import ImageSize, PdfFile
from pipeline.pictures.wrapping import Wrapper

WRAPPER = Wrapper(max_pixels=10_000_000, max_pages=200, seconds=60)


def wrap(tmp_path: Path, data: bytes, wrapper: Wrapper = WRAPPER) -> Path:
    source, target = tmp_path / "source", tmp_path / "wrapped.pdf"
    source.write_bytes(data)
    wrapper.wrap(source, target)
    return target


def looks(path: Path) -> list[tuple[str, tuple[float, float]]]:
    """For each page, which of its edges is black, and its size in points."""
    found = []
    with PdfFile(path) as pdf:
        for number in range(1, pdf.page_count + 1):
            pixels = pdf.pixels(number, ImageSize(longest_side_px=64))
            lines = bytes(pixels.lines)
            rows = [lines[at + 1 : at + pixels.stride] for at in range(0, len(lines), pixels.stride)]
            edges = {"top": rows[2], "bottom": rows[-3]}
            edges |= {"left": bytes(row[2] for row in rows), "right": bytes(row[-3] for row in rows)}
            dark = [edge for edge, values in edges.items() if sum(values) / len(values) < 80]
            found.append((" ".join(dark), pdf.size(number)))
    return found


@pytest.mark.parametrize(
    ("kind", "mode", "compression"),
    [
        *[("JPEG", mode, None) for mode in ("RGB", "L", "CMYK")],
        *[("PNG", mode, None) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")],
        *[("TIFF", "1", way) for way in ("group3", "group4", "raw")],
        *[("TIFF", "L", "tiff_lzw"), ("TIFF", "RGB", "jpeg"), ("TIFF", "RGB", "tiff_deflate")],
        *[("TIFF", "CMYK", "raw"), ("TIFF", "RGBA", "tiff_lzw"), ("TIFF", "P", "packbits")],
        *[("WEBP", "RGB", None), ("WEBP", "RGBA", None), ("BMP", "RGB", None), ("BMP", "1", None)],
    ],
)
def test_every_kind_of_picture_becomes_one_upright_page(
    kind: str, mode: str, compression: str | None, tmp_path: Path
) -> None:
    made = wrap(tmp_path, saved(drawn(mode), kind, compression=compression))

    assert looks(made) == [("top", (SIZE[0] * 0.75, SIZE[1] * 0.75))]  # 96 dots per inch where nothing is said


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "edge"),
    list(zip(range(1, 9), ("top", "top", "bottom", "bottom", "left", "right", "right", "left"), strict=True)),
)
def test_the_turn_that_exif_tells_is_obeyed(kind: str, orientation: int, edge: str, tmp_path: Path) -> None:
    ((found, size),) = looks(wrap(tmp_path, saved(drawn(), kind, orientation=orientation)))

    assert found == edge
    assert (size[0] > size[1]) == (orientation > 4)


def test_a_turned_fax_is_turned_too(tmp_path: Path) -> None:
    data = saved(drawn("1"), "TIFF", compression="group4", orientation=6)

    assert looks(wrap(tmp_path, data))[0][0] == "right"


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "1")])
def test_what_a_pdf_can_hold_is_kept_byte_for_byte(kind: str, mode: str, tmp_path: Path) -> None:
    data = saved(drawn(mode), kind)
    payload = data if kind == "JPEG" else data[data.index(b"IDAT") + 4 : data.rindex(b"IEND") - 8]

    assert payload in wrap(tmp_path, data).read_bytes()


def test_a_fax_keeps_its_compression(tmp_path: Path) -> None:
    data = saved(drawn("1"), "TIFF", compression="group4")
    with Image.open(io.BytesIO(data)) as image:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
        at, length = image.tag_v2[273][0], image.tag_v2[279][0]  # where its only strip lies

    assert data[at : at + length] in wrap(tmp_path, data).read_bytes()


@pytest.mark.parametrize(
    ("dpi", "points"),
    [(300, (57.6, 76.8)), (None, (180.0, 240.0)), (1, (180.0, 240.0)), (5000, (180.0, 240.0)), (72, (180.0, 240.0))],
)
def test_a_page_is_as_large_as_a_plausible_resolution_says(
    dpi: int | None, points: tuple[float, float], tmp_path: Path
) -> None:
    ((_, size),) = looks(wrap(tmp_path, saved(drawn(), "JPEG", dpi=dpi)))

    assert size == pytest.approx(points, abs=0.1)


def test_a_photograph_is_no_larger_than_a_sheet(tmp_path: Path) -> None:
    ((_, size),) = looks(wrap(tmp_path, saved(drawn("L", size=(2400, 3200)), "JPEG", dpi=72)))

    assert max(size) == pytest.approx(842, abs=1)


def test_a_tiff_has_a_page_for_each_of_its_pages_however_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "_AT_ONCE", 3)
    pages = [drawn("L", size=(60 + number, 90)) for number in range(8)]

    sizes = [size for _, size in looks(wrap(tmp_path, tiff(pages, "tiff_lzw")))]

    assert [round(width / 0.75) for width, _ in sizes] == list(range(60, 68))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "wrapped.pdf"]


def test_smaller_copies_in_a_tiff_are_no_pages(tmp_path: Path) -> None:
    copy = drawn("L", size=(24, 32))
    data = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(data) as file:
        drawn("L").save(file, format="TIFF")
        file.newFrame()
        copy.save(file, format="TIFF", tiffinfo={254: 1})

    assert len(looks(wrap(tmp_path, data.getvalue()))) == 1


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"", EmptyError, "no bytes"),
        (bomb(), TooLargeError, "60000 x 60000 pixels"),
        (b"PK\3\4" + bytes(100), UnreadablePictureError, "an archive or an office document, not a picture"),
        (b"\0\0\0\x18ftypheic" + bytes(100), UnreadablePictureError, "a HEIC or AVIF photograph"),
        (b"%PDF-1.7" + bytes(100), UnreadablePictureError, "It is a PDF"),
        (b"nothing of the kind" * 9, UnreadablePictureError, "PNG, JPEG, TIFF, WebP or BMP"),
        (b"\xff\xd8\xff\xe0" + bytes(100), UnreadablePictureError, "cannot be opened"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(
    data: bytes, kind: type[DocumentError], words: str, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=words):
        wrap(tmp_path, data)

    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_too_many_pages_or_too_much_time_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    data = tiff([drawn("1", size=(60, 90))] * 4, "raw")

    with pytest.raises(TooLargeError, match="more than 3 pages"):
        wrap(tmp_path, data, Wrapper(max_pixels=10_000_000, max_pages=3, seconds=60))
    with pytest.raises(TooLargeError, match="took 0 s"):
        wrap(tmp_path, data, Wrapper(max_pixels=10_000_000, max_pages=200, seconds=0))
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_page_of_a_tiff_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    pages = [drawn("1", size=(60, 90)), Image.new("1", (4000, 4000))]

    with pytest.raises(TooLargeError, match="4000 x 4000"):
        wrap(tmp_path, tiff(pages, "group4"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_a_picture_that_is_cut_off_is_shown_as_far_as_it_goes(kind: str, tmp_path: Path) -> None:
    data = saved(drawn("L"), kind)

    ((edge, _),) = looks(wrap(tmp_path, data[: len(data) * 3 // 4]))

    assert "top" in edge


def test_a_picture_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(VanishedError):
        WRAPPER.wrap(tmp_path / "none", tmp_path / "wrapped.pdf")
