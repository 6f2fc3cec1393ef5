"""Draws pages of a PDF, and opens the file with pdfium; runs in a worker process."""

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pypdfium2
import pypdfium2.raw as pdfium_c

from pipeline.errors import EmptyError, EncryptedError, RenderError, UnreadableError, VanishedError
from pipeline.host.files import pdf_input
from pipeline.log.log import logger
from pipeline.pictures.png import Pixels, lines_to_png, png_to_pixels

# pdfium is not thread-safe, and a worker draws the next page while it waits for an answer.
PDFIUM = threading.RLock()

# The least length of a side: shorter ones are useless for a model, and zero pixels cannot be drawn.
_LEAST_SIDE_PX = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSize:
    """The size of the picture that a model wants.

    Attributes:
        longest_side_px: Pixels of the longer side.
        max_pixels: The most pixels of the whole picture.
        multiple_of: Both sides are a multiple of this many pixels.
        colour: RGB; else grey, which takes half the time and a third of the bytes.
    """

    longest_side_px: int = 1288
    max_pixels: int = 26_000_000
    multiple_of: int = 1
    colour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """A page as a picture.

    Attributes:
        data: The encoded file, a PNG of :mod:`pipeline.pictures.png`.
    """

    data: bytes
    mime: str
    width: int
    height: int

    @property
    def ink(self) -> float:
        """Share of the bytes that differ from the paper's shade, white or what the first row has most of: 0 to 1.

        Told from the file, since only pages without a text of their own are asked.
        """
        pixels = png_to_pixels(self.data)
        assert pixels is not None  # noqa: S101 — we have written it
        lines = bytes(pixels.lines)
        first = lines[1 : pixels.stride]
        shades = {0xFF, max(set(first), key=first.count)}
        # Deleting a shade takes half as long as counting it; the zero before each row is not a pixel.
        others = min(len(lines.translate(None, bytes((shade,)))) - self.height * (shade != 0) for shade in shades)
        return others / (len(lines) - self.height)


#: How many pages are kept loaded: the one in work, and the one that was drawn ahead.
_PAGES_LOADED = 2


def _open_with_any(path: Path, passwords: tuple[str, ...]) -> tuple[pypdfium2.PdfDocument, str | None]:
    """The open document, and the password that it needed; None where it needed none."""
    for password in (None, *passwords):
        # For a file without pages pdfium sets no reason, and that of its last failure stays: so set a known one first.
        pdfium_c.FPDF_LoadDocument(b"", None)
        try:
            return pypdfium2.PdfDocument(pdf_input(path), password=password, autoclose=True), password
        except pypdfium2.PdfiumError as error:
            code = getattr(error, "err_code", None)
            if code == pdfium_c.FPDF_ERR_FILE:
                raise EmptyError("The PDF has no pages.") from None
            if code == pdfium_c.FPDF_ERR_SECURITY:
                raise EncryptedError("The PDF is encrypted in a way that is not supported.") from None
            if code != pdfium_c.FPDF_ERR_PASSWORD:
                raise UnreadableError("The file cannot be opened as a PDF.") from None
    if not passwords:
        raise EncryptedError("The PDF is encrypted and opens only with a password.")
    known = "the one that is known does not" if len(passwords) == 1 else f"none of the {len(passwords)} known ones does"
    raise EncryptedError(f"The PDF is encrypted and opens only with a password; {known}.")


class PdfFile:
    """An open PDF; the number and order of its pages are those of pdfium."""

    def __init__(self, path: Path, passwords: tuple[str, ...] = ()) -> None:
        """Open the file.

        Args:
            path: Of the PDF.
            passwords: Tried in order where it does not open without one.

        Raises:
            UnreadableError: It is not a PDF, or too broken.
            EncryptedError: It needs a password, and none of these is it.
            EmptyError: It has no pages, or no bytes.
            VanishedError: It is gone.
        """
        self.path = path
        self._pages: dict[int, pypdfium2.PdfPage] = {}
        try:
            with path.open("rb") as file:
                if not file.read(1):
                    raise EmptyError("The file has no bytes.")
        except FileNotFoundError:
            raise VanishedError("The file was gone before it could be read.") from None
        except OSError as error:
            raise UnreadableError(f"The file cannot be read ({error.strerror}).") from None
        with PDFIUM:
            self._document, self.password = _open_with_any(path, passwords)
            self.page_count = len(self._document)
        if not self.page_count:
            self.close()
            raise EmptyError("The PDF has no pages.")

    @property
    def handle(self) -> object:
        """Pdfium's handle of the document; to be used only under :data:`PDFIUM`."""
        return self._document.raw

    def reopen(self) -> pypdfium2.PdfDocument:
        """The same document, opened once more; the caller closes it.

        Raises:
            PdfiumError: It cannot be opened any more.
        """
        return pypdfium2.PdfDocument(pdf_input(self.path), password=self.password, autoclose=True)

    def close(self) -> None:
        """Close the file and free pdfium's memory."""
        with PDFIUM:
            for page in self._pages.values():
                page.close()
            self._pages.clear()
            self._document.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def render(self, number: int, size: ImageSize, *, turn: int = 0, skew: float = 0.0) -> PageImage:
        """Draw one page.

        Args:
            number: Of the page, from 1.
            size: What the model wants.
            turn: Degrees by which the page is turned clockwise: 0, 90, 180 or 270.
            skew: Degrees by which it is turned besides, few and clockwise.

        Raises:
            RenderError: pdfium cannot load or draw this page.
        """
        with PDFIUM, _as_render_error(number):
            return _page_to_image(self.page(number), size, turn, skew)

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page as shown, in points, whatever box the file claims.

        Raises:
            RenderError: pdfium cannot load it.
        """
        with PDFIUM:
            wide, high = self.page(number).get_size()
        return (wide, high) if 0 < max(wide, high) < float("inf") else (1.0, 1.0)

    def pixels(self, number: int, size: ImageSize, *, turn: int = 0, skew: float = 0.0) -> Pixels:
        """As :meth:`render`, without making a file of it.

        Raises:
            RenderError: pdfium cannot load or draw this page.
        """
        with PDFIUM, _as_render_error(number):
            return _page_to_pixels(self.page(number), size, turn, skew)

    def area(self, number: int, box: tuple[float, float, float, float], longest_side_px: int) -> Pixels:
        """A part of a page in colour; nothing else of it is drawn.

        Args:
            number: Of the page, from 1.
            box: Left, top, right, bottom in points of the page as shown, from its upper left corner.
            longest_side_px: Pixels of the part's longer side.

        Raises:
            RenderError: pdfium cannot load or draw this page.
        """
        with PDFIUM, _as_render_error(number):
            return _area_to_pixels(self.page(number), box, longest_side_px)

    def page(self, number: int) -> pypdfium2.PdfPage:
        """A page, which is loaded once for all its uses; to be used and freed only under :data:`PDFIUM`.

        Raises:
            RenderError: pdfium cannot load it.
        """
        if number not in self._pages:
            while len(self._pages) >= _PAGES_LOADED:
                self._pages.pop(next(iter(self._pages))).close()
            with _as_render_error(number):
                self._pages[number] = self._document[number - 1]
        return self._pages[number]


@contextmanager
def _as_render_error(number: int) -> Iterator[None]:
    """A context in which whatever pdfium raises about a page becomes a RenderError."""
    try:
        yield
    except (pypdfium2.PdfiumError, ValueError, OverflowError, MemoryError) as error:
        logger().info("not_drawn", page=number, error=f"{type(error).__name__}: {error}")
        raise RenderError(f"pdfium cannot draw page {number}.") from error


def scale_of(width: float, height: float, size: ImageSize) -> tuple[int, int]:
    """Width and height in pixels for a page of ``width`` by ``height`` points, whatever size the file claims."""
    longest, shortest = max(width, height), min(width, height)
    if not (0 < longest < float("inf")):
        longest = shortest = 1.0
    other = max(_LEAST_SIDE_PX, size.longest_side_px * (shortest / longest))
    shrink = min(1.0, (size.max_pixels / (size.longest_side_px * other)) ** 0.5)
    step = size.multiple_of
    sides = [max(step, round(side * shrink / step) * step) for side in (size.longest_side_px, other)]
    return (sides[0], sides[1]) if width >= height else (sides[1], sides[0])


def _page_to_image(page: pypdfium2.PdfPage, size: ImageSize, turn: int, skew: float) -> PageImage:
    pixels = _page_to_pixels(page, size, turn, skew)
    return PageImage(
        data=lines_to_png(pixels.lines, width=pixels.width, height=pixels.height, channels=pixels.channels),
        mime="image/png",
        width=pixels.width,
        height=pixels.height,
    )


def _page_to_pixels(page: pypdfium2.PdfPage, size: ImageSize, turn: int, skew: float) -> Pixels:
    points_wide, points_high = page.get_size()
    if turn in {90, 270}:
        points_wide, points_high = points_high, points_wide
    width, height = scale_of(points_wide, points_high, size)

    def draw(bitmap: pypdfium2.PdfBitmap, flags: int) -> None:
        pdfium_c.FPDF_RenderPageBitmap(bitmap.raw, page.raw, 0, 0, width, height, turn // 90, flags)

    drawn = _drawn(width, height, draw, colour=size.colour)
    if not skew:
        return drawn
    from pipeline.pictures.levelling import turn_pixels  # noqa: PLC0415 — a library that level pages do not need

    return turn_pixels(drawn, skew)


def _area_to_pixels(page: pypdfium2.PdfPage, box: tuple[float, float, float, float], longest_side_px: int) -> Pixels:
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    scale = longest_side_px / max(wide, high)

    def draw(bitmap: pypdfium2.PdfBitmap, flags: int) -> None:
        matrix = pdfium_c.FS_MATRIX(scale, 0, 0, scale, -left * scale, -top * scale)
        clip = pdfium_c.FS_RECTF(0, 0, bitmap.width, bitmap.height)
        pdfium_c.FPDF_RenderPageBitmapWithMatrix(bitmap.raw, page.raw, matrix, clip, flags)

    return _drawn(max(1, round(wide * scale)), max(1, round(high * scale)), draw, colour=True)


def _drawn(width: int, height: int, draw: Callable[[pypdfium2.PdfBitmap, int], None], *, colour: bool) -> Pixels:
    """White pixels on which something was drawn, with the flags that it is called with."""
    channels = 3 if colour else 1
    kind = pdfium_c.FPDFBitmap_BGR if colour else pdfium_c.FPDFBitmap_Gray
    # Drawn with room for the byte before each row of a PNG, so that the picture need not be copied.
    stride = 1 + width * channels
    rows = bytearray(stride * height + 1)
    pixels = (ctypes.c_ubyte * (stride * height)).from_buffer(rows, 1)
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, kind, rev_byteorder=colour, buffer=pixels, stride=stride)
    try:
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        draw(
            bitmap,
            pdfium_c.FPDF_ANNOT | (pdfium_c.FPDF_REVERSE_BYTE_ORDER if colour else pdfium_c.FPDF_GRAYSCALE),
        )
    finally:
        bitmap.close()
    return Pixels(lines=memoryview(rows)[:-1], width=width, height=height, channels=channels)
