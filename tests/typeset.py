"""Characters, words and small PDFs for tests, set in code."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pdfs import objects_to_pdf, stream_object

from pipeline.extraction import BBox, Char, PageContent, Ruling, Word
from pipeline.extraction.model import ASCENT, DESCENT, Fill
from pipeline.extraction.text.words import chars_to_words

#: Advance of every letter, as a share of the size.
WIDTH = 0.5
_FONTS = b"<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >>"


def text_to_chars(
    text: str, x: float, baseline: float, *, size: float = 10.0, bold: bool = False, spacing: float = 0.0
) -> list[Char]:
    """The characters of one upright line; ``spacing`` goes between letters, in points."""
    chars = []
    for letter in text:
        box = BBox(x, baseline - ASCENT * size, x + WIDTH * size, baseline + DESCENT * size)
        chars.append(Char(text=letter, box=box, font="Test", size=size, bold=bold))
        x += WIDTH * size + spacing
    return chars


def text_to_words(text: str, x: float, baseline: float, *, size: float = 10.0, bold: bool = False) -> tuple[Word, ...]:
    """The words of one upright line."""
    return chars_to_words(text_to_chars(text, x, baseline, size=size, bold=bold))


def lines_to_chars(
    lines: Iterable[str], x: float, baseline: float, *, leading: float = 12.0, size: float = 10.0
) -> list[Char]:
    """The characters of lines below each other."""
    return [
        char
        for index, line in enumerate(lines)
        for char in text_to_chars(line, x, baseline + index * leading, size=size)
    ]


def chars_to_content(
    chars: Sequence[Char],
    *,
    width: float = 600.0,
    height: float = 800.0,
    rulings: Sequence[Ruling] = (),
    fills: Sequence[Fill] = (),
) -> PageContent:
    """A page with the characters."""
    return PageContent(
        number=1,
        width=width,
        height=height,
        reader="test",
        chars=tuple(chars),
        rulings=tuple(rulings),
        fills=tuple(fills),
    )


def write_page(
    path: Path,
    operators: bytes,
    *,
    entries: bytes = b"",
    resources: bytes = b"",
    others: Mapping[int, bytes] | None = None,
    box: bytes = b"[0 0 600 800]",
) -> Path:
    """A PDF of one page with the operators as its content; objects of one's own begin at number 5."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox %s %s /Resources << /Font %s %s >> /Contents 4 0 R >>" % (
        box,
        entries,
        _FONTS,
        resources,
    )
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: page,
        4: stream_object(operators),
        **(others or {}),
    }
    path.write_bytes(objects_to_pdf(objects))
    return path


def show(x: float, y: float, text: str, *, size: float = 10.0) -> bytes:
    """The operators that write a line of Helvetica at a place in the PDF's own coordinates."""
    return b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n" % (size, x, y, text.encode("latin-1"))
