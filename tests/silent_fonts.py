"""A page whose texts have fonts that do not say which characters their glyphs are, drawn in code."""

from collections.abc import Sequence
from pathlib import Path

from pdfs import objects_to_pdf, stream_object

#: The x and y of its beginning, from the lower left; and glyph numbers, or ASCII.
Text = tuple[float, float, str | Sequence[int]]


def write_silent(path: Path, silent: str, texts: Sequence[Text]) -> Path:
    """Write one page.

    Args:
        path: Where to.
        silent: Name of the font without a map; each of its glyphs is half a type size wide.
        texts: Glyph numbers are of the silent font, ASCII is set in Helvetica.
    """
    content = b"".join(
        b"BT /%s 10 Tf 1 0 0 1 %g %g Tm %s Tj ET\n"
        % (
            b"F2" if isinstance(text, str) else b"F1",
            x,
            y,
            f"({text})".encode() if isinstance(text, str) else f"<{''.join(f'{code:04x}' for code in text)}>".encode(),
        )
        for x, y, text in texts
    )
    name = silent.encode()
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 8 0 R >> >> >>",
        4: stream_object(content),
        5: b"<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [6 0 R] >>" % name,
        6: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /DW 500 /FontDescriptor 7 0 R /CIDToGIDMap /Identity"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>" % name,
        7: b"<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200"
        b" /CapHeight 700 /ItalicAngle 0 /StemV 80 >>" % name,
        8: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    path.write_bytes(objects_to_pdf(objects))
    return path
