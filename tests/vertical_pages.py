"""A page of vertical writing, drawn in code: columns from right to left, each from top to bottom."""

from collections.abc import Sequence
from pathlib import Path

from pdfs import objects_to_pdf, stream_object

_MAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
3 beginbfrange <3000> <30FF> <3000> <4E00> <4EFF> <4E00> <0020> <007E> <0020> endbfrange
endcmap end end"""


def write_vertical(path: Path, columns: Sequence[str], *, size: float = 12.0, pitch: float = 20.0) -> Path:
    """Write one page.

    Args:
        path: Where to.
        columns: Their texts, the rightmost first; kana, the first 256 ideographs and ASCII.
        size: Of the type.
        pitch: From column to column, in points.
    """
    content = b"".join(
        b"BT /F1 %g Tf 1 0 0 1 %g 740 Tm <%s> Tj ET\n"
        % (size, 500 - index * pitch, text.encode("utf-16-be").hex().encode())
        for index, text in enumerate(columns)
    )
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        4: stream_object(content),
        5: b"<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /UniJIS-UCS2-V /DescendantFonts [6 0 R] >>",
        6: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Any /DW 1000 /FontDescriptor 8 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> >>",
        7: stream_object(_MAP),
        8: b"<< /Type /FontDescriptor /FontName /Any /Flags 4 /FontBBox [0 -200 1000 800] /Ascent 800 /Descent -200"
        b" /CapHeight 700 /ItalicAngle 0 /StemV 80 >>",
    }
    path.write_bytes(objects_to_pdf(objects))
    return path
