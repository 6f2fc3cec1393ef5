"""The pictures of a request: told apart, measured and named, without decoding more than their headers."""

import binascii
import hashlib
import struct
from dataclasses import dataclass
from enum import StrEnum

from simulator.mark import Mark, png_to_mark
from simulator.png import SIGNATURE, png_to_header

_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


class Kind(StrEnum):
    """What a picture's first bytes say that it is; OTHER is everything that no server reads."""

    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    BMP = "bmp"
    WEBP = "webp"
    TIFF = "tiff"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture.

    Attributes:
        width: In pixels, 0 where unknown.
        height: In pixels, 0 where unknown.
        whole: Whether its end is there.
    """

    data: bytes
    kind: Kind
    width: int = 0
    height: int = 0
    whole: bool = True

    @property
    def name(self) -> str:
        """Twelve letters that stand for these bytes; no digits, so that no check of numbers stumbles over them."""
        return picture_name(self.data)

    @property
    def mark(self) -> Mark | None:
        """Which page it shows, where it is a PNG of a numbered page."""
        return png_to_mark(self.data) if self.kind is Kind.PNG else None

    def tokens(self, longest: int | None = None) -> int:
        """Prompt tokens at 28 pixels a patch, after shrinking the longer side to ``longest`` pixels."""
        scale = 1.0
        if longest is not None and max(self.width, self.height) > longest:
            scale = longest / max(self.width, self.height)
        return max(1, round(self.width * scale / 28) * round(self.height * scale / 28))


def picture_name(data: bytes) -> str:
    """The name under which the default answer mentions a picture: twelve letters from a to p."""
    return hashlib.sha256(data).hexdigest()[:12].translate(_LETTERS)


def base64_to_bytes(text: str) -> bytes | None:
    """Decoded strictly; None where it is not base64 or stands for nothing."""
    try:
        return binascii.a2b_base64(text, strict_mode=True) or None
    except ValueError:
        return None


def bytes_to_picture(data: bytes) -> Picture:
    """What the bytes are, judged by their header."""
    if data.startswith(SIGNATURE):
        header = png_to_header(data)
        if header is None:
            return Picture(data=data, kind=Kind.PNG, whole=False)
        whole = b"IEND" in data[-16:]
        return Picture(data=data, kind=Kind.PNG, width=header.width, height=header.height, whole=whole)
    if data.startswith(b"\xff\xd8\xff"):
        width, height = _jpeg_size(data)
        return Picture(data=data, kind=Kind.JPEG, width=width, height=height, whole=b"\xff\xd9" in data[-16:])
    return _lesser_picture(data)


def _lesser_picture(data: bytes) -> Picture:
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack_from("<HH", data, 6)
        return Picture(data=data, kind=Kind.GIF, width=width, height=height)
    if data.startswith(b"BM") and len(data) >= 26:
        width, height = struct.unpack_from("<ii", data, 18)
        return Picture(data=data, kind=Kind.BMP, width=abs(width), height=abs(height))
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Picture(data=data, kind=Kind.WEBP)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return Picture(data=data, kind=Kind.TIFF)
    return Picture(data=data, kind=Kind.OTHER)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        code = data[position + 1]
        if 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, position + 5)
            return width, height
        position += 2 + struct.unpack_from(">H", data, position + 2)[0]
    return 0, 0
