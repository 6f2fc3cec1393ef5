"""Finds dashes that stand alone, as in cells of tables that have no value: engines often take no notice of them."""

import re
from collections.abc import Iterator, Sequence
from statistics import median

from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.engine import SeenWord
from pipeline.extraction.readers.ocr.picture import INK, Picture
from pipeline.extraction.readers.ocr.rulings import DrawnLine

#: How long and thick dashes are, and how much paper is beside, above and below them, in heights of words.
_SHORTEST, _LONGEST, _MOST_THICK, _BESIDE, _ABOVE = 0.14, 1.3, 0.2, 0.8, 0.25
#: A dash is so many times as long as thick, at least.
_SLIM = 1.5
#: The shares of the height of a word between which a dash in its row is.
_HIGHEST, _LOWEST = 0.3, 0.85
#: From these lengths on it is an en dash, or an em dash.
_EN, _EM = 0.45, 0.75
#: It was found by its shape: an engine would be as sure.
_CONFIDENCE = 80.0
_PAPER = b"\0"


def picture_to_dashes(picture: Picture, words: Sequence[SeenWord], lines: Sequence[DrawnLine]) -> list[SeenWord]:
    """The dashes that are no part of these words, each in the line of the nearest word of its row.

    Args:
        picture: Of an upright, level page.
        words: What an engine has read in it.
        lines: The lines drawn in it, which may be dashed.
    """
    letters = [word for word in words if any(map(str.isalnum, word.text))]
    if not letters:
        return []
    high = median(word.box.bottom - word.box.top for word in letters)
    rest = _without_words(picture, words)
    level = [line for line in lines if line.box.top == line.box.bottom]
    signs = [word.box for word in words if not any(map(str.isalnum, word.text))]
    found = []
    for box in _boxes(rest, picture.width, high):
        row = [word for word in letters if _is_in_row(box, word.box)]
        if not row or not _is_alone(box, picture, high) or any(_is_on(box, line) for line in level):
            continue
        if not any(_is_box_of(box, other, high) for other in signs):
            nearest = min(row, key=lambda word: min(abs(word.box.x0 - box.x1), abs(word.box.x1 - box.x0)))
            found.append(SeenWord(_length_to_dash((box.x1 - box.x0) / high), box, _CONFIDENCE, nearest.line))
    return found


def _without_words(picture: Picture, words: Sequence[SeenWord]) -> bytearray:
    """The ink of a picture that is in no word."""
    ink, width = bytearray(picture.ink), picture.width
    for box in (word.box for word in words):
        left, right = max(0, int(box.x0)), min(width, round(box.x1) + 1)
        for row in range(max(0, int(box.top)), min(picture.height, round(box.bottom) + 1)):
            ink[row * width + left : row * width + right] = _PAPER * (right - left)
    return ink


def _boxes(ink: bytearray, width: int, high: float) -> Iterator[BBox]:
    """The level strokes that have the shape of a dash."""
    run = re.compile(rb"(?<!%b)%b{%d,%d}(?!%b)" % (INK, INK, max(3, int(_SHORTEST * high)), int(_LONGEST * high), INK))
    thickest = max(2, int(_MOST_THICK * high))
    for found in run.finditer(ink):
        start, end = found.span()
        if INK in ink[start - width - 1 : end - width + 1]:
            continue  # it has begun in a row above
        thick = 1
        while thick <= thickest and INK in ink[start + thick * width - 1 : end + thick * width + 1]:
            thick += 1
        row, left = divmod(start, width)
        if thick <= thickest and end - start >= _SLIM * thick:
            yield BBox(left, row, left + end - start, row + thick)


def _is_in_row(box: BBox, word: BBox) -> bool:
    middle, high = (box.top + box.bottom) / 2, word.bottom - word.top
    return word.top + _HIGHEST * high <= middle <= word.top + _LOWEST * high


def _is_alone(box: BBox, picture: Picture, high: float) -> bool:
    """Whether around it is nothing but paper: at the edge of a picture, noise is left of borders."""
    across, down = round(_BESIDE * high), max(1, round(_ABOVE * high))
    left, right = int(box.x0) - across, int(box.x1) + across
    if left < 0 or right > picture.width:
        return False
    first, last = max(0, int(box.top) - down), min(picture.height, int(box.bottom) + down)
    ink, width = picture.ink, picture.width
    around = sum(ink.count(INK, row * width + left, row * width + right) for row in range(first, last))
    inside = range(int(box.top), int(box.bottom))
    own = sum(ink.count(INK, row * width + int(box.x0) - 1, row * width + int(box.x1) + 1) for row in inside)
    return around == own


def _is_on(box: BBox, line: DrawnLine) -> bool:
    reach = line.thickness / 2 + 1
    across = min(box.x1, line.box.x1) - max(box.x0, line.box.x0)
    return across > 0 and box.top - reach <= line.box.top <= box.bottom + reach


def _is_box_of(box: BBox, other: BBox, high: float) -> bool:
    """Whether a sign was read here: an engine boxes dashes as if they were as high as letters, and not always well."""
    across = min(box.x1, other.x1) - max(box.x0, other.x0)
    return across > 0 and abs(box.top + box.bottom - other.top - other.bottom) < high


def _length_to_dash(length: float) -> str:
    """The dash that is so many heights of words long."""
    return "-" if length < _EN else "\u2013" if length < _EM else "\u2014"
