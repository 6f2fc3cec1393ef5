"""What pdfium says of the characters of a page: asked for many at a time, and given text object by text object."""

import ctypes
from collections import deque
from collections.abc import Iterator
from itertools import compress, repeat
from typing import NamedTuple

import pypdfium2.raw as pdfium_c

from pipeline.extraction.deadline import expired
from pipeline.extraction.readers.pdfium.calls import (
    Address,
    Room,
    get_loose_box,
    get_origin,
    get_text_object,
    get_unicode,
    is_generated,
)

#: How many characters are asked for between two looks at the deadline.
_CHUNK = 256
_BLANK = 0x20
#: How many columns of places there are: origin x and y, and the box's left, top, right and bottom.
_PLACES = 6


class GlyphRun(NamedTuple):
    """Characters of one text object, as they follow each other.

    Attributes:
        owner: Of the text object.
        indexes: On the text page.
        codes: Code points.
        places: A column each for x and y of the origin and left, top, right and bottom of the box, in the PDF's own
            coordinates.
    """

    owner: Address
    indexes: list[int]
    codes: list[int]
    places: list[list[float]]


class RunReader:
    """Reads a text page, but for the blanks and the ends of lines that pdfium makes up.

    Args:
        page: pdfium's handle.
    """

    def __init__(self, page: object) -> None:
        self._page = page
        self._boxes, self._origins = Room(ctypes.c_float, 4 * _CHUNK, 4), Room(ctypes.c_double, 2 * _CHUNK)
        self._to_x, self._to_y = self._origins.references[::2], self._origins.references[1::2]
        self._indexes: list[int] = []
        self._codes: list[int] = []
        self._owners: list[Address] = []
        self._places: list[list[float]] = [[] for _ in range(_PLACES)]
        #: Whether every character has been read.
        self.complete = False

    def read(self, deadline: float | None) -> Iterator[GlyphRun]:
        """GlyphRun after run, until the deadline (seconds of ``time.monotonic()``)."""
        current: Address = 0
        count = pdfium_c.FPDFText_CountChars(self._page)
        for start in range(0, count, _CHUNK):
            if expired(deadline):
                break
            waiting = len(self._owners)
            self._ask(range(start, min(count, start + _CHUNK)))
            begin = 0
            for place, owner in enumerate(self._owners[waiting:], waiting):
                if owner != current and owner:
                    if current:
                        yield self._run(current, begin, place)
                    current, begin = owner, place
            self._forget(begin)
        else:
            self.complete = True
        if current:
            yield self._run(current, 0, len(self._owners))

    def _ask(self, indexes: range) -> None:
        """Take in what pdfium says of these characters."""
        page = self._page
        codes = list(map(get_unicode, repeat(page), indexes))
        owners = list(map(get_text_object, repeat(page), indexes))
        for index, code in zip(indexes, codes, strict=True):
            if code <= _BLANK and is_generated(page, index) == 1:
                owners[index - indexes.start] = 0
        deque(map(get_loose_box, repeat(page), indexes, self._boxes.references), maxlen=0)
        deque(map(get_origin, repeat(page), indexes, self._to_x, self._to_y), maxlen=0)
        origins, boxes = self._origins.read(2 * len(indexes)), self._boxes.read(4 * len(indexes))
        self._indexes += indexes
        self._codes += codes
        self._owners += owners
        for column, numbers in enumerate((origins[::2], origins[1::2], *(boxes[side::4] for side in range(4)))):
            self._places[column] += numbers

    def _forget(self, count: int) -> None:
        """Drop the first characters."""
        del self._indexes[:count], self._codes[:count], self._owners[:count]
        for column in self._places:
            del column[:count]

    def _run(self, owner: Address, begin: int, end: int) -> GlyphRun:
        """The characters of one text object; what is made up stands between them as well as behind."""
        owners = self._owners
        while not owners[end - 1]:
            end -= 1
        indexes, codes = self._indexes[begin:end], self._codes[begin:end]
        places = [column[begin:end] for column in self._places]
        owned = owners[begin:end]
        if 0 in owned:
            indexes, codes = list(compress(indexes, owned)), list(compress(codes, owned))
            places = [list(compress(column, owned)) for column in places]
        return GlyphRun(owner, indexes, codes, places)
