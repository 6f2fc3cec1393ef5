"""Pictures of every kind that is read, made by Pillow: a black bar at the top, and a word below it."""

import io
import struct
import zlib
from collections.abc import Sequence

from PIL import ExifTags, Image, ImageDraw

SIZE = (240, 320)


def drawn(mode: str = "RGB", *, word: str = "WORD", size: tuple[int, int] = SIZE) -> Image.Image:
    """A page whose upper sixth is black."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, size[0], size[1] // 6), fill="black")
    pen.text((20, size[1] // 2), word, fill="black", font_size=size[1] // 8)
    return image.convert(mode)


def saved(  # noqa: PLR0913 — each is an option of the format
    image: Image.Image,
    kind: str,
    *,
    orientation: int = 1,
    dpi: int | None = None,
    progressive: bool = False,
    compression: str | None = None,
    pages: Sequence[Image.Image] = (),
) -> bytes:
    """The image as a file of this format, by Pillow's name; a TIFF may have more pages."""
    data = io.BytesIO()
    options: dict[str, bytes | str | bool | tuple[int, int] | list[Image.Image]] = {}
    if orientation != 1:
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        options["exif"] = exif.tobytes()
    if dpi is not None:
        options["dpi"] = (dpi, dpi)
    if progressive:
        options["progressive"] = True
    if compression is not None:
        options["compression"] = compression
    if pages:
        options |= {"save_all": True, "append_images": list(pages)}
    image.save(data, format=kind, **options)
    return data.getvalue()


def tiff(pages: Sequence[Image.Image], compression: str) -> bytes:
    """A TIFF of several pages."""
    return saved(pages[0], "TIFF", compression=compression, pages=pages[1:])


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says that it has billions of pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
