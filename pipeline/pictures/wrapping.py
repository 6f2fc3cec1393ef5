"""Makes a PDF of a picture, as it is: what a PDF can hold is not compressed again, and nothing loses quality.

One page is in memory at a time: a scanner's TIFF of a hundred pages in colour has gigabytes of pixels.
"""

import io
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import img2pdf
import pikepdf

from pipeline.errors import TooLargeError, UnreadablePictureError
from pipeline.pictures.picture_file import PictureFile, open_picture

# PDFs of single pages that are put together at once: each is an open file.
_AT_ONCE = 64
# Dots per inch as cameras and programs write them where nobody has measured any; real scanners are within these.
_LEAST_DPI, _MOST_DPI = 100, 1200
_SCREEN_DPI = 96
_A4_INCHES = 11.69
_POINTS = 72
# Turns; the other ways to stand are mirrored, which a PDF's page cannot be.
_TURNS = (1, 3, 6, 8)
_WHOLE = ("JPEG", "MPO", "PNG")


class Wrapper:
    """Makes PDFs within limits."""

    def __init__(self, *, max_pixels: int, max_pages: int, seconds: float) -> None:
        """Prepare.

        Args:
            max_pixels: The most pixels of a page.
            max_pages: The most pages.
            seconds: The most processor time for one file.
        """
        self._max_pixels = max_pixels
        self._max_pages = max_pages
        self._seconds = seconds
        logging.getLogger("img2pdf").setLevel(logging.CRITICAL)  # it warns of what is handled here

    def wrap(self, source: Path, target: Path) -> None:
        """Make a PDF of a picture; parts are written beside it.

        Args:
            source: The picture.
            target: The PDF; what is there is replaced.

        Raises:
            DocumentError: It is no picture, is damaged, or is over a limit.
            OSError: The PDF cannot be written.
        """
        began = time.thread_time()
        parts: list[Path] = []
        try:
            with open_picture(source, max_pixels=self._max_pixels) as picture:
                for number in picture.pages():
                    if number > self._max_pages:
                        raise TooLargeError(f"The picture has more than {self._max_pages} pages, which are allowed.")
                    if time.thread_time() - began > self._seconds:
                        raise TooLargeError(
                            f"Its first {number - 1} pages took {self._seconds:.0f} s of processor time to be unpacked."
                        )
                    parts.append(target.with_name(f"{target.stem}-{number}.part"))
                    parts[-1].write_bytes(_page_to_pdf(source, picture))
                    if len(parts) == _AT_ONCE:
                        parts = [_join(parts, target.with_name(f"{target.stem}-{number}-joined.part"))]
            _join(parts, target)
            with target.open("rb") as file:
                os.fsync(file.fileno())
        except MemoryError:
            raise TooLargeError("The picture needs more memory than limits.worker_mib allows.") from None
        finally:
            for part in parts:
                part.unlink(missing_ok=True)


def _page_to_pdf(source: Path, picture: PictureFile) -> bytes:
    """The page that is shown, as a PDF of its own."""
    if _is_kept_whole(picture):
        with suppress(_RefusedError):
            return _to_pdf(source.read_bytes())
    image = picture.upright()
    data = io.BytesIO()
    try:
        image.save(data, format="PNG", compress_level=1, dpi=image.info.get("dpi", (0, 0)))
        return _to_pdf(data.getvalue())
    except (_RefusedError, OSError, ValueError) as error:
        raise UnreadablePictureError(f"The picture cannot be unpacked ({error}).") from None


def _is_kept_whole(picture: PictureFile) -> bool:
    """Whether its bytes can go into a PDF as they are, or nearly so."""
    image = picture.image
    if image.format == "TIFF":
        single = getattr(image, "n_frames", 2) == 1
        return single and picture.orientation == 1 and image.info.get("compression") == "group4"
    return picture.orientation in _TURNS and image.format in _WHOLE


class _RefusedError(Exception):
    """The library does not take this picture as it is."""


def _to_pdf(data: bytes) -> bytes:
    try:
        made = img2pdf.convert(
            data,
            first_frame_only=True,
            layout_fun=_layout,
            rotation=img2pdf.Rotation.ifvalid,
            engine=img2pdf.Engine.internal,
            nodate=True,
        )
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 — the library's errors have no common class; some are bare exceptions
        raise _RefusedError(f"{type(error).__name__}: {error}") from None
    assert isinstance(made, bytes)  # noqa: S101 — without a stream it gives bytes
    return made


def _layout(width: int, height: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    """Width and height of the page and of the picture on it, in points.

    The picture's own dots per inch count where a scanner may have said them. Otherwise the page is as large as on a
    screen, and no larger than A4: a photograph of 12 million pixels is no poster.
    """
    across, down = dpi
    if not (_LEAST_DPI <= across <= _MOST_DPI and _LEAST_DPI <= down <= _MOST_DPI):
        across = down = max(_SCREEN_DPI, max(width, height) / _A4_INCHES)
    page = width * _POINTS / across, height * _POINTS / down
    return (*page, *page)


def _join(parts: Sequence[Path], target: Path) -> Path:
    """Put PDFs together, in order, into one; the parts are removed."""
    with ExitStack() as opened:
        whole = opened.enter_context(pikepdf.new())
        for part in _opened(parts, opened):
            whole.pages.extend(part.pages)
        whole.save(target)
    for part_path in parts:
        part_path.unlink()
    return target


def _opened(parts: Sequence[Path], opened: ExitStack) -> Iterator[pikepdf.Pdf]:
    for path in parts:
        yield opened.enter_context(pikepdf.open(path))
