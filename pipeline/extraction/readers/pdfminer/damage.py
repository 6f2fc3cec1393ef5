"""Finds the damage of a page that shows nothing: its content exists, but is no drawing code."""

from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, resolve1

# An empty stream, compressed, has about a dozen bytes; a few dozen if encrypted.
_EMPTY_BYTES = 64
# Drawing code is text. Inline images are binary, but they would be visible.
_BINARY_SHARE = 0.1
_TEXT = bytes({*range(0x20, 0x7F), *b"\t\n\f\r"})


def page_to_damage(page: PDFPage) -> str | None:
    """Why a page may show nothing although it has content, as a clause; None where it is really empty.

    Raises:
        Exception: Of any type, from pdfminer.six: the content cannot be decoded.
    """
    decoded = b""
    for reference in page.contents:
        stream = resolve1(reference)
        if not isinstance(stream, PDFStream):
            return "its content is missing"
        data = stream.get_data()
        size = resolve1(stream.get("Length"))  # the compressed bytes are not kept after the page is read
        if not data and isinstance(size, int) and size > _EMPTY_BYTES:
            return "its content cannot be decompressed"
        decoded += data
    binary = len(decoded.translate(None, delete=_TEXT))
    return "its content is no drawing code" if binary > _BINARY_SHARE * len(decoded) else None
