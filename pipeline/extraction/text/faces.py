"""Faces: font, weight and slant of words, and whether a line has one face."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.extraction.model import Line, Word

#: A line has one face if at least this share of its letters has it.
UNIFORM = 0.9
#: The number that programs add to the names of parts of one font.
_PART = re.compile(r"(?<=[A-Za-z])\d$")


class Face(NamedTuple):
    """How letters look, without their size; ``font`` is the font's name without the tag of a subset."""

    font: str
    bold: bool
    italic: bool


def word_to_face(word: Word) -> Face | None:
    """The face of the word's first letter; None where it has no letter (a number, a sign) or was recognised."""
    for char in word.chars:
        if char.text[:1].isalpha():
            return _to_face(char.font, char.bold, char.italic)
    return None


@lru_cache(maxsize=256)  # a page has few fonts, and every word is asked several times
def _to_face(font: str, bold: bool, italic: bool) -> Face:  # noqa: FBT001 — in the order of the fields
    return Face(_PART.sub("", font), bold, italic)


def words_to_faces(words: Iterable[Word]) -> Counter[Face]:
    """How many letters there are in each face."""
    faces: Counter[Face] = Counter()
    for word in words:
        face = word_to_face(word)
        if face is not None:
            faces[face] += len(word.text)
    return faces


def line_to_uniform_face(line: Line) -> Face | None:
    """The face of (nearly) the whole line; None where it has several, or no letters."""
    faces = words_to_faces(line.words)
    if not faces:
        return None
    face, letters = faces.most_common(1)[0]
    return face if letters >= UNIFORM * faces.total() else None


def lines_to_main_face(lines: Sequence[Line]) -> Face | None:
    """The face of most letters."""
    faces = words_to_faces(word for line in lines for word in line.words)
    return faces.most_common(1)[0][0] if faces else None
