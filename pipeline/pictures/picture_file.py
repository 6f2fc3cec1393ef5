"""Opens a picture that somebody has dropped: a scan or a photograph; runs where files may be hostile."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO

from PIL import ExifTags, Image, ImageFile, ImageOps, TiffImagePlugin

from pipeline.errors import EmptyError, RenderError, TooLargeError, UnreadablePictureError, VanishedError

# Formats by Pillow's names; no others are tried, so that no other decoder of the library sees a hostile file. JPEG
# includes MPO, several pictures in one file, of which the first one counts.
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP")
_BEGINNINGS = {b"%PDF": "a PDF", b"PK\x03\x04": "an archive or an office document", b"GIF8": "a GIF"}
# A HEIC photograph says so behind its first box's length and name.
_HEIC = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
# In a TIFF: a smaller copy of another page, or a mask (TIFF 6.0, NewSubfileType).
_COPY_OR_MASK = 0b101
_SUBFILE = 254

# The library loads its decoders when it first needs one, which may be within a sandbox from where it cannot be read.
Image.preinit()
for _decoder in ("MpoImagePlugin", "TiffImagePlugin", "WebPImagePlugin"):
    import_module(f"PIL.{_decoder}")

# We look at the number of pixels ourselves, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None
# A picture that is cut off is shown as far as it goes; its manifest says so.
ImageFile.LOAD_TRUNCATED_IMAGES = True


class PictureFile:
    """An open picture; only a TIFF has more than one page."""

    def __init__(self, image: Image.Image, *, max_pixels: int) -> None:
        self.image = image
        self._max_pixels = max_pixels
        self.check_size()

    @property
    def has_pages(self) -> bool:
        """Whether it may have more than one page."""
        return isinstance(self.image, TiffImagePlugin.TiffImageFile)

    @property
    def orientation(self) -> int:
        """How the page that is shown must be turned or mirrored, 1 to 8 (Exif 2.3, 4.6.4 A); 1 where nothing says."""
        found = self.image.getexif().get(ExifTags.Base.Orientation, 1)
        return found if found in range(1, 9) else 1

    def pages(self) -> Iterator[int]:
        """Show one page after the other; gives their numbers, from 1.

        Raises:
            TooLargeError: One has too many pixels.
            UnreadablePictureError: The file is damaged.
        """
        if not self.has_pages:
            yield 1
            return
        number = frame = 0
        while self._seek(frame):
            frame += 1
            if number and self.image.tag_v2.get(_SUBFILE, 0) & _COPY_OR_MASK:  # type: ignore[attr-defined]  # a TIFF
                continue
            number += 1
            self.check_size()
            yield number

    def _seek(self, frame: int) -> bool:
        try:
            self.image.seek(frame)
        except EOFError:
            return False
        except _DAMAGE as error:
            if frame:  # the pages before are whole
                return False
            raise UnreadablePictureError(f"The picture is damaged ({_words(error)}).") from None
        return True

    def check_size(self) -> None:
        """Make sure that the page that is shown is not too large to be decoded.

        Raises:
            TooLargeError: It has too many pixels.
        """
        width, height = self.image.size
        if width * height > self._max_pixels:
            raise TooLargeError(
                f"The picture has {width} x {height} pixels, {width * height / 1e6:,.0f} million; "
                f"{self._max_pixels / 1e6:,.0f} million are allowed (five times limits.page_pixels)."
            )

    def upright(self) -> Image.Image:
        """The page that is shown, decoded and turned as its Exif data say, in colours that a PNG can have.

        Raises:
            UnreadablePictureError: It is damaged.
            TooLargeError: It needs more memory than there is.
        """
        try:
            turned = ImageOps.exif_transpose(self.image)
            mode = turned.mode
            if mode in _PNG_MODES:
                return turned
            return turned.convert("L" if mode in {"F", "I;16B", "I;16L"} else "RGBA" if "a" in mode.lower() else "RGB")
        except MemoryError:
            raise TooLargeError("The picture needs more memory than limits.worker_mib allows.") from None
        except _DAMAGE as error:
            raise UnreadablePictureError(f"The picture is damaged ({_words(error)}).") from None


_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"})
# What the library raises for damaged files, besides its own errors, which are OSErrors.
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, EOFError)


@contextmanager
def open_picture(path: Path, *, max_pixels: int) -> Iterator[PictureFile]:
    """Open a picture; nothing of it is decoded yet.

    Args:
        path: Of the file.
        max_pixels: The most pixels that a page of it may have.

    Raises:
        UnreadablePictureError: It is no picture, or is damaged.
        EmptyError: It has no bytes.
        TooLargeError: It has too many pixels.
        VanishedError: It is gone.
    """
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns of odd metadata, which nobody can mend
            head = file.read(16)
            if not head:
                raise EmptyError("The file has no bytes.")
            file.seek(0)
            with _open(file, head) as image:
                yield PictureFile(image, max_pixels=max_pixels)
    except FileNotFoundError:
        raise VanishedError("The file was gone before it could be read.") from None


def draw_page(path: Path, number: int, *, longest_side_px: int, max_pixels: int) -> bytes:
    """A page of a picture as a PNG, upright and smaller.

    Args:
        path: Of the picture.
        number: Of the page, from 1.
        longest_side_px: Pixels of the longer side, at most.
        max_pixels: The most pixels that the page itself may have.

    Raises:
        DocumentError: It is no picture, is damaged, or is too large.
        RenderError: It has no such page.
    """
    with open_picture(path, max_pixels=max_pixels) as picture:
        for found in picture.pages():
            if found == number:
                image = picture.upright().convert("RGBA")
                image.thumbnail((longest_side_px, longest_side_px))
                page = Image.new("RGB", image.size, "white")
                page.paste(image, mask=image)
                data = io.BytesIO()
                page.save(data, format="PNG", compress_level=1)
                return data.getvalue()
    raise RenderError(f"It has no page {number}.")


def _open(file: IO[bytes], head: bytes) -> Image.Image:
    try:
        return Image.open(file, formats=_FORMATS)
    except MemoryError:
        raise TooLargeError("The picture needs more memory than limits.worker_mib allows.") from None
    except _DAMAGE:
        known = next((kind for mark, kind in _BEGINNINGS.items() if head.startswith(mark)), None)
        known = "a HEIC or AVIF photograph" if head[8:12] in _HEIC else known
        said = f"It is {known}, not" if known else "The file cannot be opened as"
        raise UnreadablePictureError(f"{said} a picture that Dropleaf reads: PNG, JPEG, TIFF, WebP or BMP.") from None


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
