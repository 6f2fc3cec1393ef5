"""PDFs that are not as they should be: scanned, encrypted, cut, damaged, empty, or none at all.

scanned_pdf(folder / "scan.pdf", 3, document=4)   # pages that are one picture each, marks included
encrypted_pdf(folder / "locked.pdf")               # asks for the password "sesame"
cut_pdf(folder / "cut.pdf", keep=0.5)              # a download that stopped
"""

import hashlib
from itertools import cycle
from pathlib import Path

import pypdfium2
from pdfs import LETTER, Canvas, Image, numbered_page, objects_to_pdf, pages_to_objects, write_pdf
from simulator.mark import Mark

PASSWORD = b"sesame"

#: The padding string of the standard security handler (ISO 32000-1, 7.6.3.3, algorithm 2).
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def scanned_pdf(path: Path, pages: int, *, document: int = 0, dpi: int = 150, grey: bool = True) -> Path:
    """Write a PDF whose pages are numbered pages photographed: one picture each, and not a letter of text."""
    drawn = (numbered_page(Mark(document=document, page=number)) for number in range(1, pages + 1))
    return write_pdf(path, [page_to_scan(page, dpi=dpi, grey=grey) for page in drawn])


def page_to_scan(page: Canvas, *, dpi: int = 150, grey: bool = True) -> Canvas:
    """The same page as one picture that fills it."""
    with pypdfium2.PdfDocument(objects_to_pdf(pages_to_objects([page]))) as pdf:
        bitmap = pdf[0].render(scale=dpi / 72, grayscale=grey, rev_byteorder=True)
        samples, width, stride, channels = bytes(bitmap.buffer), int(bitmap.width), bitmap.stride, bitmap.n_channels
        rows = [samples[y * stride : y * stride + width * channels] for y in range(bitmap.height)]
    scan = Canvas(width=page.width, height=page.height)
    scan.image(Image(width, len(rows), channels, b"".join(rows)), 0, 0, page.width, page.height)
    return scan


def encrypted_pdf(path: Path, pages: int = 1, *, password: bytes = PASSWORD) -> Path:
    """Write a PDF that cannot be opened without its password (40-bit RC4, revision 2)."""
    objects = pages_to_objects(numbered_page(Mark(document=0, page=number)) for number in range(1, pages + 1))
    identity, permissions = bytes(range(16)), -4
    owner = rc4(hashlib.md5(_padded(password), usedforsecurity=False).digest()[:5], _padded(password))
    seed = _padded(password) + owner + permissions.to_bytes(4, "little", signed=True) + identity
    key = hashlib.md5(seed, usedforsecurity=False).digest()[:5]
    user = rc4(key, _PADDING)
    locked = {number: _encrypted(number, body, key) for number, body in objects.items()}
    handler = b"/Filter /Standard /V 1 /R 2 /P %d /O <%s> /U <%s>" % (
        permissions,
        owner.hex().encode(),
        user.hex().encode(),
    )
    trailer = b"/Encrypt << %s >> /ID [<%s> <%s>] " % (handler, identity.hex().encode(), identity.hex().encode())
    path.write_bytes(objects_to_pdf(locked, trailer=trailer))
    return path


def cut_pdf(path: Path, pages: int = 3, *, keep: float = 0.5) -> Path:
    """Write the first part of a PDF, as a copy that is not finished leaves it."""
    whole = _numbered_bytes(pages)
    path.write_bytes(whole[: int(len(whole) * keep)])
    return path


def damaged_pdf(path: Path, pages: int = 3) -> Path:
    """Write a PDF with a useless cross-reference table; readers find its pages by searching the file."""
    start = (whole := _numbered_bytes(pages)).rindex(b"xref\n0 ")
    path.write_bytes(whole[:start] + b"x" * 40 + whole[start + 40 :])
    return path


def pageless_pdf(path: Path) -> Path:
    """Write a sound PDF without any page."""
    return write_pdf(path, [])


def broken_page_pdf(path: Path, pages: int, broken: int) -> Path:
    """Write a PDF in which one page's content is no valid stream; the others are sound."""
    objects = pages_to_objects(numbered_page(Mark(document=0, page=number)) for number in range(1, pages + 1))
    content = 5 + (broken - 1) * 2 + 1
    objects[content] = b"<< /Length 20 /Filter /FlateDecode >>\nstream\n" + b"\xff" * 20 + b"\nendstream"
    path.write_bytes(objects_to_pdf(objects))
    return path


def not_a_pdf(path: Path) -> Path:
    """Write a web page under a PDF's name."""
    path.write_bytes(b"<!DOCTYPE html><html><body>404 Not Found</body></html>\n")
    return path


def empty_file(path: Path) -> Path:
    """Write a file of no bytes."""
    path.write_bytes(b"")
    return path


def rc4(key: bytes, data: bytes) -> bytes:
    """The stream cipher RC4, in which encrypting and decrypting are the same."""
    box = list(range(256))
    swap = 0
    for index, octet in zip(range(256), cycle(key), strict=False):
        swap = (swap + box[index] + octet) & 255
        box[index], box[swap] = box[swap], box[index]
    out, first, second = bytearray(), 0, 0
    for octet in data:
        first = (first + 1) & 255
        second = (second + box[first]) & 255
        box[first], box[second] = box[second], box[first]
        out.append(octet ^ box[(box[first] + box[second]) & 255])
    return bytes(out)


def _numbered_bytes(pages: int) -> bytes:
    drawn = (numbered_page(Mark(document=0, page=number), size=LETTER) for number in range(1, pages + 1))
    return objects_to_pdf(pages_to_objects(drawn))


def _padded(password: bytes) -> bytes:
    return (password + _PADDING)[:32]


def _encrypted(number: int, body: bytes, key: bytes) -> bytes:
    head, keyword, rest = body.partition(b"\nstream\n")
    if not keyword:
        return body
    data, ending = rest[: -len(b"\nendstream")], rest[-len(b"\nendstream") :]
    salted = key + number.to_bytes(3, "little") + b"\0\0"
    return head + keyword + rc4(hashlib.md5(salted, usedforsecurity=False).digest()[:10], data) + ending
