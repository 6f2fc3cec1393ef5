"""Small real PDFs, drawn in code: tests say what a page holds and need no binary files.

Lengths are points with the origin at the page's top left, as everywhere in Dropleaf.

    numbered_pdf(folder / "report.pdf", 5)                  # 5 pages with a title, prose, a ruled table and a mark
    numbered_pdf(folder / "b.pdf", 3, document=2, rotate=90, blank=(2,))
    page = Canvas()
    page.text(72, 72, "Hello")
    page.line(72, 90, 300, 90)
    write_pdf(folder / "hello.pdf", [page])

The mark (see :mod:`simulator.mark`) is an image, not a row of rectangles, so it is no ruling and no cell to a
table finder.  :mod:`odd_pdfs` has the scanned, encrypted and broken ones.
"""

import textwrap
import zlib
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from simulator.mark import DEPTH, LEFT, RIGHT, SQUARES, Mark, mark_to_bits
from simulator.sheet import mark_to_sheet

LETTER = (612.0, 792.0)
A4 = (595.0, 842.0)

_MARGIN = 72.0
_SIZE = 10.0
_LEADING = 13.0


@dataclass(frozen=True, slots=True)
class Image:
    """Raw samples of a picture, 8 bits each, rows from the top; ``channels`` is 1 (grey) or 3 (RGB)."""

    width: int
    height: int
    channels: int
    samples: bytes


@dataclass(slots=True, kw_only=True)
class Canvas:
    """One page; what is drawn on it appears upright as shown, whatever ``rotate`` is.

    Attributes:
        width: Of the page as shown, in points.
        height: Of the page as shown, in points.
        rotate: The page's /Rotate entry: 0, 90, 180 or 270.
    """

    width: float = LETTER[0]
    height: float = LETTER[1]
    rotate: int = 0
    images: list[Image] = field(default_factory=list)
    _marks: list[bytes] = field(default_factory=list)

    @property
    def content(self) -> bytes:
        """The page's content stream."""
        return b"\n".join([_upright(self), *self._marks])

    @property
    def media_box(self) -> tuple[float, float]:
        """Width and height before the page is turned."""
        return (self.height, self.width) if self.rotate % 180 else (self.width, self.height)

    def text(self, x: float, baseline: float, words: str, *, size: float = _SIZE, bold: bool = False) -> None:
        """Write one line in Helvetica; characters outside Latin-1 become question marks."""
        shown = words.encode("latin-1", "replace")
        for sign in (b"\\", b"(", b")"):
            shown = shown.replace(sign, b"\\" + sign)
        font = "F2" if bold else "F1"
        self._draw(b"BT /%s %g Tf %g %g Td (" % (font.encode(), size, x, self.height - baseline) + shown + b") Tj ET")

    def paragraph(self, x: float, baseline: float, words: str, *, columns: int = 88) -> float:
        """Write lines of at most ``columns`` characters; returns the baseline of the line after the last."""
        for line in textwrap.wrap(words, columns):
            self.text(x, baseline, line)
            baseline += _LEADING
        return baseline

    def line(self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.7) -> None:
        """Draw a straight line."""
        self._draw(b"%g w %g %g m %g %g l S" % (width, x0, self.height - y0, x1, self.height - y1))

    def fill(self, x0: float, top: float, x1: float, bottom: float, *, grey: float = 0.85) -> None:
        """Fill a rectangle, 0 black to 1 white."""
        self._draw(b"q %g g %g %g %g %g re f Q" % (grey, x0, self.height - bottom, x1 - x0, bottom - top))

    def image(self, picture: Image, x0: float, top: float, x1: float, bottom: float) -> None:
        """Place a picture."""
        self.images.append(picture)
        name = b"/I%d" % len(self.images)
        self._draw(b"q %g 0 0 %g %g %g cm %s Do Q" % (x1 - x0, bottom - top, x0, self.height - bottom, name))

    def mark(self, mark: Mark) -> None:
        """Put the strip that names the page along the top edge."""
        bits = "".join(str(1 - bit) for bit in mark_to_bits(mark))  # in an image mask's sense, 1 is white
        row = int(bits.ljust(-(-SQUARES // 8) * 8, "0"), 2).to_bytes(-(-SQUARES // 8), "big").hex().encode()
        width, height = (RIGHT - LEFT) * self.width, DEPTH * self.height
        place = b"q %g 0 0 %g %g %g cm " % (width, height, LEFT * self.width, self.height - height)
        self._draw(place + b"BI /W %d /H 1 /BPC 1 /CS /G /F /AHx ID %s> EI Q" % (SQUARES, row))

    def table(self, x: float, top: float, rows: Iterable[Iterable[str]], *, pitch: float = 110.0) -> float:
        """Draw a fully ruled table with a shaded, bold first row; returns its lower edge."""
        cells = [list(row) for row in rows]
        high, right = 18.0, x + pitch * len(cells[0])
        bottom = top + high * len(cells)
        self.fill(x, top, right, top + high)
        for index in range(len(cells) + 1):
            self.line(x, top + high * index, right, top + high * index)
        for index in range(len(cells[0]) + 1):
            self.line(x + pitch * index, top, x + pitch * index, bottom)
        for row, line in enumerate(cells):
            for column, words in enumerate(line):
                self.text(x + pitch * column + 5, top + high * row + 12.5, words, bold=row == 0)
        return bottom

    def _draw(self, operators: bytes) -> None:
        self._marks.append(operators)


def numbered_page(mark: Mark, *, size: tuple[float, float] = LETTER, rotate: int = 0) -> Canvas:
    """The page that the simulator answers for by default: its mark and all of its sheet's words."""
    sheet = mark_to_sheet(mark)
    page = Canvas(width=size[0], height=size[1], rotate=rotate)
    page.mark(mark)
    page.text(_MARGIN, 80, sheet.title, size=18, bold=True)
    below = page.paragraph(_MARGIN, 112, sheet.opening)
    below = page.table(_MARGIN, below + 8, sheet.rows)
    page.paragraph(_MARGIN, below + 28, sheet.closing)
    return page


def numbered_pdf(
    path: Path,
    pages: int,
    *,
    document: int = 0,
    size: tuple[float, float] = LETTER,
    rotate: int = 0,
    blank: Container[int] = (),
) -> Path:
    """Write a PDF of marked pages.

    Args:
        path: Where to.
        pages: How many; 10,000 take about two seconds.
        document: Carried by every page's mark, so that several documents can be told apart.
        size: Width and height as shown, in points.
        rotate: Every page's /Rotate; the content is drawn so that it is upright all the same.
        blank: Numbers of pages that stay empty, without even a mark.

    Returns:
        The path.
    """
    return write_pdf(
        path,
        (
            Canvas(width=size[0], height=size[1], rotate=rotate)
            if number in blank
            else numbered_page(Mark(document=document, page=number), size=size, rotate=rotate)
            for number in range(1, pages + 1)
        ),
    )


def blank_pdf(path: Path, pages: int = 1) -> Path:
    """Write a PDF of empty pages."""
    return write_pdf(path, (Canvas() for _ in range(pages)))


def write_pdf(path: Path, pages: Iterable[Canvas]) -> Path:
    """Write the pages as a PDF 1.4 file."""
    path.write_bytes(objects_to_pdf(pages_to_objects(pages)))
    return path


def pages_to_objects(pages: Iterable[Canvas]) -> dict[int, bytes]:
    """The bodies of all objects by their number; 1 is the catalogue, 2 the page tree, 3 and 4 the fonts."""
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 3: _font("Helvetica"), 4: _font("Helvetica-Bold")}
    kids: list[int] = []
    for page in pages:
        number = len(objects) + 2  # the page tree, object 2, comes last
        pictures = {number + 2 + index: picture for index, picture in enumerate(page.images)}
        names = b" ".join(b"/I%d %d 0 R" % (index, key) for index, key in enumerate(pictures, 1))
        resources = b"<< /Font << /F1 3 0 R /F2 4 0 R >> /XObject << %s >> >>" % names
        objects[number] = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Rotate %d " % (
            *page.media_box,
            page.rotate,
        ) + b"/Resources %s /Contents %d 0 R >>" % (resources, number + 1)
        objects[number + 1] = stream_object(page.content)
        objects.update({key: _image_object(picture) for key, picture in pictures.items()})
        kids.append(number)
    listed = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    return objects


def objects_to_pdf(objects: dict[int, bytes], *, trailer: bytes = b"") -> bytes:
    """The whole file: header, objects, cross-reference table, trailer (with ``trailer`` as further entries)."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    table = [b"0000000000 65535 f \n"]
    for number in sorted(objects):
        table.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    start = len(out)
    out += b"xref\n0 %d\n%s" % (len(table), b"".join(table))
    out += b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(table), trailer, start)
    return bytes(out)


def stream_object(data: bytes, entries: bytes = b"") -> bytes:
    """A compressed stream with the given further dictionary entries."""
    packed = zlib.compress(data, 1)
    return b"<< /Length %d /Filter /FlateDecode %s>>\nstream\n%s\nendstream" % (len(packed), entries, packed)


def _image_object(picture: Image) -> bytes:
    space = b"/DeviceRGB" if picture.channels == 3 else b"/DeviceGray"
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace %s "
    return stream_object(picture.samples, entries % (picture.width, picture.height, space))


def _font(name: str) -> bytes:
    return b"<< /Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /BaseFont /%s >>" % name.encode()


def _upright(page: Canvas) -> bytes:
    turns = {
        0: (1, 0, 0, 1, 0.0, 0.0),
        90: (0, 1, -1, 0, page.height, 0.0),
        180: (-1, 0, 0, -1, page.width, page.height),
        270: (0, -1, 1, 0, 0.0, page.width),
    }
    return b"%d %d %d %d %g %g cm" % turns[page.rotate]
