"""A picture of what extraction saw: the page with words, rulings, fills and cells drawn over it.

For people who tune the method; nothing of the daemon needs it.
"""

import base64
import struct
import zlib
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pypdfium2 as pdfium

from pipeline.extraction.model import BBox, PageContent, Table
from pipeline.extraction.page import PageExtraction

_STYLE = """
.word{fill:none;stroke:#2b6cb0;stroke-width:.4}
.ruling{stroke:#d53f8c;stroke-width:1;opacity:.8}
.fill{fill:#ecc94b;fill-opacity:.12;stroke:#b7791f;stroke-width:.3;stroke-dasharray:2 1}
.cell{fill:#38a169;fill-opacity:.08;stroke:#276749;stroke-width:.6}
.header{fill:#805ad5;fill-opacity:.16;stroke:#553c9a;stroke-width:.6}
.table{fill:none;stroke:#e53e3e;stroke-width:1.2}
"""


def page_to_svg(content: PageContent, page: PageExtraction, picture: bytes | None) -> str:
    """The drawing of one page.

    Args:
        content: What the reader found, turned as the extraction has turned it.
        page: What extraction made of it.
        picture: The page as a PNG, put underneath; None for none.
    """
    size = f'width="{content.width:.2f}" height="{content.height:.2f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {content.width:.2f} {content.height:.2f}">',
        f"<title>{escape(f'Page {content.number} as read by {page.reader}')}</title>",
        f"<style>{_STYLE}</style>",
        f'<rect {size} fill="#fff"/>',
    ]
    if picture is not None:
        parts.append(f'<image {size} opacity=".55" href="data:image/png;base64,{base64.b64encode(picture).decode()}"/>')
    parts += [_box_to_svg(fill.box, "fill") for fill in content.fills]
    parts += [_line_to_svg(ruling.box) for ruling in content.rulings]
    parts += [_box_to_svg(word.box, "word", word.text) for word in page.words]
    for table in page.tables:
        parts += _table_to_svg(table)
    return "\n".join([*parts, "</svg>", ""])


def _table_to_svg(table: Table) -> Iterator[str]:
    for cell in table.cells:
        place = f"row {cell.row}, column {cell.column}, {cell.rowspan} x {cell.colspan}"
        yield _box_to_svg(cell.box, "header" if cell.header else "cell", place)
    yield _box_to_svg(table.box, "table", f"{table.kind}, {table.rows} x {table.columns}")


def _box_to_svg(box: BBox, kind: str, title: str = "") -> str:
    inside = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<rect class="{kind}" x="{box.x0:.2f}" y="{box.top:.2f}" width="{box.x1 - box.x0:.2f}"'
        f' height="{box.bottom - box.top:.2f}">{inside}</rect>'
    )


def _line_to_svg(box: BBox) -> str:
    return f'<line class="ruling" x1="{box.x0:.2f}" y1="{box.top:.2f}" x2="{box.x1:.2f}" y2="{box.bottom:.2f}"/>'


def page_to_picture(path: Path, number: int, turned: int = 0) -> bytes:
    """The page as a grey PNG of 96 dots per inch.

    Args:
        path: Of the PDF.
        number: Of the page, from 1.
        turned: Degrees, clockwise, to turn it by.
    """
    document = pdfium.PdfDocument(path)
    try:
        page = document[number - 1]
        bitmap = page.render(scale=96 / 72, rotation=turned, grayscale=True)
        samples = bytes(bitmap.buffer)
        rows = [samples[start : start + bitmap.width] for start in range(0, len(samples), bitmap.stride)]
        width, height = bitmap.width, bitmap.height
        bitmap.close()
        page.close()
    finally:
        document.close()
    return rows_to_debug_png(rows, width, height)


def rows_to_debug_png(rows: list[bytes], width: int, height: int) -> bytes:
    """Rows of grey samples of 8 bits as a PNG file."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = (b"IHDR", header), (b"IDAT", data), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
