"""The mark that tells the simulator which page of which document a picture shows.

A strip of black and white squares lies along the top edge of every page that :mod:`pdfs` numbers.  It is read back
from the picture's first rows, so that faults and answers can be chosen by page however the pages were rendered,
scaled, encoded and interleaved.

::

    1 0 1 1 | document: 10 bits | page: 16 bits | check: 6 bits | 0 1
"""

from dataclasses import dataclass

from simulator.png import Header, png_to_header, png_to_row, rows_to_png

#: The strip within the page, as fractions of its width and height as shown.
LEFT, RIGHT = 0.1, 0.9
DEPTH = 0.01

_START, _END = (1, 0, 1, 1), (0, 1)
_DOCUMENT_BITS, _PAGE_BITS, _CHECK_BITS = 10, 16, 6
_PAYLOAD_BITS = _DOCUMENT_BITS + _PAGE_BITS + _CHECK_BITS
SQUARES = len(_START) + _PAYLOAD_BITS + len(_END)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Which page a picture shows.

    Attributes:
        document: 0 to 1023, chosen by the test.
        page: 1 to 65535.
    """

    document: int
    page: int


def mark_to_bits(mark: Mark) -> tuple[int, ...]:
    """The strip from left to right, 1 for a black square.

    Raises:
        ValueError: The mark does not fit.
    """
    if not (0 <= mark.document < 1 << _DOCUMENT_BITS and 0 < mark.page < 1 << _PAGE_BITS):
        raise ValueError(f"document 0 to 1023 and page 1 to 65535 can be marked, not {mark}")
    number = mark.document << _PAGE_BITS | mark.page
    payload = number << _CHECK_BITS | _check(number)
    return (*_START, *(payload >> shift & 1 for shift in reversed(range(_PAYLOAD_BITS))), *_END)


def bits_to_mark(bits: tuple[int, ...]) -> Mark | None:
    """The mark that a strip stands for; None where it is no valid strip."""
    if len(bits) != SQUARES or bits[: len(_START)] != _START or bits[-len(_END) :] != _END:
        return None
    payload = 0
    for bit in bits[len(_START) : -len(_END)]:
        payload = payload << 1 | bit
    number, check = payload >> _CHECK_BITS, payload & (1 << _CHECK_BITS) - 1
    if check != _check(number):
        return None
    return Mark(document=number >> _PAGE_BITS, page=number & (1 << _PAGE_BITS) - 1)


def mark_to_png(mark: Mark, width: int = 380, height: int = 500) -> bytes:
    """A grey picture of a page that is empty but for its mark: a request about a page without a PDF."""
    pitch = (RIGHT - LEFT) * width / SQUARES
    strip = bytearray(b"\xff" * width)
    for index, bit in enumerate(mark_to_bits(mark)):
        begin, end = int(LEFT * width + pitch * index), int(LEFT * width + pitch * (index + 1))
        strip[begin:end] = (b"\0" if bit else b"\xff") * (end - begin)
    deep = max(1, round(height * DEPTH))
    rows = [bytes(strip)] * deep + [b"\xff" * width] * (height - deep)
    return rows_to_png(Header(width=width, height=height, depth=8, colour=0), rows)


def png_to_mark(data: bytes) -> Mark | None:
    """The mark in a page's picture; None where there is none, or the picture is no plain 8-bit PNG."""
    header = png_to_header(data)
    if header is None:
        return None
    row = png_to_row(data, int(header.height * DEPTH / 2))
    if row is None:
        return None
    pitch = (RIGHT - LEFT) / SQUARES
    places = (int(header.width * (LEFT + pitch * (index + 0.5))) for index in range(SQUARES))
    return bits_to_mark(tuple(int(row[place] < 128) for place in places))


def _check(number: int) -> int:
    return number * 0x9E3779B1 >> 20 & (1 << _CHECK_BITS) - 1
