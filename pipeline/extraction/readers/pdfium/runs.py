"""What pdfium says about a page's characters: requested for many at a time, returned by text object."""

import ctypes
import re
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress, groupby, pairwise, repeat
from typing import NamedTuple

import pypdfium2.raw as pdfium_c

from pipeline.extraction.deadline import expired
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.extraction.readers.pdfium.calls import (
    Address,
    Room,
    get_loose_box,
    get_origin,
    get_text_object,
    get_unicode,
    handle_to_argument,
    is_generated,
)

#: How many characters are requested between two checks of the deadline.
_CHUNK = 1024
#: Blanks and control characters, which pdfium may have added.
_BLANK = re.compile("[\x00-\x20]")
#: The character in the whole text for a code that its font does not map.
_NO_MAP = re.compile("\ufffe")
#: A character of the whole text that is two characters in pdfium.
_PAIR = re.compile("[\ud800-\udfff\U00010000-\U0010ffff]")
# Created once, since they have thousands of references; only one thread at a time may use pdfium in any case.
_BOXES, _ORIGINS = Room(ctypes.c_float, 4 * _CHUNK, 4), Room(ctypes.c_double, 2 * _CHUNK)
_TO_X, _TO_Y = _ORIGINS.references[::2], _ORIGINS.references[1::2]


class GlyphRun(NamedTuple):
    """Characters of one text object, as they follow each other.

    Attributes:
        owner: Of the text object.
        indexes: On the text page.
        text: The code point of each, which may be half of a pair, or the font's bare code where it has no map.
        xs: Of their origins, in the PDF's own coordinates.
        ys: Of their origins.
        rights: Right ends of their boxes.
    """

    owner: Address
    indexes: list[int]
    text: str
    xs: list[float]
    ys: list[float]
    rights: list[float]


class RunReader:
    """Reads a text page, without the blanks and the ends of lines that pdfium adds.

    Args:
        page: pdfium's handle.
    """

    def __init__(self, page: object) -> None:
        self._page = page
        self._argument = handle_to_argument(page)
        self._indexes: list[int] = []
        self._text = ""
        self._owners: list[Address] = []
        self._xs: list[float] = []
        self._ys: list[float] = []
        self._rights: list[float] = []
        #: Whether every character has been read.
        self.complete = False

    def read(self, deadline: float | None) -> Iterator[GlyphRun]:
        """One GlyphRun after the other, until the deadline (seconds of ``time.thread_time()``)."""
        text = page_to_codes(self._page)
        for start in range(0, len(text), _CHUNK):
            if expired(deadline):
                break
            self._ask(start, text[start : start + _CHUNK])
            *borders, _ = self._borders()  # the last text object may continue
            for begin, end in pairwise(borders):
                yield self._run(begin, end)
            self._forget(borders[-1] if borders else 0)
        else:
            self.complete = True
        for begin, end in pairwise(self._borders()):
            yield self._run(begin, end)

    def _ask(self, start: int, text: str) -> None:
        """Add what pdfium says about the characters from ``start`` on."""
        page, indexes = self._argument, list(range(start, start + len(text)))
        owners = list(map(get_text_object, repeat(page), indexes))
        for blank in _BLANK.finditer(text):
            if is_generated(page, start + blank.start()) == 1:
                owners[blank.start()] = 0
        if 0 in owners:
            text = "".join(compress(text, owners))
            indexes, owners = list(compress(indexes, owners)), [owner for owner in owners if owner]
        deque(map(get_loose_box, repeat(page), indexes, _BOXES.references), maxlen=0)
        deque(map(get_origin, repeat(page), indexes, _TO_X, _TO_Y), maxlen=0)
        self._indexes += indexes
        self._text += text
        self._owners += owners
        self._xs += _ORIGINS.read(len(indexes), step=2)
        self._ys += _ORIGINS.read(len(indexes), first=1, step=2)
        self._rights += _BOXES.read(len(indexes), first=2, step=4)

    def _borders(self) -> list[int]:
        """The first character of each text object, and the end of the last one."""
        return list(accumulate((len(list(group)) for _, group in groupby(self._owners)), initial=0))

    def _forget(self, count: int) -> None:
        """Drop the first characters."""
        self._text = self._text[count:]
        for column in (self._indexes, self._owners, self._xs, self._ys, self._rights):
            del column[:count]

    def _run(self, begin: int, end: int) -> GlyphRun:
        """The characters of one text object."""
        part = slice(begin, end)
        return GlyphRun(
            self._owners[begin],
            self._indexes[part],
            self._text[part],
            self._xs[part],
            self._ys[part],
            self._rights[part],
        )


def indexes_to_boxes(page: object, indexes: Sequence[int]) -> list[tuple[float, ...]]:
    """The boxes of characters (left, top, right, bottom), in the PDF's own coordinates."""
    boxes: list[tuple[float, ...]] = []
    argument = handle_to_argument(page)
    for start in range(0, len(indexes), _CHUNK):
        part = indexes[start : start + _CHUNK]
        deque(map(get_loose_box, repeat(argument), part, _BOXES.references), maxlen=0)
        boxes += zip(*[iter(_BOXES.read(4 * len(part)))] * 4, strict=True)
    return boxes


def page_to_codes(page: object) -> str:
    """The code point of every character of a text page, by index; including those that pdfium adds."""
    count = max(0, pdfium_c.FPDFText_CountChars(page))
    memory = bytearray(2 * (count + 1))
    # One call for the whole text, where one for each character takes ten times as long.
    pdfium_c.FPDFText_GetText(page, 0, count, ctypes.byref(ctypes.c_ushort.from_buffer(memory)))
    text = memory.decode("utf-16-le", "surrogatepass")[:-1]
    if _PAIR.search(text) or "\0" in text:  # then the indexes differ
        return "".join(map(_index_to_code, repeat(page), range(count)))
    return _NO_MAP.sub(lambda place: _index_to_code(page, place.start()), text)


def _index_to_code(page: object, index: int) -> str:
    code = get_unicode(page, index)
    return chr(code) if code <= sys.maxunicode else UNMAPPED
