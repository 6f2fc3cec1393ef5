"""Black and white scans as faxes and copiers write them: a picture coded by CCITT group 4, or by JBIG2, in a PDF.

JBIG2 has a mode (MMR, ITU-T T.88 6.2.6) that codes as group 4 does; so both streams come from one encoder.
"""

import io
import struct
from pathlib import Path

from pdfs import Canvas, objects_to_pdf, pages_to_objects
from pdfs import Image as Samples
from PIL import Image, TiffImagePlugin
from scans import Grey

_PAGE, _REGION = 48, 38


def write_fax(path: Path, page: Grey, *, code: str, dpi: float = 200) -> Path:
    """A PDF with one page, which has nothing but this picture.

    Args:
        path: Of the PDF.
        page: Its pixels: dark ones become black.
        code: ``CCITTFaxDecode`` or ``JBIG2Decode``.
        dpi: Pixels of an inch.
    """
    height, width = page.shape
    data = _to_group_4(page)
    entries = b""
    if code == "JBIG2Decode":
        data = _to_jbig2(data, width, height)
    else:
        entries = b"/DecodeParms << /K -1 /Columns %d /Rows %d >> " % (width, height)
    body = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray " % (
        width,
        height,
    )
    body += b"/Filter /%s %s/Length %d >>\nstream\n%s\nendstream" % (code.encode(), entries, len(data), data)
    canvas = Canvas(width=width * 72 / dpi, height=height * 72 / dpi)
    canvas.image(Samples(1, 1, 1, b"\0"), 0, 0, canvas.width, canvas.height)
    objects = pages_to_objects([canvas])
    (placed,) = [number for number, known in objects.items() if b"/Subtype /Image" in known]
    path.write_bytes(objects_to_pdf(objects | {placed: body}))
    return path


def _to_group_4(page: Grey) -> bytes:
    """Rows of black (1) and white (0) pixels."""
    file = io.BytesIO()
    # The library writes white as 1, where group 4 has 0: so the negative is saved.
    Image.fromarray(page).point(lambda shade: 0 if shade >= 128 else 255).convert("1").save(
        file, "TIFF", compression="group4", tiffinfo={TiffImagePlugin.ROWSPERSTRIP: page.shape[0]}
    )
    with Image.open(file) as tiff:
        assert isinstance(tiff, TiffImagePlugin.TiffImageFile)
        (start,), (length,) = tiff.tag_v2[TiffImagePlugin.STRIPOFFSETS], tiff.tag_v2[TiffImagePlugin.STRIPBYTECOUNTS]
    return file.getvalue()[start : start + length]


def _to_jbig2(group_4: bytes, width: int, height: int) -> bytes:
    """An embedded stream: the page's size, and one generic region in MMR."""
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 1) + group_4
    return b"".join(
        struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data
        for number, (kind, data) in enumerate([(_PAGE, page), (_REGION, region)])
    )
