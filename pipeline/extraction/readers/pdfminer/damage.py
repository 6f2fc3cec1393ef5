"""What is wrong with a page that shows nothing: content that is there, but is no drawing code."""

from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, resolve1

# A compressed stream of nothing is a dozen bytes long, a few dozen where it is encrypted.
_EMPTY_BYTES = 64
# Drawing code is text; inline images are not, but they would show.
_BINARY_SHARE = 0.1
_TEXT = bytes({*range(0x20, 0x7F), *b"\t\n\f\r"})


def page_to_damage(page: PDFPage) -> str | None:
    """Why a page may show nothing although it has content, as a clause; None where it is simply empty.

    Raises:
        Exception: Of any type, by pdfminer.six: the content cannot be decoded.
    """
    decoded = b""
    for reference in page.contents:
        stream = resolve1(reference)
        if not isinstance(stream, PDFStream):
            return "its content is missing"
        data = stream.get_data()
        size = resolve1(stream.get("Length"))  # the packed bytes are not kept by one who has read the page
        if not data and isinstance(size, int) and size > _EMPTY_BYTES:
            return "its content cannot be decompressed"
        decoded += data
    binary = len(decoded.translate(None, delete=_TEXT))
    return "its content is no drawing code" if binary > _BINARY_SHARE * len(decoded) else None
